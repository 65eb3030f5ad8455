"""Margin arithmetic: what a position and its orders bind, what is left, and where it ends.

Initial = notional / leverage; maintenance = notional × rate − cum of the bracket; both at the mark price.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from vibex.venues.simulator.exchange.account import Account, Position
from vibex.venues.simulator.exchange.floor import Floor
from vibex.venues.simulator.exchange.market import Market
from vibex.venues.simulator.exchange.rules import SymbolRules
from vibex.venues.simulator.exchange.words import ZERO, PositionSide, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginState:
    """One account in quote units. `available` may open new positions and is never below 0."""

    wallet: Decimal
    cross_wallet: Decimal
    unrealised: Decimal
    cross_unrealised: Decimal
    position_initial: Decimal
    order_initial: Decimal
    maintenance: Decimal
    cross_maintenance: Decimal
    available: Decimal


def maintenance(rules: SymbolRules, notional: Decimal) -> Decimal:
    """Maintenance margin of a position of `notional` ≥ 0."""
    bracket = rules.bracket_for(notional)
    return notional * bracket.maintenance_rate - bracket.cum


def cross_wallet(account: Account) -> Decimal:
    return account.wallet - sum((position.isolated_wallet for position in account.positions.values()), ZERO)


def exposure(
    account: Account, market: Market, side: PositionSide, extra_buy: Decimal = ZERO, extra_sell: Decimal = ZERO
) -> Decimal:
    """The largest notional that the position can reach when resting orders of one direction all fill."""
    symbol = market.symbol
    position = account.positions.get((symbol, side))
    held = position.amount * market.mark if position else ZERO
    buys = account.resting.get((symbol, side, Side.BUY), ZERO) + extra_buy
    sells = account.resting.get((symbol, side, Side.SELL), ZERO) + extra_sell
    return max(abs(held + buys), abs(held - sells))


def order_margin(
    account: Account, market: Market, side: PositionSide, extra_buy: Decimal = ZERO, extra_sell: Decimal = ZERO
) -> Decimal:
    """What resting orders of one position side bind beyond the position's own margin."""
    position = account.positions.get((market.symbol, side))
    held = abs(position.amount) * market.mark if position else ZERO
    reach = exposure(account, market, side, extra_buy, extra_sell)
    return max(ZERO, reach - held) / account.settings_for(market.symbol).leverage


def margin_state(floor: Floor, account: Account) -> MarginState:
    """Every total of the account page, at the present marks."""
    isolated = unrealised = cross_unrealised = position_initial = cross_initial = ZERO
    total_maintenance = cross_maintenance = orders = ZERO
    for (symbol, _), position in account.positions.items():
        if not position.amount:
            continue
        market = floor.markets[symbol]
        settings = account.settings_for(symbol)
        notional = abs(position.amount) * market.mark
        profit = position.unrealised(market.mark)
        needed = maintenance(market.rules, notional)
        unrealised += profit
        position_initial += notional / settings.leverage
        total_maintenance += needed
        if settings.isolated:
            isolated += position.isolated_wallet
        else:
            cross_unrealised += profit
            cross_initial += notional / settings.leverage
            cross_maintenance += needed
    for symbol, side in dict.fromkeys((symbol, side) for (symbol, side, _), value in account.resting.items() if value):
        orders += order_margin(account, floor.markets[symbol], side)
    cross = account.wallet - isolated
    return MarginState(
        wallet=account.wallet,
        cross_wallet=cross,
        unrealised=unrealised,
        cross_unrealised=cross_unrealised,
        position_initial=position_initial,
        order_initial=orders,
        maintenance=total_maintenance,
        cross_maintenance=cross_maintenance,
        available=max(ZERO, cross + cross_unrealised - cross_initial - orders),
    )


def margin_behind(floor: Floor, account: Account, position: Position) -> Decimal:
    """The money that stands behind `position` apart from its own profit: its isolated wallet, or the cross
    wallet with the profits, less the maintenance margins, of the other cross positions."""
    if account.settings_for(position.symbol).isolated:
        return position.isolated_wallet
    behind = cross_wallet(account)
    for other in account.positions.values():
        if other is position or not other.amount or account.settings_for(other.symbol).isolated:
            continue
        market = floor.markets[other.symbol]
        behind += other.unrealised(market.mark) - maintenance(market.rules, abs(other.amount) * market.mark)
    return behind


def liquidation_price(floor: Floor, account: Account, position: Position) -> Decimal:
    """The mark at which margin equals maintenance, others unchanged; 0 when no price above 0 does.

    Solves behind + amount·p − cost = |amount|·p·rate − cum for p, bracket by bracket.
    """
    if not position.amount:
        return ZERO
    rules = floor.markets[position.symbol].rules
    behind = margin_behind(floor, account, position)
    size = abs(position.amount)
    for bracket in rules.brackets:
        price = (position.cost - behind - bracket.cum) / (position.amount - size * bracket.maintenance_rate)
        if bracket.floor < price * size <= bracket.cap:
            return price
    return ZERO


def bankruptcy_price(floor: Floor, account: Account, position: Position) -> Decimal:
    """The price at which closing leaves nothing behind, on the grid and on the account's side of it."""
    rules = floor.markets[position.symbol].rules
    behind = position.isolated_wallet
    if not account.settings_for(position.symbol).isolated:
        behind = cross_wallet(account) + sum(
            (
                other.unrealised(floor.markets[other.symbol].mark)
                for other in account.positions.values()
                if other is not position and not account.settings_for(other.symbol).isolated
            ),
            ZERO,
        )
    price = (position.cost - behind) / position.amount
    ticks = (price / rules.tick).to_integral_value(ROUND_CEILING if position.amount > 0 else ROUND_FLOOR)
    return max(rules.min_price, ticks * rules.tick)
