"""A finished run as the reviewer sees it: what the strategy did on the data at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vibex.backtest.engine.outcome import Reason
from vibex.backtest.result import BacktestResult
from vibex.domain import Bars
from vibex.strategy.review import Costs, MeasuredTrade

_STOPS = (Reason.STOP_LOSS, Reason.TRAILING_STOP)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunEvidence:
    """`strategy.review.Evidence` of one run; trades in the order of their entries, open ones included."""

    bars: Mapping[str, Bars]
    trades: Sequence[MeasuredTrade]
    costs: Costs


def evidence_of(result: BacktestResult) -> RunEvidence:
    """What `result` says about its strategy: the bars of the tested range, every trade, the costs."""
    settings = result.settings
    tested = {symbol: bars.between(settings.start_ms, settings.end_ms) for symbol, bars in result.bars.items()}
    return RunEvidence(
        bars={symbol: bars for symbol, bars in tested.items() if len(bars)},
        trades=_measured(result),
        costs=Costs(fee_bps=settings.fee_bps, slippage_bps=settings.slippage_bps),
    )


def _measured(result: BacktestResult) -> list[MeasuredTrade]:
    trades, plan = result.outcome.trades, result.plan
    stopped_at: dict[tuple[int, int], int] = {}  # clock row of the last trade's stop, by symbol and direction
    measured = []
    for row in np.argsort(trades.entry_row, kind="stable").tolist():
        symbol, direction = int(trades.symbol[row]), int(trades.direction[row])
        entry_row, reason = int(trades.entry_row[row]), Reason(int(trades.reason[row]))
        stop_row = stopped_at.pop((symbol, direction), None)
        stopped_at.pop((symbol, -direction), None)  # the other side traded in between
        if reason in _STOPS:
            stopped_at[symbol, direction] = int(trades.exit_row[row])
        measured.append(
            MeasuredTrade(
                symbol=plan.symbols[symbol],
                entry_ms=int(plan.time[entry_row]),
                return_percent=float(result.statistics.return_pct[row]),
                reason=reason.name.lower(),
                bars_after_stop=None if stop_row is None else entry_row - stop_row,
            )
        )
    return measured
