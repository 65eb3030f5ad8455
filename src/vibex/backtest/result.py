"""The evidence: everything a run says, computed when asked for, under the names of the contract."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from vibex.analysis import performance
from vibex.analysis.calendars import SessionColumns
from vibex.analysis.resampling import resample
from vibex.backtest.benchmark import BUY_AND_HOLD, Benchmark, buy_and_hold, plain_holding, traded_holding
from vibex.backtest.body import simulate
from vibex.backtest.compile.rules import reversed_order
from vibex.backtest.disclosures import disclose
from vibex.backtest.engine.outcome import Outcome, Reason
from vibex.backtest.engine.parts import Tie
from vibex.backtest.engine.plan import Plan
from vibex.backtest.holdout import HoldoutStatus
from vibex.backtest.left_out import OtherOrders
from vibex.backtest.series import RunSeries
from vibex.backtest.settings import RunSettings
from vibex.backtest.statistics import Statistics
from vibex.backtest.trials import TrialCount
from vibex.backtest.warning import Warning_
from vibex.domain import Bars, Instrument, JsonValue, format_times
from vibex.domain.arrays import F64
from vibex.strategy.evaluation import Evaluation
from vibex.strategy.spec import StrategySpec

JsonObject = dict[str, JsonValue]


@dataclass(frozen=True, kw_only=True, eq=False)
class BacktestResult:
    """One finished run. `bars` are the bars as given of every symbol that the run reads, filters and benchmark too;
    `traded` are those that orders filled in, one timeframe, by traded symbol.

    Statistics, series and digests are computed on first use. `notes` are warnings about the data that the
    caller knows of (simulated, adjustment, dropped bars), shown before all others; `data_quality` likewise. `trials`
    is how often the idea was tried on these data; None where nobody counts.
    """

    spec: StrategySpec
    settings: RunSettings
    instruments: Mapping[str, Instrument]
    bars: Mapping[str, Bars]
    evaluation: Evaluation
    traded: Mapping[str, Bars]
    series: RunSeries
    plan: Plan
    outcome: Outcome
    notes: Sequence[Warning_] = ()
    data_quality: Sequence[JsonObject] = ()
    holdout: HoldoutStatus | None = None
    trials: TrialCount | None = None

    @property
    def currency(self) -> str:
        return self.instruments[self.spec.symbols[0]].currency

    @cached_property
    def sessions(self) -> SessionColumns:
        return self.evaluation.calendar.columns(self.plan.time, self.spec.timeframe)

    @cached_property
    def statistics(self) -> Statistics:
        return Statistics(
            plan=self.plan,
            outcome=self.outcome,
            settings=self.settings,
            sessions=self.sessions,
            sessions_per_year=self.settings.annualisation or self.spec.market.sessions_per_year,
            currency=self.currency,
        )

    @cached_property
    def end_equity_target_first(self) -> float:
        """End equity when the target comes first in ambiguous bars (rule 8): a full second run if there are any."""
        return self._end_equity(Tie.TARGET_FIRST)

    @cached_property
    def end_equity_stop_first(self) -> float:
        """The same when the stop comes first."""
        return self._end_equity(Tie.STOP_FIRST)

    @cached_property
    def end_equity_other_entry_order(self) -> float | None:
        """End equity with the entries of each timestamp served in the opposite order; None where cash cut no entry."""
        if self.outcome.cash_cut == 0 or len(self.plan.symbols) == 1:
            return None
        other = replace(self.plan, priority=reversed_order(self.plan.priority, len(self.plan.symbols)))
        return float(simulate(other, self.settings.engine, tie=self.settings.tie_order).equity[-1])

    def _end_equity(self, tie: Tie) -> float:
        if self.outcome.ambiguous_bars == 0 or tie == self.settings.tie_order:
            return float(self.outcome.equity[-1])
        return float(simulate(self.plan, self.settings.engine, tie=tie).equity[-1])

    @cached_property
    def summary_stats(self) -> JsonObject:
        return self.statistics.summary(self.end_equity_target_first)

    @cached_property
    def warnings(self) -> tuple[Warning_, ...]:
        orders = OtherOrders(
            target_first=self.end_equity_target_first,
            stop_first=self.end_equity_stop_first,
            other_entry_order=self.end_equity_other_entry_order,
        )
        return (*self.notes, *disclose(self.spec, self.traded, self.series, self.statistics, orders, self.trials))

    @cached_property
    def benchmark(self) -> Benchmark | None:
        """What holding would have brought; None when the strategy names no benchmark."""
        name = self.spec.benchmark
        if name is None:
            return None
        symbols = self.spec.symbols if name == BUY_AND_HOLD else (name,)
        calendar = self.evaluation.calendar
        held = [
            traded_holding(self.plan, self.plan.symbols.index(symbol), self.traded[symbol])
            if symbol in self.plan.symbols
            else plain_holding(resample(self.bars[symbol], self.spec.timeframe, calendar), len(self.plan.time))
            for symbol in symbols
        ]
        return buy_and_hold(f"buy and hold {', '.join(symbols)}", held, self.plan.time, self.settings)

    @cached_property
    def trade_log(self) -> list[JsonObject]:
        """Trades in the order of their exits, open ones last; rule 66 and the contract's additions."""
        trades, time = self.outcome.trades, self.plan.time
        best = np.where(trades.direction > 0, trades.highest, trades.lowest)
        worst = np.where(trades.direction > 0, trades.lowest, trades.highest)
        moments = self.moments
        columns = {
            "symbol": [self.plan.symbols[index] for index in trades.symbol.tolist()],
            "side": ["long" if direction > 0 else "short" for direction in trades.direction.tolist()],
            "entry_time": [moments[row] for row in trades.entry_row.tolist()],
            "entry_price": trades.entry_price.tolist(),
            "exit_time": [moments[row] for row in trades.exit_row.tolist()],
            "exit_price": trades.exit_price.tolist(),
            "quantity": trades.quantity.tolist(),
            "pnl": trades.pnl.tolist(),
            "fees": trades.fees.tolist(),
            "funding": trades.funding.tolist(),
            "carry": trades.carry.tolist(),
            "reason": [Reason(code).name.lower() for code in trades.reason.tolist()],
            "duration_s": ((time[trades.exit_row] - time[trades.entry_row]) // 1000).tolist(),
            "bars_held": trades.bars_held.tolist(),
            "return_pct": self.statistics.return_pct.tolist(),
            "mae_pct": np.minimum(0, (worst / trades.entry_price - 1) * 100 * trades.direction).tolist(),
            "mfe_pct": np.maximum(0, (best / trades.entry_price - 1) * 100 * trades.direction).tolist(),
        }
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    @cached_property
    def moments(self) -> list[str]:
        """The run's clock as RFC 3339 text, (T,); series and trades share the texts."""
        return format_times(self.plan.time)

    @cached_property
    def drawdown_pct(self) -> F64:
        """Percent below the last peak at each close, (T,), ≤ 0."""
        return performance.drawdown_series(self.outcome.equity, self.plan.capital) * 100

    @cached_property
    def digests(self) -> dict[str, str]:
        """SHA-256 of data, spec, settings, trades and equity: equal inputs give equal digests (rule 18)."""
        trades = self.outcome.trades
        return {
            **input_digests(self.spec, self.settings, self.instruments, self.bars, self.series),
            "trades": _digest([getattr(trades, name) for name in trades.__slots__]),
            "equity": _digest([self.plan.time, self.outcome.equity]),
        }

    def to_json(self) -> JsonObject:
        """What is printed: `stats`, `trades`, `digests`, `warnings`, `data_quality`; `trials` where counted."""
        return {
            "stats": self.summary_stats,
            "trades": list(self.trade_log),
            "digests": dict(self.digests),
            "warnings": [warning.to_json() for warning in self.warnings],
            "data_quality": list(self.data_quality),
            **({"holdout": self.holdout.to_json()} if self.holdout is not None else {}),
            **({} if self.trials is None else {"trials": self.trials.to_json()}),
        }

    def to_full_json(self) -> JsonObject:
        """The whole payload of a result, series included."""
        benchmark = self.benchmark
        statistics = self.statistics
        return {
            "spec": self.spec.to_json_dict(),
            "settings": self.settings.to_json(),
            "summary_stats": self.summary_stats,
            "trade_log": list(self.trade_log),
            "equity_curve": _series(self.moments, "equity", self.outcome.equity),
            "drawdown_series": _series(self.moments, "drawdown_pct", self.drawdown_pct),
            "returns_series": _series(
                format_times(self.sessions.date[statistics.session_rows]),
                "return_pct",
                statistics.session_returns * 100,
            ),
            "weekly_returns": self._period_returns("week"),
            "monthly_returns": self._period_returns("month"),
            "benchmark_vs_strategy": None
            if benchmark is None
            else {
                "benchmark": benchmark.name,
                "total_return_pct": benchmark.total_return_pct,
                "max_drawdown_pct": benchmark.max_drawdown_pct,
                "strategy_total_return_pct": self.summary_stats["total_return_pct"],
                "curve": _series(self.moments, "equity", benchmark.equity),
            },
            "digests": dict(self.digests),
            "warnings": [warning.to_json() for warning in self.warnings],
            "data_quality": list(self.data_quality),
            "holdout": None if self.holdout is None else self.holdout.to_json(),
            "trials": None if self.trials is None else self.trials.to_json(),
        }

    def _period_returns(self, period: performance.Period) -> list[JsonValue]:
        rows = performance.compounded_returns(
            self.statistics.session_returns, self.sessions.date[self.statistics.session_rows], period
        )
        return [{period: row.label, "return_pct": None if row.value is None else row.value * 100} for row in rows]


def input_digests(
    spec: StrategySpec,
    settings: RunSettings,
    instruments: Mapping[str, Instrument],
    bars: Mapping[str, Bars],
    series: RunSeries,
) -> dict[str, str]:
    """The digests of a result that are known before it is computed: `data`, `spec` and `settings`."""
    data = "".join(f"{symbol}={bars[symbol].digest()};" for symbol in sorted(bars)) + series.text_of_digests()
    named: JsonObject = {symbol: repr(instrument) for symbol, instrument in sorted(instruments.items())}
    circumstances: JsonObject = {**settings.to_json(), "instruments": named}
    del circumstances["engine"]  # both bodies give the same bits
    return {
        "data": hashlib.sha256(data.encode()).hexdigest(),
        "spec": spec.digest(),
        "settings": hashlib.sha256(json.dumps(circumstances, sort_keys=True).encode()).hexdigest(),
    }


def _series(moments: Sequence[str], name: str, values: F64) -> list[JsonValue]:
    return [
        {"timestamp": moment, name: value if math.isfinite(value) else None}
        for moment, value in zip(moments, values.tolist(), strict=True)
    ]


def _digest(columns: Sequence[np.ndarray]) -> str:
    digest = hashlib.sha256()
    for column in columns:
        digest.update(np.ascontiguousarray(column).data)
    return digest.hexdigest()
