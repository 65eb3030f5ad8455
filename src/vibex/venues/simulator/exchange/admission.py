"""May this order come in? Every check of `POST order`, in the venue's order, before anything changes."""

from __future__ import annotations

import re
from decimal import Decimal

from vibex.venues.simulator.exchange.account import Account
from vibex.venues.simulator.exchange.floor import Floor
from vibex.venues.simulator.exchange.margin import exposure, margin_state, order_margin
from vibex.venues.simulator.exchange.market import Market
from vibex.venues.simulator.exchange.order import Order, OrderRequest
from vibex.venues.simulator.exchange.refusal import Refusal
from vibex.venues.simulator.exchange.words import (
    ZERO,
    OrderType,
    PositionSide,
    Side,
    TimeInForce,
    WorkingType,
)

_CLIENT_ID = re.compile(r"[.A-Z:/a-z0-9_-]{1,36}")
_WITH_PRICE = (OrderType.LIMIT, OrderType.STOP, OrderType.TAKE_PROFIT)
_CLOSING = (OrderType.STOP_MARKET, OrderType.TAKE_PROFIT_MARKET)


def admit(floor: Floor, account: Account, request: OrderRequest) -> Order:
    """The order that `request` makes, not yet placed. Raises Refusal with the venue's code."""
    market = floor.market(request.symbol)
    _check_parameters(floor, request)
    position_side = _position_side(account, request)
    client_id = _client_id(floor, account, request.client_id)
    order = _order(floor, account, request, position_side, client_id)
    _check_status(account, market, order)
    _check_grid(market, request, order)
    _check_reduction(account, order)
    _check_room(account, market, order)
    if order.waiting:
        _check_trigger(market, order)
    else:
        check_margin(floor, account, market, order)
    return order


def _check_parameters(floor: Floor, request: OrderRequest) -> None:
    """Which parameters a type needs and which it must not have (table 6.1 of the venue's page)."""
    kind = request.type
    if request.close_position:
        if kind not in _CLOSING:
            raise Refusal(-4136)
        if request.quantity is not None:
            raise Refusal(-4137)
        if request.reduce_only is not None:
            raise Refusal(-4138) if request.reduce_only is False else Refusal(-1106, "reduceonly")
    elif request.quantity is None and (
        kind is not OrderType.TRAILING_STOP_MARKET or floor.habits.trailing_needs_quantity
    ):
        raise Refusal(-1102, "quantity")
    if kind in _WITH_PRICE and request.price is None:
        raise Refusal(-1102, "price")
    if kind not in _WITH_PRICE and request.price is not None:
        raise Refusal(-1106, "price")
    if kind is OrderType.LIMIT and request.time_in_force is None:
        raise Refusal(-1102, "timeInForce")
    if kind is OrderType.MARKET and request.time_in_force is not None:
        raise Refusal(-1106, "timeInForce")
    needs_stop = kind.conditional and kind is not OrderType.TRAILING_STOP_MARKET
    if needs_stop and request.stop_price is None:
        raise Refusal(-1102, "stopPrice")
    if not needs_stop and request.stop_price is not None:
        raise Refusal(-1106, "stopPrice")
    if kind is OrderType.TRAILING_STOP_MARKET:
        if request.callback_rate is None:
            raise Refusal(-1102, "callbackRate")
        if not Decimal("0.1") <= request.callback_rate <= 5:
            raise Refusal(-1130, "callbackRate")
    elif request.callback_rate is not None or request.activation_price is not None:
        raise Refusal(-1106, "callbackRate" if request.callback_rate is not None else "activationPrice")


def _position_side(account: Account, request: OrderRequest) -> PositionSide:
    side = request.position_side or PositionSide.BOTH
    if (side is PositionSide.BOTH) == account.hedge:
        raise Refusal(-4061)
    if account.hedge and request.reduce_only is not None:
        raise Refusal(-1106, "reduceonly")
    opening = Side.BUY if side is PositionSide.LONG else Side.SELL
    if account.hedge and request.close_position and request.side is opening:
        raise Refusal(-2022)
    return side


def _client_id(floor: Floor, account: Account, asked: str | None) -> str:
    """Unique among open orders; whether a closed order's id may come again is a habit of the venue."""
    if asked is None:
        return f"sim-{floor.last_order_id + 1}"
    if len(asked) > 36 or not asked:
        raise Refusal(-4015)
    if not _CLIENT_ID.fullmatch(asked):
        raise Refusal(-1100, "newClientOrderId")
    known = account.client_ids.get(asked)
    if known is not None and (known in account.open_orders or not floor.habits.closed_client_id_reusable):
        raise Refusal(-4116)
    return asked


