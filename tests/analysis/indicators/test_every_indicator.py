"""Laws that hold for every indicator of the catalogue: causal, silent in the warm-up, harmless to its inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from vibex.analysis.indicators import (
    IndicatorDefinition,
    IndicatorInput,
    InputKind,
    all_definitions,
    complete,
    compute,
)

MakeInput = Callable[..., IndicatorInput]
Cut = Callable[[IndicatorInput, int, int], IndicatorInput]
Needed = Callable[[IndicatorDefinition], dict[str, float]]

EVERY = pytest.mark.parametrize("definition", all_definitions(), ids=lambda d: d.name)
READS_A_SERIES = pytest.mark.parametrize(
    "definition",
    [d for d in all_definitions() if d.kind in (InputKind.SERIES, InputKind.TWO_SERIES, InputKind.PAIR)],
    ids=lambda d: d.name,
)
# What they show depends on where the session or the last swing began, not on a number of rows; each has its own tests.
SINCE_AN_EARLIER_EVENT = ("SESSION", "OPENING_RANGE", "VWAP", "PIVOT")


def as_bits(column: np.ndarray) -> np.ndarray:
    """Comparable bit patterns; every NaN counts as the same."""
    return np.where(np.isnan(column), np.nan, column).view(np.int64)


@EVERY
def test_a_row_is_the_same_bit_for_bit_whether_or_not_later_rows_exist(
    definition: IndicatorDefinition, make_input: MakeInput, cut: Cut, needed: Needed
) -> None:
    inputs = make_input()
    rows = definition.warm_up(complete(definition, needed(definition))) or 40
    full = compute(definition, needed(definition), inputs)
    for length in (1, 2, rows, rows + 1, rows + 2, 333, 334, 335, 337, 511, 512, 699):
        shorter = compute(definition, needed(definition), cut(inputs, 0, length))
        for output, column in shorter.items():
            np.testing.assert_array_equal(as_bits(column), as_bits(full[output][:length]), err_msg=f"{length} rows")


@EVERY
def test_one_array_per_output_of_the_length_of_the_bars(
    definition: IndicatorDefinition, make_input: MakeInput, needed: Needed
) -> None:
    inputs = make_input(300)
    columns = compute(definition, needed(definition), inputs)
    assert tuple(columns) == (definition.outputs or ("",))
    for column in columns.values():
        assert (column.dtype, column.shape) == (np.dtype(np.float64), (300,))


@EVERY
def test_inputs_are_not_written_to_and_not_handed_out(
    definition: IndicatorDefinition, make_input: MakeInput, needed: Needed
) -> None:
    inputs = make_input(200)
    assert inputs.series is not None
    assert inputs.series2 is not None
    assert inputs.when is not None
    series, series2, when = inputs.series.copy(), inputs.series2.copy(), inputs.when.copy()
    for array in (series, series2, when):
        array.flags.writeable = False
    frozen = replace(inputs, series=series, series2=series2, when=when)
    for column in compute(definition, needed(definition), frozen).values():
        assert not any(np.shares_memory(column, array) for array in (series, series2, when, inputs.bars.close))


@pytest.mark.parametrize(
    "definition", [d for d in all_definitions() if d.name not in SINCE_AN_EARLIER_EVENT], ids=lambda d: d.name
)
def test_warm_up_rows_are_missing_and_enough_unless_anchored(
    definition: IndicatorDefinition, make_input: MakeInput, cut: Cut, needed: Needed
) -> None:
    """From any start row on, the values after the warm-up are those of the longer history, to 1e-6."""
    inputs, start = make_input(), 312
    rows = definition.warm_up(complete(definition, needed(definition)))
    longer = compute(definition, needed(definition), inputs)
    later = compute(definition, needed(definition), cut(inputs, start, 700))
    pairs = [(longer[output][start:], column) for output, column in later.items()]
    if rows is None:
        assert any(np.any(a[~np.isnan(b)] != b[~np.isnan(b)]) for a, b in pairs)
        return
    for a, b in pairs:
        np.testing.assert_allclose(a[rows:], b[rows:], rtol=1e-6, atol=1e-6)
        if definition.kind not in (InputKind.WHEN, InputKind.SERIES_WHEN):
            assert np.isnan(b[:rows]).all()


@EVERY
def test_too_few_rows_give_missing_values_not_an_error(
    definition: IndicatorDefinition, make_input: MakeInput, cut: Cut, needed: Needed
) -> None:
    for length in (0, 1):
        for column in compute(definition, needed(definition), cut(make_input(), 0, length)).values():
            assert column.shape == (length,)


@READS_A_SERIES
def test_an_input_without_any_value_gives_none(
    definition: IndicatorDefinition, make_input: MakeInput, needed: Needed
) -> None:
    nothing = np.full(100, np.nan)
    columns = compute(definition, needed(definition), replace(make_input(100), series=nothing, series2=nothing))
    for column in columns.values():
        assert np.isnan(column).all()


@READS_A_SERIES
@pytest.mark.parametrize("second_starts_later", [False, True])
def test_rule_59_a_late_input_counts_from_its_first_value(
    definition: IndicatorDefinition, second_starts_later: bool, make_input: MakeInput, cut: Cut, needed: Needed
) -> None:
    inputs = make_input(400)
    assert inputs.series is not None
    assert inputs.series2 is not None
    first, second = inputs.series.copy(), inputs.series2.copy()
    both = definition.kind is not InputKind.SERIES
    (second if both and second_starts_later else first)[:37] = np.nan
    late = compute(definition, needed(definition), replace(inputs, series=first, series2=second))
    fresh = compute(definition, needed(definition), cut(inputs, 37, 400))
    counts_rows = definition.name in ("MAXINDEX", "MININDEX", "MINMAXINDEX")
    for output, column in fresh.items():
        assert np.isnan(late[output][:37]).all()
        np.testing.assert_array_equal(late[output][37:], column + 37 if counts_rows else column)
