"""The contract's own indicators by hand, by brute force, and against TA-Lib where that has a twin."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from talib import _ta_lib

from vibex.analysis.indicators import IndicatorInput, compute
from vibex.domain import Bars, InvalidInput, Timeframe
from vibex.domain.arrays import F64
from vibex.domain.timeframe import DAY_MS

MakeInput = Callable[..., IndicatorInput]
FromClose = Callable[[list[float]], IndicatorInput]
NAN = math.nan
LARGE = 1500


def bars_of(rows: list[tuple[float, float, float]]) -> IndicatorInput:
    """Bars from (high, low, close); each opens at its close."""
    high, low, close = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    times = np.arange(len(rows), dtype=np.int64) * DAY_MS
    bars = Bars(symbol="X", timeframe=Timeframe.D1, open_time=times, open=close, high=high, low=low, close=close)
    return IndicatorInput(bars=bars, series=bars.close)


def test_price_and_expr_pass_their_input_on(from_close: FromClose) -> None:
    inputs = replace(from_close([1, 2, 3]), series=np.array([NAN, 5, 7]))
    for name in ("PRICE", "EXPR"):
        np.testing.assert_array_equal(compute(name, {}, inputs)[""], [NAN, 5, 7])


def test_ratio_and_spread_combine_the_legs(from_close: FromClose) -> None:
    inputs = replace(from_close([10, 12, 9]), series2=np.array([4.0, 0.0, 3.0]))
    np.testing.assert_array_equal(compute("RATIO", {}, inputs)[""], [2.5, NAN, 3])
    np.testing.assert_array_equal(compute("SPREAD", {"beta": 0.5}, inputs)[""], [8, 12, 7.5])
    with pytest.raises(InvalidInput, match="both legs"):
        compute("RATIO", {}, from_close([1, 2]))


def test_donchian_does_not_see_the_bar_itself() -> None:
    inputs = bars_of([(5, 3, 4), (6, 4, 5), (9, 1, 5), (7, 5, 6)])
    columns = compute("DONCHIAN", {"timeperiod": 2}, inputs)
    np.testing.assert_array_equal(columns["upper"], [NAN, NAN, 6, 9])
    np.testing.assert_array_equal(columns["lower"], [NAN, NAN, 3, 1])
    np.testing.assert_array_equal(columns["middle"], [NAN, NAN, 4.5, 5])
    one = compute("DONCHIAN", {"timeperiod": 1}, inputs)
    np.testing.assert_array_equal(one["upper"], [NAN, 5, 6, 9])


def test_supertrend_is_talibs_once_both_point_the_same_way(make_input: MakeInput) -> None:
    """TA-Lib always starts long; here the first close decides, as in the other library's published values."""
    inputs = make_input(LARGE)
    bars = inputs.bars
    columns = compute("SUPERTREND", {"timeperiod": 7, "multiplier": 2.0}, inputs)
    line, direction = _ta_lib.SUPERTREND(bars.high, bars.low, bars.close, 7, 2.0)
    assert columns["direction"][7] == -1
    first = int(np.argmax(columns["direction"] == direction))
    assert 7 < first < 30
    assert len(np.unique(direction[first:])) == 2
    np.testing.assert_allclose(columns["line"][first:], line[first:], rtol=1e-12)
    np.testing.assert_array_equal(columns["direction"][first:], direction[first:])


def test_atr_trail_keeps_its_distance_from_the_close_and_flips() -> None:
    """ATR(1) is the true range, here the change of the close; every row is worked out below."""
    closes = [10.0, 11, 12, 12, 9.9, 10, 13]
    inputs = bars_of([(max(c, p), min(c, p), c) for c, p in zip(closes, [10.0, *closes], strict=False)])
    width = compute("ATR", {"timeperiod": 1}, inputs)[""]
    np.testing.assert_allclose(width[1:], [1, 1, 0, 2.1, 0.1, 3], rtol=1e-12)
    columns = compute("ATR_TRAIL", {"timeperiod": 1, "multiplier": 1.0}, inputs)
    # Row 1 starts long at 11 − 1; row 2 raises to 12 − 1, row 3 to 12 − 0 and the close touches it: short at
    # the upper band 12 + 0; row 4 keeps 12, row 5 lowers to 10 + 0.1; row 6 closes above: long at 13 − 3.
    np.testing.assert_array_equal(columns["direction"], [NAN, 1, 1, -1, -1, -1, 1])
    np.testing.assert_allclose(columns["line"][1:5], [10, 11, 12, 12], rtol=1e-12)
    np.testing.assert_allclose(columns["line"][5], 10.1, rtol=1e-12)


