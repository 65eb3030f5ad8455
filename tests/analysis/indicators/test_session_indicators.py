"""SESSION, OPENING_RANGE and VWAP on small days laid out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vibex.analysis.calendars.session import SessionColumns
from vibex.analysis.indicators import IndicatorInput, compute
from vibex.domain import Bars, InvalidInput, Timeframe
from vibex.domain.timeframe import DAY_MS, HOUR_MS, MINUTE_MS

NAN = math.nan
OPEN_AT = 9 * HOUR_MS + 30 * MINUTE_MS

Row = tuple[int, int, float, float, float, float, float]  # day, minute after the open, open, high, low, close, volume


def days(rows: list[Row], minutes: int = 15) -> IndicatorInput:
    """Bars of `minutes` in sessions from 09:30 to 16:00."""
    table = np.array(rows, dtype=np.float64)
    day = table[:, 0].astype(np.int64)
    session_open = day * DAY_MS + OPEN_AT
    open_time = session_open + table[:, 1].astype(np.int64) * MINUTE_MS
    columns = dict(zip(("open", "high", "low", "close", "volume"), table[:, 2:].T, strict=True))
    bars = Bars(symbol="X", timeframe=Timeframe.M15, open_time=open_time, **columns)
    sessions = SessionColumns(
        session=day,
        date=day * DAY_MS,
        open=session_open,
        close=day * DAY_MS + 16 * HOUR_MS,
        bar_close=open_time + minutes * MINUTE_MS,
    )
    return IndicatorInput(bars=bars, sessions=sessions)


TWO_DAYS: list[Row] = [
    (0, 0, 10, 12, 9, 11, 5),
    (0, 15, 11, 15, 10, 14, 10),
    (0, 30, 14, 14, 8, 9, 0),
    (3, 0, 20, 21, 19, 20, 0),
    (3, 15, 20, 25, 20, 24, 4),
    (3, 30, 24, 26, 18, 19, 2),
]


def test_session_prices_run_through_the_day_and_the_day_before_stands() -> None:
    columns = compute("SESSION", {}, days(TWO_DAYS))
    np.testing.assert_array_equal(columns["open"], [10, 10, 10, 20, 20, 20])
    np.testing.assert_array_equal(columns["high"], [12, 15, 15, 21, 25, 26])
    np.testing.assert_array_equal(columns["low"], [9, 9, 8, 19, 19, 18])
    np.testing.assert_array_equal(columns["prev_open"], [NAN] * 3 + [10] * 3)
    np.testing.assert_array_equal(columns["prev_high"], [NAN] * 3 + [15] * 3)
    np.testing.assert_array_equal(columns["prev_low"], [NAN] * 3 + [8] * 3)
    np.testing.assert_array_equal(columns["prev_close"], [NAN] * 3 + [9] * 3)


def test_the_opening_range_is_missing_until_it_is_complete_and_then_constant() -> None:
    columns = compute("OPENING_RANGE", {"minutes": 30}, days(TWO_DAYS))
    np.testing.assert_array_equal(columns["high"], [NAN, 15, 15, NAN, 25, 25])
    np.testing.assert_array_equal(columns["low"], [NAN, 9, 9, NAN, 19, 19])


def test_a_bar_that_reaches_beyond_the_range_is_not_in_it() -> None:
    columns = compute("OPENING_RANGE", {"minutes": 20}, days(TWO_DAYS))
    np.testing.assert_array_equal(columns["high"], [NAN, 12, 12, NAN, 21, 21])
    np.testing.assert_array_equal(columns["low"], [NAN, 9, 9, NAN, 19, 19])


def test_a_range_shorter_than_a_bar_has_no_value() -> None:
    columns = compute("OPENING_RANGE", {"minutes": 10}, days(TWO_DAYS))
    assert np.isnan(columns["high"]).all()


def test_a_session_that_the_data_joins_late_has_no_opening_range() -> None:
    columns = compute("OPENING_RANGE", {"minutes": 30}, days(TWO_DAYS[1:]))
    np.testing.assert_array_equal(columns["high"], [NAN, NAN, NAN, 25, 25])


def test_a_missing_first_bar_of_a_later_session_leaves_the_range_of_the_others() -> None:
    columns = compute("OPENING_RANGE", {"minutes": 30}, days([*TWO_DAYS[:3], *TWO_DAYS[4:]]))
    np.testing.assert_array_equal(columns["low"], [NAN, 9, 9, 20, 20])


def test_vwap_of_the_session_starts_anew_each_day_and_needs_volume() -> None:
    first, second = 32 / 3, 39 / 3
    expected = [first, (first * 5 + second * 10) / 15, (first * 5 + second * 10) / 15]
    expected += [NAN, 23, (23 * 4 + 21 * 2) / 6]
    np.testing.assert_allclose(compute("VWAP", {}, days(TWO_DAYS))[""], expected, rtol=1e-12)


def test_rolling_vwap_weighs_the_last_bars_and_is_missing_without_volume() -> None:
    average = compute("VWAP", {"timeperiod": 2}, days(TWO_DAYS))[""]
    expected = [NAN, (32 / 3 * 5 + 13 * 10) / 15, 13, NAN, 23, (23 * 4 + 21 * 2) / 6]
    np.testing.assert_allclose(average, expected, rtol=1e-12)


def test_rolling_vwap_forgets_a_burst_of_volume() -> None:
    rows: list[Row] = [(0, 15 * i, 100, 100, 100, 100, 1e18 if i == 1 else 1e-3) for i in range(8)]
    average = compute("VWAP", {"timeperiod": 3}, days(rows))[""]
    np.testing.assert_allclose(average[2:], 100, rtol=1e-12)


def test_session_indicators_without_a_calendar_are_refused() -> None:
    bars = days(TWO_DAYS).bars
    for name in ("SESSION", "OPENING_RANGE", "VWAP"):
        with pytest.raises(InvalidInput) as caught:
            compute(name, {}, IndicatorInput(bars=bars))
        assert caught.value.field == "session"
    assert np.isfinite(compute("VWAP", {"timeperiod": 1}, IndicatorInput(bars=bars))[""][0])
