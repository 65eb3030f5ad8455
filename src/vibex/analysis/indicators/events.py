"""Indicators of a condition's past: BARS_SINCE it was true and VALUE_WHEN it was."""

from __future__ import annotations

import numpy as np

from vibex.analysis.indicators.definition import IndicatorDefinition, IndicatorInput, InputKind, Params
from vibex.analysis.indicators.derived import required_series
from vibex.analysis.indicators.parameters import period
from vibex.domain.arrays import F64, I64
from vibex.domain.errors import InvalidInput

_GROUP = "Events"


def last_row_where(true: np.ndarray) -> I64:
    """The last row up to and including each row in which `true` holds, −1 when there is none; shape (T,)."""
    rows = np.where(true, np.arange(len(true)), -1)
    return np.maximum.accumulate(rows).astype(np.int64)


def _recent(inputs: IndicatorInput, params: Params) -> tuple[I64, I64, np.ndarray]:
    """Last true row, its age, and whether it lies within the last `lookback` bars, this one included."""
    if inputs.when is None:
        raise InvalidInput("this indicator needs a condition", field="when")
    last = last_row_where(inputs.when)
    age = np.arange(len(last)) - last
    return last, age, (last >= 0) & (age < int(params["lookback"]))


def _bars_since(inputs: IndicatorInput, params: Params) -> tuple[F64, ...]:
    _, age, recent = _recent(inputs, params)
    return (np.where(recent, age.astype(np.float64), np.inf),)


def _value_when(inputs: IndicatorInput, params: Params) -> tuple[F64, ...]:
    last, _, recent = _recent(inputs, params)
    return (np.where(recent, required_series(inputs)[np.maximum(last, 0)], np.nan),)


def _rows_back(params: Params) -> int:
    return int(params["lookback"]) - 1


_LOOKBACK = period("lookback", None, required=True, meaning="bars that are looked at, this one included")

DEFINITIONS = (
    IndicatorDefinition(
        name="BARS_SINCE",
        group=_GROUP,
        meaning="bars since the condition was last true, 0 is this bar; +infinity when not within lookback",
        kind=InputKind.WHEN,
        parameters=(_LOOKBACK,),
        outputs=(),
        compute=_bars_since,
        warm_up=_rows_back,
    ),
    IndicatorDefinition(
        name="VALUE_WHEN",
        group=_GROUP,
        meaning="the input at the bar in which the condition was last true; missing when not within lookback",
        kind=InputKind.SERIES_WHEN,
        parameters=(_LOOKBACK,),
        outputs=(),
        compute=_value_when,
        warm_up=_rows_back,
    ),
)
