"""Each rule on conditions, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.strategy.evaluation.markets import every, flat, ms
from vibex.domain import Bars, Timeframe
from vibex.strategy import parse_spec
from vibex.strategy.evaluation import SymbolSignals, evaluate

Json = dict[str, Any]
NAN = float("nan")


def strategy(entry: Json, *indicators: Json, **changes: object) -> Json:
    return {
        "version": 1,
        "name": "one condition",
        "market": "crypto",
        "symbols": ["BTC/USDT"],
        "timeframe": "1h",
        "indicators": list(indicators),
        "entry": {"long": entry, "short": None},
        "sizing": {"type": "fixed_percent", "value": 10},
        **changes,
    }


def signals(bars: Bars, entry: Json, *indicators: Json, **changes: object) -> SymbolSignals:
    return evaluate(parse_spec(strategy(entry, *indicators, **changes)), bars).only


def rows(bars: Bars, entry: Json, *indicators: Json, **changes: object) -> list[int]:
    """The rows on which the condition is true."""
    found: list[int] = np.flatnonzero(signals(bars, entry, *indicators, **changes).entry_long).tolist()
    return found


def closes(*values: float) -> Bars:
    return flat("BTC/USDT", Timeframe.H1, every(Timeframe.H1, len(values)), values)


def compare(left: object, op: str, right: object) -> Json:
    return {"left": left, "op": op, "right": right}


ABOVE_10 = compare("close", ">", 10)
SMA_3: Json = {"id": "sma", "name": "SMA", "params": {"timeperiod": 3}}
UNKNOWN_AT_FIRST = compare("sma", ">", 10)  # unknown on rows 0 and 1


def test_a_cross_of_a_number_needs_the_bar_before_so_it_is_never_true_on_the_first_bar() -> None:
    """Rule 52: at or below, then above."""
    assert rows(closes(11, 10, 11, 12, 9, 10.5), compare("close", "crosses_above", 10)) == [2, 5]
    assert rows(closes(9, 10, 9, 8, 11, 9.5), compare("close", "crosses_below", 10)) == [2, 5]


def test_a_number_on_the_left_is_crossed_too() -> None:
    assert rows(closes(9, 10, 11, 9), compare(10, "crosses_below", "close")) == [2]


def test_two_numbers_never_cross_but_compare() -> None:
    assert rows(closes(1, 2), compare(2, "crosses_above", 1)) == []
    assert rows(closes(1, 2), compare(2, ">", 1)) == [0, 1]


def test_a_cross_needs_all_four_values() -> None:
    """The average exists from row 2 on: row 2 is above it, but nothing is known of row 1."""
    assert rows(closes(10, 10, 13, 9, 14), compare("close", "crosses_above", "sma"), SMA_3) == [4]
    assert rows(closes(10, 10, 13), {"not": compare("close", "crosses_above", "sma")}, SMA_3) == []


def test_rising_asks_every_step_to_be_strictly_up() -> None:
    """Rule 53."""
    bars = closes(1, 2, 3, 3, 4, 5, 6)
    assert rows(bars, compare("close", "rising", 2)) == [2, 5, 6]
    assert rows(closes(6, 5, 4, 4, 3), compare("close", "falling", 1)) == [1, 2, 4]
    assert rows(bars, {"not": compare("close", "rising", 2)}) == [3, 4]


def test_not_of_unknown_is_unknown() -> None:
    """Rule 54: a warm-up makes no signal in either direction."""
    bars = closes(12, 12, 12, 3, 3)
    assert rows(bars, UNKNOWN_AT_FIRST, SMA_3) == [2]
    assert rows(bars, {"not": UNKNOWN_AT_FIRST}, SMA_3) == [3, 4]
    assert rows(bars, {"not": {"not": UNKNOWN_AT_FIRST}}, SMA_3) == [2]


def test_all_with_a_false_is_false_and_any_with_a_true_is_true_whatever_is_unknown() -> None:
    never, always = compare("close", "<", 0), compare("close", ">", 0)
    bars = closes(12, 12, 12)
    assert rows(bars, {"not": {"all": [UNKNOWN_AT_FIRST, never]}}, SMA_3) == [0, 1, 2]
    assert rows(bars, {"any": [UNKNOWN_AT_FIRST, always]}, SMA_3) == [0, 1, 2]
    assert rows(bars, {"all": [UNKNOWN_AT_FIRST, always]}, SMA_3) == [2]
    assert rows(bars, {"not": {"any": [UNKNOWN_AT_FIRST, never]}}, SMA_3) == []


def test_equality_is_exact() -> None:
    """Rule 56: 0.1 + 0.2 is not 0.3."""
    tenths: Json = {"add": [{"mul": ["close", 0.1]}, {"mul": ["close", 0.2]}]}
    assert rows(closes(1), compare(tenths, "==", 0.3)) == []
    assert rows(closes(1), compare(tenths, ">", 0.3)) == [0]
    assert rows(closes(10, 11), compare("close", ">=", 10)) == [0, 1]


def test_within_counts_true_bars_and_rows_before_the_data_are_unknown() -> None:
    bars = closes(11, 9, 9, 9, 11, 11)
    assert rows(bars, {"within": 3, "of": ABOVE_10}) == [0, 1, 2, 4, 5]
    assert rows(bars, {"within": 3, "of": ABOVE_10, "times": 2}) == [5]
    assert rows(bars, {"not": {"within": 3, "of": ABOVE_10}}) == [3]
    assert rows(closes(9, 9, 9), {"not": {"within": 3, "of": ABOVE_10}}) == [2]


def test_for_needs_every_one_of_the_last_bars() -> None:
    bars = closes(11, 11, 11, 9, 11, 11)
    assert rows(bars, {"for": 2, "of": ABOVE_10}) == [1, 2, 5]
    assert rows(bars, {"not": {"for": 2, "of": ABOVE_10}}) == [3, 4]
    assert rows(closes(11, 11), {"for": 5, "of": ABOVE_10}) == []


def test_at_least_counts_votes_and_unknown_ones_may_still_decide() -> None:
    bars = closes(12, 12, 12, 9)
    votes = [ABOVE_10, compare("close", ">", 11), UNKNOWN_AT_FIRST]
    assert rows(bars, {"at_least": 2, "of": votes}, SMA_3) == [0, 1, 2]
    assert rows(bars, {"at_least": 3, "of": votes}, SMA_3) == [2]
    assert rows(bars, {"not": {"at_least": 3, "of": votes}}, SMA_3) == [3]


def test_shift_looks_back_and_times_multiplies_what_it_found() -> None:
    """Rule 55."""
    bars = closes(10, 20, 30, 33)
    found = signals(bars, compare({"ref": "close", "shift": 1, "times": 1.5}, "<", "close"))
    assert np.flatnonzero(found.entry_long).tolist() == [1]
    assert rows(bars, compare("close", "crosses_above", {"ref": "close", "shift": 1, "times": 1.2})) == []
    assert rows(closes(1, 2), compare({"ref": "close", "shift": 5}, ">", 0)) == []


def test_min_and_max_of_a_missing_value_are_missing() -> None:
    bars = closes(1, 2, 3, 4)
    for op in ("min", "max"):
        assert rows(bars, compare({op: ["close", "sma"]}, ">", 0), SMA_3) == [2, 3]


def test_division_by_zero_and_overflow_are_missing() -> None:
    bars = closes(1, 2, 3)
    zero: Json = {"sub": ["close", "close"]}
    huge: Json = {"mul": [{"mul": ["close", 1e200]}, 1e200]}
    for value in ({"div": ["close", zero]}, {"div": [zero, zero]}, huge, {"sub": [huge, huge]}, {"div": [1, 0]}):
        for op in (">", "<=", "=="):
            assert rows(bars, compare(value, op, 5)) == []
            assert rows(bars, {"not": compare(value, op, 5)}) == []
    assert rows(bars, compare({"ref": "close", "times": 1e308}, ">", 0)) == [0], "2e308 is missing"


def test_never_within_the_lookback_is_infinity_and_stays_so_in_arithmetic() -> None:
    since: Json = {"id": "since", "name": "BARS_SINCE", "params": {"lookback": 2}, "when": ABOVE_10}
    bars = closes(9, 11, 9, 9)
    assert signals(bars, ABOVE_10, since).values("since").tolist() == [np.inf, 0, 1, np.inf]
    assert rows(bars, compare({"sub": ["since", 3]}, ">", 0), since) == [0, 3]
    assert rows(bars, compare({"ref": "since", "times": 2}, ">", 100), since) == [0, 3]
    assert rows(bars, compare({"ref": "since", "times": 0}, "==", 0), since) == [1, 2], "infinity x 0 is missing"
    assert rows(bars, compare({"div": ["since", 0]}, ">", 0), since) == []


def test_value_when_remembers_the_input_and_is_missing_before() -> None:
    then: Json = {"id": "then", "name": "VALUE_WHEN", "params": {"lookback": 2}, "when": ABOVE_10, "input": "open"}
    found = signals(closes(9, 11, 8, 8), ABOVE_10, then).values("then")
    np.testing.assert_array_equal(found, [NAN, 9, 9, NAN])


def test_a_condition_in_an_indicator_counts_only_where_it_is_true() -> None:
    since: Json = {"id": "since", "name": "BARS_SINCE", "params": {"lookback": 9}, "when": {"not": UNKNOWN_AT_FIRST}}
    found = signals(closes(1, 1, 1, 1), ABOVE_10, SMA_3, since).values("since")
    assert found.tolist() == [np.inf, np.inf, 0, 0]


def test_an_expression_is_a_series_and_an_input_like_any_other() -> None:
    body: Json = {"id": "body", "name": "EXPR", "input": {"abs": {"sub": ["close", "open"]}}}
    mean: Json = {"id": "mean", "name": "SMA", "params": {"timeperiod": 2}, "input": "body"}
    found = signals(closes(10, 12, 9, 9), ABOVE_10, body, mean)
    assert found.values("body").tolist() == [0, 2, 3, 0]
    np.testing.assert_array_equal(found.values("mean"), [NAN, 1, 2.5, 1.5])


def test_the_input_of_an_indicator_may_be_another_price() -> None:
    high: Json = {"id": "high_2", "name": "MAX", "params": {"timeperiod": 2}, "input": "high"}
    assert signals(closes(10, 12, 9, 9), ABOVE_10, high).values("high_2").tolist()[1:] == [12, 12, 12], (
        "of the closes it is 12, 12, 9"
    )


def test_an_indicator_of_an_indicator_starts_at_the_first_value_of_its_input() -> None:
    """Rule 59: the EMA's seed is the mean of the first two averages, not of missing values."""
    bars = closes(1, 2, 3, 4, 5, 9)
    ema: Json = {"id": "ema", "name": "EMA", "params": {"timeperiod": 2}, "input": "sma"}
    found = signals(bars, ABOVE_10, SMA_3, ema).values("ema")
    np.testing.assert_allclose(found, [NAN, NAN, NAN, 2.5, 2.5 + (4 - 2.5) * 2 / 3, 3.5 + (6 - 3.5) * 2 / 3])


