"""Funding files: read strictly, refused with dates where they do not cover, and laid on bars by rule 63."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vibex.domain import Bars, InvalidInput, Timeframe
from vibex.market import read_bars
from vibex.market.funding import FundingSeries, read_funding, refuse_uncovered
from vibex.market.settlements import funding_rows

MakeBars = Callable[..., Bars]
HOUR = 3_600_000
START = 1_704_153_600_000  # 2024-01-02


def series(hours: list[float], rate: float = 0.0001, mark: float = np.nan) -> FundingSeries:
    return FundingSeries(
        symbol="BTC/USDT",
        source="funding.csv",
        time=START + (np.array(hours) * HOUR).astype(np.int64),
        rate=np.full(len(hours), rate),
        mark=np.full(len(hours), mark),
    )


def written(folder: Path, *lines: str) -> Path:
    path = folder / "funding.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_file_of_the_exchange_is_read_and_its_jitter_rounded_to_the_second(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "calc_time,funding_interval_hours,last_funding_rate,mark_price",
        "1704153600003,8,0.0001,45000.5",
        "1704182399998,8,-0.00025,",
    )
    read = read_funding(path, "BTC/USDT")
    assert read.time.tolist() == [START, START + 8 * HOUR]
    assert read.rate.tolist() == [0.0001, -0.00025]
    assert read.mark[0] == 45000.5
    assert np.isnan(read.mark[1])


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["timestamp,price", "2024-01-01,1"], "no column for rate"),
        (["timestamp,rate", "2024-01-01,0.0001", "2024-01-01T08:00,0.05"], "0.05 of 2024-01-01T08:00:00Z is beyond"),
        (["timestamp,rate", "2024-01-01,0.0001", "2024-01-01T08:00,"], "is empty or no number"),
        (["timestamp,rate", "2024-01-01T08:00,0.0001", "2024-01-01,0.0001"], "not later than the one before"),
        (["timestamp,rate", "2024-01-01,0.0001", "2024-01-01,0.0001"], "not later than the one before"),
        (["timestamp,rate", "yesterday,0.0001"], "no time"),
        (["timestamp,rate,mark", "2024-01-01,0.0001,0"], "no price above 0"),
        (["timestamp,rate,funding_rate", "2024-01-01,0.0001,0.0001"], "both look like the rate"),
    ],
)
def test_a_bad_funding_file_is_refused_in_words(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as refusal:
        read_funding(written(tmp_path, *lines), "BTC/USDT")
    assert refusal.value.field == "funding"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no file"):
        read_funding(tmp_path / "none.csv", "BTC/USDT")


def test_a_series_that_covers_the_period_passes() -> None:
    eight_hourly = series([8 * n for n in range(10)])
    refuse_uncovered(eight_hourly, START, START + 80 * HOUR)
    refuse_uncovered(eight_hourly, START + HOUR, START + 72 * HOUR)
    # One settlement missing is a step of twice the usual interval, not longer.
    refuse_uncovered(series([0, 8, 16, 32, 40, 48]), START, START + 50 * HOUR)


@pytest.mark.parametrize(
    ("hours", "first", "end", "hole"),
    [
        ([8, 16, 24], 0, 30, "2024-01-02T00:00:00Z to 2024-01-02T08:00:00Z"),
        ([0, 8, 16], 0, 30, "2024-01-02T16:00:00Z to 2024-01-03T06:00:00Z"),
        ([0, 8, 16, 41, 49, 57], 0, 60, "2024-01-02T16:00:00Z to 2024-01-03T17:00:00Z"),
        ([0], 0, 5, "one settlement only"),
    ],
)
def test_a_hole_in_the_tested_period_is_named_with_its_dates(
    hours: list[float], first: int, end: int, hole: str
) -> None:
    with pytest.raises(InvalidInput, match=hole) as refusal:
        refuse_uncovered(series(hours), START + first * HOUR, START + end * HOUR)
    assert refusal.value.field == "funding"


def test_a_hole_outside_the_tested_period_does_not_matter() -> None:
    refuse_uncovered(series([0, 8, 16, 80, 88, 96, 104]), START + 80 * HOUR, START + 105 * HOUR)


def test_a_venue_that_goes_from_eight_hours_to_one_leaves_no_hole() -> None:
    hours = [8 * n for n in range(40)] + [320 + n for n in range(40)]
    refuse_uncovered(series([float(h) for h in hours]), START, START + 359 * HOUR)


def test_a_settlement_belongs_to_the_bar_that_has_begun_and_not_ended(make_bars: MakeBars) -> None:
    bars = make_bars(range(100, 110), timeframe=Timeframe.H4)
    rows = funding_rows(series([0, 8, 16, 24, 32, 39.9, 40]), bars.open_time, START + 40 * HOUR, bars)
    assert np.diff(rows.offset).tolist() == [1, 0, 1, 0, 1, 0, 1, 0, 1, 1]
    assert len(rows.time) == 6  # the one at the end of the last bar is not in the run


def test_a_settlement_in_an_outage_is_paid_by_the_bar_before_it(make_bars: MakeBars) -> None:
    bars = make_bars(range(100, 106), timeframe=Timeframe.H4)
    keep = [0, 1, 4, 5]
    holed = replace(
        bars, **{n: getattr(bars, n)[keep] for n in ("open_time", "open", "high", "low", "close", "volume")}
    )
    rows = funding_rows(series([0, 8, 16]), holed.open_time, START + 24 * HOUR, holed)
    assert np.diff(rows.offset).tolist() == [1, 1, 1, 0]


def test_the_price_is_the_venues_own_then_the_marks_open_then_the_last_close_before(make_bars: MakeBars) -> None:
    bars = replace(
        make_bars([100, 110, 120], timeframe=Timeframe.H4),
        open=np.array([90.0, 101.0, 111.0]),
        low=np.array([90.0, 101.0, 111.0]),
    )
    mark = make_bars([99, 109, 119], timeframe=Timeframe.H4)
    end = START + 12 * HOUR
    paid = series([0, 4, 8])
    assert funding_rows(paid, bars.open_time, end, bars).mark.tolist() == [90, 100, 110]
    assert funding_rows(paid, bars.open_time, end, bars, mark).mark.tolist() == [99, 109, 119]
    assert funding_rows(series([0, 4, 8], mark=77), bars.open_time, end, bars, mark).mark.tolist() == [77, 77, 77]
    # Between two opens of the mark, its last finished bar counts: nothing of the bar that is still running.
    assert funding_rows(series([5, 9]), bars.open_time, end, bars, mark).mark.tolist() == [99, 109]


def test_no_price_is_taken_from_after_the_settlement(make_bars: MakeBars) -> None:
    bars = make_bars(range(100, 130), timeframe=Timeframe.H1)
    changed = make_bars([*range(100, 108), *[10**6] * 22], timeframe=Timeframe.H1)
    end = START + 30 * HOUR
    one, other = (funding_rows(series([0, 8]), b.open_time, end, b) for b in (bars, changed))
    assert one.mark.tolist() == other.mark.tolist()


@pytest.mark.parametrize("name", ["funding_BTC-USDT", "funding_SOL-USDT", "funding-hyperliquid_HYPE"])
def test_recorded_funding_is_whole_between_its_ends(shared_data: Path, name: str) -> None:
    recorded = read_funding(shared_data / f"{name}.parquet", "BTC/USDT")
    refuse_uncovered(recorded, int(recorded.time[0]), int(recorded.time[-1]))


def test_bitcoin_funding_of_2021_is_three_settlements_a_day(shared_data: Path) -> None:
    year = (1_609_459_200_000, 1_640_995_200_000)
    bars = read_bars(shared_data / "cryptoperp_BTC-USDT_1h.parquet", "BTC/USDT").bars
    recorded = read_funding(shared_data / "funding_BTC-USDT.parquet", "BTC/USDT")
    refuse_uncovered(recorded, *year)
    tested = bars.between(year[0], year[1] - 1)
    rows = funding_rows(recorded, tested.open_time, year[1], bars)
    assert len(rows.time) == 3 * 365
    assert np.isfinite(rows.mark).all()
    # A coin held long through 2021 at its rates paid about 30 % of its value.
    assert float(rows.rate.sum()) == pytest.approx(0.3, abs=0.02)
