"""Every TA-Lib function gives what TA-Lib gives, also at the ends of its parameters' ranges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
import talib
from talib import abstract

from vibex.analysis.indicators import IndicatorInput, all_definitions, complete, compute, find
from vibex.domain import InvalidInput
from vibex.domain.arrays import F64

OWN_MEANING = {"DONCHIAN", "SUPERTREND", "TSI", "VWAP"}
FUNCTIONS = sorted(set(chain.from_iterable(talib.__function_groups__.values())) - OWN_MEANING)


def from_talib(name: str, inputs: IndicatorInput, params: dict[str, float]) -> list[F64]:
    """The function through TA-Lib's public interface by column names: a path that the product does not use."""
    function = abstract.Function(name)  # type: ignore[attr-defined]
    assert inputs.series2 is not None
    columns = {
        **{key: getattr(inputs.bars, key) for key in ("open", "high", "low", "close", "volume")},
        "first": inputs.series,
        "second": inputs.series2,
    }
    free = [key for key, value in function.info["input_names"].items() if isinstance(value, str)]
    function.input_names = dict(zip(free, ("first", "second"), strict=False))
    function.input_arrays = columns
    function.parameters = params
    result = function.run()
    return list(result) if isinstance(result, list) else [result]


def assert_equal_after_warm_up(name: str, params: dict[str, float], inputs: IndicatorInput) -> None:
    definition = find(name)
    filled = complete(definition, params)
    ours = compute(definition, params, inputs)
    function = abstract.Function(name, **filled)  # type: ignore[attr-defined]
    for column, theirs in zip(ours.values(), from_talib(name, inputs, filled), strict=True):
        assert column.dtype == np.float64
        assert np.isnan(column[: function.lookback]).all(), "a row of the warm-up shows a number"
        expected = theirs[function.lookback :].astype(np.float64)
        expected[~np.isfinite(expected)] = np.nan
        np.testing.assert_array_equal(column[function.lookback :], expected)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_default_parameters_give_what_talib_gives(name: str, make_input: Callable[..., IndicatorInput]) -> None:
    assert_equal_after_warm_up(name, {}, make_input())


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if find(name).parameters])
def test_other_parameters_give_what_talib_gives(name: str, make_input: Callable[..., IndicatorInput]) -> None:
    params = {
        p.name: min(p.maximum, (p.default or 0) + 2) if p.whole else min(p.maximum, (p.default or 0) * 1.5 + 0.01)
        for p in find(name).parameters
    }
    assert_equal_after_warm_up(name, params, make_input())


@pytest.mark.parametrize(("name", "parameter"), [(name, p.name) for name in FUNCTIONS for p in find(name).parameters])
def test_both_ends_of_a_range_are_taken_by_talib(
    name: str, parameter: str, make_input: Callable[..., IndicatorInput]
) -> None:
    definition = find(name)
    [given] = [p for p in definition.parameters if p.name == parameter]
    for value in (given.minimum, given.maximum):
        params = {parameter: value}
        if parameter == "minperiod":
            params["maxperiod"] = 100_000
        assert_equal_after_warm_up(name, params, make_input(120))


@pytest.mark.parametrize("name", [d.name for d in all_definitions() if d.name.startswith("CDL")])
def test_a_candlestick_pattern_is_missing_in_its_warm_up_and_a_signed_hundred_or_zero_after(
    name: str, make_input: Callable[..., IndicatorInput]
) -> None:
    [column] = compute(name, {}, make_input(3000)).values()
    rows = find(name).warm_up(complete(find(name), {}))
    assert rows is not None
    assert np.isnan(column[:rows]).all()
    assert set(np.unique(column[rows:])) <= {-200.0, -100.0, -80.0, 0.0, 80.0, 100.0, 200.0}


def test_an_index_counts_rows_of_the_bars_also_when_the_input_starts_late(
    make_input: Callable[..., IndicatorInput],
) -> None:
    inputs = make_input(60)
    series = inputs.bars.close.copy()
    series[:20] = np.nan
    index = compute("MAXINDEX", {"timeperiod": 5}, replace(inputs, series=series))[""]
    for row in range(24, 60):
        assert index[row] == row - 4 + int(np.argmax(series[row - 4 : row + 1]))


def test_division_by_zero_and_overflow_are_missing(make_input: Callable[..., IndicatorInput]) -> None:
    inputs = make_input(10)
    zero = replace(inputs, series2=np.zeros(10))
    assert np.isnan(compute("DIV", {}, zero)[""]).all()
    huge = replace(inputs, series=np.full(10, 1e6))
    assert np.isnan(compute("EXP", {}, huge)[""]).all()


def test_a_volume_indicator_without_volume_is_refused(make_input: Callable[..., IndicatorInput]) -> None:
    inputs = make_input(50)
    without = replace(inputs, bars=replace(inputs.bars, volume=None))
    for name in ("OBV", "MFI", "VWAP"):
        with pytest.raises(InvalidInput) as caught:
            compute(name, {}, without)
        assert caught.value.field == "volume"
