"""What a result must say first: what was not modelled, and why its figures may flatter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vibex.analysis.performance.ratios import MIN_SESSIONS
from vibex.backtest.engine.outcome import Skip, TradeColumns
from vibex.backtest.statistics import Statistics
from vibex.backtest.trials import TrialCount
from vibex.domain import Bars, JsonValue, Market, format_ms
from vibex.domain.timeframe import HOUR_MS
from vibex.strategy.spec import StrategySpec

FEW_TRADES = 30
LIQUIDATION_MARGIN = 0.005
"""A position is gone before the whole margin is: maintenance margin and the closing fee take this share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning_:  # noqa: N801 - `Warning` is Python's own
    """`code` for programs, `message` for people, `data` the numbers in it."""

    code: str
    message: str
    data: dict[str, JsonValue]

    def to_json(self) -> dict[str, JsonValue]:
        return {"code": self.code, "message": self.message, **self.data}


def disclose(
    spec: StrategySpec, traded: Mapping[str, Bars], statistics: Statistics, trials: TrialCount | None = None
) -> list[Warning_]:
    """All warnings of a run, the gravest first. `traded` are the bars of its symbols, warm-up included."""
    return [
        *_ruined(statistics),
        *_liquidation(spec, statistics),
        *_funding(spec, statistics),
        *_borrow(spec, statistics),
        *_fractional(spec, statistics),
        *_without_volume(traded),
        *_too_early(statistics),
        *_few_trades(statistics),
        *_many_trials(trials),
        *_skipped_for_lot(statistics),
        _chosen_today(spec),
    ]


def _ruined(statistics: Statistics) -> list[Warning_]:
    if statistics.ruined_row is None:
        return []
    date = format_ms(int(statistics.plan.time[statistics.ruined_row]))
    return [
        Warning_(
            code="ruined",
            message=f"Marked equity reached 0 on {date}: the account was lost. No ratios are given.",
            data={"date": date},
        )
    ]


def _liquidation(spec: StrategySpec, statistics: Statistics) -> list[Warning_]:
    if spec.leverage <= 1:
        return []
    reach = 1 / spec.leverage - LIQUIDATION_MARGIN
    count = int(np.count_nonzero(adverse_move(statistics.outcome.trades) >= reach))
    return [
        Warning_(
            code="liquidation_not_modelled",
            message=(
                f"Liquidation is not modelled. At {spec.leverage:g}x leverage {count} trades moved at least "
                f"{reach * 100:.2f} % against the position and would have been liquidated."
            ),
            data={"would_have_been_liquidated": count},
        )
    ]


def _funding(spec: StrategySpec, statistics: Statistics) -> list[Warning_]:
    if spec.market is not Market.CRYPTO:
        return []
    long, short = (hours_held(statistics, direction, spec.timeframe.ms) for direction in (1, -1))
    return [
        Warning_(
            code="funding_not_modelled",
            message=(
                f"Funding is not modelled: on a perpetual it would have been paid or received for {long:,.0f} h "
                f"held long and {short:,.0f} h held short. A spot position has none, and cannot be short."
            ),
            data={"hours_long": long, "hours_short": short},
        )
    ]


def _borrow(spec: StrategySpec, statistics: Statistics) -> list[Warning_]:
    shorts = int(np.count_nonzero(statistics.outcome.trades.direction < 0))
    if not spec.market.is_equity or shorts == 0:
        return []
    return [
        Warning_(
            code="borrow_not_modelled",
            message=f"Borrow cost and dividends paid on the {shorts} short trades are not modelled.",
            data={"short_trades": shorts},
        )
    ]


def _fractional(spec: StrategySpec, statistics: Statistics) -> list[Warning_]:
    if spec.market is not Market.HK_EQUITY or not statistics.settings.fractional:
        return []
    message = "FRACTIONAL: parts of shares are traded; the exchange trades board lots only."
    return [Warning_(code="fractional", message=message, data={})]


def _without_volume(traded: Mapping[str, Bars]) -> list[Warning_]:
    """Bars whose volume of 0 means that the source has none, so that they fill orders (rule 60)."""
    found = []
    for symbol, bars in traded.items():
        idle = len(bars) if bars.volume is None else int(np.logical_and.accumulate(bars.volume == 0).sum())
        if idle:
            which = "The data has no volume" if idle == len(bars) else f"The first {idle} bars have no volume"
            message = f"{symbol}: {which}: they count as bars with trades."
            found.append(Warning_(code="no_volume", message=message, data={"symbol": symbol, "bars": idle}))
    return found


def _too_early(statistics: Statistics) -> list[Warning_]:
    sessions = statistics.session_count
    if sessions >= MIN_SESSIONS:
        return []
    return [
        Warning_(
            code="too_early",
            message=f"{sessions} sessions are too few for annual ratios; they are given from {MIN_SESSIONS} on.",
            data={"sessions": sessions},
        )
    ]


def _few_trades(statistics: Statistics) -> list[Warning_]:
    closed = int(np.count_nonzero(statistics.closed))
    if closed >= FEW_TRADES:
        return []
    return [
        Warning_(
            code="few_trades",
            message=f"{closed} closed trades prove little; below {FEW_TRADES} luck explains most results.",
            data={"trades": closed},
        )
    ]


def _many_trials(trials: TrialCount | None) -> list[Warning_]:
    if trials is None or trials.distinct < 2:
        return []
    return [
        Warning_(
            code="many_trials",
            message=f"{trials.distinct} different versions of this idea were run on these data ({trials.runs} runs): "
            "the best of several looks better than it is.",
            data={"runs": trials.runs, "distinct": trials.distinct},
        )
    ]


def _skipped_for_lot(statistics: Statistics) -> list[Warning_]:
    skipped = statistics.outcome.skipped.get(Skip.BELOW_LOT, 0)
    if skipped == 0:
        return []
    return [
        Warning_(
            code="below_lot",
            message=f"{skipped} entries were not made: the size came to less than one lot.",
            data={"entries": skipped},
        )
    ]


def _chosen_today(spec: StrategySpec) -> Warning_:
    names = ", ".join(spec.symbols[:5]) + (" …" if len(spec.symbols) > 5 else "")
    return Warning_(
        code="symbols_chosen_today",
        message=f"{names}: chosen today, knowing what became of it. Those that failed are not in the list.",
        data={},
    )


def adverse_move(trades: TradeColumns) -> np.ndarray:
    """How far each trade went against its entry at worst, a fraction ≥ 0."""
    worst = np.where(trades.direction > 0, trades.lowest, trades.highest)
    return np.maximum(0.0, (trades.entry_price - worst) * trades.direction / trades.entry_price)


def hours_held(statistics: Statistics, direction: int, bar_ms: int) -> float:
    """Hours in positions of one direction, summed over trades, from entry label to exit label.

    A position still open is held to the end of the run's last bar.
    """
    trades, time = statistics.outcome.trades, statistics.plan.time
    mine = trades.direction == direction
    until = np.where(statistics.closed, time[trades.exit_row], time[-1] + bar_ms)
    return float((until - time[trades.entry_row])[mine].sum()) / HOUR_MS
