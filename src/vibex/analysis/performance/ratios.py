"""Return per unit of risk: Sharpe, Sortino, Calmar, omega, tail ratio and stability of session returns.

`returns` is always shape (S,), one simple return per session, fractions. A ratio over fewer than `min_sessions`
sessions is too early to mean anything and is None; so is one whose denominator is 0 or whose returns are undefined.
"""

from __future__ import annotations

import math

import numpy as np

from vibex.analysis.performance.returns import ROUNDING, quotient, rate_per_session
from vibex.domain.arrays import F64

MIN_SESSIONS = 60


def sharpe(
    returns: F64, *, per_year: float, risk_free_rate: float = 0.0, min_sessions: int = MIN_SESSIONS
) -> float | None:
    """mean(excess) / sample standard deviation(excess, n − 1) × √per_year (Sharpe 1994).

    excess = return − ((1 + risk_free_rate) ** (1 / per_year) − 1), the rate being annual. None too when the returns
    do not vary.
    """
    if _too_early(returns, max(min_sessions, 2)):
        return None
    excess = returns - rate_per_session(risk_free_rate, per_year)
    deviation = float(np.std(excess, ddof=1))
    if deviation <= ROUNDING * float(np.abs(excess).max()):
        return None
    return quotient(float(np.mean(excess)) * math.sqrt(per_year), deviation)


def downside_deviation(returns: F64, *, per_year: float, target: float = 0.0) -> float | None:
    """√mean(min(return − target, 0)²) × √per_year over ALL sessions, a fraction ≥ 0 (Sortino and Price 1994).

    `target` is an annual rate, compounded down to a session like the risk-free rate. None without returns.
    """
    if _too_early(returns, 1):
        return None
    below = np.minimum(returns - rate_per_session(target, per_year), 0.0)
    return float(np.sqrt(np.mean(below**2))) * math.sqrt(per_year)


def sortino(returns: F64, *, per_year: float, target: float = 0.0, min_sessions: int = MIN_SESSIONS) -> float | None:
    """mean(return − target) × per_year / downside deviation; `target` is annual (Sortino and Price 1994).

    None too when no session fell below the target.
    """
    deviation = (
        None if _too_early(returns, min_sessions) else downside_deviation(returns, per_year=per_year, target=target)
    )
    if deviation is None:
        return None
    return quotient(float(np.mean(returns - rate_per_session(target, per_year))) * per_year, deviation)


def calmar(
    growth: float | None, depth: float | None, *, sessions: int, min_sessions: int = MIN_SESSIONS
) -> float | None:
    """CAGR / |max drawdown| over the whole run (Young 1991); None without growth or without a drawdown."""
    if growth is None or depth is None or sessions < min_sessions:
        return None
    return quotient(growth, abs(depth))


def omega(returns: F64, *, per_year: float, target: float = 0.0, min_sessions: int = MIN_SESSIONS) -> float | None:
    """Sum of the returns above the target / sum of the shortfalls below it (Keating and Shadwick 2002).

    `target` is annual. None too when no session fell below it.
    """
    if _too_early(returns, min_sessions):
        return None
    excess = returns - rate_per_session(target, per_year)
    return quotient(float(np.sum(excess[excess > 0])), -float(np.sum(excess[excess < 0])))


def tail_ratio(returns: F64, *, min_sessions: int = MIN_SESSIONS) -> float | None:
    """|95th percentile| / |5th percentile| of the returns, linear interpolation; above 1 the gains' tail is fatter."""
    if _too_early(returns, min_sessions):
        return None
    high, low = np.abs(np.percentile(returns, [95, 5]))
    return quotient(float(high), float(low))


def stability(returns: F64, *, min_sessions: int = MIN_SESSIONS) -> float | None:
    """R² of a straight line through the cumulative log returns: 1 is even growth, 0 is none.

    None too when a return is −100 % or less, or when equity never moved.
    """
    if _too_early(returns, max(min_sessions, 2)) or float(np.min(returns)) <= -1:
        return None
    path = np.cumsum(np.log1p(returns))
    if float(np.ptp(path)) <= ROUNDING:
        return None
    return float(np.corrcoef(np.arange(path.size), path)[0, 1] ** 2)


def _too_early(returns: F64, least: int) -> bool:
    return returns.size < max(least, 1) or not np.isfinite(returns).all()
