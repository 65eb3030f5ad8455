"""Which numbers of a market: traded prices, the mark price that margin is judged by, or settled funding rates."""

from __future__ import annotations

from enum import StrEnum


class Series(StrEnum):
    """One kind of file in the library; its columns after the time are `columns`."""

    BARS = "bars"
    MARK = "mark"
    FUNDING = "funding"

    @property
    def columns(self) -> tuple[str, ...]:
        return _COLUMNS[self]


_COLUMNS = {
    Series.BARS: ("open", "high", "low", "close", "volume"),
    Series.MARK: ("open", "high", "low", "close"),
    Series.FUNDING: ("funding_rate",),
}
