"""What a trade does: both orders, both positions, fees, profits, income rows, the public tape and the events."""

from __future__ import annotations

from decimal import Decimal

from vibex.venues.simulator.exchange.account import Account
from vibex.venues.simulator.exchange.events import tell_order
from vibex.venues.simulator.exchange.floor import Floor
from vibex.venues.simulator.exchange.market import Market
from vibex.venues.simulator.exchange.order import Fill, Order, Print
from vibex.venues.simulator.exchange.words import ZERO, Execution, Income, Side, Status


def settle(floor: Floor, market: Market, *, taker: Order, maker: Order, quantity: Decimal) -> None:
    """Trade `quantity` at the maker's price."""
    trade_id = floor.next_trade_id()
    price = maker.price
    market.record(
        Print(
            trade_id=trade_id,
            price=price,
            quantity=quantity,
            time=floor.now,
            buyer_is_maker=maker.side is Side.BUY,
        )
    )
    owner = floor.accounts[maker.account]
    owner.rest(maker, -quantity)
    maker_fill = book_fill(floor, market, maker, price, quantity, trade_id, maker=True)
    market.book.touch(maker)
    if not maker.status.open:
        market.book.remove(maker)
    tell_order(floor, owner, maker, Execution.TRADE, fill=maker_fill)
    taker_fill = book_fill(floor, market, taker, price, quantity, trade_id, maker=False)
    tell_order(floor, floor.accounts[taker.account], taker, Execution.TRADE, fill=taker_fill)


def book_fill(
    floor: Floor, market: Market, order: Order, price: Decimal, quantity: Decimal, trade_id: int, *, maker: bool
) -> Fill:
    """One side of a trade: the order, the position, the wallet."""
    account = floor.accounts[order.account]
    order.filled += quantity
    order.cost += quantity * price
    order.updated = floor.now
    order.status = Status.FILLED if order.filled >= order.quantity else Status.PARTIALLY_FILLED
    if order.status is Status.FILLED:
        account.close_order(order)
    realised = move_position(floor, account, order, price, quantity)
    fee = price * quantity * _rate(account, market, order, maker=maker)
    symbol, number = order.symbol, str(trade_id)
    floor.pay(account, Income.REALIZED_PNL, realised, symbol=symbol, trade_id=number)
    if order.liquidation:
        floor.pay(account, Income.INSURANCE_CLEAR, -fee, symbol=symbol, trade_id=number)
        floor.insurance += fee
        market.forced, market.forced_count = (order, quantity), market.forced_count + 1
    else:
        floor.pay(account, Income.COMMISSION, -fee, symbol=symbol, trade_id=number)
        floor.revenue += fee
    fill = Fill(
        trade_id=trade_id,
        order_id=order.order_id,
        symbol=symbol,
        side=order.side,
        position_side=order.position_side,
        price=price,
        quantity=quantity,
        fee=fee,
        realised=realised,
        maker=maker,
        time=floor.now,
    )
    if not account.house:
        account.fills.append(fill)
    return fill


def move_position(floor: Floor, account: Account, order: Order, price: Decimal, quantity: Decimal) -> Decimal:
    """Change the position and, when it is isolated, the margin set aside for it; the realised profit."""
    position = account.position(order.symbol, order.position_side)
    before = abs(position.amount)
    realised, closed = position.apply(order.side.sign * quantity, price)
    position.updated = floor.now
    settings = account.settings_for(order.symbol)
    if settings.isolated:
        position.isolated_wallet -= position.isolated_wallet * closed
        opened = abs(position.amount) if closed == 1 else (quantity if closed == 0 else ZERO)
        position.isolated_wallet += opened * price / settings.leverage
        if before and not position.amount:
            position.isolated_wallet = ZERO
    floor.touch(account, order.symbol, order.position_side)
    return realised


def _rate(account: Account, market: Market, order: Order, *, maker: bool) -> Decimal:
    if order.liquidation:
        return market.rules.liquidation_fee
    return account.maker_rate if maker else account.taker_rate
