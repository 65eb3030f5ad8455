"""Every figure of a result against a second computation with pandas."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.backtest.runs import FREE, days, on, result, strategy
from tests.strategy.evaluation.markets import every, flat, walk
from vibex.backtest import BacktestResult, RunSettings, run
from vibex.domain import Bars, Timeframe
from vibex.strategy import parse_spec

CONTRACT = (
    "start_equity end_equity end_equity_target_first total_return_pct cagr_pct volatility_pct sharpe sortino "
    "calmar max_drawdown_pct max_drawdown_days exposure_pct trades win_rate_pct profit_factor expectancy sqn "
    "best_trade_pct worst_trade_pct fees turnover open_pnl annualisation risk_free_rate sortino_target "
    "ambiguous_bars skipped unfilled_at_end currency"
)
ADDED = ["open_trades", "win_rate_with_open_pct", "profit_factor_with_open"]
TRADE = (
    "symbol side entry_time entry_price exit_time exit_price quantity pnl fees funding carry reason duration_s "
    "bars_held return_pct mae_pct mfe_pct "
)


def swinging(**changes: Any) -> BacktestResult:
    """Both sides, costs, stops and targets over a year of hours with holes: many trades, one still open."""
    spec = {
        "version": 1,
        "name": "swing",
        "market": "crypto",
        "symbols": ["BTC/USDT"],
        "timeframe": "1h",
        "indicators": [{"id": "mean", "name": "SMA", "params": {"timeperiod": 40}}],
        "entry": {
            "long": {"left": "close", "op": "crosses_above", "right": "mean"},
            "short": {"left": "close", "op": "crosses_below", "right": "mean"},
        },
        "stop_loss": {"type": "percent", "value": 6},
        "take_profit": {"type": "percent", "value": 9},
        "sizing": {"type": "fixed_percent", "value": 60},
        **changes,
    }
    settings = RunSettings(risk_free_rate=0.03, sortino_target=0.05)
    return run(parse_spec(spec), walk(11, "BTC/USDT", Timeframe.H1, 8_000), settings=settings)


@pytest.fixture(scope="module")
def swing() -> BacktestResult:
    return swinging()


def test_the_keys_are_those_of_the_contract_and_the_documented_ones(swing: BacktestResult) -> None:
    assert sorted(swing.summary_stats) == sorted([*CONTRACT.split(), *ADDED])
    assert all(list(trade) == TRADE.split() for trade in swing.trade_log)
    assert list(swing.to_json()) == ["stats", "trades", "digests", "warnings", "data_quality"]


def test_equity_figures_equal_a_second_computation(swing: BacktestResult) -> None:
    stats = swing.summary_stats
    equity = pd.Series(swing.outcome.equity, index=pd.to_datetime(swing.plan.time, unit="ms"))
    daily = equity.resample("1D").last().ffill()
    returns = daily / daily.shift(1, fill_value=10_000.0) - 1
    free, target = 1.03 ** (1 / 365) - 1, 1.05 ** (1 / 365) - 1
    growth = (equity.iloc[-1] / 10_000) ** (365 / len(daily)) - 1
    below = returns.sub(target).clip(upper=0)
    peak = np.maximum.accumulate(np.concatenate(([10_000], swing.outcome.equity)))[1:]
    depth = float(np.min(swing.outcome.equity / peak - 1))
    expected = {
        "start_equity": 10_000,
        "end_equity": equity.iloc[-1],
        "total_return_pct": (equity.iloc[-1] / 10_000 - 1) * 100,
        "cagr_pct": growth * 100,
        "volatility_pct": returns.std() * math.sqrt(365) * 100,
        "sharpe": (returns - free).mean() / returns.std() * math.sqrt(365),
        "sortino": (returns - target).mean() * 365 / (math.sqrt((below**2).mean()) * math.sqrt(365)),
        "max_drawdown_pct": depth * 100,
        "calmar": growth / abs(depth),
    }
    for name, value in expected.items():
        assert stats[name] == pytest.approx(value, rel=1e-9), name
    assert (stats["annualisation"], stats["risk_free_rate"], stats["sortino_target"]) == (365, 0.03, 0.05)


def test_the_longest_time_under_water_is_counted_from_peak_to_recovery(swing: BacktestResult) -> None:
    times = swing.plan.time / 86_400_000
    peak, peak_time, longest, under = 10_000.0, times[0], 0.0, False
    for time, value in zip(times, swing.outcome.equity, strict=True):
        if value < peak:
            under = True
            continue
        longest = max(longest, time - peak_time) if under else longest
        peak, peak_time, under = value, time, False
    longest = max(longest, times[-1] - peak_time) if under else longest
    assert swing.summary_stats["max_drawdown_days"] == pytest.approx(longest)


def test_trade_figures_equal_a_second_computation(swing: BacktestResult) -> None:
    stats, trades = swing.summary_stats, pd.DataFrame(swing.trade_log)
    closed = trades[trades.reason != "end_of_data"]
    still = trades[trades.reason == "end_of_data"]
    assert len(still) == 1
    assert len(closed) > 50

    def factor(pnl: pd.Series[float]) -> float:
        return float(pnl[pnl > 0].sum() / -pnl[pnl < 0].sum())

    notional = trades.entry_price * trades.quantity
    traded = notional.sum() + (closed.exit_price * closed.quantity).sum()
    expected = {
        "trades": len(closed),
        "open_trades": 1,
        "win_rate_pct": (closed.pnl > 0).mean() * 100,
        "win_rate_with_open_pct": (trades.pnl > 0).mean() * 100,
        "profit_factor": factor(closed.pnl),
        "profit_factor_with_open": factor(trades.pnl),
        "expectancy": closed.pnl.mean(),
        "sqn": math.sqrt(len(closed)) * closed.pnl.mean() / closed.pnl.std(),
        "best_trade_pct": (closed.pnl / (closed.entry_price * closed.quantity)).max() * 100,
        "worst_trade_pct": (closed.pnl / (closed.entry_price * closed.quantity)).min() * 100,
        "fees": trades.fees.sum(),
        "turnover": traded / swing.outcome.equity.mean(),
        "open_pnl": still.pnl.sum(),
        "end_equity": 10_000 + trades.pnl.sum(),
    }
    for name, value in expected.items():
        assert stats[name] == pytest.approx(value, rel=1e-9), name
    sign = np.where(trades.side == "long", 1, -1)
    gross = (trades.exit_price - trades.entry_price) * trades.quantity * sign
    np.testing.assert_allclose(trades.pnl, gross - trades.fees, atol=1e-9)
    np.testing.assert_allclose(trades.return_pct, trades.pnl / notional * 100)


def test_extremes_are_signed_and_enclose_the_exit(swing: BacktestResult) -> None:
    trades = pd.DataFrame(swing.trade_log)
    sign = np.where(trades.side == "long", 1, -1)
    assert (trades.mae_pct <= 0).all()
    assert (trades.mfe_pct >= 0).all()
    assert (trades.mae_pct < -1).any()
    assert (trades.mfe_pct > 1).any()
    moved = (trades.exit_price / trades.entry_price - 1) * 100 * sign
    slip = 0.11  # 5 bps on each side: extremes are prices of the market, fills are not
    assert (moved >= trades.mae_pct - slip).all()
    assert (moved <= trades.mfe_pct + slip).all()


def test_extremes_of_a_long_and_a_short_by_hand() -> None:
    bars = days(100, 100, 100, 90, 120, 110, 110)
    both = {"entry": {"long": on(1), "short": None}, "exit": {"long": on(4), "short": None}}
    (long,) = result(strategy(**both), bars).trade_log
    assert [long["mae_pct"], long["mfe_pct"]] == pytest.approx([-10, 20])
    turned = {"entry": {"long": None, "short": on(1)}, "exit": {"long": None, "short": on(4)}}
    (short,) = result(strategy(**turned), bars).trade_log
    assert [short["mae_pct"], short["mfe_pct"]] == pytest.approx([-20, 10])


def test_exposure_counts_the_bars_with_a_position() -> None:
    """In at the open of bar 2, out at the open of bar 5: bars 2, 3 and 4 of ten."""
    assert result(strategy(), days(*range(10, 20))).summary_stats["exposure_pct"] == pytest.approx(30)
    stopped = strategy(stop_loss={"type": "percent", "value": 1}, exit=None)
    assert result(stopped, days(10, 10, 10, 10, 5, 5)).summary_stats["exposure_pct"] == pytest.approx(50)
    kept = result(strategy(exit=None), days(*range(10, 20)))
    assert kept.summary_stats["exposure_pct"] == pytest.approx(80)


def test_a_position_of_a_symbol_whose_bars_end_stays_open_to_the_end() -> None:
    both = strategy(symbols=["BTC/USDT", "ETH/USDT"], sizing={"type": "fixed_notional", "value": 100}, exit=None)
    eth = days(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, symbol="ETH/USDT", first=2)
    found = result(both, days(10, 11, 12, 13), eth)
    assert found.summary_stats["trades"] == 0
    assert found.summary_stats["exposure_pct"] == pytest.approx(100 * 10 / 12), "bars 2 to 11 of twelve"
    assert next(w for w in found.warnings if w.code == "funding_not_modelled").data["hours_long"] == 240


def test_weekly_bars_are_annualised_by_sessions_not_by_bars() -> None:
    """200 weeks and the same in days, held throughout: volatility of the same size, growth per calendar year."""
    moves = np.random.default_rng(3).normal(0, 0.02, 1_400)
    daily = flat("BTC/USDT", Timeframe.D1, every(Timeframe.D1, 1_400), 100 * np.exp(np.cumsum(moves)))
    always = {"entry": {"long": {"left": "close", "op": ">", "right": 0}}, "exit": None}
    by_day = result(strategy(**always), daily)
    by_week = result(strategy(**always, timeframe="1w"), daily)
    figures = [float(str(each.summary_stats["volatility_pct"])) for each in (by_day, by_week)]
    assert figures[1] == pytest.approx(figures[0], rel=0.15)
    assert by_week.statistics.session_count == 7 * (len(by_week.plan.time) - 1) + 1
    years = by_week.statistics.session_count / 365
    growth = (float(by_week.outcome.equity[-1]) / 10_000) ** (1 / years) - 1
    assert by_week.summary_stats["cagr_pct"] == pytest.approx(growth * 100)


def test_series_are_per_bar_and_per_session(swing: BacktestResult) -> None:
    full: dict[str, Any] = swing.to_full_json()
    assert len(full["equity_curve"]) == len(full["drawdown_series"]) == len(swing.plan.time)
    days_seen = len({row["timestamp"][:10] for row in full["equity_curve"]})
    assert len(full["returns_series"]) == days_seen
    assert set(full["drawdown_series"][0]) == {"timestamp", "drawdown_pct"}
    assert set(full["returns_series"][0]) == {"timestamp", "return_pct"}
    monthly = np.prod([1 + row["return_pct"] / 100 for row in full["monthly_returns"]]) - 1
    assert monthly * 100 == pytest.approx(swing.summary_stats["total_return_pct"])


def test_end_equity_with_targets_first_is_a_full_second_run() -> None:
    """One bar reaches stop and target: the stop is first, the other order is said beside it."""
    bars = days(100, 100, 100, 100, 100)
    wild = Bars(
        symbol="BTC/USDT",
        timeframe=Timeframe.D1,
        open_time=bars.open_time,
        open=bars.open,
        high=bars.high + np.array([0, 0, 0, 20, 0]),
        low=bars.low - np.array([0, 0, 0, 20, 0]),
        close=bars.close,
        volume=bars.volume,
    )
    spec = strategy(stop_loss={"type": "percent", "value": 10}, take_profit={"type": "percent", "value": 10}, exit=None)
    stats = result(spec, wild, settings=replace(FREE, capital=1_000)).summary_stats
    assert stats["ambiguous_bars"] == 1
    assert stats["end_equity"] == pytest.approx(900)
    assert stats["end_equity_target_first"] == pytest.approx(1_100)