def _order(floor: Floor, account: Account, request: OrderRequest, position_side: PositionSide, client_id: str) -> Order:
    default = TimeInForce.GTC
    return Order(
        order_id=floor.last_order_id + 1,
        account=account.name,
        symbol=request.symbol,
        client_id=client_id,
        side=request.side,
        position_side=position_side,
        type=request.type,
        orig_type=request.type,
        time_in_force=request.time_in_force or default,
        quantity=request.quantity or ZERO,
        price=request.price or ZERO,
        stop_price=request.stop_price or ZERO,
        reduce_only=bool(request.reduce_only),
        close_position=request.close_position,
        activation_price=request.activation_price or ZERO,
        callback_rate=request.callback_rate or ZERO,
        working_type=request.working_type,
        price_protect=request.price_protect,
        self_trade=request.self_trade or account.self_trade,
        created=floor.now,
        updated=floor.now,
    )


def _check_status(account: Account, market: Market, order: Order) -> None:
    if account.in_liquidation:
        raise Refusal(-2023)
    status = market.rules.status
    if status in ("CLOSE", "SETTLING"):
        raise Refusal(-4141)
    if status != "TRADING" and not account.only_reduces(order):
        raise Refusal(-4140)
    if market.mark == 0:
        raise Refusal(-4140)


def _check_grid(market: Market, request: OrderRequest, order: Order) -> None:
    rules = market.rules
    if request.quantity is not None:
        rules.check_quantity(order.quantity, market=order.type is OrderType.MARKET)
    if request.price is not None:
        rules.check_price(order.price)
    if request.stop_price is not None:
        rules.check_price(order.stop_price)
    if request.activation_price is not None:
        rules.check_price(order.activation_price)
    if order.type is OrderType.LIMIT:
        rules.check_band(order.price, order.side, market.mark)
    elif request.price is not None:
        rules.check_stop_band(order.price, order.stop_price)
    if not order.close_position and not order.reduce_only and request.quantity is not None:
        reference = order.price or order.stop_price or market.mark
        if reference * order.quantity < rules.min_notional:
            raise Refusal(-4164, rules.min_notional)


def _check_reduction(account: Account, order: Order) -> None:
    """A live order that can only reduce needs something to reduce; a waiting one is asked when it fires."""
    if not account.only_reduces(order) or (order.waiting and order.close_position):
        return
    if account.reducible(order.symbol, order.position_side, order.side) == 0:
        raise Refusal(-2022)


def _check_room(account: Account, market: Market, order: Order) -> None:
    if account.house:
        return
    open_here = [one for one in account.open_orders.values() if one.symbol == order.symbol]
    if len(open_here) >= market.rules.max_orders:
        raise Refusal(-2025)
    if order.waiting and sum(one.waiting for one in open_here) >= market.rules.max_conditional:
        raise Refusal(-4045)


def _check_trigger(market: Market, order: Order) -> None:
    price = market.mark if order.working_type is WorkingType.MARK_PRICE else market.last
    if order.type is OrderType.TRAILING_STOP_MARKET:
        if order.activation_price and (order.activation_price - market.last) * order.side.sign >= 0:
            raise Refusal(-2021)
    elif is_beyond(order, price):
        raise Refusal(-2021)


def is_beyond(order: Order, price: Decimal) -> bool:
    """Whether `price` fires a stop (BUY at or above, SELL at or below) or a take-profit (the other way)."""
    rising = order.orig_type.is_stop == (order.side is Side.BUY)
    return price >= order.stop_price if rising else price <= order.stop_price


def check_margin(floor: Floor, account: Account, market: Market, order: Order) -> None:
    """−2027 beyond what the leverage allows, −2019 without the margin; orders that only reduce are free."""
    if account.house or account.only_reduces(order):
        return
    best = market.book.ladder(order.side.opposite).best()
    price = order.price if order.type is OrderType.LIMIT else (best or market.mark)
    notional = order.remaining * price
    buy = notional if order.side is Side.BUY else ZERO
    sell = notional - buy
    before = order_margin(account, market, order.position_side)
    after = order_margin(account, market, order.position_side, buy, sell)
    if after <= before:
        return
    leverage = account.settings_for(order.symbol).leverage
    if exposure(account, market, order.position_side, buy, sell) > market.rules.largest_notional(leverage):
        raise Refusal(-2027)
    # What the order loses at once by trading worse than the mark has to be there as well.
    open_loss = max(ZERO, order.side.sign * (price - market.mark)) * order.remaining
    if after - before + open_loss > margin_state(floor, account).available:
        raise Refusal(-2019)
