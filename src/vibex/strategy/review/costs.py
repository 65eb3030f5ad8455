"""Targets and moves that the costs of trading eat."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean

from vibex.strategy.draft import Issue
from vibex.strategy.review.evidence import Costs, Evidence
from vibex.strategy.review.moves import distance_percent
from vibex.strategy.review.sided import Role, exits_of
from vibex.strategy.spec import Exit, StrategySpec
from vibex.strategy.spec.check_exits import sides

LARGE_SHARE = 1 / 3
"""Costs above this share of the target leave little for being right."""


def costs_against_targets(spec: StrategySpec, evidence: Evidence | None) -> Iterator[Issue]:
    """Targets in percent, or with bars at hand in ATRs, beside the cost of entry and exit."""
    costs = evidence.costs if evidence is not None else Costs()
    cost = costs.round_trip_percent
    for path, target in _exits(spec, "take_profit").items():
        move = distance_percent(target, evidence)
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


def costs_against_stops(spec: StrategySpec, evidence: Evidence | None) -> Iterator[Issue]:
    """Stops nearer than what a round trip costs: most losses are costs then."""
    cost = (evidence.costs if evidence is not None else Costs()).round_trip_percent
    for path, stop in _exits(spec, "stop_loss").items():
        distance = distance_percent(stop, evidence)
        if distance is not None and distance <= cost:
            yield Issue(
                severity="warning",
                field=path,
                message=f"the stop is about {distance:.2g} % away and entry and exit cost {cost:.2g} %: a loss is "
                "mostly costs, and ordinary movement reaches the stop; move it out",
            )


def _exits(spec: StrategySpec, role: Role) -> dict[str, Exit]:
    return {path: exit_ for side in sides(spec) for path, exit_ in exits_of(spec, role, side)}
