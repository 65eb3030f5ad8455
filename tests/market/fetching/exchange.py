"""A publisher of known prices that can fail after a page, count its questions and change its mind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

from vibex.domain import InvalidInput, RetryLater, VibexError
from vibex.market import Adjustment, Series
from vibex.market.fetching import Page, PageQuery, Rows

HOUR = 3_600_000
START = datetime(2024, 1, 1, tzinfo=UTC)
START_MS = int(START.timestamp() * 1000)


class Exchange:
    """Bars of one price per hour from `first_ms` on; `page_rows` at once. `failures` are raised by the page numbers,
    from 0, that they stand at."""

    series = (Series.BARS, Series.MARK, Series.FUNDING)
    adjustment: Adjustment | None = None
    settling_s = 60.0

    def __init__(
        self,
        *,
        name: str = "exchange",
        page_rows: int = 10,
        first_ms: int = START_MS,
        failures: dict[int, VibexError] | None = None,
        is_simulated: bool = False,
        price: Callable[[int], float] = lambda hour: 100.0 + hour % 7,
        without: tuple[int, ...] = (),
    ) -> None:
        self.name, self.page_rows, self.first_ms, self.is_simulated = name, page_rows, first_ms, is_simulated
        self.failures = failures or {}
        self.price = price
        self.without = without
        self.asked: list[PageQuery] = []

    async def page(self, query: PageQuery) -> Page:
        self.asked.append(query)
        failure = self.failures.pop(len(self.asked) - 1, None)
        if failure is not None:
            raise failure
        step = HOUR if query.timeframe is None else query.timeframe.ms
        last = min(query.end_ms, query.start_ms + self.page_rows * step - 1)
        begin = -(-max(query.start_ms, self.first_ms) // step) * step
        times = [t for t in range(begin, last + 1, step) if (t - START_MS) // HOUR not in self.without]
        prices = [self.price((t - START_MS) // HOUR) for t in times]
        cells = [[p, p + 1, p - 1, p, 5.0][: len(query.series.columns)] for p in prices]
        if query.series is Series.FUNDING:
            cells = [[p / 1e6] for p in prices]
        return Page(rows=Rows.of(times, cells, len(query.series.columns)), final_to_ms=last)


def silence(seconds: float | None = None) -> RetryLater:
    return RetryLater("429", retry_after_ms=None if seconds is None else round(seconds * 1000))


def unknown_symbol() -> InvalidInput:
    return InvalidInput("unknown symbol", field="symbol")


def hours(rows: np.ndarray) -> list[int]:
    """Times as hours since START."""
    return [int(t - START_MS) // HOUR for t in rows]
