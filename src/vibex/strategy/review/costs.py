"""Targets and moves that the costs of trading eat."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean, median

from vibex.domain import Bars
from vibex.strategy.draft import Issue
from vibex.strategy.review.evidence import Costs, Evidence
from vibex.strategy.review.sided import exits_of
from vibex.strategy.spec import AtrExit, Exit, PercentExit, StrategySpec
from vibex.strategy.spec.check_exits import sides

LARGE_SHARE = 1 / 3
"""Costs above this share of the target leave little for being right."""


def costs_against_targets(spec: StrategySpec, evidence: Evidence | None) -> Iterator[Issue]:
    """Targets in percent, or with bars at hand in ATRs, beside the cost of entry and exit."""
    costs = evidence.costs if evidence is not None else Costs()
    cost = costs.round_trip_percent
    for path, target in _targets(spec).items():
        move = _move_percent(target, evidence)
        if move is None or cost < LARGE_SHARE * move:
            continue
        verdict = "every win is a loss" if cost >= move else f"costs take {cost / move:.0%} of every win"
        yield Issue(
            severity="warning",
            field=path,
            message=(
                f"the target is about {move:.2g} % away and entry and exit cost {cost:.2g} % "
                f"({costs.fee_bps:g} + {costs.slippage_bps:g} basis points a fill): {verdict}; "
                "move the target out or trade a longer timeframe"
            ),
        )


def costs_against_trades(_: StrategySpec, evidence: Evidence | None) -> Iterator[Issue]:
    """The measured average trade beside its costs."""
    trades = evidence.trades if evidence is not None else None
    if evidence is None or not trades:
        return
    cost = evidence.costs.round_trip_percent
    gross = fmean(trade.return_percent for trade in trades) + cost
    if 0 < gross <= cost:
        yield Issue(
            severity="warning",
            field="timeframe",
            message=f"the average trade moved {gross:.2g} % in its favour before costs of {cost:.2g} %: the costs eat "
            f"the move over {len(trades)} trades; trade less often or hold longer",
        )


def _targets(spec: StrategySpec) -> dict[str, Exit]:
    return {path: target for side in sides(spec) for path, target in exits_of(spec, "take_profit", side)}


def _move_percent(target: Exit, evidence: Evidence | None) -> float | None:
    match target:
        case PercentExit(value):
            return value
        case AtrExit(value, None) if evidence is not None and evidence.bars:
            return value * median(_usual_range_percent(bars) for bars in evidence.bars.values())
    return None


def _usual_range_percent(bars: Bars) -> float:
    """Median high − low in percent of the close, close to the ATR that the target is measured in."""
    if not len(bars):
        return float("nan")
    return float(median(((bars.high - bars.low) / bars.close * 100).tolist()))
