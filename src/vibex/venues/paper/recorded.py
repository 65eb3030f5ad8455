"""Recorded bars as a market: its present is the clock's, so that a clock that jumps replays it, the same every time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np

from vibex.domain import Bars, Clock, InvalidInput, RetryLater, Timeframe
from vibex.venues.events import MarketEvent, Subscription
from vibex.venues.polling import MarketPoll
from vibex.venues.profile import VenueProfile
from vibex.venues.reports import BookLevel, BookSnapshot, FundingRate, MarkPrice, OpenInterest, VenueInstrument
from vibex.venues.simulator.participants import BarPath

_LEVELS = 20


class RecordedMarket:
    """Bars by symbol. Inside a bar the price walks as `BarPath` says; mark and index are that price, and the book shows
    `level_notional` (quote units) on each of 20 levels, one tick apart. Raises RetryLater outside the recording."""

    def __init__(
        self,
        bars: Mapping[str, Bars],
        instruments: Sequence[VenueInstrument],
        profile: VenueProfile,
        clock: Clock,
        *,
        funding: Mapping[str, Sequence[FundingRate]] | None = None,
        level_notional: Decimal = Decimal(100_000),
    ) -> None:
        self._bars = dict(bars)
        self._paths = {symbol: BarPath(one) for symbol, one in bars.items()}
        self._instruments = {one.symbol: one for one in instruments}
        missing = sorted(set(bars) - set(self._instruments))
        if missing:
            raise InvalidInput(f"no contract's rules for {', '.join(missing)}", field="instruments")
        self._profile = profile
        self._clock = clock
        self._funding = {symbol: sorted(rows, key=lambda row: row.event_at) for symbol, rows in (funding or {}).items()}
        self._level_notional = level_notional

    @property
    def profile(self) -> VenueProfile:
        return self._profile

    async def instruments(self, *, refresh: bool = False) -> Sequence[VenueInstrument]:
        del refresh  # A recording does not change.
        return tuple(self._instruments[symbol] for symbol in self._bars)

    async def bar_history(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars:
        """Raises InvalidInput for another timeframe than the recorded one."""
        bars = self._known(symbol)
        if bars.timeframe is not timeframe:
            raise InvalidInput(
                f"{symbol} is recorded in {bars.timeframe}", field="timeframe", remedy=f"ask for {bars.timeframe}"
            )
        last_closed = _ms(self._clock.now()) - timeframe.ms
        first = int(np.searchsorted(bars.open_time, _ms(start), side="left"))
        behind = int(np.searchsorted(bars.open_time, min(_ms(end), last_closed), side="right"))
        return bars.rows(first, max(first, behind))

    async def mark_price(self, symbol: str) -> MarkPrice:
        now = self._clock.now()
        rows = self._funding.get(symbol, [])
        following = next((row for row in rows if row.event_at > now), None)
        price = self._price(symbol)
        return MarkPrice(
            symbol=symbol,
            mark_price=price,
            index_price=price,
            funding_rate=None if following is None else following.rate,
            next_funding_at=None if following is None else following.event_at,
            event_at=now,
        )

    async def funding_history(self, symbol: str, start: datetime, end: datetime) -> Sequence[FundingRate]:
        self._known(symbol)
        until = min(end, self._clock.now())
        return tuple(row for row in self._funding.get(symbol, []) if start <= row.event_at <= until)

    async def open_interest(self, symbol: str) -> OpenInterest:
        raise InvalidInput(f"bars of {symbol} hold no open interest", field="symbol", remedy="ask a venue")

    async def order_book(self, symbol: str, depth: int) -> BookSnapshot:
        rules, price = self._instruments[self._known(symbol).symbol], self._price(symbol)
        tick, lot = rules.tick, rules.lot
        middle = (price / tick).to_integral_value(ROUND_HALF_EVEN) * tick
        quantity = max(rules.min_quantity, (self._level_notional / middle / lot).to_integral_value() * lot)

        def side(sign: int) -> tuple[BookLevel, ...]:
            prices = (middle + sign * level * tick for level in range(1, min(depth, _LEVELS) + 1))
            return tuple(BookLevel(one, quantity) for one in prices if one > 0)

        return BookSnapshot(symbol=symbol, update_id=0, bids=side(-1), asks=side(1), event_at=self._clock.now())

    def market_stream(self, subscriptions: Sequence[Subscription]) -> AsyncIterator[MarketEvent]:
        return MarketPoll(subscriptions, self, self._clock).events()

    async def close(self) -> None:
        return None

    def _known(self, symbol: str) -> Bars:
        bars = self._bars.get(symbol)
        if bars is None:
            raise InvalidInput(
                f"{symbol!r} is not recorded", field="symbol", remedy=f"there is {', '.join(self._bars)}"
            )
        return bars

    def _price(self, symbol: str) -> Decimal:
        self._known(symbol)
        now = self._clock.now()
        price = self._paths[symbol].price_at(_ms(now))
        if price is None:
            raise RetryLater(f"the recording of {symbol} has no price at {now.astimezone(UTC):%Y-%m-%d %H:%M}")
        return price


def _ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)
