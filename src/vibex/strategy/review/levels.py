"""Stops and targets on the wrong side, and targets that are small beside the stop."""

from __future__ import annotations

from collections.abc import Iterator

from vibex.strategy.draft import Issue
from vibex.strategy.explain import condition_text, operand_text, voice_for
from vibex.strategy.review.evidence import Evidence
from vibex.strategy.review.possible import Prover
from vibex.strategy.review.sided import exits_of
from vibex.strategy.spec import (
    AtrExit,
    Compare,
    Condition,
    Exit,
    LevelExit,
    Number,
    Operand,
    PercentExit,
    PointsExit,
    PriceExit,
    Ref,
    RiskMultipleExit,
    StrategySpec,
)
from vibex.strategy.spec.check_exits import sides

SMALL_TARGET = 0.3
"""A target below this share of the stop's distance needs more than three wins for each loss."""


def wrong_sides(spec: StrategySpec, _: Evidence | None) -> Iterator[Issue]:
    """A long's stop that its own entry puts above the price, and so on."""
    voice, prover = voice_for(spec, "en"), Prover(spec)
    for side in sides(spec):
        entry: Condition = getattr(spec.entry, side)
        fill = _fill(spec, side)
        for role in ("stop_loss", "take_profit"):
            below = (role == "stop_loss") == (side == "long")
            for path, exit_ in exits_of(spec, role, side):
                level = _level(exit_)
                if level is None or fill is None:
                    continue
                right = Compare(left=level, op="<" if below else ">", right=fill)
                if prover.conflict_in(entry) is None and prover.excludes(entry, right):
                    where = "below" if below else "above"
                    what = "stop" if role == "stop_loss" else "target"
                    yield Issue(
                        severity="error",
                        field=path,
                        message=(
                            f"a {side}'s {what} must lie {where} its entry, but the entry "
                            f"({condition_text(entry, voice)}) never leaves {operand_text(level, voice)} {where} "
                            "the price; choose another level"
                        ),
                    )


def _fill(spec: StrategySpec, side: str) -> Operand | None:
    """What an entry fills near: the close of the decision, or the price of a resting order; None beside an offset."""
    price: Operand | None = None if spec.order.price is None else getattr(spec.order.price, side)
    if price is not None:
        return price
    return Ref(ref="close") if spec.order.type == "market" else None


def _level(exit_: Exit) -> Operand | None:
    match exit_:
        case LevelExit(value):
            return value
        case PriceExit(value):
            return Number(value)
    return None


def small_targets(spec: StrategySpec, _: Evidence | None) -> Iterator[Issue]:
    """Targets much nearer than the stop, where both are measured alike."""
    for side in sides(spec):
        stops = [exit_ for _, exit_ in exits_of(spec, "stop_loss", side)]
        for path, target in exits_of(spec, "take_profit", side):
            ratios = [ratio for stop in stops if (ratio := _ratio(target, stop)) is not None]
            if ratios and max(ratios) < SMALL_TARGET:
                yield Issue(
                    severity="warning",
                    field=path,
                    message=(
                        f"the target is {max(ratios):.2g} times the stop's distance away: about "
                        f"{1 / max(ratios):.0f} wins pay for one loss; move the target out or the stop in"
                    ),
                )


def _ratio(target: Exit, stop: Exit) -> float | None:
    match target, stop:
        case RiskMultipleExit(value), _:
            return value
        case (PercentExit(a), PercentExit(b)) | (PointsExit(a), PointsExit(b)):
            return a / b
        case AtrExit(a, one), AtrExit(b, other) if one == other:
            return a / b
    return None
