"""The formulas against figures published elsewhere: metric test values, price series, and a reference backtest."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from vibex.analysis.performance import (
    cagr,
    calmar,
    downside_deviation,
    max_drawdown,
    omega,
    profit_factor,
    sharpe,
    sortino,
    stability,
    tail_ratio,
    trade_statistics,
    volatility,
)
from vibex.domain.arrays import F64

DAY_MS = 86_400_000


def annual(per_session: float) -> float:
    """The annual rate whose 252nd part, compounded, is `per_session`."""
    return math.expm1(252 * math.log1p(per_session))


@pytest.fixture(scope="session")
def metrics(shared_data: Path) -> dict[str, dict[str, dict[str, float]]]:
    return json.loads((shared_data / "golden_metrics.json").read_text())  # type: ignore[no-any-return]


def series(metrics: dict[str, dict[str, dict[str, float]]], name: str) -> F64:
    values = metrics["series"][name]
    return np.array([v for v in values if v is not None], dtype=np.float64)


def depth(returns: F64) -> float:
    equity = np.cumprod(1.0 + returns).astype(np.float64)
    drawdown = max_drawdown(equity, np.arange(equity.size, dtype=np.int64) * DAY_MS, 1.0)
    assert drawdown is not None
    return drawdown.depth


def test_mixed_daily_returns_have_the_published_figures(metrics: dict[str, dict[str, dict[str, float]]]) -> None:
    expected = metrics["expected"]["mixed_daily"]
    returns = series(metrics, "mixed_daily")
    # The published annual return counts the leading null as a session, hence 9; the published tail ratio counts it
    # as a return of 0; the omega ratio's required return of 10 is 1000 % a year.
    growth = cagr(1.0, float(np.prod(1.0 + returns)), 9, 252)
    benchmark = series(metrics, "benchmark_daily")[1:]
    found = {
        "annual_return": growth,
        "annual_volatility": volatility(returns, 252),
        "max_drawdown": depth(returns),
        "calmar": calmar(growth, depth(returns), sessions=9, min_sessions=0),
        "sharpe_rf0": sharpe(returns, per_year=252, min_sessions=0),
        "sharpe_vs_benchmark": sharpe(returns - benchmark, per_year=252, min_sessions=0),
        "sortino_0": sortino(returns, per_year=252, min_sessions=0),
        "downside_risk_0": downside_deviation(returns, per_year=252),
        "downside_risk_0.1": downside_deviation(returns, per_year=252, target=annual(0.1)),
        "cum_return_final": float(np.prod(1.0 + returns)) - 1.0,
        "stability": stability(returns, min_sessions=0),
        "tail_ratio": tail_ratio(np.append(0.0, returns), min_sessions=0),
        "omega_rf0_required_annual_10": omega(returns, per_year=252, target=10.0, min_sessions=0),
    }
    assert found.pop("cum_return_final") == pytest.approx(expected["cum_return_final"], abs=5e-6)  # 5 digits published
    assert found == pytest.approx({name: expected[name] for name in found}, rel=1e-9)


def test_positive_daily_returns_have_the_published_figures(metrics: dict[str, dict[str, dict[str, float]]]) -> None:
    expected = metrics["expected"]["positive_daily"]
    returns = series(metrics, "positive_daily")
    assert sharpe(returns, per_year=252, min_sessions=0) == pytest.approx(expected["sharpe_rf0"], rel=1e-9)
    assert depth(returns) == expected["max_drawdown"]
    assert str(expected["sortino_0"]) == "inf"
    assert sortino(returns, per_year=252, min_sessions=0) is None  # an infinite ratio is shown as undefined


def test_growth_and_drawdown_of_real_closes_match_published_figures(
    metrics: dict[str, dict[str, dict[str, float]]], shared_data: Path
) -> None:
    expected = metrics["ffn"]["expected"]
    table = _columns(shared_data / "golden_AAPL-MSFT-C_close.parquet")
    times = table.pop("timestamp").astype("datetime64[ms]").astype(np.int64)
    days = float(times[-1] - times[0]) / DAY_MS
    for symbol, close in table.items():
        growth = cagr(float(close[0]), float(close[-1]), days, 365.25)
        drawdown = max_drawdown(close[:10], times[:10], float(close[0]))
        assert growth == pytest.approx(expected["cagr"][symbol], abs=5e-4)  # type: ignore[index]
        assert drawdown is not None
        assert drawdown.depth == pytest.approx(expected["max_drawdown_first_10_rows"][symbol], abs=5e-4)  # type: ignore[index]


def test_a_reference_backtest_has_the_published_trade_statistics(shared_data: Path) -> None:
    cases = json.loads((shared_data / "golden_backtests.json").read_text())
    expected = next(case["expected"] for case in cases if case["name"] == "goog_sma_10_30")
    table = _columns(shared_data / "golden_GOOG_1d.parquet")
    times = table["timestamp"].astype("datetime64[ms]").astype(np.int64)
    pnl, return_pct, equity = _crossover_run(table["open"], table["close"])

    found = trade_statistics(pnl, return_pct)
    assert found.trades == expected["trades"]
    assert found.win_rate_pct == pytest.approx(expected["win_rate_pct"], rel=1e-12)
    assert found.best_trade_pct == pytest.approx(expected["best_trade_pct"], rel=1e-12)
    assert found.worst_trade_pct == pytest.approx(expected["worst_trade_pct"], rel=1e-12)
    assert found.sqn == pytest.approx(expected["sqn"], rel=1e-9)
    assert profit_factor(return_pct) == pytest.approx(expected["profit_factor_of_trade_returns"], rel=1e-9)
    assert float(return_pct.mean()) == pytest.approx(expected["expectancy_pct_mean_trade_return"], rel=1e-9)

    drawdown = max_drawdown(equity, times, 10_000.0)
    assert drawdown is not None
    assert drawdown.depth * 100 == pytest.approx(expected["max_drawdown_pct"], rel=1e-9)
    assert drawdown.longest_days == expected["max_drawdown_duration_days"]
    growth = cagr(10_000.0, float(equity[-1]), equity.size - 1, 252)
    assert growth is not None
    assert growth * 100 == pytest.approx(expected["cagr_pct"], abs=0.1)


def _columns(path: Path) -> dict[str, np.ndarray]:
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    return {name: table[name].to_numpy() for name in table.column_names}


def _crossover_run(opens: F64, close: F64) -> tuple[F64, F64, F64]:
    """SMA 10/30 crossover, always in the market in whole shares without costs: pnl, return in percent, equity."""

    def mean(n: int) -> F64:
        sums: F64 = np.convolve(close, np.ones(n) / n)[: close.size]
        sums[: n - 1] = np.nan
        return sums

    above = np.sign(mean(10) - mean(30))
    cash, shares, entry = 10_000.0, 0.0, 0.0
    pnl: list[float] = []
    returns: list[float] = []
    equity = np.empty(close.size)
    for i in range(close.size):
        crossed = i >= 2 and above[i - 1] != 0 and above[i - 2] == -above[i - 1]
        last = i == close.size - 1
        if (crossed or last) and shares:
            pnl.append(shares * (opens[i] - entry))
            returns.append(np.sign(shares) * (opens[i] / entry - 1) * 100)
            cash, shares = cash + pnl[-1], 0.0
        if crossed and not last:
            shares, entry = float(above[i - 1] * (cash // opens[i])), float(opens[i])
        equity[i] = cash + shares * (close[i] - entry)
    return np.array(pnl), np.array(returns), equity
