"""Swing points: bars that stand out from those around them, known only when the bars after them have closed."""

from __future__ import annotations

import numpy as np

from vibex.analysis.indicators.definition import IndicatorDefinition, IndicatorInput, InputKind, Params
from vibex.analysis.indicators.parameters import period
from vibex.analysis.indicators.rolling import rolling_max, shifted
from vibex.domain.arrays import F64


def _pivot(inputs: IndicatorInput, params: Params) -> tuple[F64, ...]:
    """Latest and previous swing high and low with their ages in bars (an age is at least `right`).

    A swing high is strictly above all of the `left` bars before and the `right` bars after it: of equal highs
    that near to each other none is one. Lows mirrored. With an input series it stands for both.
    """
    left, right = int(params["left"]), int(params["right"])
    highs = inputs.bars.high if inputs.series is None else inputs.series
    lows = inputs.bars.low if inputs.series is None else inputs.series
    high, prev_high, high_age, prev_high_age = _swing_highs(highs, left, right)
    low, prev_low, low_age, prev_low_age = _swing_highs(-lows, left, right)
    return high, -low, prev_high, -prev_low, high_age, low_age, prev_high_age, prev_low_age


def _swing_highs(values: F64, left: int, right: int) -> tuple[F64, F64, F64, F64]:
    """Value of the latest and the one before, and both ages, each (T,) and missing before the first."""
    # A missing value counts as a wall, so that nothing next to it stands out.
    walls = np.where(np.isnan(values), np.inf, values)
    candidate = shifted(values, right)
    confirmed = (candidate > shifted(rolling_max(walls, left), right + 1)) & (candidate > rolling_max(walls, right))
    known_at = np.flatnonzero(confirmed)
    found = np.cumsum(confirmed)
    latest, age = _looked_up(candidate, known_at, found - 1)
    previous, previous_age = _looked_up(candidate, known_at, found - 2)
    return latest, previous, age + right, previous_age + right


def _looked_up(candidate: F64, known_at: np.ndarray, which: np.ndarray) -> tuple[F64, F64]:
    """For each row the swing number `which` (−1, −2: none yet): its value and the bars since it became known."""
    value, age = np.full(len(which), np.nan), np.full(len(which), np.nan)
    there = which >= 0
    rows = known_at[which[there]]
    value[there] = candidate[rows]
    age[there] = np.flatnonzero(there) - rows
    return value, age


DEFINITIONS = (
    IndicatorDefinition(
        name="PIVOT",
        group="Events",
        meaning="swing points and their ages, known `right` bars after their bar",
        kind=InputKind.PIVOT,
        parameters=(
            period("left", 5, meaning="bars before that it stands out from"),
            period("right", 5, meaning="bars after that it stands out from"),
        ),
        outputs=("high", "low", "prev_high", "prev_low", "high_age", "low_age", "prev_high_age", "prev_low_age"),
        compute=_pivot,
        warm_up=lambda params: int(params["left"]) + int(params["right"]),
    ),
)
