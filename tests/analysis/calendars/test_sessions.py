"""Every bar gets the right session: half days, daylight saving, lunch, midnight, odd dates."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from vibex.analysis.calendars import SessionOverride, calendar_for
from vibex.domain import InvalidInput, Market, NotSupported, Timeframe
from vibex.domain.arrays import I64

US, HK, CRYPTO = (calendar_for(m) for m in (Market.US_EQUITY, Market.HK_EQUITY, Market.CRYPTO))


def ms(*texts: str) -> I64:
    return np.array([round(datetime.fromisoformat(t + "+00:00").timestamp() * 1000) for t in texts], dtype=np.int64)


def labels(path: Path) -> I64:
    import pyarrow.parquet as parquet

    return (
        np.asarray(parquet.read_table(path, columns=["timestamp"])["timestamp"].to_numpy())
        .astype("datetime64[ms]")
        .astype(np.int64)
    )


def test_the_day_after_thanksgiving_closes_at_one() -> None:
    columns = US.columns(ms("2023-11-24", "2023-11-27"), Timeframe.D1)
    assert list(columns.open) == list(ms("2023-11-24T14:30", "2023-11-27T14:30"))
    assert list(columns.close) == list(ms("2023-11-24T18:00", "2023-11-27T21:00"))
    assert list(columns.bar_close) == list(columns.close)
    assert columns.session[1] - columns.session[0] == 1


def test_daylight_saving_moves_the_session_in_march_and_november() -> None:
    columns = US.columns(ms("2023-03-10", "2023-03-13", "2023-11-03", "2023-11-06"), Timeframe.D1)
    assert list(columns.open) == list(
        ms("2023-03-10T14:30", "2023-03-13T13:30", "2023-11-03T13:30", "2023-11-06T14:30")
    )


def test_the_hour_labelled_nine_belongs_to_the_session_and_the_last_bar_ends_with_it() -> None:
    hours = ms("2023-11-24T13:00", "2023-11-24T14:00", "2023-11-24T17:00", "2023-11-24T18:00")
    assert list(US.in_session(hours, Timeframe.H1)) == [False, True, True, False]
    halves = US.columns(ms("2023-11-27T20:30", "2023-11-27T22:00"), Timeframe.H1)
    assert list(halves.bar_close) == list(ms("2023-11-27T21:00", "2023-11-27T23:00"))


def test_a_late_bar_belongs_to_its_local_date_although_utc_is_a_day_ahead() -> None:
    columns = US.columns(ms("2023-11-28T00:30"), Timeframe.M30)
    assert list(columns.date) == list(ms("2023-11-27"))


def test_hong_kong_has_lunch_and_mornings_only_on_half_days() -> None:
    bars = ms("2023-12-21T01:30", "2023-12-21T03:30", "2023-12-21T04:00", "2023-12-21T04:30", "2023-12-21T05:00")
    assert list(HK.in_session(bars, Timeframe.M30)) == [True, True, False, False, True]
    half = HK.columns(ms("2024-12-31"), Timeframe.D1)
    assert list(half.close) == list(ms("2024-12-31T04:00"))
    assert not HK.in_session(ms("2024-12-31T05:00"), Timeframe.M30)[0]


def test_a_crypto_day_ends_at_midnight_utc() -> None:
    columns = CRYPTO.columns(ms("2024-02-29T23:00", "2024-03-01T00:00"), Timeframe.H1)
    assert list(columns.date) == list(ms("2024-02-29", "2024-03-01"))
    assert list(columns.bar_close) == list(ms("2024-03-01T00:00", "2024-03-01T01:00"))
    assert list(columns.close) == list(ms("2024-03-01", "2024-03-02"))


def test_a_week_is_known_at_the_close_of_its_last_session() -> None:
    assert list(US.columns(ms("2023-11-20"), Timeframe.W1).bar_close) == list(ms("2023-11-24T18:00"))
    assert list(US.columns(ms("2024-03-25"), Timeframe.W1).date) == list(ms("2024-03-28"))  # Good Friday is closed
    assert list(CRYPTO.columns(ms("2024-03-25"), Timeframe.W1).bar_close) == list(ms("2024-04-01"))


def test_a_date_without_session_gets_a_session_of_its_own_and_renumbers_nothing_before_it() -> None:
    typhoon = ms("2017-08-22", "2017-08-23", "2017-08-24")
    columns = HK.columns(typhoon, Timeframe.D1)
    assert list(np.diff(columns.session)) == [1, 1]
    assert list(columns.date) == list(typhoon)
    assert columns.close[1] == ms("2017-08-23T08:00")[0]
    assert HK.columns(typhoon[:1], Timeframe.D1).session[0] == columns.session[0]


@pytest.mark.parametrize(
    ("market", "timeframe", "count"),
    [
        (Market.CRYPTO, Timeframe.H1, 24),
        (Market.US_EQUITY, Timeframe.D1, 1),
        (Market.US_EQUITY, Timeframe.H1, 7),
        (Market.US_EQUITY, Timeframe.M1, 390),
        (Market.HK_EQUITY, Timeframe.H1, 6),
        (Market.HK_EQUITY, Timeframe.M5, 66),
    ],
)
def test_a_full_session_has_its_number_of_bars(market: Market, timeframe: Timeframe, count: int) -> None:
    calendar = calendar_for(market)
    assert calendar.bars_per_session(timeframe) == count
    assert calendar.bars_per_year(timeframe) == market.sessions_per_year * count
    assert calendar.bars_per_year(Timeframe.W1) == 52


def test_a_chosen_session_that_passes_midnight_keeps_the_date_of_its_open() -> None:
    futures = calendar_for(Market.CRYPTO, SessionOverride(zone="America/New_York", open="18:00", close="17:00"))
    bars = ms("2024-01-10T21:00", "2024-01-10T22:00", "2024-01-10T23:00", "2024-01-11T05:00", "2024-01-11T21:59")
    columns = futures.columns(bars, Timeframe.M1)
    assert list(columns.date) == list(ms("2024-01-09", "2024-01-10", "2024-01-10", "2024-01-10", "2024-01-10"))
    assert list(futures.in_session(bars, Timeframe.M1)) == [True, False, True, True, True]
    assert list(columns.bar_close - bars) == [60_000] * 5


def test_a_chosen_equity_session_keeps_the_exchange_dates_and_half_days() -> None:
    short = calendar_for(Market.US_EQUITY, SessionOverride(zone="America/New_York", open="10:00", close="15:00"))
    columns = short.columns(ms("2023-11-24T17:55", "2023-11-27T19:55", "2023-11-27T20:59"), Timeframe.M5)
    assert list(columns.close) == list(ms("2023-11-24T18:00", "2023-11-27T20:00", "2023-11-27T20:00"))
    assert columns.bar_close[2] == ms("2023-11-27T21:00")[0]
    night = SessionOverride(zone="America/New_York", open="18:00", close="17:00")
    with pytest.raises(NotSupported, match="passes midnight"):
        calendar_for(Market.US_EQUITY, night)
    tokyo = calendar_for(Market.US_EQUITY, SessionOverride(zone="Asia/Tokyo", open="09:00", close="15:00"))
    with pytest.raises(InvalidInput, match="another local date"):
        tokyo.columns(ms("2023-11-24"), Timeframe.D1)


def test_a_wrong_zone_a_wrong_time_and_years_beyond_the_calendar_are_refused() -> None:
    with pytest.raises(InvalidInput, match="unknown time zone"):
        SessionOverride(zone="Mars/Olympus", open="09:30", close="16:00")
    with pytest.raises(InvalidInput, match="not a clock time"):
        SessionOverride(zone="UTC", open="9:30", close="16:00")
    for calendar in (US, CRYPTO):
        with pytest.raises(InvalidInput, match="no calendar knows 2050"):
            calendar.columns(ms("2050-01-03"), Timeframe.D1)


def test_real_hours_of_spy_are_seven_a_day_and_end_at_the_close(shared_data: Path) -> None:
    time = labels(shared_data / "us_SPY_1h.parquet")
    columns = US.columns(time, Timeframe.H1)
    assert US.in_session(time, Timeframe.H1).all()
    last = np.append(np.diff(columns.session) != 0, True)
    full = (columns.close - columns.open)[last] == 6.5 * 3_600_000
    assert np.mean(columns.bar_close[last][full] == columns.close[last][full]) > 0.99
    _, counts = np.unique(columns.session, return_counts=True)
    assert int(np.median(counts)) == 7
    assert np.all(np.diff(columns.session) >= 0)


def test_real_minutes_of_spy_hold_390_of_the_session_a_day(shared_data: Path) -> None:
    time = labels(shared_data / "us_SPY_1m.parquet")
    inside = US.in_session(time, Timeframe.M1)
    dates, counts = np.unique(US.columns(time, Timeframe.M1).date[inside], return_counts=True)
    assert list(dates[:2]) == list(ms("2013-10-04", "2013-10-07"))
    assert len(dates) == 7
    assert set(counts) == {390}


def test_real_days_of_spy_are_the_sessions_of_the_exchange(shared_data: Path) -> None:
    time = labels(shared_data / "us_SPY_1d.parquet")
    columns = US.columns(time, Timeframe.D1)
    assert np.all(np.diff(columns.session) == 1)
    assert np.array_equal(columns.date, time)


def test_real_days_of_hong_kong_rise_by_one_but_for_two_odd_spots(shared_data: Path) -> None:
    time = labels(shared_data / "hk_0700_1d.parquet")
    steps = np.diff(HK.columns(time, Timeframe.D1).session)
    assert np.all(steps >= 1)
    assert np.count_nonzero(steps > 1) == 1  # 2012-03-19 is missing; eleven typhoon days and holidays are extra


def test_real_crypto_hours_count_days(shared_data: Path) -> None:
    time = labels(shared_data / "crypto_BTC-USDT_1h.parquet")
    columns = CRYPTO.columns(time, Timeframe.H1)
    assert datetime.fromtimestamp(int(columns.date[0]) / 1000, UTC) == datetime(2018, 1, 1, tzinfo=UTC)
    assert np.array_equal(columns.session, time // 86_400_000)
