"""Targets and moves that the costs of trading eat."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean

from vibex.strategy.draft import Issue
from vibex.strategy.review.moves import distance_percent
from vibex.strategy.review.sided import Role, exits_of
from vibex.strategy.review.subject import Subject
from vibex.strategy.spec import Exit, StrategySpec
from vibex.strategy.spec.check_exits import sides

LARGE_SHARE = 1 / 3
"""Costs above this share of the target leave little for being right."""


def costs_against_targets(about: Subject) -> Iterator[Issue]:
    """Targets in percent, or with bars at hand in ATRs, beside the cost of entry and exit."""
    costs = about.costs
    cost = costs.round_trip_percent
    for path, target in _exits(about.spec, "take_profit").items():
        move = distance_percent(target, about.evidence)
        if move is None or cost < LARGE_SHARE * move:
            continue
        share = about.say("costs_against_target.share", share=f"{cost / move:.0%}")
        yield about.finding(
            "warning",
            "costs_against_target",
            path,
            move=f"{move:.2g}",
            cost=f"{cost:.2g}",
            fee=f"{costs.fee_bps:g}",
            slippage=f"{costs.slippage_bps:g}",
            verdict=about.say("costs_against_target.all") if cost >= move else share,
        )


def costs_against_trades(about: Subject) -> Iterator[Issue]:
    """The measured average trade beside its costs."""
    trades = about.evidence.trades if about.evidence is not None else None
    if not trades:
        return
    cost = about.costs.round_trip_percent
    gross = fmean(trade.return_percent for trade in trades) + cost
    if 0 < gross <= cost:
        parts = {"move": f"{gross:.2g}", "cost": f"{cost:.2g}", "count": str(len(trades))}
        yield about.finding("warning", "costs_against_trades", "timeframe", **parts)


def costs_against_stops(about: Subject) -> Iterator[Issue]:
    """Stops nearer than what a round trip costs: most losses are costs then."""
    cost = about.costs.round_trip_percent
    for path, stop in _exits(about.spec, "stop_loss").items():
        distance = distance_percent(stop, about.evidence)
        if distance is not None and distance <= cost:
            parts = {"distance": f"{distance:.2g}", "cost": f"{cost:.2g}"}
            yield about.finding("warning", "costs_against_stop", path, **parts)


def _exits(spec: StrategySpec, role: Role) -> dict[str, Exit]:
    return {path: exit_ for side in sides(spec) for path, exit_ in exits_of(spec, role, side)}
