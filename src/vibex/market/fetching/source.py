"""The port to whoever publishes prices: one question, which numbers lie between two times."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from vibex.domain.timeframe import Timeframe
from vibex.market.adjustment import Adjustment, CorporateAction
from vibex.market.fetching.rows import Rows
from vibex.market.series import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuery:
    """Rows of `symbol` (the product's spelling) with start ≤ time ≤ end, epoch milliseconds; bars by their opens.

    `timeframe` is None for funding, which has the times of its settlements.
    """

    symbol: str
    series: Series
    timeframe: Timeframe | None
    start_ms: int
    end_ms: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Page:
    """The first rows of an answer, oldest first.

    `final_to_ms` is the last time up to which they are complete: the next page begins one millisecond later. A value
    before the query's start says that the source has nothing final there yet. `actions` are the splits and dividends
    of the page's days.
    """

    rows: Rows
    final_to_ms: int
    actions: tuple[CorporateAction, ...] = ()


class PriceSource(Protocol):
    """Public prices of one publisher, read without keys."""

    @property
    def name(self) -> str:
        """As `--source` spells it; stands in the metadata of what is kept."""
        ...

    @property
    def series(self) -> Collection[Series]:
        """What the source publishes."""
        ...

    @property
    def adjustment(self) -> Adjustment | None:
        """What its prices are adjusted for; None where that has no meaning."""
        ...

    @property
    def settling_s(self) -> float:
        """For how long after its end a bar may still change at the source; it is not kept before."""
        ...

    @property
    def is_simulated(self) -> bool: ...

    async def page(self, query: PageQuery) -> Page:
        """Raises InvalidInput for what the source does not have (an unknown symbol, a timeframe, a time too long ago),
        RetryLater when it does not answer or asks for silence."""
        ...
