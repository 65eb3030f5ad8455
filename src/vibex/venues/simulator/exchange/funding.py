"""Funding: at each boundary longs pay shorts (or the other way) a share of their notional at the mark."""

from __future__ import annotations

from decimal import Decimal

from vibex.venues.simulator.exchange.account import Account, Position
from vibex.venues.simulator.exchange.events import tell_account
from vibex.venues.simulator.exchange.floor import Floor
from vibex.venues.simulator.exchange.market import FundingRow, Market
from vibex.venues.simulator.exchange.words import ZERO, Income, Reason


def settle_funding(floor: Floor, market: Market) -> None:
    """Pay the boundary that has been reached, at the rate within cap and floor, and set the next one."""
    rules = market.rules
    rate = max(rules.funding_floor, min(rules.funding_cap, market.funding_rate))
    market.funding.append(FundingRow(time=market.next_funding, rate=rate))
    market.next_funding = market.funding_boundary(floor.now)
    for account in floor.accounts.values():
        held = [one for one in account.positions.values() if one.symbol == market.symbol and one.amount]
        if held:
            _pay(floor, market, account, held, rate)


def _pay(floor: Floor, market: Market, account: Account, held: list[Position], rate: Decimal) -> None:
    paid = ZERO
    isolated = account.settings_for(market.symbol).isolated
    for position in held:
        amount = -position.amount * market.mark * rate
        paid += amount
        if isolated:
            position.isolated_wallet += amount
        floor.pay(account, Income.FUNDING_FEE, amount, symbol=market.symbol)
    tell_account(floor, account, Reason.FUNDING_FEE, held if isolated else [], change=paid)
