"""Buy and hold by hand: costs inside the capital, fractions, marked at each close (rules 17 and 66)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.backtest.runs import FREE, MONDAY, days, result, strategy
from vibex.domain import Bars, InvalidInput, Timeframe
from vibex.domain.timeframe import DAY_MS, HOUR_MS

BTC = days(10, 11, 12, 11, 15)


def test_fee_and_slippage_are_paid_inside_the_capital_and_parts_of_units_are_bought() -> None:
    found = result(strategy(), BTC, settings=replace(FREE, fee_bps=100, slippage_bps=200, capital=1_000, lot_size=1))
    quantity = 1_000 / (10 * 1.02 * 1.01)
    assert found.benchmark is not None
    np.testing.assert_allclose(found.benchmark.equity, quantity * BTC.close, rtol=1e-12)
    assert found.benchmark.total_return_pct == pytest.approx((quantity * 15 / 1_000 - 1) * 100)
    assert found.benchmark.max_drawdown_pct == pytest.approx((11 / 12 - 1) * 100)


def test_it_buys_at_the_first_open_of_the_tested_range() -> None:
    found = result(strategy(), BTC, settings=replace(FREE, capital=110, start_ms=MONDAY + 2 * DAY_MS))
    assert found.benchmark is not None
    assert found.benchmark.equity.tolist() == [120, 110, 150]


def test_several_symbols_share_the_capital_evenly_and_wait_as_cash_for_their_first_bar() -> None:
    eth = days(20, 40, 50, symbol="ETH/USDT", first=2)
    found = result(strategy(symbols=["BTC/USDT", "ETH/USDT"]), BTC, eth, settings=replace(FREE, capital=2_000))
    assert found.benchmark is not None
    np.testing.assert_allclose(found.benchmark.equity, 100 * BTC.close + [1_000, 1_000, 1_000, 2_000, 2_500])


def test_a_named_symbol_is_the_benchmark_in_bars_of_the_strategy() -> None:
    """Its hourly bars become days: the first day is bought at its first open and marked at its last close."""
    hours = np.arange(5 * 24)
    prices = (100 + hours).astype(np.float64)
    eth = Bars(
        symbol="ETH/USDT",
        timeframe=Timeframe.H1,
        open_time=MONDAY + hours * HOUR_MS,
        open=prices,
        high=prices + 1,
        low=prices,
        close=prices + 1,
    )
    found = result(strategy(benchmark="ETH/USDT"), BTC, eth, settings=replace(FREE, capital=1_000))
    assert found.benchmark is not None
    assert found.benchmark.name == "buy and hold ETH/USDT"
    np.testing.assert_allclose(found.benchmark.equity, 10 * np.array([124, 148, 172, 196, 220]))


def test_no_benchmark_is_none_and_one_without_bars_in_the_range_is_refused() -> None:
    assert result(strategy(benchmark=None), BTC).benchmark is None
    late = result(strategy(benchmark="ETH/USDT"), BTC, days(20, 21, symbol="ETH/USDT", first=60))
    with pytest.raises(InvalidInput, match="no bar in the tested range"):
        _ = late.benchmark
