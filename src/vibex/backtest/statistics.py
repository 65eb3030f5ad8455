"""The figures of a run under the contract's keys; what is undefined is None, never 0."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vibex.analysis import performance
from vibex.analysis.calendars import SessionColumns
from vibex.analysis.performance import TradeStatistics
from vibex.backtest.engine.outcome import Outcome, Reason
from vibex.backtest.engine.plan import Plan
from vibex.backtest.settings import RunSettings
from vibex.domain import JsonValue
from vibex.domain.arrays import F64, I64, Mask

LEAVES_AT_OPEN = (Reason.SIGNAL, Reason.REVERSAL, Reason.TIME_STOP)
"""Exits that fill at the open: the position does not see the rest of that bar."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Statistics:
    """Everything that follows from equity, trades and sessions. `sessions` has one row per clock row."""

    plan: Plan
    outcome: Outcome
    settings: RunSettings
    sessions: SessionColumns
    sessions_per_year: int
    currency: str

    @cached_property
    def session_rows(self) -> I64:
        """The last clock row of each session, (S,)."""
        return performance.session_equity(self.outcome.equity, self.sessions.session)[0]

    @cached_property
    def session_returns(self) -> F64:
        """Simple return of each session as a fraction, (S,)."""
        return performance.session_returns(self.plan.capital, self.outcome.equity[self.session_rows])

    @cached_property
    def session_count(self) -> int:
        """Sessions of the calendar from the first to the last of the run, those without a bar included."""
        return int(self.sessions.session[-1] - self.sessions.session[0]) + 1

    @cached_property
    def calendar_returns(self) -> F64:
        """Simple return of every session of the calendar, (session_count,): 0 in those without a bar.

        Ratios count these, never bars (rule 16): weekly bars give one return in five sessions, not 252 a year.
        """
        returns = np.zeros(self.session_count)
        returns[self.sessions.session[self.session_rows] - self.sessions.session[0]] = self.session_returns
        return returns

    @cached_property
    def ruined_row(self) -> int | None:
        """The first clock row on which marked equity is not above 0."""
        rows = np.flatnonzero(self.outcome.equity <= 0)
        return int(rows[0]) if rows.size else None

    @cached_property
    def closed(self) -> Mask:
        return np.not_equal(self.outcome.trades.reason, Reason.END_OF_DATA)

    @cached_property
    def return_pct(self) -> F64:
        """pnl / entry notional in percent, one per trade."""
        trades = self.outcome.trades
        return trades.pnl / (trades.entry_price * trades.quantity) * 100

    def trade_statistics(self, which: Mask) -> TradeStatistics:
        return performance.trade_statistics(self.outcome.trades.pnl[which], self.return_pct[which])

    @cached_property
    def in_position(self) -> Mask:
        """Clock rows in which a position was open, be it for a part of the bar; one never closed, to the end."""
        trades = self.outcome.trades
        ends = np.where(np.isin(trades.reason, LEAVES_AT_OPEN), trades.exit_row, trades.exit_row + 1)
        ends = np.where(self.closed, ends, len(self.plan.time))
        change = np.zeros(len(self.plan.time) + 1, dtype=np.int64)
        np.add.at(change, trades.entry_row, 1)
        np.add.at(change, np.maximum(ends, trades.entry_row + 1), -1)
        return np.cumsum(change)[:-1] > 0

    @cached_property
    def traded_notional(self) -> float:
        """Entry and exit fills; a position still open has no exit fill."""
        trades = self.outcome.trades
        entries = trades.entry_price * trades.quantity
        exits = (trades.exit_price * trades.quantity)[self.closed]
        return float(entries.sum() + exits.sum())

    def summary(self, end_equity_target_first: float) -> dict[str, JsonValue]:
        """`summary_stats` of the contract, and win rate and profit factor with open trades counted as closed."""
        closed, every = self.trade_statistics(self.closed), self.trade_statistics(np.ones_like(self.closed))
        return {
            **self._equity_figures(end_equity_target_first),
            "exposure_pct": _percent(performance.exposure(self.in_position)),
            "trades": closed.trades,
            "open_trades": every.trades - closed.trades,
            "win_rate_pct": closed.win_rate_pct,
            "win_rate_with_open_pct": every.win_rate_pct,
            "profit_factor": closed.profit_factor,
            "profit_factor_with_open": every.profit_factor,
            "expectancy": closed.expectancy,
            "sqn": closed.sqn,
            "best_trade_pct": closed.best_trade_pct,
            "worst_trade_pct": closed.worst_trade_pct,
            "fees": float(self.outcome.trades.fees.sum()),
            "turnover": performance.turnover(self.traded_notional, self.outcome.equity),
            "open_pnl": float(self.outcome.trades.pnl[~self.closed].sum()),
            "annualisation": self.sessions_per_year,
            "risk_free_rate": self.settings.risk_free_rate,
            "sortino_target": self.settings.sortino_target,
            "ambiguous_bars": self.outcome.ambiguous_bars,
            "skipped": {skip.name.lower(): count for skip, count in self.outcome.skipped.items()},
            "unfilled_at_end": self.outcome.unfilled_at_end,
            "currency": self.currency,
        }

    def _equity_figures(self, end_equity_target_first: float) -> dict[str, JsonValue]:
        start, end = self.plan.capital, float(self.outcome.equity[-1])
        returns, per_year = self.calendar_returns, self.sessions_per_year
        drawdown = performance.max_drawdown(self.outcome.equity, self.plan.time, start)
        ruined = self.ruined_row is not None
        growth = None if ruined else performance.cagr(start, end, self.session_count, per_year)
        depth = None if drawdown is None else drawdown.depth
        target, risk_free = self.settings.sortino_target, self.settings.risk_free_rate
        return {
            "start_equity": start,
            "end_equity": end,
            "end_equity_target_first": end_equity_target_first,
            "total_return_pct": (end / start - 1) * 100,
            "cagr_pct": _percent(growth),
            "volatility_pct": None if ruined else _percent(performance.volatility(returns, per_year)),
            "sharpe": None if ruined else performance.sharpe(returns, per_year=per_year, risk_free_rate=risk_free),
            "sortino": None if ruined else performance.sortino(returns, per_year=per_year, target=target),
            "calmar": None if ruined else performance.calmar(growth, depth, sessions=len(returns)),
            "max_drawdown_pct": _percent(depth),
            "max_drawdown_days": None if drawdown is None else drawdown.longest_days,
        }


def _percent(fraction: float | None) -> float | None:
    return None if fraction is None else fraction * 100
