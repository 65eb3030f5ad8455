"""The data quality block, on bars that are known and on real ones with known holes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from vibex.analysis.calendars import calendar_for
from vibex.domain import Bars, Market, Timeframe
from vibex.market import measure_quality, read_bars

MakeBars = Callable[..., Bars]


def test_counts_are_those_of_the_bars(make_bars: MakeBars) -> None:
    bars = make_bars([10, 11, 5, 6, 6], timeframe=Timeframe.H1)
    bars = replace(bars, volume=np.array([0.0, 0.0, 3.0, 0.0, 1.0]))
    quality = measure_quality(bars, source="x.csv")
    assert (quality.zero_volume_rows, quality.leading_zero_volume_rows) == (3, 2)
    assert quality.largest_move_pct == (5 - 11) / 11 * 100
    assert quality.largest_move_ms == bars.open_time[2]


def test_what_is_not_known_is_null_and_never_zero(make_bars: MakeBars) -> None:
    block = measure_quality(replace(make_bars([10]), volume=None), source="x.csv").to_json()
    for key in ("zero_volume_rows", "leading_zero_volume_rows", "gaps", "dropped_extended_hours"):
        assert block[key] is None, key
    assert block["largest_move_pct"] is None
    assert json.loads(json.dumps(block, allow_nan=False)) == block
    assert block["first"] == "2024-01-02T00:00:00Z"


def test_missing_hours_of_crypto_are_counted(make_bars: MakeBars) -> None:
    bars = make_bars(range(1, 11), timeframe=Timeframe.H1)
    keep = np.array([True, True, False, True, True, False, False, False, True, True])
    holed = replace(
        bars, **{n: getattr(bars, n)[keep] for n in ("open_time", "open", "high", "low", "close", "volume")}
    )
    gaps = measure_quality(holed, source="x", calendar=calendar_for(Market.CRYPTO)).gaps
    assert gaps is not None
    assert (gaps.count, gaps.missing_bars, gaps.longest_bars) == (2, 4, 3)
    assert gaps.longest_from_ms == bars.open_time[5]


def test_a_halt_is_missing_bars_and_a_storm_or_a_holiday_is_none(make_bars: MakeBars) -> None:
    # A Hong Kong share from Monday 2023-08-28 to Tuesday 2023-09-12, suspended from Wednesday 6 to Monday 11.
    days = ["08-28", "08-29", "08-30", "08-31", "09-04", "09-05", "09-12"]
    labels = np.array([f"2023-{day}" for day in days], dtype="datetime64[ms]").astype(np.int64)
    halted = replace(make_bars([50] * len(days)), open_time=labels)
    gaps = measure_quality(halted, source="x", calendar=calendar_for(Market.HK_EQUITY)).gaps
    assert gaps is not None
    # 1 and 8 September were storms: 6, 7 and 11 September are missing.
    assert (gaps.count, gaps.missing_bars) == (1, 3)


def test_the_hole_in_qqq_and_the_index_without_volume_are_seen(shared_data: Path) -> None:
    qqq = read_bars(shared_data / "us_QQQ_1d.parquet").bars
    gaps = measure_quality(qqq, source="qqq", calendar=calendar_for(Market.US_EQUITY)).gaps
    assert gaps is not None
    # 2304 calendar days are about 2304 × 252 / 365 sessions.
    assert abs(gaps.longest_bars - 2304 * 252 / 365) < 10
    assert read_bars(shared_data / "hk_HSI_1d.parquet").quality.zero_volume_rows == 2861
    bitcoin = read_bars(shared_data / "crypto_BTC-USDT_1h.parquet").bars
    outages = measure_quality(bitcoin, source="btc", calendar=calendar_for(Market.CRYPTO)).gaps
    assert outages is not None
    assert (outages.count, outages.missing_bars) == (27, 122)
