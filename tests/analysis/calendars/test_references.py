"""Calendar references, masks and gaps against dates that can be read off a printed calendar."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest

from vibex.analysis.calendars import (
    CALENDAR_REFERENCES,
    Calendar,
    SessionOverride,
    calendar_for,
    calendar_reference,
    clock_mask,
    date_mask,
    find_gaps,
    session_exit_mask,
)
from vibex.domain import Bars, InvalidInput, Market, Timeframe
from vibex.domain.arrays import I64

US, HK, CRYPTO = (calendar_for(m) for m in (Market.US_EQUITY, Market.HK_EQUITY, Market.CRYPTO))
MINUTE = 60_000


def ms(*texts: str) -> I64:
    return np.array([round(datetime.fromisoformat(t + "+00:00").timestamp() * 1000) for t in texts], dtype=np.int64)


def reference(name: str, calendar: Calendar, timeframe: Timeframe, *times: str) -> list[float]:
    return list(calendar_reference(name, calendar.columns(ms(*times), timeframe), calendar, timeframe))


def flat(times: I64, timeframe: Timeframe) -> Bars:
    one = np.ones(len(times))
    return Bars(symbol="X", timeframe=timeframe, open_time=times, open=one, high=one, low=one, close=one)


def test_minutes_count_from_the_open_to_the_close_of_a_half_day() -> None:
    times = "2023-11-24T13:00", "2023-11-24T14:00", "2023-11-24T17:00", "2023-11-24T18:00"
    assert reference("minutes_since_open", US, Timeframe.H1, *times) == [-30, 30, 210, 270]
    assert reference("minutes_to_close", US, Timeframe.H1, *times) == [240, 180, 0, -60]


def test_the_last_crypto_bar_of_a_day_is_1440_minutes_after_its_open() -> None:
    day = "2024-02-29T23:00", "2024-03-01T00:00"
    assert reference("minutes_since_open", CRYPTO, Timeframe.H1, *day) == [1440, 60]
    assert reference("minutes_to_close", CRYPTO, Timeframe.H1, *day) == [0, 1380]
    assert reference("session_bar", CRYPTO, Timeframe.H1, *day) == [24, 1]
    assert reference("weekday", CRYPTO, Timeframe.H1, *day) == [4, 5]
    assert reference("day", CRYPTO, Timeframe.H1, *day) == [29, 1]
    assert reference("month", CRYPTO, Timeframe.H1, *day) == [2, 3]


def test_sessions_of_month_and_week_are_the_exchange_ones() -> None:
    # November 2023 in New York: 21 sessions, Thanksgiving on the 23rd; the 24th is the fourth of its week.
    days = "2023-11-01", "2023-11-22", "2023-11-24", "2023-11-30"
    assert reference("month_session", US, Timeframe.D1, *days) == [1, 16, 17, 21]
    assert reference("month_sessions_left", US, Timeframe.D1, *days) == [20, 5, 4, 0]
    assert reference("week_session", US, Timeframe.D1, *days) == [3, 3, 4, 4]
    # March 2024 ends on Good Friday, 29th: the 28th is the last session.
    assert reference("month_sessions_left", US, Timeframe.D1, "2024-03-27", "2024-03-28") == [1, 0]
    # October 2023 in Hong Kong: 22 weekdays, closed on the 2nd and the 23rd.
    assert reference("month_session", HK, Timeframe.D1, "2023-10-03", "2023-10-31") == [1, 20]
    assert reference("month_sessions_left", CRYPTO, Timeframe.D1, "2024-02-27") == [2]


@pytest.mark.parametrize(
    ("calendar", "times", "numbers"),
    [
        (US, ("13:00", "14:00", "15:00", "20:00", "21:00"), [0, 1, 2, 7, 7]),
        (US, ("14:30", "15:30", "20:30"), [1, 2, 7]),
        (HK, ("01:00", "02:00", "03:00", "05:00", "06:00", "07:00"), [1, 2, 3, 4, 5, 6]),
        (HK, ("01:30", "02:30", "03:30", "05:00", "07:00"), [1, 2, 3, 4, 6]),
    ],
)
def test_session_bar_numbers_hours_however_the_vendor_labels_them(
    calendar: Calendar, times: tuple[str, ...], numbers: list[int]
) -> None:
    day = [f"2023-11-27T{t}" for t in times]
    assert reference("session_bar", calendar, Timeframe.H1, *day) == numbers


def test_four_hour_bars_of_a_winter_day_are_numbered_one_to_three() -> None:
    day = [f"2023-11-27T{t}" for t in ("12:00", "16:00", "20:00")]
    assert reference("session_bar", US, Timeframe.H4, *day) == [1, 2, 3]


def test_minute_references_are_refused_on_days_and_unknown_names_always() -> None:
    with pytest.raises(InvalidInput, match="minutes_to_close"):
        reference("minutes_to_close", US, Timeframe.D1, "2023-11-24")
    with pytest.raises(InvalidInput, match="unknown calendar reference"):
        reference("full_moon", US, Timeframe.D1, "2023-11-24")


@pytest.mark.parametrize("calendar", [US, HK, CRYPTO])
def test_no_reference_of_a_bar_depends_on_later_bars(calendar: Calendar) -> None:
    times = ms("2017-08-21T02:00") + np.arange(200, dtype=np.int64) * 60 * MINUTE
    whole, part = (calendar.columns(t, Timeframe.H1) for t in (times, times[:90]))
    for name in CALENDAR_REFERENCES:
        full = calendar_reference(name, whole, calendar, Timeframe.H1)
        assert np.array_equal(full[:90], calendar_reference(name, part, calendar, Timeframe.H1)), name
    exits = session_exit_mask(whole, Timeframe.H1, 15)
    assert np.array_equal(exits[:90], session_exit_mask(part, Timeframe.H1, 15))


def test_a_clock_span_reads_the_close_in_local_time_and_may_pass_midnight() -> None:
    columns = US.columns(
        ms("2024-03-08T14:25", "2024-03-08T14:30", "2024-03-11T13:25", "2024-03-11T15:25"), Timeframe.M5
    )
    assert list(clock_mask(columns, "09:30", "11:30", "America/New_York")) == [True, True, True, False]
    night = CRYPTO.columns(ms("2024-01-01T21:00", "2024-01-01T23:00", "2024-01-02T04:00"), Timeframe.H1)
    assert list(clock_mask(night, "22:00", "05:00", "UTC")) == [True, True, False]
    with pytest.raises(InvalidInput, match="no span of time"):
        clock_mask(night, "22:00", "22:00", "UTC")


def test_dates_include_both_ends_and_are_the_session_s() -> None:
    columns = US.columns(ms("2023-11-24T00:30", "2023-11-24T15:00", "2023-11-27T15:00"), Timeframe.M30)
    assert list(date_mask(columns, date(2023, 11, 24), date(2023, 11, 24))) == [False, True, False]
    assert list(date_mask(columns, None, date(2023, 11, 24))) == [True, True, False]
    assert list(date_mask(columns, None, None)) == [True, True, True]


def test_the_session_exit_fills_at_the_first_open_at_or_after_close_minus_minutes() -> None:
    opens = ms("2023-11-24T17:30") + np.arange(6, dtype=np.int64) * 5 * MINUTE  # 12:30 … 12:55 of a half day
    columns = US.columns(opens, Timeframe.M5)
    mask = session_exit_mask(columns, Timeframe.M5, 15)
    assert opens[int(np.argmax(mask)) + 1] == ms("2023-11-24T17:45")[0]
    assert list(mask) == [False, False, True, True, True, True]


def test_an_hourly_session_exit_uses_the_last_bar_and_entries_wait_for_the_open() -> None:
    opens = ms("2023-11-27T13:00", "2023-11-27T14:00", "2023-11-27T19:00", "2023-11-27T20:00", "2023-11-28T14:00")
    mask = session_exit_mask(US.columns(opens, Timeframe.H1), Timeframe.H1, 15)
    assert list(mask) == [True, False, False, True, False]


def test_a_session_exit_lost_in_missing_bars_comes_with_the_next_bar() -> None:
    opens = ms("2023-11-27T20:00", "2023-11-28T14:30", "2023-11-28T14:35")
    mask = session_exit_mask(US.columns(opens, Timeframe.M5), Timeframe.M5, 15)
    assert list(mask) == [False, True, False]
    with pytest.raises(InvalidInput, match="no meaning on 1d"):
        session_exit_mask(US.columns(ms("2023-11-27"), Timeframe.D1), Timeframe.D1, 15)


def test_gaps_are_missing_bars_not_nights_holidays_or_lunch() -> None:
    crypto = ms("2024-01-01T00:00", "2024-01-01T01:00", "2024-01-01T04:00", "2024-01-01T05:00")
    (gap,) = find_gaps(flat(crypto, Timeframe.H1), CRYPTO)
    assert (gap.start_ms, gap.end_ms, gap.missing_bars) == (*ms("2024-01-01T02:00", "2024-01-01T03:00"), 2)

    days = US.expected_opens(int(ms("2023-11-01")[0]), int(ms("2023-12-29")[0]), Timeframe.D1)
    assert find_gaps(flat(days, Timeframe.D1), US) == ()
    (gap,) = find_gaps(flat(np.delete(days, [5, 6]), Timeframe.D1), US)
    assert (gap.start_ms, gap.missing_bars) == (days[5], 2)

    minutes = HK.expected_opens(int(ms("2024-12-30")[0]), int(ms("2025-01-02T23:00")[0]), Timeframe.M5)
    assert len(minutes) == 66 + 30 + 66  # New Year's Eve is a half day
    assert find_gaps(flat(minutes, Timeframe.M5), HK) == ()
    assert sum(g.missing_bars for g in find_gaps(flat(np.delete(minutes, [10, 80]), Timeframe.M5), HK)) == 2


def test_hours_labelled_half_past_leave_no_gaps() -> None:
    opens = np.concatenate([ms(f"2023-11-{d}T14:30") + np.arange(7) * 60 * MINUTE for d in (27, 28, 29)])
    assert find_gaps(flat(opens, Timeframe.H1), US) == ()


def test_references_follow_a_chosen_session() -> None:
    calendar = calendar_for(Market.CRYPTO, SessionOverride(zone="America/New_York", open="09:30", close="16:00"))
    times = "2024-01-10T14:25", "2024-01-10T20:55", "2024-07-10T13:30"
    assert reference("minutes_since_open", calendar, Timeframe.M5, *times) == [0, 390, 5]
    assert reference("minutes_to_close", calendar, Timeframe.M5, *times) == [390, 0, 385]
