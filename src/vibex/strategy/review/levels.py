"""Stops and targets on the wrong side, and targets that are small beside the stop."""

from __future__ import annotations

from collections.abc import Iterator

from vibex.strategy.draft import Issue
from vibex.strategy.explain import condition_text, operand_text, voice_for
from vibex.strategy.review.evidence import Evidence
from vibex.strategy.review.possible import Prover
from vibex.strategy.review.sided import Role, exits_of
from vibex.strategy.spec import (
    PRICES,
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
from vibex.strategy.spec.node import walk

_ROLES: tuple[Role, ...] = ("stop_loss", "take_profit")
_CALLED = {"stop_loss": "stop", "take_profit": "target"}
_PRICES = frozenset(PRICES) - {"volume"}
SMALL_TARGET = 0.3
"""A target below this share of the stop's distance needs more than three wins for each loss."""


def wrong_sides(spec: StrategySpec, _: Evidence | None) -> Iterator[Issue]:
    """A long's stop that its own entry puts above the price, and so on."""
    voice, prover = voice_for(spec, "en"), Prover(spec)
    for side in sides(spec):
        entry: Condition = getattr(spec.entry, side)
        fill = _fill(spec, side)
        for role in _ROLES:
            below = (role == "stop_loss") == (side == "long")
            for path, exit_ in exits_of(spec, role, side):
                level = _level(exit_)
                if level is None or fill is None or (isinstance(exit_, PriceExit) and _named(spec, side)):
                    continue
                right = Compare(left=level, op="<" if below else ">", right=fill)
                if prover.conflict_in(entry) is None and prover.excludes(entry, right):
                    where = "below" if below else "above"
                    yield Issue(
                        severity="error",
                        field=path,
                        message=(
                            f"a {side}'s {_CALLED[role]} must lie {where} its entry, but the entry "
                            f"({condition_text(entry, voice)}) never leaves {operand_text(level, voice)} {where} "
                            "the price; choose another level"
                        ),
                    )


def named_prices(spec: StrategySpec, _: Evidence | None) -> Iterator[Issue]:
    """A stop or target at a price on the wrong side of the prices that the entry itself names.

    "Buy above 60000, stop at 65000" could work at 70000, but nobody means that.
    """
    for side in sides(spec):
        named = _named(spec, side)
        for role in _ROLES:
            below = (role == "stop_loss") == (side == "long")
            for path, exit_ in exits_of(spec, role, side):
                if not named or not isinstance(exit_, PriceExit):
                    continue
                if exit_.value >= max(named) if below else exit_.value <= min(named):
                    entry = " and ".join(f"{price:g}" for price in sorted(named))
                    yield Issue(
                        severity="error",
                        field=path,
                        message=f"a {side}'s {_CALLED[role]} must lie {'below' if below else 'above'} its entry, but "
                        f"{exit_.value:g} does not: the entry is at {entry}; choose another price",
                    )


def _named(spec: StrategySpec, side: str) -> set[float]:
    """Numbers that the entry compares a price with; none where the order itself names where it fills."""
    found: set[float] = set()
    if spec.order.price is not None:
        return found
    for path, node in walk(getattr(spec.entry, side), ""):
        if isinstance(node, Compare) and ".not" not in path:
            for price, level in ((node.left, node.right), (node.right, node.left)):
                if isinstance(price, Ref) and price.ref in _PRICES and isinstance(level, Number):
                    found |= {level.value} if node.op not in ("rising", "falling") else set()
    return found


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
