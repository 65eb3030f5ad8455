"""Indicators that only choose or combine series: PRICE, EXPR and the two legs of a pair, RATIO and SPREAD."""

from __future__ import annotations

import numpy as np

from vibex.analysis.indicators.definition import IndicatorDefinition, IndicatorInput, InputKind, Parameter, Params
from vibex.domain.arrays import F64
from vibex.domain.errors import InvalidInput

_GROUP = "Derived Series"


def required_series(inputs: IndicatorInput) -> F64:
    """The input series. Raises InvalidInput, field "input", when there is none."""
    if inputs.series is None:
        raise InvalidInput("this indicator needs an input series", field="input")
    return inputs.series


def _legs(inputs: IndicatorInput) -> tuple[F64, F64]:
    if inputs.series is None or inputs.series2 is None:
        raise InvalidInput("needs both legs of a pair", field="symbols", remedy="give exactly two symbols")
    return inputs.series, inputs.series2


def _same(inputs: IndicatorInput, _: Params) -> tuple[F64, ...]:
    return (required_series(inputs).copy(),)


def _ratio(inputs: IndicatorInput, _: Params) -> tuple[F64, ...]:
    first, second = _legs(inputs)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = first / second
    return (np.where(np.isfinite(ratio), ratio, np.nan),)


def _spread(inputs: IndicatorInput, params: Params) -> tuple[F64, ...]:
    first, second = _legs(inputs)
    with np.errstate(invalid="ignore", over="ignore"):
        return (first - params["beta"] * second,)


def _at_once(_: Params) -> int:
    return 0


DEFINITIONS = (
    IndicatorDefinition(
        name="PRICE",
        group=_GROUP,
        meaning="the input itself; with a symbol, another symbol's price",
        kind=InputKind.SERIES,
        parameters=(),
        outputs=(),
        compute=_same,
        warm_up=_at_once,
    ),
    IndicatorDefinition(
        name="EXPR",
        group=_GROUP,
        meaning="a derived series: its input is an operand",
        kind=InputKind.SERIES,
        parameters=(),
        outputs=(),
        compute=_same,
        warm_up=_at_once,
    ),
    IndicatorDefinition(
        name="RATIO",
        group=_GROUP,
        meaning="close of leg 1 / close of leg 2",
        kind=InputKind.PAIR,
        parameters=(),
        outputs=(),
        compute=_ratio,
        warm_up=_at_once,
    ),
    IndicatorDefinition(
        name="SPREAD",
        group=_GROUP,
        meaning="close of leg 1 − beta · close of leg 2",
        kind=InputKind.PAIR,
        parameters=(
            Parameter(
                name="beta",
                default=1.0,
                minimum=-1e9,
                maximum=1e9,
                whole=False,
                meaning="units of leg 2 against one of leg 1",
            ),
        ),
        outputs=(),
        compute=_spread,
        warm_up=_at_once,
    ),
)
