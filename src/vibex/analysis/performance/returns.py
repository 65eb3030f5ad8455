"""From equity per bar to returns per session, and the two figures that need nothing else: growth and volatility.

Annualisation counts sessions of the venue's calendar, never bars (rules 16 and 65): the same strategy on 1h and on
1d bars has the same Sharpe ratio, because both are measured on the last equity of each day. `per_year` is
`Market.sessions_per_year`.
"""

from __future__ import annotations

import math

import numpy as np

from vibex.domain.arrays import F64, I64
from vibex.domain.errors import InvalidInput

# Below this share of the largest return, a spread is float rounding of equal returns, not risk.
ROUNDING = 1e-12


def session_equity(equity: F64, session: I64) -> tuple[I64, F64]:
    """Rows and values of the last equity of each session, both shape (S,).

    `equity` and `session` have shape (T,); `session` is the session number of each bar and never falls.
    Raises InvalidInput when the shapes differ or the session number falls.
    """
    if equity.shape != session.shape or equity.ndim != 1:
        raise InvalidInput(f"equity has shape {equity.shape}, session {session.shape}", field="session")
    steps = np.diff(session)
    if steps.size and int(steps.min()) < 0:
        raise InvalidInput("session numbers fall", field="session", remedy="give the bars in order of time")
    if not session.size:
        return np.empty(0, dtype=np.int64), np.empty(0)
    rows = np.append(np.flatnonzero(steps), session.size - 1).astype(np.int64)
    return rows, equity[rows]


def session_returns(initial: float, session_last_equity: F64) -> F64:
    """Simple return of each session, shape (S,); the first is against the initial capital.

    A session that starts without equity (≤ 0, possible with leverage) has no return: NaN there, which makes every
    ratio over it None. Raises InvalidInput when `initial` is not above 0.
    """
    if not initial > 0:
        raise InvalidInput(f"initial capital {initial} is not above 0", field="initial")
    before = np.concatenate(([initial], session_last_equity[:-1])) if session_last_equity.size else np.empty(0)
    result = np.full(session_last_equity.shape, np.nan)
    np.divide(session_last_equity - before, before, out=result, where=before > 0)
    return result


def cagr(start: float, end: float, sessions: float, per_year: float) -> float | None:
    """Compound annual growth, a fraction: (end / start) ** (per_year / sessions) − 1 (rule 65).

    None without a session, when either equity is not above 0, or when the figure exceeds the float range
    (a large gain within very few sessions).
    """
    if sessions <= 0 or start <= 0 or end <= 0:
        return None
    exponent = math.log(end / start) * per_year / sessions
    return math.expm1(exponent) if exponent < 700 else None


def volatility(returns: F64, per_year: float) -> float | None:
    """Annualised sample standard deviation (n − 1) of the session returns × √per_year, a fraction (rule 65).

    None with fewer than 2 returns or an undefined one.
    """
    if returns.size < 2 or not np.isfinite(returns).all():
        return None
    return float(np.std(returns, ddof=1)) * math.sqrt(per_year)


def rate_per_session(annual: float, per_year: float) -> float:
    """The rate per session that compounds to `annual`: (1 + annual) ** (1 / per_year) − 1.

    Raises InvalidInput when `annual` is −100 % or less.
    """
    if not annual > -1:
        raise InvalidInput(f"annual rate {annual} is not above -1", field="risk_free_rate", remedy="0.02 means 2 %")
    return math.expm1(math.log1p(annual) / per_year)


def quotient(numerator: float, denominator: float) -> float | None:
    """numerator / denominator; None where the denominator is not above 0 or the result exceeds the float range."""
    if not denominator > 0:
        return None
    result = numerator / denominator
    return result if math.isfinite(result) else None
