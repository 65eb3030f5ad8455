"""Which figures follow from an equity curve and its trades: returns, drawdown, ratios, trade statistics.

Pure arithmetic on arrays. Must not know strategies, engines, calendars' rules or how a result is shown. Rates and
drawdowns are fractions (0.1 is 10 %); a name that ends in `_pct` is in percent. What is not defined is None, never
0, NaN or infinity; a ratio over too few sessions is not defined either (`MIN_SESSIONS`).
"""

from vibex.analysis.performance.calendar_returns import Period, PeriodReturn, compounded_returns
from vibex.analysis.performance.drawdown import Drawdown, drawdown_series, max_drawdown
from vibex.analysis.performance.ratios import (
    MIN_SESSIONS,
    calmar,
    downside_deviation,
    omega,
    sharpe,
    sortino,
    stability,
    tail_ratio,
)
from vibex.analysis.performance.returns import (
    cagr,
    rate_per_session,
    session_equity,
    session_returns,
    volatility,
)
from vibex.analysis.performance.trades import (
    TradeStatistics,
    expectancy,
    exposure,
    profit_factor,
    sqn,
    trade_statistics,
    turnover,
    win_rate_pct,
)

__all__ = [
    "MIN_SESSIONS",
    "Drawdown",
    "Period",
    "PeriodReturn",
    "TradeStatistics",
    "cagr",
    "calmar",
    "compounded_returns",
    "downside_deviation",
    "drawdown_series",
    "expectancy",
    "exposure",
    "max_drawdown",
    "omega",
    "profit_factor",
    "rate_per_session",
    "session_equity",
    "session_returns",
    "sharpe",
    "sortino",
    "sqn",
    "stability",
    "tail_ratio",
    "trade_statistics",
    "turnover",
    "volatility",
    "win_rate_pct",
]
