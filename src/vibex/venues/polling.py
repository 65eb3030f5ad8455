"""Streams for venues that are asked instead of heard: every few seconds the same questions, told as events.

A poll sees no single trade, so `Channel.TRADES` is refused. The account's stream says only that the account has to be
read again; whoever follows it reads the snapshot, which is where the truth stands anyhow.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from vibex.domain import Bars, Clock, InvalidInput, RetryLater, Timeframe
from vibex.domain.money import to_decimal
from vibex.venues.events import (
    AccountEvent,
    BarUpdate,
    BookChanged,
    BookLost,
    Channel,
    Interrupted,
    MarketEvent,
    Quote,
    Subscription,
)
from vibex.venues.profile import VenueProfile
from vibex.venues.reports import BookSnapshot, MarkPrice

MARKET_PERIOD_S = 2.0
ACCOUNT_PERIOD_S = 5.0
_LEVELS = 20


class Asked(Protocol):
    """What is asked again and again; every `Venue` will do."""

    @property
    def profile(self) -> VenueProfile: ...

    async def bar_history(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars: ...

    async def mark_price(self, symbol: str) -> MarkPrice: ...

    async def order_book(self, symbol: str, depth: int) -> BookSnapshot: ...


async def poll_account(clock: Clock, *, period_s: float = ACCOUNT_PERIOD_S) -> AsyncIterator[AccountEvent]:
    """`Interrupted(resumed=True)` at once and every `period_s`: read the account (again)."""
    why = "start"
    while True:
        yield Interrupted(why=why, resumed=True)
        await clock.sleep(period_s)
        why = "this venue is asked, not heard"


class MarketPoll:
    """Raises InvalidInput for no subscription, for trades, and for bars without a timeframe."""

    def __init__(
        self, subscriptions: Sequence[Subscription], venue: Asked, clock: Clock, *, period_s: float = MARKET_PERIOD_S
    ) -> None:
        if not subscriptions:
            raise InvalidInput("nothing to follow", field="subscriptions")
        for subscription in subscriptions:
            if subscription.channel is Channel.TRADES:
                raise InvalidInput(
                    f"{venue.profile.name} is asked every {period_s:g} s and shows no single trades",
                    field="subscriptions",
                    remedy="follow quote, book, bars or mark_price",
                )
            if (subscription.channel is Channel.BARS) != (subscription.timeframe is not None):
                raise InvalidInput("bars have a timeframe, nothing else has", field="timeframe")
        self._subscriptions = tuple(dict.fromkeys(subscriptions))
        self._venue = venue
        self._clock = clock
        self._period_s = period_s
        self._told_bars: dict[Subscription, int] = {}

    async def events(self) -> AsyncIterator[MarketEvent]:
        """Until the caller stops. A question that fails interrupts; the next answered round resumes."""
        heard = False
        while True:
            try:
                events = [event for one in self._subscriptions for event in await self._ask(one)]
            except RetryLater as error:
                if heard:
                    yield Interrupted(why=error.message, resumed=False)
                    for symbol in {s.symbol for s in self._subscriptions if s.channel is Channel.BOOK}:
                        yield BookLost(symbol=symbol, why=error.message)
                heard = False
                events = []
            else:
                if not heard:
                    yield Interrupted(why="asking", resumed=True)
                heard = True
            for event in events:
                yield event
            await self._clock.sleep(self._period_s)

    async def _ask(self, one: Subscription) -> Sequence[MarketEvent]:
        if one.channel is Channel.MARK_PRICE:
            return (await self._venue.mark_price(one.symbol),)
        if one.channel is Channel.BARS and one.timeframe is not None:
            return await self._closed_bars(one, one.timeframe)
        book = await self._venue.order_book(one.symbol, _LEVELS)
        if one.channel is Channel.BOOK:
            return (BookChanged(book=book),)
        if not book.bids or not book.asks:
            return ()
        return (
            Quote(
                symbol=one.symbol,
                update_id=book.update_id,
                bid=book.bids[0],
                ask=book.asks[0],
                event_at=book.event_at,
            ),
        )

    async def _closed_bars(self, one: Subscription, timeframe: Timeframe) -> Sequence[MarketEvent]:
        """Bars that have closed since the last question; from the first one on, none of the past."""
        now = self._clock.now()
        bars = await self._venue.bar_history(one.symbol, timeframe, now - timedelta(milliseconds=3 * timeframe.ms), now)
        last = self._told_bars.get(one)
        fresh = [row for row in range(len(bars)) if last is not None and int(bars.open_time[row]) > last]
        if len(bars):
            self._told_bars[one] = int(bars.open_time[-1])
        return tuple(
            BarUpdate(
                symbol=one.symbol,
                timeframe=timeframe,
                open_time=int(bars.open_time[row]),
                open=to_decimal(float(bars.open[row])),
                high=to_decimal(float(bars.high[row])),
                low=to_decimal(float(bars.low[row])),
                close=to_decimal(float(bars.close[row])),
                volume=to_decimal(0.0 if bars.volume is None else float(bars.volume[row])),
                is_closed=True,
                event_at=now,
            )
            for row in fresh
        )
