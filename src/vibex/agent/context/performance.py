"""How the account has done: return, Sharpe, Sortino, drawdown, win rate; 252 days a year as the requirements say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import numpy as np

from vibex.agent.context.readings import stamp
from vibex.analysis.performance import (
    MIN_SESSIONS,
    drawdown_series,
    session_equity,
    session_returns,
    sharpe,
    sortino,
    win_rate_pct,
)
from vibex.domain import JsonValue
from vibex.domain.arrays import F64, I64
from vibex.domain.timeframe import DAY_MS

DAYS_PER_YEAR = 252
"""NFR-023 and NFR-027; the evidence of backtests uses the market's own convention and says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceFacts:
    """Equity over time, transfers taken out, oldest first, and the net result of each closed trade."""

    initial_equity: Decimal | None
    equity: tuple[tuple[datetime, Decimal], ...] = ()
    trade_pnl: tuple[Decimal, ...] = ()


def performance_document(facts: PerformanceFacts) -> dict[str, JsonValue]:
    """Percentages in percent, drawdowns at most 0; null with a reason where a figure is not defined yet.

    Days are UTC days; the present day counts as far as it has come.
    """
    missing: dict[str, JsonValue] = {}
    document: dict[str, JsonValue] = dict.fromkeys(
        ("total_return_pct", "sharpe", "sortino", "max_drawdown_pct", "drawdown_pct"), None
    )
    initial = facts.initial_equity
    if initial is None or initial <= 0 or not facts.equity:
        missing.update(dict.fromkeys(document, "no equity has been recorded yet"))
    else:
        document.update(_of_equity(float(initial), facts, missing))
        document["as_of"] = stamp(facts.equity[-1][0])
    pnl: F64 = np.array([float(each) for each in facts.trade_pnl], dtype=np.float64)
    document["closed_trades"] = len(facts.trade_pnl)
    document["win_rate_pct"] = win_rate_pct(pnl)
    if not facts.trade_pnl:
        missing["win_rate_pct"] = "no trade has been closed yet"
    return {**document, "annualisation": DAYS_PER_YEAR, "missing": missing}


def _of_equity(initial: float, facts: PerformanceFacts, missing: dict[str, JsonValue]) -> dict[str, JsonValue]:
    equity: F64 = np.array([float(value) for _, value in facts.equity], dtype=np.float64)
    days: I64 = np.array([int(at.timestamp() * 1000) // DAY_MS for at, _ in facts.equity], dtype=np.int64)
    _, by_day = session_equity(equity, days)
    returns = session_returns(initial, by_day)
    below: F64 = drawdown_series(equity, initial)
    figures: dict[str, JsonValue] = {
        "total_return_pct": (float(equity[-1]) / initial - 1) * 100,
        "sharpe": sharpe(returns, per_year=DAYS_PER_YEAR),
        "sortino": sortino(returns, per_year=DAYS_PER_YEAR),
        "max_drawdown_pct": float(below.min()) * 100,
        "drawdown_pct": float(below[-1]) * 100,
    }
    for name, why in (("sharpe", "the returns do not vary"), ("sortino", "no day has lost")):
        if figures[name] is None:
            early = returns.size < MIN_SESSIONS
            missing[name] = f"too early: {returns.size} of {MIN_SESSIONS} days" if early else why
    return figures
