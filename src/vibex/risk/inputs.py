"""What the gate looks at: one frozen `RiskInput`, gathered by the caller; the gate reads no clock, file or venue.

None means unknown, and what is unknown refuses an entry. What is known not to exist is said: an empty list of
positions, `NEVER` for an exit that never was, 0 for a venue without funding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

from vibex.domain import ApprovedEntry, ClientOrderId, PositionSide
from vibex.risk.policy import Policy
from vibex.risk.states import TradingState
from vibex.venues.reports import (
    FeeRates,
    LeverageBracket,
    MarkPrice,
    PositionMode,
    ReportedOrder,
    ReportedPosition,
    VenueInstrument,
)

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of what has not happened since the account began."""


class MakerKind(StrEnum):
    """Who decided, as far as it matters here: a model and an ensemble never loosen a stop."""

    MODEL = "model"
    ENSEMBLE = "ensemble"
    STRATEGY = "strategy"
    PERSON = "person"

    @property
    def may_loosen_stops(self) -> bool:
        return self in (MakerKind.STRATEGY, MakerKind.PERSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether this process may and can act on the account. None is unknown.

    `clock_skew_ms` is the absolute difference to the venue's clock. `reconciled`: venue and journal agree.
    """

    lease_held: bool | None
    clock_skew_ms: int | None
    market_feed_alive: bool | None
    account_feed_alive: bool | None
    reconciled: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """The account at `read_at`, in quote currency: equity with open profit, `free_margin` for new positions.

    `cross_wallet` is the money behind cross positions without open profit. `positions` and `open_orders` are
    all of the venue's, foreign ones too. `in_flight` are approvals that were sent or will be and that
    `open_orders` need not show yet. `day_start_equity` is of 00:00 UTC or the first start, transfers excluded.
    """

    read_at: datetime
    position_mode: PositionMode
    multi_assets: bool
    equity: Decimal
    free_margin: Decimal
    cross_wallet: Decimal
    day_start_equity: Decimal
    peak_equity: Decimal
    positions: Sequence[ReportedPosition]
    open_orders: Sequence[ReportedOrder]
    in_flight: Sequence[ApprovedEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketFacts:
    """One contract now. `brackets` ascend without gaps. `funding_hours` between settlements, 0: no funding here."""

    instrument: VenueInstrument | None
    brackets: Sequence[LeverageBracket] | None
    fees: FeeRates | None
    mark: MarkPrice | None
    last_price: Decimal | None
    last_price_at: datetime | None
    funding_hours: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetHistory:
    """What happened in one symbol; `NEVER` where nothing did.

    `decisions_in_a_row` counts the newest decisions that wanted `decided_side`, the one in question included.
    `stop_price` is the stop that rests now, 0 for none; None is unknown.
    """

    last_entry_at: datetime | None
    last_entry_side: PositionSide | None
    last_exit_at: datetime | None
    decided_side: PositionSide | None
    decisions_in_a_row: int | None
    stop_price: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskInput:
    """Everything that the verdict on one decision depends on.

    `markets` and `history` are by symbol and hold at least the decision's and every symbol with a position or a
    waiting entry. `entry_times` are all entry orders of the last hour or more. `correlations` are by pair of
    symbols in any order. `client_order_id` is for the entry, should there be one.
    """

    now: datetime
    policy: Policy
    state: TradingState
    account_assets: frozenset[str]
    maker: MakerKind
    client_order_id: ClientOrderId
    health: Health
    account: AccountFacts | None
    markets: Mapping[str, MarketFacts]
    history: Mapping[str, AssetHistory]
    entry_times: Sequence[datetime] | None
    correlations: Mapping[frozenset[str], Decimal]

    def position(self, symbol: str) -> ReportedPosition | None:
        """The open position of `symbol`, None when flat or when the account is not known."""
        if self.account is None:
            return None
        held = (one for one in self.account.positions if one.symbol == symbol)
        return next((one for one in held if one.quantity.is_finite() and one.quantity != 0), None)
