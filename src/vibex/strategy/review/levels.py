"""Stops and targets on the wrong side, and targets that are small beside the stop."""

from __future__ import annotations

from collections.abc import Iterator

from vibex.strategy.draft import Issue
from vibex.strategy.explain import operand_text
from vibex.strategy.review.sided import Role, exits_of
from vibex.strategy.review.subject import Subject
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
_PRICES = frozenset(PRICES) - {"volume"}
SMALL_TARGET = 0.3
"""A target below this share of the stop's distance needs more than three wins for each loss."""


def wrong_sides(about: Subject) -> Iterator[Issue]:
    """A long's stop that its own entry puts above the price, and so on."""
    spec, prover = about.spec, about.prover
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
                    yield about.finding(
                        "error",
                        "wrong_side",
                        path,
                        **_place(side, role, about),
                        entry=about.text(entry),
                        level=operand_text(level, about.voice),
                    )


def named_prices(about: Subject) -> Iterator[Issue]:
    """A stop or target at a price on the wrong side of the prices that the entry itself names.

    "Buy above 60000, stop at 65000" could work at 70000, but nobody means that.
    """
    spec = about.spec
    for side in sides(spec):
        named = _named(spec, side)
        for role in _ROLES:
            below = (role == "stop_loss") == (side == "long")
            for path, exit_ in exits_of(spec, role, side):
                if not named or not isinstance(exit_, PriceExit):
                    continue
                if exit_.value >= max(named) if below else exit_.value <= min(named):
                    entry = about.voice.join("and", (f"{price:g}" for price in sorted(named)))
                    parts = {**_place(side, role, about), "price": f"{exit_.value:g}", "entry": entry}
                    yield about.finding("error", "wrong_price", path, **parts)


def _place(side: str, role: Role, about: Subject) -> dict[str, str]:
    """Where the stop or target of a side belongs, in words."""
    where = "below" if (role == "stop_loss") == (side == "long") else "above"
    return {"side": about.side(side), "role": about.say(f"role.{role}"), "where": about.say(f"where.{where}")}


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


def small_targets(about: Subject) -> Iterator[Issue]:
    """Targets much nearer than the stop, where both are measured alike."""
    spec = about.spec
    for side in sides(spec):
        stops = [exit_ for _, exit_ in exits_of(spec, "stop_loss", side)]
        for path, target in exits_of(spec, "take_profit", side):
            ratios = [ratio for stop in stops if (ratio := _ratio(target, stop)) is not None]
            if ratios and max(ratios) < SMALL_TARGET:
                parts = {"ratio": f"{max(ratios):.2g}", "wins": f"{1 / max(ratios):.0f}"}
                yield about.finding("warning", "small_target", path, **parts)


def _ratio(target: Exit, stop: Exit) -> float | None:
    match target, stop:
        case RiskMultipleExit(value), _:
            return value
        case (PercentExit(a), PercentExit(b)) | (PointsExit(a), PointsExit(b)):
            return a / b
        case AtrExit(a, one), AtrExit(b, other) if one == other:
            return a / b
    return None
