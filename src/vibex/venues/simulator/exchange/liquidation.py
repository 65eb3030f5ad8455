"""An account without margin is closed: its orders first, then its positions, what nobody takes by ADL."""

from __future__ import annotations

from decimal import Decimal

from vibex.venues.simulator.exchange.account import Account, Position
from vibex.venues.simulator.exchange.events import tell_account, tell_accounts, tell_margin_call, tell_order
from vibex.venues.simulator.exchange.floor import Floor
from vibex.venues.simulator.exchange.margin import (
    MarginState,
    bankruptcy_price,
    cross_wallet,
    maintenance,
    margin_state,
)
from vibex.venues.simulator.exchange.market import Market
from vibex.venues.simulator.exchange.matching import enter, finish
from vibex.venues.simulator.exchange.order import Fill, Order
from vibex.venues.simulator.exchange.settlement import move_position
from vibex.venues.simulator.exchange.words import (
    ZERO,
    Execution,
    Income,
    OrderType,
    PositionSide,
    Reason,
    Side,
    Status,
    TimeInForce,
)

CALL_RATIO = Decimal("0.8")
"""Of the margin behind a position: when its maintenance needs more than this, the owner is told."""


def liquidate_the_exhausted(floor: Floor) -> None:
    """Close what has run out of margin at the present marks. Cross and isolated positions stand apart."""
    for account in list(floor.accounts.values()):
        if account.house:
            continue
        for position in list(account.positions.values()):
            if position.amount and account.settings_for(position.symbol).isolated and _isolated_is_out(floor, position):
                close_out(floor, account, position)
        state = margin_state(floor, account)
        while _cross_is_out(state):
            close_out(floor, account, _heaviest(floor, account))
            state = margin_state(floor, account)
        _call_for_margin(floor, account, state)


def _isolated_is_out(floor: Floor, position: Position) -> bool:
    market = floor.markets[position.symbol]
    needed = maintenance(market.rules, abs(position.amount) * market.mark)
    return position.isolated_wallet + position.unrealised(market.mark) <= needed


def _cross_is_out(state: MarginState) -> bool:
    return state.cross_maintenance > 0 and state.cross_wallet + state.cross_unrealised <= state.cross_maintenance


def _call_for_margin(floor: Floor, account: Account, state: MarginState) -> None:
    """MARGIN_CALL, once for each position that comes to need most of the margin behind it."""
    near: dict[tuple[str, PositionSide], Position] = {}
    cross_is_near = state.cross_maintenance > (state.cross_wallet + state.cross_unrealised) * CALL_RATIO
    for key, position in account.positions.items():
        if not position.amount:
            continue
        if account.settings_for(position.symbol).isolated:
            market = floor.markets[position.symbol]
            needed = maintenance(market.rules, abs(position.amount) * market.mark)
            is_near = needed > (position.isolated_wallet + position.unrealised(market.mark)) * CALL_RATIO
        else:
            is_near = cross_is_near
        if is_near:
            near[key] = position
    fresh = [position for key, position in near.items() if key not in account.called]
    account.called = set(near)
    if fresh:
        tell_margin_call(floor, account, fresh)


def _heaviest(floor: Floor, account: Account) -> Position:
    """The cross position that binds most maintenance margin."""
    cross = [
        position
        for position in account.positions.values()
        if position.amount and not account.settings_for(position.symbol).isolated
    ]
    return max(
        cross,
        key=lambda one: maintenance(floor.markets[one.symbol].rules, abs(one.amount) * floor.markets[one.symbol].mark),
    )


