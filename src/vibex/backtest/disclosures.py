"""What a result must say first: what was not modelled, and why its figures may flatter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from vibex.analysis.performance.ratios import MIN_SESSIONS
from vibex.backtest.engine.outcome import Skip
from vibex.backtest.left_out import OtherOrders, left_out
from vibex.backtest.series import RunSeries
from vibex.backtest.statistics import Statistics
from vibex.backtest.trials import TrialCount
from vibex.backtest.warning import Warning_
from vibex.domain import Bars, Market, format_ms
from vibex.strategy.spec import StrategySpec

FEW_TRADES = 30


def disclose(
    spec: StrategySpec,
    traded: Mapping[str, Bars],
    series: RunSeries,
    statistics: Statistics,
    orders: OtherOrders,
    trials: TrialCount | None = None,
) -> list[Warning_]:
    """All warnings of a run, the gravest first. `traded` are the bars of its symbols, warm-up included."""
    return [
        *_ruined(statistics),
        *left_out(spec, series, statistics, orders),
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
