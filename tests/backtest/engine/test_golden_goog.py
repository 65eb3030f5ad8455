"""A published result of another engine, reproduced: SMA 10/30 reversals on nine years of GOOG."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.backtest.engine.conftest import Simulate
from tests.backtest.engine.tables import SIDE
from vibex.backtest.engine.outcome import Outcome, Reason
from vibex.backtest.engine.plan import Flag, Plan, Sizing
from vibex.domain.arrays import F64, U8


@pytest.fixture(scope="module")
def expected(shared_data: Path) -> dict[str, float]:
    """The published figures of the case."""
    cases = json.loads((shared_data / "golden_backtests.json").read_text())
    found: dict[str, float] = next(case for case in cases if case["name"] == "goog_sma_10_30")["expected"]
    return found


@pytest.fixture(scope="module")
def goog(shared_data: Path) -> Plan:
    """Long above, short below: reversal at each crossing, all cash, whole shares, no costs."""
    from pyarrow import parquet

    table = parquet.read_table(shared_data / "golden_GOOG_1d.parquet")
    columns: dict[str, F64] = {name: table[name].to_numpy() for name in ("open", "high", "low", "close")}
    everything = replace(SIDE, sizing=Sizing.FIXED_PERCENT, size_value=100.0)
    return Plan(
        symbols=("GOOG",),
        time=table["timestamp"].to_numpy().astype("datetime64[ms]").astype(np.int64),
        open=columns["open"][np.newaxis],
        high=columns["high"][np.newaxis],
        low=columns["low"][np.newaxis],
        close=columns["close"][np.newaxis],
        flags=crossings(columns["close"])[np.newaxis],
        columns=np.empty((1, 0, table.num_rows)),
        lot=np.ones(1),
        tick=np.zeros(1),
        long=everything,
        short=everything,
        capital=10_000.0,
        leverage=1.0,
        fee_rate=0.0,
        maker_rate=0.0,
        slip=0.0,
        min_notional=0.0,
        reverse=True,
        time_stop_bars=0,
    )


def crossings(close: F64) -> U8:
    """Entry bits where SMA(10) crosses SMA(30) of the close (T,)."""
    import talib

    fast, slow = talib.SMA(close, 10), talib.SMA(close, 30)
    above, below = fast > slow, fast < slow
    was_below, was_above = np.roll(fast <= slow, 1), np.roll(fast >= slow, 1)
    was_below[0] = was_above[0] = False
    return ((above & was_below) * Flag.ENTRY_LONG + (below & was_above) * Flag.ENTRY_SHORT).astype(np.uint8)


def closed_one_bar_early(plan: Plan) -> Plan:
    """The plan with an exit of both sides on the last close but one: the case closes at the last open."""
    flags = plan.flags.copy()
    flags[0, -2] = Flag.EXIT_LONG | Flag.EXIT_SHORT
    return replace(plan, flags=flags)


def returns_pct(outcome: Outcome) -> F64:
    """Return of each trade in percent of its entry notional (rule 39)."""
    trades = outcome.trades
    result: F64 = trades.pnl / (trades.entry_price * trades.quantity) * 100
    return result


def test_the_trade_list_gives_the_published_figures(simulate: Simulate, goog: Plan, expected: dict[str, float]) -> None:
    """Rules 1, 2, 24, 33 against an engine that shares no line with this one."""
    outcome = simulate(closed_one_bar_early(goog))
    returns, pnl = returns_pct(outcome), outcome.trades.pnl
    assert len(outcome.trades) == expected["trades"]
    assert outcome.equity[-1] == pytest.approx(expected["equity_final"], rel=1e-12)
    assert np.max(outcome.equity) == pytest.approx(expected["equity_peak"], rel=1e-12)
    peaks = np.maximum.accumulate(outcome.equity)
    assert np.min(outcome.equity / peaks - 1) * 100 == pytest.approx(expected["max_drawdown_pct"], rel=1e-12)
    assert np.mean(pnl > 0) * 100 == pytest.approx(expected["win_rate_pct"], rel=1e-12)
    assert np.max(returns) == pytest.approx(expected["best_trade_pct"], rel=1e-12)
    assert np.min(returns) == pytest.approx(expected["worst_trade_pct"], rel=1e-12)
    assert np.mean(returns) == pytest.approx(expected["expectancy_pct_mean_trade_return"], rel=1e-12)
    assert np.sqrt(len(pnl)) * np.mean(pnl) / np.std(pnl, ddof=1) == pytest.approx(expected["sqn"], rel=1e-12)
    gains = returns[returns > 0].sum() / -returns[returns < 0].sum()
    assert gains == pytest.approx(expected["profit_factor_of_trade_returns"], rel=1e-12)


def test_without_the_early_exit_the_last_position_is_marked_at_the_last_close(simulate: Simulate, goog: Plan) -> None:
    """Rule 27: 66 trades as well, the last one open at 806.19 instead of sold at 797.80."""
    outcome = simulate(goog)
    assert len(outcome.trades) == 66
    assert outcome.trades.reason[-1] == Reason.END_OF_DATA
    assert outcome.equity[-1] == pytest.approx(51_959.95, abs=0.005)
