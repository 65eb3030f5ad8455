"""Rolling extremes, exponential averages and the average true range: TA-Lib's functions under typed names.

Every function takes and gives arrays of shape (T,), missing (NaN) before the first full window.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vibex.analysis.indicators.leading import first_row
from vibex.domain import Bars
from vibex.domain.arrays import F64


def average_true_range(bars: Bars, timeperiod: int) -> F64:
    """Wilder's average true range; the first value is in row `timeperiod`."""
    from talib import _ta_lib

    high, low, close = (np.ascontiguousarray(column) for column in (bars.high, bars.low, bars.close))
    out: F64 = _ta_lib.ATR(high, low, close, timeperiod)
    return out


def exponential_average(values: F64, timeperiod: int) -> F64:
    """EMA seeded with the mean of its first `timeperiod` existing values (fill rule 59)."""
    from talib import _ta_lib

    return _from_first_value(values, lambda present: _ta_lib.EMA(present, timeperiod) if timeperiod > 1 else present)


def rolling_max(values: F64, timeperiod: int) -> F64:
    """The largest of the last `timeperiod` values, this one included."""
    from talib import _ta_lib

    return _from_first_value(values, lambda present: _ta_lib.MAX(present, timeperiod) if timeperiod > 1 else present)


def rolling_min(values: F64, timeperiod: int) -> F64:
    """The smallest of the last `timeperiod` values, this one included."""
    from talib import _ta_lib

    return _from_first_value(values, lambda present: _ta_lib.MIN(present, timeperiod) if timeperiod > 1 else present)


def rolling_sum(values: F64, timeperiod: int) -> F64:
    """The sum of the last `timeperiod` values, added oldest first in every window.

    A running sum would carry the rounding of all earlier rows: after a burst of volume the sum of a quiet window
    would be wrong. A window with a missing value has none.
    """
    rows = len(values) - timeperiod + 1
    out = np.full(len(values), np.nan)
    if rows > 0:
        total = np.zeros(rows)
        with np.errstate(invalid="ignore", over="ignore"):
            for offset in range(timeperiod):
                total += values[offset : offset + rows]
        out[timeperiod - 1 :] = total
    return out


def rolling_sample_deviation(values: F64, timeperiod: int) -> tuple[F64, F64]:
    """Mean and sample standard deviation (n − 1) of the last `timeperiod` ≥ 2 values, in two passes per window."""
    mean = rolling_sum(values, timeperiod) / timeperiod
    rows = len(values) - timeperiod + 1
    deviation = np.full(len(values), np.nan)
    if rows > 0:
        squares = np.zeros(rows)
        with np.errstate(invalid="ignore", over="ignore"):
            for offset in range(timeperiod):
                distance = values[offset : offset + rows] - mean[timeperiod - 1 :]
                squares += distance * distance
        deviation[timeperiod - 1 :] = np.sqrt(squares / (timeperiod - 1))
    return mean, deviation


def shifted(values: F64, rows: int) -> F64:
    """The values of `rows` bars ago; the first `rows` are missing."""
    out = np.full(len(values), np.nan)
    if rows < len(values):
        out[rows:] = values[: len(values) - rows]
    return out


def _from_first_value(values: F64, function: Callable[[F64], F64]) -> F64:
    first = first_row(values)
    out = np.full(len(values), np.nan)
    if first < len(values):
        out[first:] = function(np.ascontiguousarray(values[first:]))
    return out
