"""Settings of an account: leverage, margin type, position mode, multi-assets mode, isolated margin, countdown."""

from __future__ import annotations

from decimal import Decimal

from vibex.venues.simulator.exchange.account import Account
from vibex.venues.simulator.exchange.events import tell_account, tell_leverage, tell_modes
from vibex.venues.simulator.exchange.floor import Floor
from vibex.venues.simulator.exchange.margin import maintenance, margin_state
from vibex.venues.simulator.exchange.refusal import Refusal
from vibex.venues.simulator.exchange.words import ZERO, Income, PositionSide, Reason, SelfTrade


def set_leverage(floor: Floor, account: Account, symbol: str, leverage: int) -> Decimal:
    """The largest notional at the new leverage; −4028 out of range, −2027 or −2028 when the position forbids it."""
    market = floor.market(symbol)
    if not 1 <= leverage <= market.rules.brackets[0].leverage:
        raise Refusal(-4028, leverage)
    largest = market.rules.largest_notional(leverage)
    held = sum(abs(one.amount) * market.mark for one in account.positions.values() if one.symbol == symbol)
    if held > largest:
        raise Refusal(-2027)
    settings = account.settings_for(symbol)
    old = settings.leverage
    settings.leverage = leverage
    state = margin_state(floor, account)
    needed = state.position_initial + state.order_initial
    if leverage < old and needed > state.wallet + state.unrealised:
        settings.leverage = old
        raise Refusal(-2028)
    tell_leverage(floor, account, symbol, leverage)
    return largest


def set_margin_type(floor: Floor, account: Account, symbol: str, *, isolated: bool) -> None:
    floor.market(symbol)
    settings = account.settings_for(symbol)
    if account.multi_assets and isolated:
        raise Refusal(-4168)
    if settings.isolated == isolated:
        raise Refusal(-4046)
    if any(one.symbol == symbol for one in account.open_orders.values()):
        raise Refusal(-4047)
    held = [one for one in account.positions.values() if one.symbol == symbol]
    if any(one.amount for one in held):
        raise Refusal(-4048)
    settings.isolated = isolated
    tell_account(floor, account, Reason.MARGIN_TYPE_CHANGE, held)


def set_hedge(floor: Floor, account: Account, hedge: bool) -> None:
    _refuse_while_busy(account, same=account.hedge == hedge)
    account.hedge = hedge
    tell_modes(floor, account)


def set_multi_assets(floor: Floor, account: Account, multi_assets: bool) -> None:
    _refuse_while_busy(account, same=account.multi_assets == multi_assets)
    if multi_assets and any(one.isolated for one in account.settings.values()):
        raise Refusal(-4168)
    account.multi_assets = multi_assets
    tell_modes(floor, account)


def set_self_trade(account: Account, mode: SelfTrade) -> None:
    account.self_trade = mode


def move_isolated_margin(floor: Floor, account: Account, symbol: str, side: PositionSide, amount: Decimal) -> None:
    """Add margin to an isolated position, or take some out (`amount` below 0); −4051 when it is not there."""
    market = floor.market(symbol)
    position = account.positions.get((symbol, side))
    if position is None or not position.amount or not account.settings_for(symbol).isolated:
        raise Refusal(-4051)
    notional = abs(position.amount) * market.mark
    initial = notional / account.settings_for(symbol).leverage
    spare = (
        position.isolated_wallet
        + min(ZERO, position.unrealised(market.mark))
        - max(initial, maintenance(market.rules, notional))
    )
    if (amount > 0 and amount > margin_state(floor, account).available) or (amount < 0 and -amount > spare):
        raise Refusal(-4051)
    position.isolated_wallet += amount
    tell_account(floor, account, Reason.MARGIN_TRANSFER, [position])


def set_countdown(floor: Floor, account: Account, symbol: str, countdown_ms: int) -> None:
    """Cancel all orders of `symbol` after `countdown_ms` unless called again; 0 stops the timer."""
    floor.market(symbol)
    account.countdowns.pop(symbol, None)
    if countdown_ms > 0:
        account.countdowns[symbol] = floor.now + countdown_ms


def transfer(floor: Floor, account: Account, amount: Decimal) -> None:
    """Money from or (below 0) to another wallet of the owner."""
    if amount < 0 and -amount > margin_state(floor, account).available:
        raise Refusal(-2019)
    account.deposited += amount
    floor.pay(account, Income.TRANSFER, amount, symbol="")
    tell_account(floor, account, Reason.DEPOSIT, [], change=amount)


def _refuse_while_busy(account: Account, *, same: bool) -> None:
    if same:
        raise Refusal(-4059)
    if account.open_orders:
        raise Refusal(-4067)
    if any(one.amount for one in account.positions.values()):
        raise Refusal(-4068)
