"""Mark price and finer bars: laid on the strategy's bars, refused where they are another's or do not cover."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vibex.analysis.calendars import calendar_for
from vibex.domain import Bars, InvalidInput, Market, Timeframe
from vibex.market import read_bars
from vibex.market.detail import detail_rows, read_detail
from vibex.market.mark import mark_columns, read_mark

MakeBars = Callable[..., Bars]
CRYPTO, US = calendar_for(Market.CRYPTO), calendar_for(Market.US_EQUITY)
HOUR = 3_600_000
START = 1_704_153_600_000  # 2024-01-02


def only(bars: Bars, rows: list[int]) -> Bars:
    return replace(bars, **{n: getattr(bars, n)[rows] for n in ("open_time", "open", "high", "low", "close", "volume")})


def test_finer_mark_bars_are_resampled_onto_the_bars(make_bars: MakeBars) -> None:
    bars = make_bars([100, 104, 108], timeframe=Timeframe.H4)
    mark = make_bars([100 + n for n in range(12)], timeframe=Timeframe.H1)
    columns = mark_columns(mark, bars, START, START + 12 * HOUR, CRYPTO)
    assert columns.open.tolist() == [100, 104, 108]
    assert columns.high.tolist() == [103, 107, 111]
    assert columns.close.tolist() == [103, 107, 111]


def test_a_mark_series_that_misses_tested_bars_is_refused_with_their_dates(make_bars: MakeBars) -> None:
    bars = make_bars([100] * 6, timeframe=Timeframe.H1)
    with pytest.raises(InvalidInput, match="lacks 2 bars of the tested period, 2024-01-02T02:00:00Z to 2024-01-02T03"):
        mark_columns(only(bars, [0, 1, 4, 5]), bars, START, START + 6 * HOUR, CRYPTO)
    columns = mark_columns(only(bars, [2, 3, 4, 5]), bars, START + 2 * HOUR, START + 6 * HOUR, CRYPTO)
    assert np.isnan(columns.low[:2]).all()
    assert columns.low[2:].tolist() == [100] * 4


def test_the_mark_of_another_symbol_and_coarser_marks_are_refused(make_bars: MakeBars) -> None:
    bars = make_bars([100] * 8, timeframe=Timeframe.H1)
    with pytest.raises(InvalidInput, match="belongs to this symbol"):
        mark_columns(make_bars([3000] * 8, timeframe=Timeframe.H1), bars, START, START + 8 * HOUR, CRYPTO)
    with pytest.raises(InvalidInput, match="4h bars, the strategy 1h"):
        mark_columns(make_bars([100] * 2, timeframe=Timeframe.H4), bars, START, START + 8 * HOUR, CRYPTO)


def test_a_refused_series_names_its_own_option(tmp_path: Path) -> None:
    for read, field in ((read_mark, "mark"), (read_detail, "detail")):
        with pytest.raises(InvalidInput) as refusal:
            read(tmp_path / "none.parquet", "BTC/USDT")
        assert refusal.value.field == field


def test_every_bar_gets_the_rows_of_its_finer_bars(make_bars: MakeBars) -> None:
    bars = make_bars([100] * 3, timeframe=Timeframe.H1)
    detail = make_bars([100] * 12, timeframe=Timeframe.M15)
    rows = detail_rows(bars, detail, START, START + 3 * HOUR, CRYPTO)
    assert list(zip(rows.low.tolist(), rows.high.tolist(), strict=True)) == [(0, 4), (4, 8), (8, 12)]
    assert rows.disagreeing == 0


def test_finer_bars_after_the_bar_has_ended_belong_to_none(make_bars: MakeBars) -> None:
    bars = only(make_bars([100] * 3, timeframe=Timeframe.H1), [0, 2])
    rows = detail_rows(bars, make_bars([100] * 12, timeframe=Timeframe.M15), START, START + 3 * HOUR, CRYPTO)
    assert list(zip(rows.low.tolist(), rows.high.tolist(), strict=True)) == [(0, 4), (8, 12)]


def test_a_bar_with_trades_and_no_detail_is_refused_and_one_without_trades_is_not(make_bars: MakeBars) -> None:
    bars = make_bars([100] * 3, timeframe=Timeframe.H1)
    detail = only(make_bars([100] * 12, timeframe=Timeframe.M15), [0, 1, 2, 3, 8, 9, 10, 11])
    with pytest.raises(InvalidInput, match="nothing for 1 bars of the tested period, 2024-01-02T01:00:00Z"):
        detail_rows(bars, detail, START, START + 3 * HOUR, CRYPTO)
    idle = replace(bars, volume=np.array([5.0, 0.0, 5.0]))
    rows = detail_rows(idle, detail, START, START + 3 * HOUR, CRYPTO)
    assert (rows.high - rows.low).tolist() == [4, 0, 4]


def test_detail_that_is_not_finer_is_refused_and_that_of_another_source_is_counted(make_bars: MakeBars) -> None:
    bars = make_bars([100, 100, 100], timeframe=Timeframe.H1)
    with pytest.raises(InvalidInput, match="finer"):
        detail_rows(bars, bars, START, START + 3 * HOUR, CRYPTO)
    other = make_bars([100] * 5 + [103] + [100] * 6, timeframe=Timeframe.M15)
    assert detail_rows(bars, other, START, START + 3 * HOUR, CRYPTO).disagreeing == 1


def test_recorded_five_minutes_lie_twelve_to_the_hour_inside_its_range(shared_data: Path) -> None:
    detail = read_detail(shared_data / "cryptoperp_BTC-USDT_5m.parquet", "BTC/USDT")
    hours = read_bars(shared_data / "cryptoperp_BTC-USDT_1h.parquet", "BTC/USDT").bars
    hours = hours.between(int(detail.open_time[0]), int(detail.open_time[-1]) - HOUR)
    rows = detail_rows(hours, detail, int(hours.open_time[0]), int(hours.open_time[-1]) + HOUR, CRYPTO)
    assert set((rows.high - rows.low).tolist()) == {12}
    assert rows.disagreeing == 0


def test_recorded_hours_of_a_half_day_are_four_and_of_a_full_day_seven(shared_data: Path) -> None:
    detail = read_detail(shared_data / "us_SPY_1h.parquet", "SPY")
    days = read_bars(shared_data / "us_SPY_1d.parquet", "SPY").bars
    days = days.between(int(detail.open_time[0]) - 23 * HOUR, int(detail.open_time[-1]))
    rows = detail_rows(days, detail, int(days.open_time[0]), int(days.open_time[-1]) + 1, US)
    assert set((rows.high - rows.low).tolist()) == {4, 7}


def test_the_recorded_mark_of_bitcoin_covers_2022_on(shared_data: Path) -> None:
    mark = read_mark(shared_data / "cryptoperpmark_BTC-USDT_1h.parquet", "BTC/USDT")
    bars = read_bars(shared_data / "cryptoperp_BTC-USDT_1h.parquet", "BTC/USDT").bars
    end = int(bars.open_time[-1]) + HOUR
    columns = mark_columns(mark, bars, int(mark.open_time[0]), end, CRYPTO)
    assert int(np.isnan(columns.close).sum()) == int(np.count_nonzero(bars.open_time < mark.open_time[0]))
    with pytest.raises(InvalidInput, match="2019-09-08T17:00:00Z to 2021-12-31T23:00:00Z"):
        mark_columns(mark, bars, int(bars.open_time[0]), end, CRYPTO)