def test_the_clock_is_read_at_the_close_in_its_zone_through_the_change_of_the_clocks() -> None:
    """New York's 10:00 is 15:00 UTC until 2024-03-10, 14:00 UTC from then on."""
    bars = flat("BTC/USDT", Timeframe.H1, every(Timeframe.H1, 96, ms(2024, 3, 8)), np.full(96, 5.0))
    found = rows(bars, {"clock": ["10:00", "11:00"], "zone": "America/New_York"})
    closes_at = [int(bars.open_time[row]) + 3_600_000 for row in found]
    assert closes_at == [ms(2024, 3, 8, 15), ms(2024, 3, 9, 15), ms(2024, 3, 10, 14), ms(2024, 3, 11, 14)]


def test_a_clock_may_span_midnight_and_end_at_it() -> None:
    bars = flat("BTC/USDT", Timeframe.H1, every(Timeframe.H1, 24, ms(2024, 3, 8)), np.full(24, 5.0))
    over_midnight = rows(bars, {"clock": ["22:00", "02:00"], "zone": "UTC"})
    assert [(row + 1) % 24 for row in over_midnight] == [1, 22, 23, 0], "from 22:00 up to, but without, 02:00"
    assert [row + 1 for row in rows(bars, {"clock": ["22:00", "24:00"], "zone": "UTC"})] == [22, 23]


def test_dates_are_session_dates_and_both_ends_count() -> None:
    bars = flat("BTC/USDT", Timeframe.H1, every(Timeframe.H1, 96, ms(2024, 3, 8)), np.full(96, 5.0))
    assert rows(bars, {"dates": ["2024-03-09", "2024-03-10"]}) == list(range(24, 72))
    assert rows(bars, {"dates": [None, "2024-03-08"]}) == list(range(24))
    assert rows(bars, {"dates": ["2024-03-11", None]}) == list(range(72, 96))


def test_an_unsupported_part_is_refused_before_anything_is_computed() -> None:
    from vibex.domain import NotSupported

    moving = {"type": "level", "value": "high", "update": "bar", "fraction": 0.5}
    with pytest.raises(NotSupported, match="among several targets"):
        signals(closes(1, 2), ABOVE_10, take_profit=[moving])
