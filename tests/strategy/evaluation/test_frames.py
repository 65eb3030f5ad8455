"""What a bar may see of other timeframes, other symbols and the venue's sessions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from tests.strategy.evaluation.markets import every, flat, ms
from tests.strategy.evaluation.test_conditions import ABOVE_10, compare, signals, strategy
from vibex.analysis.generator import generate_market
from vibex.domain import Bars, InvalidInput, Market, Timeframe
from vibex.strategy import evaluate, parse_spec

Json = dict[str, Any]
NAN = float("nan")
CLOSE_4H: Json = {"id": "close_4h", "name": "PRICE", "timeframe": "4h"}


def hours(*opens: int) -> Bars:
    """1h bars that open at these hours of one day, the close of each naming its hour."""
    first = ms(2024, 3, 8)
    return flat("BTC/USDT", Timeframe.H1, [first + hour * 3_600_000 for hour in opens], [100.0 + h for h in opens])


def test_a_higher_bar_is_visible_from_the_close_of_the_bar_that_ends_with_it() -> None:
    """Rule 58: the bar 00–04 is known at 04:00, the close of the hour 03."""
    found = signals(hours(*range(10)), ABOVE_10, CLOSE_4H).values("close_4h")
    np.testing.assert_array_equal(found, [NAN] * 3 + [103] * 4 + [107] * 3)


def test_where_the_last_hour_of_a_bucket_is_missing_the_next_bar_shows_it() -> None:
    """Hours 03 and 04 are missing: the bucket 00–04 ends with hour 02 and is seen at the close of hour 05."""
    found = signals(hours(0, 1, 2, 5, 6, 7, 8), ABOVE_10, CLOSE_4H).values("close_4h")
    np.testing.assert_array_equal(found, [NAN, NAN, NAN, 102, 102, 107, 107])


def test_shift_counts_bars_of_the_strategy_after_the_higher_value_was_placed() -> None:
    """Rule 55: one hour ago, not one 4h bar ago."""
    shifted = compare({"ref": "close_4h", "shift": 1, "times": 2}, "==", 206)
    assert np.flatnonzero(signals(hours(*range(10)), shifted, CLOSE_4H).entry_long).tolist() == [4, 5, 6, 7]


def test_a_cross_of_a_higher_bar_happens_once_at_its_first_visible_close() -> None:
    crosses = compare("close_4h", "crosses_above", 105)
    assert np.flatnonzero(signals(hours(*range(16)), crosses, CLOSE_4H).entry_long).tolist() == [7]


def test_an_indicator_on_a_higher_timeframe_reads_its_bars_and_earlier_indicators_as_of_its_close() -> None:
    mean: Json = {"id": "mean", "name": "SMA", "params": {"timeperiod": 2}, "timeframe": "4h"}
    hourly: Json = {"id": "hourly", "name": "SMA", "params": {"timeperiod": 2}}
    over: Json = {"id": "over", "name": "PRICE", "input": "hourly", "timeframe": "4h"}
    found = signals(hours(*range(9)), ABOVE_10, mean, hourly, over)
    np.testing.assert_array_equal(found.values("mean"), [NAN] * 7 + [105, 105])
    np.testing.assert_array_equal(found.values("over"), [NAN] * 3 + [102.5] * 4 + [106.5] * 2)


def test_another_symbol_is_seen_only_in_bars_that_have_closed() -> None:
    """Its hours 01 and 03 are missing: the last one that has ended by then holds."""
    other: Json = {"id": "eth", "name": "PRICE", "symbol": "ETH/USDT"}
    first = ms(2024, 3, 8)
    eth = flat("ETH/USDT", Timeframe.H1, [first + hour * 3_600_000 for hour in (0, 2, 4, 5)], [10.0, 12, 14, 15])
    spec = parse_spec(strategy(ABOVE_10, other))
    found = evaluate(spec, [hours(0, 1, 2, 3, 5), eth]).only.values("eth")
    assert found.tolist() == [10, 10, 12, 12, 15]


def test_another_symbol_on_a_higher_timeframe_waits_for_the_end_of_its_bar() -> None:
    other: Json = {"id": "eth", "name": "PRICE", "symbol": "ETH/USDT", "timeframe": "4h"}
    eth = flat("ETH/USDT", Timeframe.H1, every(Timeframe.H1, 6, ms(2024, 3, 8)), [1.0, 2, 3, 4, 5, 6])
    found = evaluate(parse_spec(strategy(ABOVE_10, other)), [hours(*range(5)), eth]).only.values("eth")
    np.testing.assert_array_equal(found, [NAN, NAN, NAN, 4, 4])


def test_an_unfinished_last_bar_of_finer_data_is_not_evaluated() -> None:
    """Two and a half 4h bars in hours: the half one has not closed, whatever it says."""
    spec = parse_spec(strategy(ABOVE_10, timeframe="4h"))
    assert evaluate(spec, hours(*range(10))).only.bars.close.tolist() == [103, 107]
    assert evaluate(spec, hours(*range(12))).only.bars.close.tolist() == [103, 107, 111]
    with pytest.raises(InvalidInput, match="do not fill one bar of 4h"):
        evaluate(spec, hours(0, 1))


def test_an_unfinished_session_of_finer_data_is_not_evaluated() -> None:
    """A New York day in hours is closed at 16:00, which a bar from 15:30 to 16:30 on the clock does reach."""
    spec = parse_spec(strategy(ABOVE_10, market="us_equity", symbols=["SPY"], timeframe="1d"))
    start = datetime(2024, 3, 7, tzinfo=UTC)
    made = generate_market(
        seed=1, symbol="SPY", market=Market.US_EQUITY, timeframe=Timeframe.H1, start=start, bars=21
    ).bars
    assert len(evaluate(spec, made).only.bars) == 3
    assert len(evaluate(spec, made.rows(0, 20)).only.bars) == 2


def test_coarser_data_than_the_strategy_needs_is_refused() -> None:
    with pytest.raises(InvalidInput, match="1h bars of BTC/USDT cannot be made into 15m"):
        evaluate(parse_spec(strategy(ABOVE_10, timeframe="15m")), hours(0, 1))


@pytest.mark.parametrize(
    ("bars", "message"),
    [
        ([], "no data for BTC/USDT"),
        ([hours(0).rows(1, 1)], "no bars of BTC/USDT"),
        ([hours(0), hours(1)], "the same symbol"),
    ],
)
def test_missing_empty_and_doubled_bars_are_refused(bars: list[Bars], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        evaluate(parse_spec(strategy(ABOVE_10)), bars)


def five_minutes(days: int) -> Bars:
    start = datetime(2024, 3, 8, tzinfo=UTC)
    made = generate_market(
        seed=3, symbol="SPY", market=Market.US_EQUITY, timeframe=Timeframe.M5, start=start, bars=78 * days
    )
    return made.bars


def us(entry: Json, *indicators: Json, **changes: object) -> Json:
    return strategy(entry, *indicators, market="us_equity", symbols=["SPY"], timeframe="5m", **changes)


def test_the_opening_range_shows_when_it_is_over_and_the_session_before_is_remembered() -> None:
    """Friday opens at 14:30 UTC, Monday, after the change of the clocks, at 13:30 UTC."""
    bars = five_minutes(2)
    opening: Json = {"id": "range", "name": "OPENING_RANGE", "params": {"minutes": 30}}
    today: Json = {"id": "today", "name": "SESSION"}
    found = evaluate(parse_spec(us(ABOVE_10, opening, today)), bars).only
    assert [int(bars.open_time[row]) for row in (0, 78)] == [ms(2024, 3, 8, 14, 30), ms(2024, 3, 11, 13, 30)]
    for first in (0, 78):
        high = found.values("range.high")[first : first + 78]
        assert np.isnan(high[:5]).all()
        assert (high[5:] == np.max(bars.high[first : first + 6])).all()
    assert (found.values("today.prev_close")[78:] == bars.close[77]).all()
    assert np.isnan(found.values("today.prev_close")[:78]).all()
    assert (found.values("today.high")[:78] == np.maximum.accumulate(bars.high[:78])).all()


def test_session_exit_minutes_marks_the_closes_from_which_the_next_open_is_due() -> None:
    """15 minutes before 16:00: the close at 15:45 and all after it, so that the open of 15:45 is the exit."""
    found = evaluate(parse_spec(us(ABOVE_10, session_exit_minutes=15)), five_minutes(2)).only
    minutes_left = found.values("minutes_to_close")
    assert np.array_equal(found.session_exit, minutes_left <= 15)
    assert np.flatnonzero(found.session_exit)[:4].tolist() == [74, 75, 76, 77]


def test_calendar_references_follow_the_session() -> None:
    found = evaluate(parse_spec(us(ABOVE_10)), five_minutes(2)).only
    assert found.values("session_bar")[[0, 77, 78]].tolist() == [1, 78, 1]
    assert found.values("minutes_since_open")[[0, 77, 78]].tolist() == [5, 390, 5]
    assert found.values("weekday")[[0, 78]].tolist() == [5, 1]