def test_keltner_is_the_ema_and_a_multiple_of_the_atr(make_input: MakeInput) -> None:
    inputs = make_input(LARGE)
    bars = inputs.bars
    columns = compute("KELTNER", {"timeperiod": 30, "atr_period": 8, "multiplier": 1.5}, inputs)
    ema, atr = _ta_lib.EMA(bars.close, 30), _ta_lib.ATR(bars.high, bars.low, bars.close, 8)
    np.testing.assert_array_equal(columns["middle"], ema)
    np.testing.assert_allclose(columns["upper"] - columns["middle"], np.where(np.isnan(ema), NAN, 1.5 * atr))
    np.testing.assert_allclose(columns["middle"] - columns["lower"], np.where(np.isnan(ema), NAN, 1.5 * atr))


def test_true_strength_index_is_talibs(make_input: MakeInput) -> None:
    inputs = make_input(LARGE)
    expected = _ta_lib.TSI(inputs.bars.close, 25, 13)
    np.testing.assert_allclose(compute("TSI", {}, inputs)[""], expected, rtol=1e-9)
    fast = compute("TSI", {"fast": 5, "slow": 40}, inputs)[""]
    np.testing.assert_allclose(fast, _ta_lib.TSI(inputs.bars.close, 40, 5), rtol=1e-9)


def test_percent_rank_is_talibs(make_input: MakeInput) -> None:
    values = np.round(make_input(LARGE).bars.close)
    rank = compute("PERCENT_RANK", {"timeperiod": 20}, replace(make_input(LARGE), series=values))[""]
    np.testing.assert_allclose(rank, _ta_lib.PERCENTRANK(values, 20), rtol=1e-12)
    assert np.nanmin(rank) == 0
    assert np.nanmax(rank) == 100


def test_z_score_uses_the_sample_deviation(from_close: FromClose) -> None:
    score = compute("ZSCORE", {"timeperiod": 3}, from_close([1, 2, 6, 6, 6, 9]))[""]
    np.testing.assert_allclose(
        score, [NAN, NAN, 3 / math.sqrt(7), (6 - 14 / 3) / math.sqrt(16 / 3), NAN, 2 / math.sqrt(3)]
    )


def test_z_score_of_equal_values_is_missing_although_their_mean_rounds(from_close: FromClose) -> None:
    assert np.isnan(compute("ZSCORE", {"timeperiod": 10}, from_close([0.1] * 40))[""]).all()


def test_z_score_stays_exact_on_a_small_move_after_a_large_level(from_close: FromClose) -> None:
    near = np.tile([0.0, 1.0, 3.0], 20)
    far = compute("ZSCORE", {"timeperiod": 6}, from_close((near + 1e9).tolist()))[""]
    by_hand = [(w[-1] - w.mean()) / w.std(ddof=1) for w in np.lib.stride_tricks.sliding_window_view(near, 6)]
    np.testing.assert_allclose(far[5:], by_hand, rtol=1e-6)


def test_a_hole_in_the_input_is_a_hole_in_the_windows_that_hold_it(from_close: FromClose) -> None:
    closes = [float(x) for x in range(1, 13)]
    series = np.array(closes) ** 2
    series[5] = NAN
    inputs = replace(from_close(closes), series=series, bars_per_year=252.0)
    for name, reach in (("ZSCORE", 3), ("ROLLING_VOL", 4), ("PERCENT_RANK", 4)):
        column = compute(name, {"timeperiod": 3}, inputs)[""]
        assert np.isnan(column[5 : 5 + reach]).all()
        assert np.isfinite(column[5 + reach :]).all()


def test_rolling_volatility_follows_rule_36(make_input: MakeInput) -> None:
    inputs = replace(make_input(60), bars_per_year=252.0)
    closes = inputs.bars.close
    volatility = compute("ROLLING_VOL", {"timeperiod": 20}, inputs)[""]
    assert np.isnan(volatility[:20]).all()
    for row in (20, 41, 59):
        returns = np.diff(np.log(closes[row - 20 : row + 1]))
        assert volatility[row] == pytest.approx(returns.std(ddof=1) * math.sqrt(252) * 100, rel=1e-12)
    with pytest.raises(InvalidInput, match="bars per year"):
        compute("ROLLING_VOL", {}, replace(inputs, bars_per_year=None))


