"""Two orders meet: price-time matching with time in force, self-trade prevention and reduce-only caps."""

from __future__ import annotations

from decimal import Decimal

from vibex.venues.simulator.exchange.account import Account
from vibex.venues.simulator.exchange.events import tell_order
from vibex.venues.simulator.exchange.floor import Floor
from vibex.venues.simulator.exchange.market import Market
from vibex.venues.simulator.exchange.order import Order, Print
from vibex.venues.simulator.exchange.settlement import settle
from vibex.venues.simulator.exchange.words import ZERO, Execution, OrderType, SelfTrade, Side, Status, TimeInForce


def enter(floor: Floor, market: Market, order: Order) -> None:
    """Bring a live LIMIT, MARKET or liquidation order to the book; what is left rests or expires."""
    account = floor.accounts[order.account]
    limit = _limit(market, order)
    if order.time_in_force is TimeInForce.GTX and _crosses(
        order.side, limit, market.book.ladder(order.side.opposite).best()
    ):
        expire(floor, market, order)
        return
    if order.time_in_force is TimeInForce.FOK and _fillable(floor, market, order, limit) < order.quantity:
        expire(floor, market, order)
        return
    _take(floor, market, account, order, limit)
    if not order.status.open:
        return
    if order.type is OrderType.LIMIT and order.time_in_force in _RESTING:
        market.book.add(order)
        account.rest(order, order.remaining)
    else:
        expire(floor, market, order)


_RESTING = (TimeInForce.GTC, TimeInForce.GTX, TimeInForce.HIDDEN)


def print_through(floor: Floor, market: Market, taker: Order) -> None:
    """Trade `taker` with resting orders of accounts beyond its price, and at its price with what is left after the
    house orders there; the rest becomes a public trade without another side."""
    for maker in market.book.ladder(taker.side.opposite).orders():
        if taker.remaining <= 0 or not _crosses(taker.side, taker.price, maker.price):
            break
        owner = floor.accounts[maker.account]
        if owner.house:
            continue
        quantity = min(taker.remaining, maker.remaining)
        if maker.price == taker.price:
            quantity = min(quantity, taker.remaining - _house_quantity(floor, market, maker))
        if owner.only_reduces(maker):
            quantity = min(quantity, owner.reducible(maker.symbol, maker.position_side, maker.side))
        if quantity > 0:
            settle(floor, market, taker=taker, maker=maker, quantity=quantity)
    if taker.remaining > 0:
        market.record(
            Print(
                trade_id=floor.next_trade_id(),
                price=taker.price,
                quantity=taker.remaining,
                time=floor.now,
                buyer_is_maker=taker.side is Side.SELL,
            )
        )


def _house_quantity(floor: Floor, market: Market, beside: Order) -> Decimal:
    """What house accounts have resting at the price of `beside`."""
    ladder = market.book.ladder(beside.side)
    return sum((one.remaining for one in ladder.at(beside.price) if floor.accounts[one.account].house), ZERO)


def finish(floor: Floor, market: Market, order: Order, status: Status) -> None:
    """Take an open order out of everything and announce its end."""
    account = floor.accounts[order.account]
    if order.waiting:
        market.waiting.pop(order.order_id, None)
    elif market.book.holds(order):
        market.book.remove(order)
        account.rest(order, -order.remaining)
    order.status = status
    order.updated = floor.now
    account.close_order(order)
    tell_order(floor, account, order, Execution.CANCELED if status is Status.CANCELED else Execution.EXPIRED)


def expire(floor: Floor, market: Market, order: Order) -> None:
    finish(floor, market, order, Status.EXPIRED)


def _take(floor: Floor, market: Market, account: Account, order: Order, limit: Decimal) -> None:
    ladder = market.book.ladder(order.side.opposite)
    while order.status.open and order.remaining > 0:
        maker = ladder.first()
        if maker is None or not _crosses(order.side, limit, maker.price):
            return
        if maker.account == order.account:
            _prevent(floor, market, order, maker)
            continue
        quantity = min(order.remaining, maker.remaining)
        owner = floor.accounts[maker.account]
        if owner.only_reduces(maker):
            cap = owner.reducible(maker.symbol, maker.position_side, maker.side)
            if cap == 0:
                expire(floor, market, maker)
                continue
            quantity = min(quantity, cap)
        if account.only_reduces(order):
            cap = account.reducible(order.symbol, order.position_side, order.side)
            if cap == 0:
                expire(floor, market, order)
                return
            quantity = min(quantity, cap)
        settle(floor, market, taker=order, maker=maker, quantity=quantity)


def _prevent(floor: Floor, market: Market, taker: Order, maker: Order) -> None:
    """Own orders never trade with each other; the taker's mode says which gives way."""
    if taker.self_trade in (SelfTrade.EXPIRE_MAKER, SelfTrade.EXPIRE_BOTH):
        expire(floor, market, maker)
    if taker.self_trade in (SelfTrade.EXPIRE_TAKER, SelfTrade.EXPIRE_BOTH):
        expire(floor, market, taker)


def _limit(market: Market, order: Order) -> Decimal:
    """The worst price to trade at; a market order stops at the bound around the mark."""
    if order.type is not OrderType.MARKET:
        return order.price
    return market.mark * (1 + order.side.sign * market.rules.market_take_bound)


def _crosses(side: Side, limit: Decimal, price: Decimal | None) -> bool:
    if price is None:
        return False
    return price <= limit if side is Side.BUY else price >= limit


def _fillable(floor: Floor, market: Market, order: Order, limit: Decimal) -> Decimal:
    """What a fill-or-kill order would get; an own order in the way counts as the end of the book."""
    total = ZERO
    used: dict[tuple[str, str], Decimal] = {}
    for maker in market.book.ladder(order.side.opposite).orders():
        if not _crosses(order.side, limit, maker.price) or total >= order.quantity:
            break
        if maker.account == order.account:
            if order.self_trade is SelfTrade.EXPIRE_MAKER:
                continue
            break
        quantity = maker.remaining
        owner = floor.accounts[maker.account]
        if owner.only_reduces(maker):
            key = (maker.account, maker.position_side.value)
            left = used.get(key, owner.reducible(maker.symbol, maker.position_side, maker.side))
            quantity = min(quantity, left)
            used[key] = left - quantity
        total += quantity
    own = floor.accounts[order.account]
    if own.only_reduces(order):
        total = min(total, own.reducible(order.symbol, order.position_side, order.side))
    return total
