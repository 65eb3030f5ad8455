"""What the closed trades say: win rate, profit factor, expectancy, SQN; and how much of the run was traded.

The caller decides which trades count: closed ones only for the headline (rule 27), and once more with the open ones
counted as closed at their mark, because a run that keeps its losers open looks better than it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vibex.analysis.performance.returns import ROUNDING, quotient
from vibex.domain.arrays import F64, Mask
from vibex.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeStatistics:
    """Statistics of n trades; None where undefined. Money in account currency, `_pct` in percent."""

    trades: int
    win_rate_pct: float | None
    profit_factor: float | None
    expectancy: float | None
    sqn: float | None
    best_trade_pct: float | None
    worst_trade_pct: float | None


def trade_statistics(pnl: F64, return_pct: F64) -> TradeStatistics:
    """All statistics of trades with `pnl` (N,) in money, net of fees, and `return_pct` (N,) in percent of notional.

    Raises InvalidInput when the shapes differ.
    """
    if pnl.shape != return_pct.shape:
        raise InvalidInput(f"pnl has shape {pnl.shape}, return_pct {return_pct.shape}", field="return_pct")
    return TradeStatistics(
        trades=int(pnl.size),
        win_rate_pct=win_rate_pct(pnl),
        profit_factor=profit_factor(pnl),
        expectancy=expectancy(pnl),
        sqn=sqn(pnl),
        best_trade_pct=float(np.max(return_pct)) if return_pct.size else None,
        worst_trade_pct=float(np.min(return_pct)) if return_pct.size else None,
    )


def win_rate_pct(pnl: F64) -> float | None:
    """Share of trades with pnl > 0, in percent; a trade that breaks even is no win. None without trades."""
    return float(np.mean(pnl > 0)) * 100.0 if pnl.size else None


def profit_factor(pnl: F64) -> float | None:
    """Sum of the gains / |sum of the losses|; None without a loss (then it has no upper bound), 0 without a gain."""
    return quotient(float(np.sum(pnl[pnl > 0])), -float(np.sum(pnl[pnl < 0])))


def expectancy(pnl: F64) -> float | None:
    """Mean pnl per trade, in money; None without trades."""
    return float(np.mean(pnl)) if pnl.size else None


def sqn(pnl: F64) -> float | None:
    """System quality number √n × mean / sample standard deviation (n − 1) of the pnl (Tharp 2008).

    In money instead of multiples of the initial risk, which not every strategy has. None with fewer than 2 trades
    or when all are equal.
    """
    if pnl.size < 2:
        return None
    deviation = float(np.std(pnl, ddof=1))
    if deviation <= ROUNDING * float(np.abs(pnl).max()):
        return None
    return quotient(math.sqrt(pnl.size) * float(np.mean(pnl)), deviation)


def exposure(in_position: Mask) -> float | None:
    """Share of bars (T,) that ended or traded with a position open, a fraction; None without bars."""
    return float(np.mean(in_position)) if in_position.size else None


def turnover(traded_notional: float, equity: F64) -> float | None:
    """Notional of all fills (entries and exits) / mean equity over the run: how often the account was turned over.

    Not annualised. None without bars or when the mean equity is not above 0.
    """
    return quotient(traded_notional, float(np.mean(equity))) if equity.size else None
