"""Price steps against the exchange's published spread tables, and rounding against the trader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import cast

import numpy as np
import pytest

from vibex.backtest.engine.levels import rounded_outward
from vibex.domain import Instrument, InvalidInput, Market
from vibex.domain.arrays import I64
from vibex.domain.order import PositionSide
from vibex.market.instruments import shipped_instruments
from vibex.market.ticks import DOWN, UP, TickBands, against_trader, round_level, tick_at, tick_bands

DAY = 86_400_000


def days(first: str, count: int = 1) -> I64:
    start = int(datetime.fromisoformat(first).replace(tzinfo=UTC).timestamp()) * 1000
    return start + np.arange(count, dtype=np.int64) * DAY


def hong_kong(table: str | None = "hkex") -> Instrument:
    return Instrument(symbol="0700.HK", market=Market.HK_EQUITY, currency="HKD", tick_table=table)


def rounded(price: float, direction: int, bands: TickBands) -> float:
    return round_level(price, direction, tick_at(price, bands.upper[0], bands.tick[0]))


# The steps of the three spread tables, at a price inside every band and at its upper bound.
STEPS = {
    "2004-06-16": {0.1: 0.001, 0.25: 0.001, 0.3: 0.005, 1.5: 0.01, 2.0: 0.01, 3: 0.025, 7: 0.05, 15: 0.05, 60: 0.05},
    "2020-01-02": {0.4: 0.005, 0.5: 0.005, 5: 0.01, 10: 0.01, 10.02: 0.02, 20: 0.02, 30: 0.05, 100: 0.05, 150: 0.1},
    "2025-08-04": {5: 0.01, 15: 0.01, 20: 0.01, 20.02: 0.02, 50: 0.02, 50.05: 0.05, 150: 0.1, 450: 0.2, 6000: 5},
}


@pytest.mark.parametrize("day", STEPS)
def test_the_step_is_that_of_the_spread_table_in_force(day: str) -> None:
    bands = tick_bands(hong_kong(), days(day))
    assert len(bands.first_row) == 1
    assert {price: tick_at(price, bands.upper[0], bands.tick[0]) for price in STEPS[day]} == STEPS[day]


def test_a_run_across_the_change_has_both_tables_from_the_right_row() -> None:
    bands = tick_bands(hong_kong(), days("2025-08-01", 5))
    assert bands.first_row.tolist() == [0, 3]
    assert [tick_at(30.0, upper, tick) for upper, tick in zip(bands.upper, bands.tick, strict=True)] == [0.05, 0.02]
    assert np.all(np.isinf(bands.upper[:, -1]))
    assert tick_bands(hong_kong(), days("2006-07-01", 40)).first_row.tolist() == [0, 23]


def test_a_bound_of_a_band_is_a_price_of_both_its_bands() -> None:
    """So that rounding inside a band never leaves the prices that the venue accepts."""
    for table in ("hkex", "us"):
        bands = tick_bands(hong_kong(table), days("2000-01-01", 10_000))
        for upper, tick in zip(bands.upper, bands.tick, strict=True):
            for bound, below, above in zip(upper[:-1], tick[:-1], tick[1:], strict=True):
                if not np.isinf(bound):
                    assert (bound / below) == pytest.approx(round(bound / below), abs=1e-9)
                    assert (bound / above) == pytest.approx(round(bound / above), abs=1e-9)


def test_us_shares_have_cents_and_hundredths_of_a_cent_below_a_dollar() -> None:
    bands = tick_bands(hong_kong("us"), days("2024-01-02"))
    assert rounded(123.456, DOWN, bands) == pytest.approx(123.45)
    assert rounded(0.123456, UP, bands) == pytest.approx(0.1235)


@pytest.mark.parametrize(
    ("kind", "side", "level", "expected"),
    [
        ("stop_loss", PositionSide.LONG, 383.33, 383.2),
        ("trailing_stop", PositionSide.LONG, 383.33, 383.2),
        ("take_profit", PositionSide.LONG, 421.05, 421.2),
        ("limit_entry", PositionSide.LONG, 399.99, 399.8),
        ("stop_entry", PositionSide.LONG, 400.01, 400.2),
        ("stop_loss", PositionSide.SHORT, 421.05, 421.2),
        ("trailing_stop", PositionSide.SHORT, 421.05, 421.2),
        ("take_profit", PositionSide.SHORT, 383.33, 383.2),
        ("limit_entry", PositionSide.SHORT, 400.01, 400.2),
        ("stop_entry", PositionSide.SHORT, 399.99, 399.8),
    ],
)
def test_a_level_between_two_steps_goes_where_the_trader_does_worse(
    kind: str, side: PositionSide, level: float, expected: float
) -> None:
    bands = tick_bands(hong_kong(), days("2021-02-01"))
    assert rounded(level, against_trader(kind, side), bands) == pytest.approx(expected)


def test_one_tick_rounds_to_the_bits_of_the_engine_and_a_tick_of_0_leaves_the_level() -> None:
    rng = np.random.default_rng(3)
    for level, step in zip(rng.lognormal(3, 2, 2000).tolist(), rng.choice([0.0, 0.01, 0.05, 0.2], 2000), strict=True):
        one = Instrument(symbol="A", market=Market.CRYPTO, currency="USDT", tick=Decimal(str(step)))
        bands = tick_bands(one, days("2024-01-01"))
        for direction in (UP, DOWN):
            assert rounded(level, direction, bands) == rounded_outward(level, float(step), direction)


def test_compiled_and_plain_rounding_are_equal_to_the_bit() -> None:
    import numba

    step_at = cast(Callable[..., float], numba.njit(tick_at))
    to_step = cast(Callable[..., float], numba.njit(round_level))
    rng = np.random.default_rng(4)
    bands = tick_bands(hong_kong(), days("2000-01-01", 10_000))
    for price in rng.lognormal(2, 3, 3000).tolist():
        for upper, tick in zip(bands.upper, bands.tick, strict=True):
            step = tick_at(price, upper, tick)
            assert step_at(price, upper, tick) == step
            assert to_step(price, UP, step) == round_level(price, UP, step)
            assert to_step(price, DOWN, step) == round_level(price, DOWN, step)


def test_equities_without_a_tick_of_their_own_have_the_table_of_their_market() -> None:
    shipped = shipped_instruments()
    on = datetime(2024, 1, 2, tzinfo=UTC).date()
    assert shipped.resolve("0700.HK", Market.HK_EQUITY, on).tick_table == "hkex"
    assert shipped.resolve("AAPL", Market.US_EQUITY, on).tick_table == "us"
    assert shipped.resolve("ZZZ", Market.US_EQUITY, on).tick_table == "us"
    assert shipped.resolve("BTC/USDT", Market.CRYPTO, on).tick_table is None


def test_a_tick_and_a_table_together_and_an_unknown_table_are_refused() -> None:
    with pytest.raises(InvalidInput, match="both"):
        Instrument(symbol="A", market=Market.HK_EQUITY, currency="HKD", tick=Decimal("0.1"), tick_table="hkex")
    with pytest.raises(InvalidInput, match="hkex or us"):
        tick_bands(hong_kong("lse"), days("2024-01-01"))
