"""A figure that does not exist is None, never 0, and no result holds what JSON cannot say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.backtest.runs import days, on, result, strategy
from vibex.backtest import BacktestResult

RATIOS = ["cagr_pct", "volatility_pct", "sharpe", "sortino", "calmar"]


def strict(found: BacktestResult) -> dict[str, Any]:
    """The figures, after the whole result went through strict JSON."""
    json.dumps(found.to_json(), allow_nan=False)
    json.dumps(found.to_full_json(), allow_nan=False)
    return dict(found.summary_stats)


def test_without_a_trade_what_is_undefined_is_none() -> None:
    stats = strict(result(strategy(entry={"long": on(500)}), days(*range(100, 200))))
    undefined = ["win_rate_pct", "profit_factor", "expectancy", "sqn", "best_trade_pct", "worst_trade_pct"]
    assert [stats[name] for name in undefined] == [None] * 6
    assert [stats[name] for name in ("sharpe", "sortino", "calmar")] == [None] * 3, "equity never moved"
    assert (stats["trades"], stats["total_return_pct"], stats["max_drawdown_pct"], stats["exposure_pct"]) == (
        0,
        0,
        0,
        0,
    )


def test_one_winning_trade_has_no_profit_factor_and_no_sqn() -> None:
    stats = strict(result(strategy(), days(*range(100, 200))))
    assert (stats["trades"], stats["win_rate_pct"]) == (1, 100)
    assert (stats["profit_factor"], stats["sqn"]) == (None, None)


def test_one_bar_is_enough_for_a_result() -> None:
    stats = strict(result(strategy(), days(10)))
    assert (stats["trades"], stats["sharpe"], stats["end_equity"]) == (0, None, 10_000)


def test_below_60_sessions_there_are_no_ratios_and_a_warning() -> None:
    found = result(strategy(), days(*range(100, 159)))
    stats = strict(found)
    assert [stats[name] for name in ("sharpe", "sortino", "calmar")] == [None] * 3
    assert "too_early" in {warning.code for warning in found.warnings}
    enough = result(strategy(), days(*range(100, 160)))
    assert strict(enough)["sharpe"] is not None
    assert "too_early" not in {warning.code for warning in enough.warnings}


def test_a_ruined_account_has_a_date_and_no_ratios() -> None:
    """10 times leverage and a fall of a fifth: equity passes 0 on bar 3 and stays where it fell."""
    found = result(strategy(leverage=10, exit=None), days(100, 100, 100, 80, *[100] * 90))
    stats = strict(found)
    assert found.warnings[0].code == "ruined"
    assert "2024-01-04" in found.warnings[0].message
    assert [stats[name] for name in RATIOS] == [None] * len(RATIOS)
    assert stats["max_drawdown_pct"] <= -100
    assert stats["total_return_pct"] == pytest.approx(0), "it is still said where equity ended"