def test_bars_since_counts_from_the_last_true_bar_within_lookback(from_close: FromClose) -> None:
    when = np.array([False, True, False, False, False, True, True])
    inputs = replace(from_close([1, 2, 3, 4, 5, 6, 7]), when=when)
    inf = math.inf
    np.testing.assert_array_equal(compute("BARS_SINCE", {"lookback": 3}, inputs)[""], [inf, 0, 1, 2, inf, 0, 0])
    np.testing.assert_array_equal(compute("BARS_SINCE", {"lookback": 9}, inputs)[""], [inf, 0, 1, 2, 3, 0, 0])
    np.testing.assert_array_equal(compute("VALUE_WHEN", {"lookback": 3}, inputs)[""], [NAN, 2, 2, 2, NAN, 6, 7])


def test_a_swing_is_known_right_bars_after_its_bar() -> None:
    highs = [5.0, 6, 9, 7, 6, 8, 7, 6]
    inputs = replace(bars_of([(high, high - 4, high - 2) for high in highs]), series=None)
    columns = compute("PIVOT", {"left": 2, "right": 1}, inputs)
    np.testing.assert_array_equal(columns["high"], [NAN, NAN, NAN, 9, 9, 9, 8, 8])
    np.testing.assert_array_equal(columns["high_age"], [NAN, NAN, NAN, 1, 2, 3, 1, 2])
    np.testing.assert_array_equal(columns["prev_high"], [NAN] * 6 + [9, 9])
    np.testing.assert_array_equal(columns["prev_high_age"], [NAN] * 6 + [4, 5])
    np.testing.assert_array_equal(columns["low"], [NAN] * 5 + [2, 2, 2])
    np.testing.assert_array_equal(columns["low_age"], [NAN] * 5 + [1, 2, 3])
    assert np.isnan(columns["prev_low"]).all()


def test_equal_highs_next_to_each_other_are_no_swing(from_close: FromClose) -> None:
    inputs = replace(from_close([1, 2, 3, 3, 2, 1, 4, 1, 1]), series=None)
    pivot = compute("PIVOT", {"left": 1, "right": 1}, inputs)
    np.testing.assert_array_equal(pivot["high"], [NAN] * 7 + [4, 4])


def brute_force_swings(values: F64, left: int, right: int) -> list[list[tuple[int, float]]]:
    """For each row, the swing highs known by then as (row, value)."""
    known: list[tuple[int, float]] = []
    per_row = []
    for now in range(len(values)):
        row = now - right
        around = [*values[max(0, row - left) : max(0, row)], *values[row + 1 : now + 1]]
        if row >= left and not np.isnan([values[row], *around]).any() and values[row] > max(around):
            known.append((row, values[row]))
        per_row.append(list(known))
    return per_row


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.one_of(st.integers(-4, 4).map(float), st.just(NAN)), min_size=1, max_size=40),
    left=st.integers(1, 4),
    right=st.integers(1, 4),
)
def test_swings_of_a_series_are_those_of_a_search_bar_by_bar(values: list[float], left: int, right: int) -> None:
    series = np.array(values)
    inputs = replace(bars_of([(1, 1, 1)] * len(values)), series=series)
    columns = compute("PIVOT", {"left": left, "right": right}, inputs)
    for side, sign in (("high", 1), ("low", -1)):
        for now, known in enumerate(brute_force_swings(sign * series, left, right)):
            expected = [(sign * value, float(now - row)) for row, value in reversed(known[-2:])]
            expected += [(NAN, NAN)] * (2 - len(expected))
            got = [(columns[f"{prefix}{side}"][now], columns[f"{prefix}{side}_age"][now]) for prefix in ("", "prev_")]
            np.testing.assert_array_equal(got, expected)


def test_columns_of_another_length_are_refused(from_close: FromClose) -> None:
    with pytest.raises(InvalidInput, match="2 rows for 3 bars") as caught:
        compute("SMA", {"timeperiod": 2}, replace(from_close([1, 2, 3]), series=np.array([1.0, 2.0])))
    assert caught.value.field == "input"
