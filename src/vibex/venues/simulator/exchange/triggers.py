"""Conditional orders: they wait outside the book until the last or the mark price calls them."""

from __future__ import annotations

from decimal import Decimal

from vibex.venues.simulator.exchange.admission import check_margin, is_beyond
from vibex.venues.simulator.exchange.events import tell_order
from vibex.venues.simulator.exchange.floor import Floor
from vibex.venues.simulator.exchange.market import Market
from vibex.venues.simulator.exchange.matching import enter, expire
from vibex.venues.simulator.exchange.order import Order
from vibex.venues.simulator.exchange.refusal import Refusal
from vibex.venues.simulator.exchange.words import Execution, OrderType, Side, TimeInForce, WorkingType


def fire(floor: Floor, market: Market) -> None:
    """Release every waiting order that the present prices call, oldest first, until none is called any more.

    A released order moves the last price, which may call the next one: hence the outer loop.
    """
    called = True
    while called:
        called = False
        for order in list(market.waiting.values()):
            if order.order_id in market.waiting and _is_called(market, order):
                release(floor, market, order)
                called = True


def release(floor: Floor, market: Market, order: Order) -> None:
    """Turn a waiting order into the LIMIT or MARKET order it stands for and bring it to the book."""
    account = floor.accounts[order.account]
    del market.waiting[order.order_id]
    order.type = order.orig_type.after_trigger
    order.updated = floor.now
    held = account.reducible(order.symbol, order.position_side, order.side)
    if order.close_position:
        order.quantity = held
    if not order.quantity or (account.only_reduces(order) and not held):
        expire(floor, market, order)
        return
    try:
        check_margin(floor, account, market, order)
    except Refusal:
        expire(floor, market, order)
        return
    if order.type is OrderType.MARKET:
        order.time_in_force = TimeInForce.GTC
    tell_order(floor, account, order, Execution.NEW)
    enter(floor, market, order)


def _is_called(market: Market, order: Order) -> bool:
    price = market.mark if order.working_type is WorkingType.MARK_PRICE else market.last
    if price == 0:
        return False
    if order.type is OrderType.TRAILING_STOP_MARKET:
        return _trails(order, price)
    return is_beyond(order, price) and (not order.price_protect or _is_protected(market))


def _is_protected(market: Market) -> bool:
    """priceProtect: the last price may not have run away from the mark when the order fires."""
    return abs(market.mark - market.last) <= market.mark * market.rules.trigger_protect


def _trails(order: Order, price: Decimal) -> bool:
    """Follow the best price since the order came; call when it turned back by the callback rate."""
    better = min if order.side is Side.BUY else max
    order.extreme = better(order.extreme, price) if order.extreme else price
    if not order.active:
        order.active = not order.activation_price or (order.activation_price - order.extreme) * order.side.sign >= 0
    turn = order.extreme * (1 + order.side.sign * order.callback_rate / 100)
    return order.active and (price - turn) * order.side.sign >= 0
