"""A thinned series keeps what a reader looks for: its ends, its extremes and its order."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vibex.backtest.report.thinning import bars_per_candle, joined_candles, rows_to_draw
from vibex.domain.arrays import F64

finite = st.floats(-1e9, 1e9)


def test_a_short_series_is_drawn_whole() -> None:
    assert rows_to_draw(np.array([3.0, 1.0, 2.0]), 4).tolist() == [0, 1, 2]
    assert rows_to_draw(np.empty(0), 4).size == 0


@settings(max_examples=80, deadline=None)
@given(values=arrays(np.float64, st.integers(1, 300), elements=finite), limit=st.integers(4, 120))
def test_first_last_lowest_and_highest_survive_within_the_limit(values: F64, limit: int) -> None:
    rows = rows_to_draw(values, limit)
    assert rows.size <= limit
    assert bool((np.diff(rows) > 0).all())
    assert (rows[0], rows[-1]) == (0, values.size - 1)
    assert np.min(values[rows]) == np.min(values)
    assert np.max(values[rows]) == np.max(values)


def test_a_lone_spike_in_a_million_points_is_drawn() -> None:
    values = np.zeros(1_000_000)
    values[654_321] = -5.0
    rows = rows_to_draw(values, 4_000)
    assert rows.size <= 4_000
    assert 654_321 in rows


@settings(max_examples=50, deadline=None)
@given(close=arrays(np.float64, st.integers(1, 200), elements=st.floats(1, 1e6)), limit=st.integers(1, 50))
def test_joined_candles_span_the_bars_they_replace(close: F64, limit: int) -> None:
    per_candle = bars_per_candle(close.size, limit)
    first, open_, high, low, last_close = joined_candles(close, close + 1, close - 1, close, per_candle)
    assert first.size <= limit
    for row, start in enumerate(first):
        bars = close[start : start + per_candle]
        assert (open_[row], last_close[row]) == (bars[0], bars[-1])
        assert (high[row], low[row]) == (np.max(bars) + 1, np.min(bars) - 1)