def close_out(floor: Floor, account: Account, position: Position) -> None:
    """Liquidate `position`: orders first (all of them when it is a cross position), then to the book, then by ADL."""
    market = floor.markets[position.symbol]
    account.in_liquidation = True
    isolated = account.settings_for(position.symbol).isolated
    for order in list(account.open_orders.values()):
        if not isolated or order.symbol == position.symbol:
            finish(floor, floor.markets[order.symbol], order, Status.CANCELED)
    behind = position.isolated_wallet if isolated else ZERO
    wallet = account.wallet
    price = bankruptcy_price(floor, account, position)
    order = _venue_order(floor, account, position, price, f"autoclose-{floor.now}", liquidation=True)
    tell_order(floor, account, order, Execution.NEW)
    enter(floor, market, order)
    if order.remaining > 0:
        _deleverage(floor, market, account, position, order, price)
    # Wallets do not go below 0 (isolated: below what was set aside): the fund pays what is missing.
    missing = -(behind + account.wallet - wallet) if isolated else -cross_wallet(account)
    if missing > 0 and not position.amount and (isolated or not _holds_cross(account)):
        floor.pay(account, Income.INSURANCE_CLEAR, missing, symbol=position.symbol)
        floor.insurance -= missing
        tell_accounts(floor, Reason.ORDER)
        tell_account(floor, account, Reason.INSURANCE_CLEAR, [], change=missing)
    account.in_liquidation = False


def _holds_cross(account: Account) -> bool:
    return any(one.amount and not account.settings_for(one.symbol).isolated for one in account.positions.values())


def _deleverage(
    floor: Floor, market: Market, account: Account, position: Position, order: Order, price: Decimal
) -> None:
    """Auto-deleveraging: the rest goes, at `price`, to the holders of the other side, best rewarded first."""
    for owner, other in ranked(floor, market, -position.amount):
        if not position.amount:
            break
        quantity = min(abs(position.amount), abs(other.amount))
        counter = _venue_order(floor, owner, other, price, "adl_autoclose", liquidation=False, quantity=quantity)
        trade_id = floor.next_trade_id()
        _transfer(floor, owner, counter, price, quantity, trade_id, status="")
        order.status = Status.NEW
        _transfer(floor, account, order, price, quantity, trade_id, status="NEW_ADL")
        account.close_order(order)


def ranked(floor: Floor, market: Market, side: Decimal) -> list[tuple[Account, Position]]:
    """Holders of the side that `side` has the sign of, by profit × leverage; house accounts come last."""
    found: list[tuple[tuple[bool, Decimal], Account, Position]] = []
    for owner in floor.accounts.values():
        for other in owner.positions.values():
            if other.symbol != market.symbol or other.amount * side <= 0:
                continue
            reward = other.unrealised(market.mark) / abs(other.cost) * owner.settings_for(market.symbol).leverage
            found.append(((owner.house, -reward), owner, other))
    return [(owner, other) for _, owner, other in sorted(found, key=lambda row: row[0])]


def _transfer(
    floor: Floor, account: Account, order: Order, price: Decimal, quantity: Decimal, trade_id: int, *, status: str
) -> None:
    """One side of a deleveraging: no book, no fee, no public trade."""
    order.filled += quantity
    order.cost += quantity * price
    order.updated = floor.now
    order.status = Status.FILLED if order.filled >= order.quantity else Status.PARTIALLY_FILLED
    if order.status is Status.FILLED:
        account.close_order(order)
    realised = move_position(floor, account, order, price, quantity)
    floor.pay(account, Income.REALIZED_PNL, realised, symbol=order.symbol, trade_id=str(trade_id))
    fill = Fill(
        trade_id=trade_id,
        order_id=order.order_id,
        symbol=order.symbol,
        side=order.side,
        position_side=order.position_side,
        price=price,
        quantity=quantity,
        fee=ZERO,
        realised=realised,
        maker=False,
        time=floor.now,
    )
    if not account.house:
        account.fills.append(fill)
    tell_order(floor, account, order, Execution.CALCULATED, fill=fill, status=status)


def _venue_order(
    floor: Floor,
    account: Account,
    position: Position,
    price: Decimal,
    client_id: str,
    *,
    liquidation: bool,
    quantity: Decimal | None = None,
) -> Order:
    order = Order(
        order_id=floor.next_order_id(),
        account=account.name,
        symbol=position.symbol,
        client_id=client_id,
        side=Side.SELL if position.amount > 0 else Side.BUY,
        position_side=position.side,
        type=OrderType.LIMIT,
        orig_type=OrderType.LIMIT,
        time_in_force=TimeInForce.IOC,
        quantity=abs(position.amount) if quantity is None else quantity,
        price=price,
        reduce_only=True,
        liquidation=liquidation,
        created=floor.now,
        updated=floor.now,
    )
    account.open_order(order)
    return order
