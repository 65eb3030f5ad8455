"""Funding on the rows of a run: which settlements fall into which bar, and on what price they are paid (rule 63)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vibex.domain.arrays import F64, I64
from vibex.domain.bars import Bars
from vibex.market.funding import FundingSeries


@dataclass(frozen=True, kw_only=True, eq=False)
class FundingRows:
    """The settlements of T rows: those of row i stand at `offset[i]` to `offset[i + 1]` (exclusive).

    `offset` (T + 1,) int64; `time` (epoch ms), `rate` (fraction) and `mark` (price) of shape (S,), all in time order.
    A long of quantity q pays q × mark × rate, a short receives it.
    """

    offset: I64
    time: I64
    rate: F64
    mark: F64


def funding_rows(
    series: FundingSeries, open_time: I64, end_ms: int, last: Bars, mark: Bars | None = None
) -> FundingRows:
    """The settlements with open ≤ t < next open, for rows that open at `open_time`, shape (T,), and end at `end_ms`.

    A bar reaches to the next one, so that a settlement during an outage is paid by who holds the position over it.
    The price is the venue's own where the series has it, else from `mark`, else from `last`, the symbol's bars of last
    prices: the open of the bar that opens at t (mark only), else the close of the last bar that has ended by t, else
    (at the very start of the data) the open of the bar that contains t.
    """
    row = np.searchsorted(open_time, series.time, side="right") - 1
    kept = (row >= 0) & (series.time < end_ms)
    time, row = series.time[kept], row[kept]
    price = series.mark[kept]
    if mark is not None:
        price = np.where(np.isnan(price), _open_at(mark, time), price)
        price = np.where(np.isnan(price), _last_close(mark, time), price)
    price = np.where(np.isnan(price), _last_close(last, time), price)
    offset = np.zeros(len(open_time) + 1, dtype=np.int64)
    np.cumsum(np.bincount(row, minlength=len(open_time)), out=offset[1:])
    return FundingRows(offset=offset, time=time, rate=series.rate[kept], mark=price)


def _open_at(bars: Bars, time: I64) -> F64:
    """The open of the bar that opens at each time, NaN where none does."""
    row = np.minimum(np.searchsorted(bars.open_time, time), len(bars) - 1)
    return np.where(bars.open_time[row] == time, bars.open[row], np.nan)


def _last_close(bars: Bars, time: I64) -> F64:
    """The close of the last bar that ended at or before each time; before the first end, the open of the first bar
    where it has begun, NaN where it has not."""
    ended = np.searchsorted(bars.open_time, time - bars.timeframe.ms, side="right") - 1
    begun = np.where(time >= bars.open_time[0], bars.open[0], np.nan)
    return np.where(ended >= 0, bars.close[np.maximum(ended, 0)], begun)
