"""`--detail [SYMBOL=]FILE`: finer bars, which say what came first inside a bar of the strategy's timeframe."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vibex.analysis.calendars import Calendar
from vibex.domain.arrays import I64
from vibex.domain.bars import Bars, format_ms
from vibex.domain.errors import InvalidInput
from vibex.market.reader import read_bars

_ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False)
class DetailRows:
    """For every bar of the strategy's timeframe, shape (T,), the rows of its finer bars: `low` ≤ row < `high`.

    Equal ends mean that a bar has none. `disagreeing` counts the bars whose finer bars reach beyond its own high or
    low, which another source does.
    """

    low: I64
    high: I64
    disagreeing: int


def read_detail(path: Path, symbol: str) -> Bars:
    """Finer bars by the rules of price files. Raises InvalidInput (field "detail")."""
    try:
        return read_bars(path, symbol).bars
    except InvalidInput as error:
        raise InvalidInput(error.message, field="detail", remedy=error.remedy) from error


def detail_rows(bars: Bars, detail: Bars, first_ms: int, end_ms: int, calendar: Calendar) -> DetailRows:
    """Which rows of `detail` lie inside which of `bars`; days and weeks by the venue's calendar, others by the clock.

    Raises InvalidInput (field "detail") unless `detail` is finer, and when a bar with trades that opens in
    first_ms ≤ open < end_ms has no finer bar.
    """
    if detail.timeframe.ms >= bars.timeframe.ms:
        raise InvalidInput(
            f"the detail of {bars.symbol} has {detail.timeframe} bars, the strategy {bars.timeframe}",
            field="detail",
            remedy="give bars of a finer timeframe",
        )
    if bars.timeframe.is_intraday:
        label = detail.open_time
        ends = np.minimum(bars.open_time + bars.timeframe.ms, np.append(bars.open_time[1:], np.iinfo(np.int64).max))
    else:
        label = calendar.bucket(detail.open_time, detail.timeframe, bars.timeframe)
        ends = bars.open_time + 1
    low = np.searchsorted(label, bars.open_time, side="left").astype(np.int64)
    high = np.searchsorted(label, ends, side="left").astype(np.int64)
    _refuse_holes(bars, low == high, first_ms, end_ms)
    return DetailRows(low=low, high=high, disagreeing=_disagreeing(bars, detail, low, high))


def _refuse_holes(bars: Bars, empty: np.ndarray, first_ms: int, end_ms: int) -> None:
    missing = empty & (bars.open_time >= first_ms) & (bars.open_time < end_ms)
    if bars.volume is not None and bars.has_volume:
        missing &= bars.volume > 0
    rows = np.flatnonzero(missing)
    if len(rows):
        first, last = (format_ms(int(bars.open_time[rows[side]])) for side in (0, -1))
        raise InvalidInput(
            f"the detail of {bars.symbol} has nothing for {len(rows)} bars of the tested period, {first} to {last}",
            field="detail",
            remedy="give the missing part, or test the covered period with --start and --end",
        )


def _disagreeing(bars: Bars, detail: Bars, low: I64, high: I64) -> int:
    filled = low < high
    if not filled.any():
        return 0
    # Edges in pairs: reduceat gives each bar's own stretch at even places, what lies between two bars at odd ones.
    edges = np.column_stack((low[filled], high[filled])).ravel()
    if edges[-1] == len(detail):
        edges = edges[:-1]
    highest = np.maximum.reduceat(detail.high, edges)[::2]
    lowest = np.minimum.reduceat(detail.low, edges)[::2]
    above = highest > bars.high[filled] * (1 + _ROUNDING)
    below = lowest < bars.low[filled] * (1 - _ROUNDING)
    return int(np.count_nonzero(above | below))
