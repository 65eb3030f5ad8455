"""The port to a trading venue: a handful of verbs that every venue offers and no venue extends.

Only `ApprovedEntry` (made by the risk gate) and `ProtectiveExit` (reduces by construction) can be placed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from vibex.domain import Bars, Timeframe
from vibex.venues.events import AccountEvent, MarketEvent, Subscription
from vibex.venues.outcome import Change, Found, Outcome
from vibex.venues.profile import Request, VenueProfile
from vibex.venues.reports import (
    AccountSnapshot,
    BookSnapshot,
    FundingRate,
    IncomeRow,
    MarginMode,
    MarkPrice,
    OpenInterest,
    ReportedFill,
    VenueInstrument,
)


class Venue(Protocol):
    """One account on one venue (or, without keys, its public side).

    Reads raise RetryLater (nothing to be had now), InvalidInput (an unknown symbol) and StopTrading (keys, firewall).
    Writes do not raise for what a venue may answer: they return an outcome. Times are aware UTC, bounds inclusive.
    """

    @property
    def profile(self) -> VenueProfile: ...

    async def instruments(self, *, refresh: bool = False) -> Sequence[VenueInstrument]:
        """All contracts with their rules; read again when `refresh`, when old, or when the venue disputed a rule."""
        ...

    async def bar_history(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars:
        """Closed bars that opened in start..end."""
        ...

    async def mark_price(self, symbol: str) -> MarkPrice: ...

    async def funding_history(self, symbol: str, start: datetime, end: datetime) -> Sequence[FundingRate]: ...

    async def open_interest(self, symbol: str) -> OpenInterest: ...

    async def order_book(self, symbol: str, depth: int) -> BookSnapshot:
        """At least `depth` levels of each side where the book has them."""
        ...

    def market_stream(self, subscriptions: Sequence[Subscription]) -> AsyncIterator[MarketEvent]:
        """Events until the caller stops; reconnects by itself and says so with `Interrupted`."""
        ...

    async def account_snapshot(self) -> AccountSnapshot: ...

    def account_stream(self) -> AsyncIterator[AccountEvent]:
        """Events of the account until the caller stops. The first is `Interrupted`: read the snapshot after it."""
        ...

    async def place(self, request: Request) -> Outcome: ...

    async def cancel(self, symbol: str, client_order_id: str) -> Outcome:
        """Refused as unknown usually means that the order is final already: query it."""
        ...

    async def query(self, symbol: str, client_order_id: str) -> Found: ...

    async def fills(self, symbol: str, start: datetime, end: datetime) -> Sequence[ReportedFill]:
        """The account's executions in start..end, oldest first, each once, with the fees that were charged."""
        ...

    async def set_leverage(self, symbol: str, leverage: int) -> Change: ...

    async def set_margin_mode(self, symbol: str, mode: MarginMode) -> Change: ...

    async def income(self, start: datetime, end: datetime) -> Sequence[IncomeRow]:
        """Every change of the wallet in start..end, oldest first."""
        ...

    async def close(self) -> None: ...
