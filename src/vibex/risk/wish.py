"""What rules look at: an entry that is wanted with everything known about it, and later with its size.

A `Wish` exists only when nothing that a rule needs is missing, so that no rule has to ask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from vibex.domain import Decision, PositionSide, QuantityRule
from vibex.risk.inputs import AccountFacts, AssetHistory, RiskInput
from vibex.risk.policy import Policy
from vibex.risk.verdict import SizeInNumbers
from vibex.venues.reports import LeverageBracket, MarginMode, ReportedPosition, VenueInstrument


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMarket:
    """`MarketFacts` with nothing missing. `daily_funding` is the fraction of notional that a long pays per day."""

    instrument: VenueInstrument
    brackets: Sequence[LeverageBracket]
    taker_fee: Decimal
    mark_price: Decimal
    last_price: Decimal
    daily_funding: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An entry that is wanted. `prices` and `maintenance` are by symbol, of everything held or waiting; the
    maintenance margins are of the other cross positions."""

    decision: Decision
    side: PositionSide
    quantity_rule: QuantityRule
    inputs: RiskInput
    account: AccountFacts
    market: KnownMarket
    history: AssetHistory
    last_entry_at: datetime
    last_exit_at: datetime
    decisions_in_a_row: int
    entry_times: Sequence[datetime]
    prices: Mapping[str, Decimal]
    other_maintenance: Decimal

    @property
    def policy(self) -> Policy:
        return self.inputs.policy

    @property
    def symbol(self) -> str:
        return self.decision.symbol

    @property
    def price(self) -> Decimal:
        """The price at which everything is judged: the last one."""
        return self.market.last_price

    @property
    def held(self) -> ReportedPosition | None:
        return self.inputs.position(self.symbol)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A wish with its size and levels. `liquidation` is of the position after the entry, None out of reach."""

    wish: Wish
    quantity: Decimal
    leverage: int
    min_price: Decimal
    max_price: Decimal
    stop: Decimal
    liquidation: Decimal | None
    size: SizeInNumbers

    @property
    def policy(self) -> Policy:
        return self.wish.policy

    @property
    def margin_mode(self) -> MarginMode:
        return self.wish.policy.margin_mode
