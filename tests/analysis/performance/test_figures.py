"""Performance figures on examples small enough to check by hand, and the laws they keep on any input."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibex.analysis.performance import (
    Period,
    cagr,
    calmar,
    compounded_returns,
    drawdown_series,
    exposure,
    max_drawdown,
    omega,
    rate_per_session,
    session_equity,
    session_returns,
    sharpe,
    sortino,
    stability,
    tail_ratio,
    trade_statistics,
    turnover,
    volatility,
)
from vibex.domain import InvalidInput
from vibex.domain.arrays import F64, I64

DAY_MS = 86_400_000
NEW_YEAR_2024 = 1_704_067_200_000  # a Monday


def f(*values: float) -> F64:
    return np.array(values, dtype=np.float64)


def days(count: int, first: int = NEW_YEAR_2024) -> I64:
    return first + np.arange(count, dtype=np.int64) * DAY_MS


def test_a_session_is_represented_by_its_last_equity() -> None:
    rows, equity = session_equity(f(100, 101, 99, 103, 104), np.array([7, 7, 7, 9, 10]))
    assert rows.tolist() == [2, 3, 4]
    assert equity.tolist() == [99, 103, 104]


def test_session_numbers_that_fall_are_refused() -> None:
    with pytest.raises(InvalidInput, match="fall"):
        session_equity(f(1, 2), np.array([2, 1]))


def test_the_first_session_returns_against_the_initial_capital() -> None:
    assert session_returns(100, f(110, 99)).tolist() == pytest.approx([0.1, -0.1])


def test_ratios_are_undefined_once_equity_was_not_above_zero() -> None:
    returns = session_returns(100, f(50, -10, 20))
    assert np.isnan(returns).tolist() == [False, False, True]
    assert sharpe(returns, per_year=365, min_sessions=0) is None
    assert volatility(returns, 365) is None
    assert compounded_returns(returns, days(3), "month")[0].value is None
    assert cagr(100, -10, 3, 365) is None


def test_growth_is_annualised_by_sessions() -> None:
    assert cagr(100, 121, 730, 365) == pytest.approx(0.1)
    assert cagr(100, 121, 504, 252) == pytest.approx(0.1)
    assert cagr(100, 100, 0, 365) is None
    assert cagr(1, 1e12, 1, 365) is None  # beyond the float range: unknown, not infinite


def test_ratios_below_sixty_sessions_are_too_early() -> None:
    rng = np.random.default_rng(1)
    returns = rng.normal(0.001, 0.01, 60)
    for ratio in (sharpe, sortino, omega):
        assert ratio(returns, per_year=365) is not None
        assert ratio(returns[:59], per_year=365) is None
    assert tail_ratio(returns) is not None
    assert tail_ratio(returns[:59]) is None
    assert stability(returns[:59]) is None
    assert calmar(0.2, -0.1, sessions=60) == pytest.approx(2.0)
    assert calmar(0.2, -0.1, sessions=59) is None


def test_the_risk_free_rate_is_compounded_down_to_a_session() -> None:
    assert rate_per_session(0.05, 252) == pytest.approx(1.05 ** (1 / 252) - 1, rel=1e-12)
    returns = f(0.01, -0.005, 0.02)
    by_hand = (returns - (1.05 ** (1 / 252) - 1)).mean() / returns.std(ddof=1) * math.sqrt(252)
    assert sharpe(returns, per_year=252, risk_free_rate=0.05, min_sessions=0) == pytest.approx(by_hand)


def test_a_curve_of_equal_returns_has_no_sharpe_ratio() -> None:
    equity: F64 = np.asarray(100 * 1.01 ** np.arange(1, 100), dtype=np.float64)
    assert sharpe(session_returns(100, equity), per_year=365) is None


def test_drawdown_starts_from_the_initial_capital() -> None:
    drawdown = max_drawdown(f(90, 95, 101, 100), days(4), 100)
    assert drawdown is not None
    assert [drawdown.depth, drawdown.days, drawdown.longest_days] == pytest.approx([-0.1, 2.0, 2.0])


def test_the_deepest_drawdown_need_not_be_the_longest() -> None:
    drawdown = max_drawdown(f(100, 80, 100, 99, 98, 99, 99.5), days(7), 100)
    assert drawdown is not None
    assert [drawdown.depth, drawdown.days, drawdown.longest_days] == pytest.approx([-0.2, 2.0, 4.0])


def test_time_under_water_starts_at_the_last_bar_at_the_peak() -> None:
    drawdown = max_drawdown(f(110, 110, 110, 99), days(4), 100)
    assert drawdown is not None
    assert drawdown.days == drawdown.longest_days == 1.0


def test_a_curve_that_never_falls_has_a_drawdown_of_zero() -> None:
    drawdown = max_drawdown(f(100, 101, 101), days(3), 100)
    assert drawdown is not None
    assert asdict(drawdown) == {"depth": 0.0, "days": 0.0, "longest_days": 0.0}
    assert max_drawdown(f(), days(0), 100) is None


def test_trade_statistics_by_hand() -> None:
    found = trade_statistics(f(30, -10, 0, -10), f(3, -1, 0, -2))
    assert found.trades == 4
    assert found.win_rate_pct == 25.0
    assert found.profit_factor == pytest.approx(1.5)
    assert found.expectancy == pytest.approx(2.5)
    assert found.sqn == pytest.approx(2 * 2.5 / np.std([30, -10, 0, -10], ddof=1))
    assert (found.best_trade_pct, found.worst_trade_pct) == (3.0, -2.0)


def test_without_trades_nothing_is_known() -> None:
    found = asdict(trade_statistics(f(), f()))
    assert found.pop("trades") == 0
    assert set(found.values()) == {None}


def test_without_a_loss_the_profit_factor_is_undefined() -> None:
    assert trade_statistics(f(5, 5), f(1, 1)).profit_factor is None
    assert trade_statistics(f(5, 5), f(1, 1)).sqn is None
    assert trade_statistics(f(-5, -4), f(-1, -1)).profit_factor == 0.0


def test_exposure_and_turnover_by_hand() -> None:
    assert exposure(np.array([True, False, False, True])) == 0.5
    assert exposure(np.array([], dtype=np.bool_)) is None
    assert turnover(600, f(100, 200, 300)) == pytest.approx(3.0)
    assert turnover(600, f()) is None


def test_weeks_are_iso_weeks_and_months_calendar_months() -> None:
    dates = np.concatenate((days(2, NEW_YEAR_2024 - 2 * DAY_MS), days(1), days(1, NEW_YEAR_2024 + 31 * DAY_MS)))
    returns = f(0.1, 0.1, -0.5, 0.2)
    weeks = compounded_returns(returns, dates, "week")
    assert [week.label for week in weeks] == ["2023-W52", "2024-W01", "2024-W05"]
    assert [week.value for week in weeks] == pytest.approx([0.21, -0.5, 0.2])
    assert [m.label for m in compounded_returns(returns, dates, "month")] == ["2023-12", "2024-01", "2024-02"]
    years = compounded_returns(returns, dates, "year")
    assert [year.label for year in years] == ["2023", "2024"]
    assert [year.value for year in years] == pytest.approx([0.21, -0.4])
    assert compounded_returns(returns, dates, "day")[0].label == "2023-12-30"


equities = st.lists(st.floats(1.0, 1e6), min_size=3, max_size=50).map(lambda v: np.array(v, dtype=np.float64))


@settings(max_examples=50, deadline=None)
@given(equity=equities, scale=st.floats(0.01, 1e4))
def test_the_unit_of_money_changes_no_ratio(equity: F64, scale: float) -> None:
    a, b = session_returns(100, equity), session_returns(100 * scale, equity * scale)
    for ratio in (sharpe, sortino, omega):
        x, y = ratio(a, per_year=365, min_sessions=0), ratio(b, per_year=365, min_sessions=0)
        assert (x is None) == (y is None)
        assert x is None or x == pytest.approx(y, rel=1e-6, abs=1e-9)
    x_depth, y_depth = np.min(drawdown_series(equity, 100)), np.min(drawdown_series(equity * scale, 100 * scale))
    assert x_depth == pytest.approx(y_depth, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(equity=equities)
def test_a_drawdown_is_never_above_zero_and_fits_its_series(equity: F64) -> None:
    series = drawdown_series(equity, 100)
    drawdown = max_drawdown(equity, days(equity.size), 100)
    assert drawdown is not None
    assert bool((series <= 0).all())
    assert drawdown.depth == np.min(series)
    assert 0 <= drawdown.days <= drawdown.longest_days <= equity.size - 1


@settings(max_examples=50, deadline=None)
@given(equity=st.lists(st.floats(1.0, 1e6), min_size=1, max_size=400))
def test_every_period_table_compounds_to_the_total_return(equity: list[float]) -> None:
    curve = np.array(equity)
    returns, dates = session_returns(100, curve), days(curve.size)
    for period in get_args(Period):
        values = [row.value for row in compounded_returns(returns, dates, period)]
        assert math.prod(1 + v for v in values if v is not None) == pytest.approx(curve[-1] / 100, rel=1e-6)


@settings(max_examples=50, deadline=None)
@given(values=st.lists(st.floats(-2, 2), max_size=30))
def test_no_figure_is_ever_nan_or_infinite(values: list[float]) -> None:
    returns = np.array(values, dtype=np.float64)
    found = [
        sharpe(returns, per_year=365, min_sessions=0),
        sortino(returns, per_year=365, min_sessions=0),
        omega(returns, per_year=365, min_sessions=0),
        tail_ratio(returns, min_sessions=0),
        stability(returns, min_sessions=0),
        volatility(returns, 365),
        *asdict(trade_statistics(returns, returns)).values(),
    ]
    assert all(value is None or math.isfinite(value) for value in found)
