"""How far and how long equity was below its last peak, the initial capital being the first peak (rule 65)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vibex.domain.arrays import F64, I64
from vibex.domain.errors import InvalidInput

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawdown:
    """The deepest drawdown of a run. All zero when equity never fell below a peak.

    `depth` is a fraction ≤ 0 (below −1 when equity became negative). `days` is its time under water: from the last
    bar at the peak to the bar that recovers it, or to the end. `longest_days` is the longest time under water of
    any drawdown, which need not be the deepest.
    """

    depth: float
    days: float
    longest_days: float


def drawdown_series(equity: F64, initial: float) -> F64:
    """equity / running peak − 1 for each bar, shape (T,), ≤ 0. Raises InvalidInput when `initial` is not above 0."""
    if not initial > 0:
        raise InvalidInput(f"initial capital {initial} is not above 0", field="initial")
    return equity / np.maximum(np.maximum.accumulate(equity), initial) - 1.0


def max_drawdown(equity: F64, times: I64, initial: float) -> Drawdown | None:
    """The deepest drawdown of equity (T,) recorded at `times` (T,), epoch milliseconds; None without a bar.

    The initial capital is a peak at the first time. Raises InvalidInput when the shapes differ.
    """
    if equity.shape != times.shape:
        raise InvalidInput(f"equity has shape {equity.shape}, times {times.shape}", field="times")
    if not equity.size:
        return None
    series = drawdown_series(equity, initial)
    # Row -1 stands for the initial capital before the first bar.
    peaks = np.concatenate(([-1], np.flatnonzero(series == 0.0)))
    ends = np.append(peaks[1:], equity.size - 1)
    clock = times / DAY_MS
    days = np.where(ends - peaks > 1, clock[ends] - clock[np.maximum(peaks, 0)], 0.0)
    if peaks[-1] < equity.size - 1:
        days[-1] = clock[-1] - clock[max(int(peaks[-1]), 0)]
    trough = int(np.argmin(series))
    deepest = int(np.searchsorted(peaks, trough, side="right")) - 1
    under_water = series[trough] < 0
    return Drawdown(
        depth=float(series[trough]),
        days=float(days[deepest]) if under_water else 0.0,
        longest_days=float(days.max()),
    )
