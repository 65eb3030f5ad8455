"""`--mark [SYMBOL=]FILE`: the mark price of a perpetual, on which stops and liquidation are tested."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vibex.analysis.calendars import Calendar
from vibex.analysis.resampling import resample_some
from vibex.domain.arrays import F64
from vibex.domain.bars import Bars, format_ms
from vibex.domain.errors import InvalidInput
from vibex.market.reader import read_bars

FARTHEST_FROM_LAST = 0.05
"""Mark and last price of one symbol differ by basis points; a median further apart is another symbol or unit."""


@dataclass(frozen=True, kw_only=True, eq=False)
class MarkColumns:
    """The mark price on the rows of a symbol's bars, shape (T,), NaN in rows before and after the tested period that
    have no mark bar."""

    open: F64
    high: F64
    low: F64
    close: F64


def read_mark(path: Path, symbol: str) -> Bars:
    """Mark-price bars by the rules of price files; the volume may be absent. Raises InvalidInput (field "mark")."""
    try:
        return read_bars(path, symbol).bars
    except InvalidInput as error:
        raise InvalidInput(error.message, field="mark", remedy=error.remedy) from error


def mark_columns(mark: Bars, bars: Bars, first_ms: int, end_ms: int, calendar: Calendar) -> MarkColumns:
    """The mark price on the rows of `bars`; finer mark bars are resampled.

    Raises InvalidInput (field "mark") for coarser bars, when a row with first_ms ≤ open < end_ms has no mark bar, and
    when mark and last price are too far apart to belong together.
    """
    if mark.timeframe.ms > bars.timeframe.ms:
        raise InvalidInput(
            f"the mark price of {bars.symbol} has {mark.timeframe} bars, the strategy {bars.timeframe}",
            field="mark",
            remedy=f"give bars of {bars.timeframe} or finer",
        )
    same = resample_some(mark, bars.timeframe, calendar)
    row = np.minimum(np.searchsorted(same.open_time, bars.open_time), len(same) - 1)
    found = same.open_time[row] == bars.open_time
    missing = np.flatnonzero(~found & (bars.open_time >= first_ms) & (bars.open_time < end_ms))
    if len(missing):
        first, last = (format_ms(int(bars.open_time[missing[side]])) for side in (0, -1))
        raise InvalidInput(
            f"the mark price of {bars.symbol} lacks {len(missing)} bars of the tested period, {first} to {last}",
            field="mark",
            remedy="give the missing part, or test the covered period with --start and --end",
        )
    _refuse_other_symbol(same.close[row][found], bars.close[found], bars.symbol)
    return MarkColumns(
        open=np.where(found, same.open[row], np.nan),
        high=np.where(found, same.high[row], np.nan),
        low=np.where(found, same.low[row], np.nan),
        close=np.where(found, same.close[row], np.nan),
    )


def _refuse_other_symbol(mark: F64, last: F64, symbol: str) -> None:
    apart = float(np.median(np.abs(mark / last - 1))) if len(mark) else 0.0
    if apart > FARTHEST_FROM_LAST:
        raise InvalidInput(
            f"the mark price of {symbol} lies {apart:.0%} from its last price in the median",
            field="mark",
            remedy="check that the file belongs to this symbol",
        )
