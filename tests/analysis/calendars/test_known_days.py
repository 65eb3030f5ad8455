"""Days that everybody remembers: storms, funerals, half days, and what a halt looks like against the calendar."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from vibex.analysis.calendars import Calendar, calendar_for
from vibex.domain import Market, Timeframe
from vibex.domain.arrays import I64

US, HK = calendar_for(Market.US_EQUITY), calendar_for(Market.HK_EQUITY)
DAY = Timeframe.D1


def ms(*texts: str) -> I64:
    return np.array([round(datetime.fromisoformat(t + "+00:00").timestamp() * 1000) for t in texts], dtype=np.int64)


def called_for(calendar: Calendar, day: str, timeframe: Timeframe) -> list[int]:
    """The labels of one UTC day that the regular sessions call for."""
    first, last = ms(day, f"{day}T23:59").tolist()
    return [int(label) for label in calendar.expected_opens(first, last, timeframe)]


@pytest.mark.parametrize(
    "day",
    [
        "2008-08-06",  # Kammuri
        "2016-08-02",  # Nida
        "2016-10-21",  # Haima
        "2017-08-23",  # Hato
        "2020-10-13",  # Nangka
        "2021-10-13",  # Kompasu
        "2023-07-17",  # Talim
        "2023-09-01",  # Saola
        "2023-09-08",  # black rainstorm
        "2024-09-06",  # Yagi
    ],
)
def test_hong_kong_did_not_trade_in_the_storm(day: str) -> None:
    assert called_for(HK, day, DAY) == []
    assert called_for(HK, day, Timeframe.H1) == []


@pytest.mark.parametrize("day", ["2012-10-29", "2012-10-30", "2018-12-05", "2025-01-09"])
def test_new_york_was_closed_for_the_storm_and_the_presidents(day: str) -> None:
    assert called_for(US, day, DAY) == []


@pytest.mark.parametrize("day", ["2024-12-24", "2024-12-31", "2025-01-28", "2020-12-24", "2022-01-31"])
def test_hong_kong_eves_end_at_noon_with_three_hourly_bars(day: str) -> None:
    assert HK.columns(ms(day), DAY).close.tolist() == ms(f"{day}T04:00").tolist()
    assert called_for(HK, day, Timeframe.H1) == ms(f"{day}T01:00", f"{day}T02:00", f"{day}T03:00").tolist()


def test_a_full_hong_kong_day_has_three_hourly_bars_before_lunch_and_three_after() -> None:
    assert (
        called_for(HK, "2023-12-22", Timeframe.H1)
        == ms(*(f"2023-12-22T{h:02d}:00" for h in (1, 2, 3, 5, 6, 7))).tolist()
    )


@pytest.mark.parametrize(
    ("day", "close"),
    [("2024-07-03", "17:00"), ("2024-11-29", "18:00"), ("2024-12-24", "18:00"), ("2023-07-03", "17:00")],
)
def test_new_york_closes_at_one_on_half_days_summer_and_winter(day: str, close: str) -> None:
    assert US.columns(ms(day), DAY).close.tolist() == ms(f"{day}T{close}").tolist()


def test_no_recorded_day_of_hsbc_since_2020_contradicts_the_calendar(shared_data: Path) -> None:
    import pyarrow.parquet as parquet

    table = parquet.read_table(shared_data / "hk_0005_1d.parquet", columns=["timestamp"])
    days = table["timestamp"].to_numpy().astype("datetime64[ms]").astype(np.int64)
    assert HK.expected_opens(int(days[0]), int(days[-1]), DAY).tolist() == days.tolist()
