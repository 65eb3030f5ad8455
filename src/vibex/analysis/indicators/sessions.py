"""Indicators of the trading day: SESSION, OPENING_RANGE, and VWAP, rolling or per session."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from vibex.analysis.calendars.session import SessionColumns
from vibex.analysis.indicators.definition import IndicatorDefinition, IndicatorInput, InputKind, Parameter, Params
from vibex.analysis.indicators.parameters import period
from vibex.analysis.indicators.rolling import rolling_sum
from vibex.domain.arrays import F64, I64
from vibex.domain.errors import InvalidInput
from vibex.domain.timeframe import MINUTE_MS

_GROUP = "Session"


def _sessions(inputs: IndicatorInput) -> SessionColumns:
    if inputs.sessions is None:
        raise InvalidInput("needs the venue's calendar", field="session", remedy="compute it with session columns")
    return inputs.sessions


def _starts(session: I64) -> I64:
    """The rows in which a session begins, and the number of rows at the end."""
    changes = np.flatnonzero(np.diff(session)) + 1
    return np.concatenate(([0], changes, [len(session)])).astype(np.int64)


def _running(values: F64, starts: I64, accumulate: Callable[[F64], F64]) -> F64:
    """`accumulate` over each session on its own."""
    out = np.empty(len(values))
    for begin, end in pairwise(starts.tolist()):
        out[begin:end] = accumulate(values[begin:end])
    return out


def _vwap(inputs: IndicatorInput, params: Params) -> tuple[F64, ...]:
    bars = inputs.bars
    if bars.volume is None:
        raise InvalidInput("VWAP needs volume and these bars have none", field="volume")
    money = (bars.high + bars.low + bars.close) / 3 * bars.volume
    timeperiod = params.get("timeperiod")
    if timeperiod is None:
        starts = _starts(_sessions(inputs).session)
        traded, volume = _running(money, starts, np.cumsum), _running(bars.volume, starts, np.cumsum)
    else:
        traded, volume = rolling_sum(money, int(timeperiod)), rolling_sum(bars.volume, int(timeperiod))
    with np.errstate(divide="ignore", invalid="ignore"):
        average = traded / volume
    average[~(volume > 0)] = np.nan
    return (average,)


def _session(inputs: IndicatorInput, _: Params) -> tuple[F64, ...]:
    bars = inputs.bars
    starts = _starts(_sessions(inputs).session)
    rows = np.diff(starts)
    high = _running(bars.high, starts, np.maximum.accumulate)
    low = _running(bars.low, starts, np.minimum.accumulate)
    opened = bars.open[starts[:-1]] if len(bars) else np.empty(0)
    ends = starts[1:] - 1 if len(bars) else np.empty(0, dtype=np.int64)

    def day_before(values: F64) -> F64:
        return np.repeat(np.concatenate(([np.nan], values[:-1]))[: len(rows)], rows)

    return (
        np.repeat(opened, rows) if len(bars) else np.empty(0),
        high,
        low,
        *(day_before(values) for values in (opened, high[ends], low[ends], bars.close[ends])),
    )


def _opening_range(inputs: IndicatorInput, params: Params) -> tuple[F64, ...]:
    """High and low of the bars that open within the session and are known by its open + `minutes`.

    A bar that reaches beyond the end of the range is not in it. The range shows from the first bar known at or after
    its end (that bar may be its last). It is missing when no bar lies inside, and in the first session of the
    data when these begin after its open: part of the range is unknown then.
    """
    bars, sessions = inputs.bars, _sessions(inputs)
    high, low = np.full(len(bars), np.nan), np.full(len(bars), np.nan)
    complete_at = sessions.open + int(params["minutes"]) * MINUTE_MS
    inside = (sessions.bar_close <= complete_at) & (bars.open_time >= sessions.open)
    known = sessions.bar_close >= complete_at
    starts = _starts(sessions.session)
    for begin, end in pairwise(starts.tolist()):
        joined_late = begin == 0 and end > 0 and bars.open_time[0] > sessions.open[0]
        members = np.flatnonzero(inside[begin:end]) + begin
        if len(members) and not joined_late:
            visible = np.flatnonzero(known[begin:end]) + begin
            high[visible] = bars.high[members].max()
            low[visible] = bars.low[members].min()
    return high, low


def _vwap_warm_up(params: Params) -> int:
    timeperiod = params.get("timeperiod")
    return 0 if timeperiod is None else int(timeperiod) - 1


DEFINITIONS = (
    IndicatorDefinition(
        name="VWAP",
        group="Volume Indicators",
        meaning="volume-weighted typical price, of the last bars or, without timeperiod, of the session so far",
        kind=InputKind.BARS,
        parameters=(period("timeperiod", None, meaning="bars of the window; absent: the session so far"),),
        outputs=(),
        compute=_vwap,
        warm_up=_vwap_warm_up,
        needs_volume=True,
        needs_sessions=True,
    ),
    IndicatorDefinition(
        name="SESSION",
        group=_GROUP,
        meaning="prices of the session so far, this bar included, and of the session before",
        kind=InputKind.BARS,
        parameters=(),
        outputs=("open", "high", "low", "prev_open", "prev_high", "prev_low", "prev_close"),
        compute=_session,
        warm_up=lambda _: 0,
        needs_sessions=True,
    ),
    IndicatorDefinition(
        name="OPENING_RANGE",
        group=_GROUP,
        meaning="high and low of the first minutes of the session, missing until these are over",
        kind=InputKind.BARS,
        parameters=(
            Parameter(
                name="minutes", default=30, minimum=1, maximum=1440, whole=True, meaning="length of the opening range"
            ),
        ),
        outputs=("high", "low"),
        compute=_opening_range,
        warm_up=lambda _: 0,
        needs_sessions=True,
    ),
)
