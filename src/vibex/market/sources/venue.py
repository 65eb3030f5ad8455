"""Prices of a venue that the product has its own client for: the client's public side as a `PriceSource`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Protocol

import numpy as np

from vibex.domain.arrays import F64
from vibex.domain.bars import Bars
from vibex.domain.clock import Clock
from vibex.domain.timeframe import HOUR_MS, Timeframe
from vibex.market.fetching.rows import Rows
from vibex.market.fetching.source import Page, PageQuery
from vibex.market.series import Series

_ALL = (Series.BARS, Series.MARK, Series.FUNDING)


class Settled(Protocol):
    """A funding rate as the client gives it."""

    @property
    def rate(self) -> Decimal: ...

    @property
    def event_at(self) -> datetime: ...


class PublicSide(Protocol):
    """What is asked of a venue's client. Times are aware UTC, both ends included; bars come closed."""

    async def server_time(self) -> datetime: ...

    async def bar_history(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars: ...

    async def mark_bars(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars: ...

    async def funding_history(self, symbol: str, start: datetime, end: datetime) -> Sequence[Settled]: ...


class VenuePrices:
    """A page is what the venue answers at once: `bars_a_page`, `rates_a_page`. The defaults are one less than AsterDEX
    gives, because after a full answer its client asks whether there is more. What is final is judged by the venue's
    clock, read once."""

    adjustment = None
    settling_s = 60.0

    def __init__(
        self,
        name: str,
        venue: PublicSide,
        clock: Clock,
        *,
        is_simulated: bool = False,
        series: Collection[Series] = _ALL,
        bars_a_page: int = 1499,
        rates_a_page: int = 999,
    ) -> None:
        self.name = name
        self.series = series
        self._bars_a_page, self._rates_a_page = bars_a_page, rates_a_page
        self.is_simulated = is_simulated
        self._venue = venue
        self._clock = clock
        self._ahead_ms: float | None = None

    async def page(self, query: PageQuery) -> Page:
        if query.timeframe is None:
            return await self._funding(query)
        read = self._venue.mark_bars if query.series is Series.MARK else self._venue.bar_history
        last = min(query.end_ms, query.start_ms + self._bars_a_page * query.timeframe.ms - 1)
        bars = await read(query.symbol, query.timeframe, _at(query.start_ms), _at(last))
        final_to = min(last, await self._now_ms() - query.timeframe.ms)
        return Page(rows=Rows(time=bars.open_time, cells=_cells(bars, query.series)), final_to_ms=final_to)

    async def _funding(self, query: PageQuery) -> Page:
        # The shortest interval between settlements is an hour.
        last = min(query.end_ms, query.start_ms + self._rates_a_page * HOUR_MS - 1)
        rates = await self._venue.funding_history(query.symbol, _at(query.start_ms), _at(last))
        times = [round(rate.event_at.timestamp() * 1000) for rate in rates]
        rows = Rows.of(times, [[float(rate.rate)] for rate in rates], len(query.series.columns))
        return Page(rows=rows, final_to_ms=min(last, await self._now_ms()))

    async def _now_ms(self) -> int:
        ours_ms = self._clock.now().timestamp() * 1000
        if self._ahead_ms is None:
            self._ahead_ms = (await self._venue.server_time()).timestamp() * 1000 - ours_ms
        return round(ours_ms + self._ahead_ms)


def _at(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)


def _cells(bars: Bars, series: Series) -> F64:
    return np.column_stack([getattr(bars, name) for name in series.columns])
