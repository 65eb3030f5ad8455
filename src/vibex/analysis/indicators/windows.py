"""Statistics of a rolling window of one series: ZSCORE, ROLLING_VOL, PERCENT_RANK, and the smoothed TSI."""

from __future__ import annotations

import math

import numpy as np

from vibex.analysis.indicators.definition import IndicatorDefinition, IndicatorInput, InputKind, Params
from vibex.analysis.indicators.derived import required_series
from vibex.analysis.indicators.parameters import period
from vibex.analysis.indicators.rolling import exponential_average, rolling_max, rolling_min, rolling_sample_deviation
from vibex.domain.arrays import F64
from vibex.domain.errors import InvalidInput


def _z_score(inputs: IndicatorInput, params: Params) -> tuple[F64, ...]:
    """A window of equal values has no z-score."""
    values = required_series(inputs)
    timeperiod = int(params["timeperiod"])
    mean, deviation = rolling_sample_deviation(values, timeperiod)
    # The mean of equal values may miss them by a rounding, so the deviation alone does not tell a flat window.
    flat = rolling_max(values, timeperiod) == rolling_min(values, timeperiod)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        score = (values - mean) / deviation
    score[flat | ~np.isfinite(score)] = np.nan
    return (score,)


def _rolling_volatility(inputs: IndicatorInput, params: Params) -> tuple[F64, ...]:
    """Sample deviation of the last `timeperiod` log returns × √(bars per year) × 100, in percent (fill rule 36)."""
    if inputs.bars_per_year is None:
        raise InvalidInput("ROLLING_VOL needs the number of bars per year", field="bars_per_year")
    values = required_series(inputs)
    returns = np.full(len(values), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        returns[1:] = np.log(values[1:] / values[:-1])
    returns[~np.isfinite(returns)] = np.nan
    _, deviation = rolling_sample_deviation(returns, int(params["timeperiod"]))
    return (deviation * math.sqrt(inputs.bars_per_year) * 100,)


def _percent_rank(inputs: IndicatorInput, params: Params) -> tuple[F64, ...]:
    """The window is the `timeperiod` values before this one, so that both 0 and 100 can be reached."""
    values = required_series(inputs)
    timeperiod = int(params["timeperiod"])
    rows = len(values) - timeperiod
    out = np.full(len(values), np.nan)
    if rows > 0:
        now = values[timeperiod:]
        below = np.zeros(rows, dtype=np.int64)
        missing = np.isnan(now)
        for offset in range(timeperiod):
            before = values[offset : offset + rows]
            below += before < now
            missing |= np.isnan(before)
        out[timeperiod:] = np.where(missing, np.nan, 100.0 * below / timeperiod)
    return (out,)


def _true_strength(inputs: IndicatorInput, params: Params) -> tuple[F64, ...]:
    """100 · EMA(EMA(Δ, slow), fast) / EMA(EMA(|Δ|, slow), fast) (Blau); missing while nothing has moved."""
    values = required_series(inputs)
    change = np.full(len(values), np.nan)
    with np.errstate(invalid="ignore", over="ignore"):
        change[1:] = values[1:] - values[:-1]
    slow, fast = int(params["slow"]), int(params["fast"])
    above = exponential_average(exponential_average(change, slow), fast)
    below = exponential_average(exponential_average(np.abs(change), slow), fast)
    with np.errstate(divide="ignore", invalid="ignore"):
        strength = 100.0 * above / below
    strength[~np.isfinite(strength)] = np.nan
    return (strength,)


DEFINITIONS = (
    IndicatorDefinition(
        name="ZSCORE",
        group="Statistic Functions",
        meaning="(x − mean) / sample standard deviation of the window, this value included",
        kind=InputKind.SERIES,
        parameters=(period("timeperiod", 20, minimum=2),),
        outputs=(),
        compute=_z_score,
        warm_up=lambda params: int(params["timeperiod"]) - 1,
    ),
    IndicatorDefinition(
        name="ROLLING_VOL",
        group="Volatility Indicators",
        meaning="annualised standard deviation of log returns, in percent",
        kind=InputKind.SERIES,
        parameters=(period("timeperiod", 20, minimum=2, meaning="log returns of the window"),),
        outputs=(),
        compute=_rolling_volatility,
        warm_up=lambda params: int(params["timeperiod"]),
    ),
    IndicatorDefinition(
        name="PERCENT_RANK",
        group="Statistic Functions",
        meaning="share of the values before this one that lie below it, 0 to 100",
        kind=InputKind.SERIES,
        parameters=(period("timeperiod", 100),),
        outputs=(),
        compute=_percent_rank,
        warm_up=lambda params: int(params["timeperiod"]),
    ),
    IndicatorDefinition(
        name="TSI",
        group="Momentum Indicators",
        meaning="true strength index: twice smoothed change over twice smoothed absolute change, −100 to 100",
        kind=InputKind.SERIES,
        parameters=(period("fast", 13), period("slow", 25)),
        outputs=(),
        compute=_true_strength,
        warm_up=lambda _: None,
    ),
)
