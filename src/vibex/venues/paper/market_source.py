"""Where paper prices come from: the public side of a venue. Every `Venue` is one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from vibex.domain import Bars, Timeframe
from vibex.venues.events import MarketEvent, Subscription
from vibex.venues.profile import VenueProfile
from vibex.venues.reports import BookSnapshot, FundingRate, MarkPrice, OpenInterest, VenueInstrument


class MarketSource(Protocol):
    """As the port's verbs of the same names."""

    @property
    def profile(self) -> VenueProfile: ...

    async def instruments(self, *, refresh: bool = False) -> Sequence[VenueInstrument]: ...

    async def bar_history(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars: ...

    async def mark_price(self, symbol: str) -> MarkPrice: ...

    async def funding_history(self, symbol: str, start: datetime, end: datetime) -> Sequence[FundingRate]: ...

    async def open_interest(self, symbol: str) -> OpenInterest: ...

    async def order_book(self, symbol: str, depth: int) -> BookSnapshot: ...

    def market_stream(self, subscriptions: Sequence[Subscription]) -> AsyncIterator[MarketEvent]: ...

    async def close(self) -> None: ...
