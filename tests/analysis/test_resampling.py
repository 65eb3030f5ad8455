"""Coarser bars equal the exchange's own, and none is seen before it is finished."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibex.analysis.calendars import calendar_for
from vibex.analysis.generator import generate_market
from vibex.analysis.resampling import align, align_other, common_step, resample
from vibex.domain import Bars, InvalidInput, Market, Timeframe
from vibex.domain.bars import PRICES

US, HK, CRYPTO = (calendar_for(m) for m in (Market.US_EQUITY, Market.HK_EQUITY, Market.CRYPTO))


def read(path: Path, timeframe: Timeframe) -> Bars:
    import pyarrow.parquet as parquet

    table = parquet.read_table(path)
    time = np.asarray(table["timestamp"].to_numpy()).astype("datetime64[ms]").astype(np.int64)
    columns = {name: table[name].to_numpy() for name in (*PRICES, "volume")}
    return Bars(symbol=path.stem, timeframe=timeframe, open_time=time, **columns)


def generated(market: Market, timeframe: Timeframe, count: int, seed: int = 1) -> Bars:
    start = datetime(2023, 10, 20, tzinfo=UTC)
    return generate_market(seed=seed, symbol="TEST", market=market, timeframe=timeframe, start=start, bars=count).bars


@pytest.mark.parametrize("symbol", ["BTC-USDT", "SOL-USDT"])
@pytest.mark.parametrize("timeframe", [Timeframe.D1, Timeframe.H4])
def test_hours_of_crypto_become_the_days_and_four_hours_of_the_files(
    shared_data: Path, symbol: str, timeframe: Timeframe
) -> None:
    made = resample(read(shared_data / f"crypto_{symbol}_1h.parquet", Timeframe.H1), timeframe, CRYPTO)
    own = read(shared_data / f"crypto_{symbol}_{timeframe}.parquet", timeframe)
    assert np.array_equal(made.open_time, own.open_time)
    for name in PRICES:
        assert np.array_equal(getattr(made, name), getattr(own, name)), name
    assert made.volume is not None
    assert own.volume is not None
    np.testing.assert_allclose(made.volume, own.volume, rtol=1e-12, atol=1e-6)


def test_hours_of_spy_become_its_days(shared_data: Path) -> None:
    made = resample(read(shared_data / "us_SPY_1h.parquet", Timeframe.H1), Timeframe.D1, US)
    own = read(shared_data / "us_SPY_1d.parquet", Timeframe.D1)
    both, here, there = np.intersect1d(made.open_time, own.open_time, return_indices=True)
    assert len(both) == len(made)
    assert np.mean(np.abs(made.high[here] / own.high[there] - 1) < 0.002) > 0.98
    assert np.mean(np.abs(made.close[here] / own.close[there] - 1) < 0.002) > 0.98


def test_minutes_before_the_open_and_after_the_close_enter_no_day(shared_data: Path) -> None:
    bars = read(shared_data / "us_SPY_1m.parquet", Timeframe.M1)
    inside = US.in_session(bars.open_time, Timeframe.M1)
    made = resample(bars, Timeframe.D1, US)
    assert made.open[0] == bars.open[np.argmax(inside)]
    assert made.volume is not None
    assert bars.volume is not None
    assert made.volume.sum() == bars.volume[inside].sum()


def test_weeks_begin_on_monday_and_hold_the_sessions_of_the_week(shared_data: Path) -> None:
    days = read(shared_data / "us_SPY_1d.parquet", Timeframe.D1)
    weeks = resample(days, Timeframe.W1, US)
    assert np.all((weeks.open_time // 86_400_000) % 7 == 4)
    row = int(np.searchsorted(weeks.open_time, datetime(2001, 9, 10, tzinfo=UTC).timestamp() * 1000))
    assert US.columns(weeks.open_time, Timeframe.W1).date[row] == datetime(2001, 9, 10, tzinfo=UTC).timestamp() * 1000
    assert weeks.close[row] == days.close[np.searchsorted(days.open_time, weeks.open_time[row])]


def test_the_same_timeframe_is_the_same_object_and_a_finer_one_is_refused() -> None:
    bars = generated(Market.CRYPTO, Timeframe.H1, 30)
    assert resample(bars, Timeframe.H1, CRYPTO) is bars
    with pytest.raises(InvalidInput, match="cannot be made into 30m"):
        resample(bars, Timeframe.M30, CRYPTO)


def test_the_commonest_step_is_the_timeframe(shared_data: Path) -> None:
    for name in ("us_SPY_1d", "hk_0700_1d", "us_SPY_1h", "us_SPY_1m", "crypto_BTC-USDT_4h"):
        timeframe = Timeframe.parse(name.rpartition("_")[2])
        assert common_step(read_times(shared_data / f"{name}.parquet")) is timeframe
    for odd in (np.arange(5, dtype=np.int64) * 120_000, np.zeros(1, dtype=np.int64)):
        with pytest.raises(InvalidInput):
            common_step(odd)


def read_times(path: Path) -> np.ndarray:
    import pyarrow.parquet as parquet

    return np.asarray(parquet.read_table(path)["timestamp"].to_numpy()).astype("datetime64[ms]").astype(np.int64)


def test_a_higher_bar_is_seen_first_at_the_close_of_the_bar_that_ends_with_it() -> None:
    bars = generated(Market.CRYPTO, Timeframe.H1, 20)
    rows = align(resample(bars, Timeframe.H4, CRYPTO), CRYPTO.columns(bars.open_time, Timeframe.H1), CRYPTO)
    assert list(rows) == [-1] * 3 + [0] * 4 + [1] * 4 + [2] * 4 + [3] * 4 + [4]


def test_where_the_bucket_s_last_bars_are_missing_it_is_seen_with_the_next_bar() -> None:
    bars = generated(Market.CRYPTO, Timeframe.H1, 12)
    keep = np.array([0, 1, 5, 6, 7, 8])
    holey = Bars(
        symbol="TEST",
        timeframe=Timeframe.H1,
        open_time=bars.open_time[keep],
        **{name: getattr(bars, name)[keep] for name in PRICES},
    )
    rows = align(resample(holey, Timeframe.H4, CRYPTO), CRYPTO.columns(holey.open_time, Timeframe.H1), CRYPTO)
    assert list(rows) == [-1, -1, 0, 0, 1, 1]


def test_a_day_of_new_york_is_seen_at_four_in_the_afternoon_and_at_one_on_a_half_day() -> None:
    bars = generated(Market.US_EQUITY, Timeframe.H1, 300)
    columns = US.columns(bars.open_time, Timeframe.H1)
    rows = align(resample(bars, Timeframe.D1, US), columns, US)
    new = np.flatnonzero(np.diff(rows)) + 1
    assert np.array_equal(columns.bar_close[new], columns.close[new])
    assert datetime(2023, 11, 24, 18, tzinfo=UTC).timestamp() * 1000 in columns.bar_close[new]


@settings(max_examples=60, deadline=None)
@given(
    market=st.sampled_from(list(Market)),
    steps=st.sampled_from([(Timeframe.M30, Timeframe.H4), (Timeframe.H1, Timeframe.D1), (Timeframe.H1, Timeframe.W1)]),
    missing=st.sets(st.integers(0, 239), max_size=60),
    cut=st.integers(1, 170),
)
def test_what_a_bar_sees_does_not_change_when_the_future_is_cut_off(
    market: Market, steps: tuple[Timeframe, Timeframe], missing: set[int], cut: int
) -> None:
    calendar, (base, higher) = calendar_for(market), steps
    whole = generated(market, base, 240)
    keep = np.array(sorted(set(range(240)) - missing))
    bars = Bars(
        symbol="TEST",
        timeframe=base,
        open_time=whole.open_time[keep],
        **{name: getattr(whole, name)[keep] for name in PRICES},
    )

    def seen(part: Bars) -> np.ndarray:
        made = resample(part, higher, calendar)
        rows = align(made, calendar.columns(part.open_time, base), calendar)
        columns = np.stack([getattr(made, name) for name in PRICES], axis=1)
        return np.concatenate([np.full((1, len(PRICES)), np.nan), columns])[rows + 1]

    assert np.array_equal(seen(bars)[:cut], seen(bars.rows(0, cut)), equal_nan=True)


def test_another_symbol_s_bar_is_seen_when_it_has_closed() -> None:
    other, base = np.array([10, 20, 40]), np.array([5, 10, 39, 40, 90])
    assert list(align_other(other, base)) == [-1, 0, 1, 2, 2]
