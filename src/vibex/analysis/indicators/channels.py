"""Bands and lines around the price: DONCHIAN, KELTNER, and the flipping lines SUPERTREND and ATR_TRAIL."""

from __future__ import annotations

from vibex.analysis.indicators.definition import IndicatorDefinition, IndicatorInput, InputKind, Params
from vibex.analysis.indicators.parameters import multiplier, period
from vibex.analysis.indicators.rolling import (
    average_true_range,
    exponential_average,
    rolling_max,
    rolling_min,
    shifted,
)
from vibex.domain import Bars
from vibex.domain.arrays import F64

_GROUP = "Overlap Studies"


def _donchian(inputs: IndicatorInput, params: Params) -> tuple[F64, ...]:
    timeperiod = int(params["timeperiod"])
    upper = shifted(rolling_max(inputs.bars.high, timeperiod), 1)
    lower = shifted(rolling_min(inputs.bars.low, timeperiod), 1)
    return upper, lower, (upper + lower) / 2


def _keltner(inputs: IndicatorInput, params: Params) -> tuple[F64, ...]:
    middle = exponential_average(inputs.bars.close, int(params["timeperiod"]))
    width = params["multiplier"] * average_true_range(inputs.bars, int(params["atr_period"]))
    return middle + width, middle, middle - width


def _supertrend(inputs: IndicatorInput, params: Params) -> tuple[F64, ...]:
    return _flipping((inputs.bars.high + inputs.bars.low) / 2, inputs.bars, params)


def _atr_trail(inputs: IndicatorInput, params: Params) -> tuple[F64, ...]:
    return _flipping(inputs.bars.close, inputs.bars, params)


def _flipping(middle: F64, bars: Bars, params: Params) -> tuple[F64, ...]:
    from vibex.analysis.indicators.flipping_line import flipping_line

    timeperiod = int(params["timeperiod"])
    width = params["multiplier"] * average_true_range(bars, timeperiod)
    line, direction = flipping_line(bars.close, middle, width, timeperiod)
    return line, direction


def _anchored(_: Params) -> None:
    return None


DEFINITIONS = (
    IndicatorDefinition(
        name="DONCHIAN",
        group=_GROUP,
        meaning="highest high and lowest low of the bars before this one",
        kind=InputKind.BARS,
        parameters=(period("timeperiod", 20),),
        outputs=("upper", "lower", "middle"),
        compute=_donchian,
        warm_up=lambda params: int(params["timeperiod"]),
    ),
    IndicatorDefinition(
        name="KELTNER",
        group=_GROUP,
        meaning="exponential average of the close ± a multiple of the average true range",
        kind=InputKind.BARS,
        parameters=(period("timeperiod", 20), period("atr_period", 10), multiplier(2.0)),
        outputs=("upper", "middle", "lower"),
        compute=_keltner,
        warm_up=_anchored,
    ),
    IndicatorDefinition(
        name="SUPERTREND",
        group=_GROUP,
        meaning="average-true-range bands around the middle of the bar that flip with the close",
        kind=InputKind.BARS,
        parameters=(period("timeperiod", 10), multiplier(3.0)),
        outputs=("line", "direction"),
        compute=_supertrend,
        warm_up=_anchored,
    ),
    IndicatorDefinition(
        name="ATR_TRAIL",
        group=_GROUP,
        meaning="the same flipping line, its bands around the close",
        kind=InputKind.BARS,
        parameters=(period("timeperiod", 10), multiplier(3.0)),
        outputs=("line", "direction"),
        compute=_atr_trail,
        warm_up=_anchored,
    ),
)
