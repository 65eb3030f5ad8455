"""Checks of stops, targets and sizing: distances on the right side, the right kind in the right place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel

from vibex.domain import SpecIssue
from vibex.strategy.spec.exit import (
    AtrExit,
    Farthest,
    LevelExit,
    Nearest,
    PercentExit,
    PointsExit,
    PriceExit,
    RiskMultipleExit,
    Target,
    TrailingAtr,
    TrailingLevel,
    TrailingPercent,
)
from vibex.strategy.spec.references import Names, Place, reference_issues, series_issues
from vibex.strategy.spec.sided import PerSide, Same
from vibex.strategy.spec.sizing import RiskNotional, RiskPercent
from vibex.strategy.spec.strategy import StrategySpec
from vibex.strategy.spec.trading import TargetHit

Side = Literal["long", "short"]


class Role(StrEnum):
    """What an Exit is used as; the value is how messages call it."""

    STOP = "stop_loss"
    TARGET = "take_profit"
    TRAILING = "trailing_stop"
    DISTANCE = "distance"
    AFTER = "after"
    TO = "to"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """The circumstances of one Exit."""

    role: Role
    side: Side
    spec: StrategySpec
    names: Names
    shared: bool  # written once for two sides


def exit_issues(spec: StrategySpec, names: Names) -> Iterator[SpecIssue]:
    """What is wrong with stop_loss, take_profit, trailing_stop, stop_steps and sizing."""
    for role, value in (
        (Role.STOP, spec.stop_loss),
        (Role.TARGET, spec.take_profit),
        (Role.TRAILING, spec.trailing_stop),
    ):
        for path, content, use in _per_side(spec, names, role, value):
            yield from _content_issues(content, path, use)
    yield from _sizing_issues(spec, names)
    yield from _step_issues(spec, names)
    yield from _price_order_issues(spec)


def sides(spec: StrategySpec) -> tuple[Side, ...]:
    """The sides that have an entry."""
    return tuple(side for side in ("long", "short") if getattr(spec.entry, side) is not None)


def _per_side(
    spec: StrategySpec, names: Names, role: Role, value: BaseModel | None
) -> Iterator[tuple[str, object, _Use]]:
    """Each written value once per side that it serves."""
    trading = sides(spec)
    if isinstance(value, Same):
        for side in trading:
            yield role.value, value.root, _Use(role=role, side=side, spec=spec, names=names, shared=len(trading) > 1)
    elif isinstance(value, PerSide):
        for side in ("long", "short"):
            content = getattr(value, side)
            if content is not None:
                use = _Use(role=role, side=side, spec=spec, names=names, shared=False)
                yield f"{role.value}.{side}", content, use


def _content_issues(content: object, path: str, use: _Use) -> Iterator[SpecIssue]:
    if isinstance(content, tuple):
        yield from _target_list_issues(content, path, use)
    elif isinstance(content, BaseModel):
        yield from _one_exit_issues(content, path, use)
        after = getattr(content, "after", None)
        if isinstance(content, TrailingPercent | TrailingAtr | TrailingLevel) and isinstance(after, BaseModel):
            yield from _one_exit_issues(after, f"{path}.after", _as(use, Role.AFTER))


def _target_list_issues(targets: tuple[Target, ...], path: str, use: _Use) -> Iterator[SpecIssue]:
    if not 1 <= len(targets) <= 16:
        yield SpecIssue(path, f"take_profit lists {len(targets)} targets; give 1 to 16")
    total = sum(target.fraction for target in targets)
    if total > 1 + 1e-9:
        yield SpecIssue(path, f"the fractions of take_profit add up to {total:g}; together they may be at most 1")
    for index, target in enumerate(targets):
        yield from _one_exit_issues(target.exit, f"{path}[{index}]", use)


def _one_exit_issues(exit_: BaseModel, path: str, use: _Use) -> Iterator[SpecIssue]:
    match exit_:
        case PercentExit(value):
            yield from _percent_issues(value, path, use)
        case AtrExit(value, indicator):
            yield from _positive(value, path, use)
            if indicator is not None:
                yield from series_issues(indicator, f"{path}.indicator", use.names)
        case PointsExit(value):
            yield from _positive(value, path, use)
        case PriceExit(value):
            if value <= 0:
                yield SpecIssue(f"{path}.value", f"a price must be above 0, not {value:g}")
            yield from _sided_issues("price", path, use)
        case RiskMultipleExit(value):
            yield from _positive(value, path, use)
            yield from _risk_multiple_issues(path, use)
        case LevelExit():
            yield from _sided_issues("level", path, use)
            yield from _level_issues(exit_, path, use)
        case Nearest(of) | Farthest(of):
            key = "nearest" if isinstance(exit_, Nearest) else "farthest"
            for index, inner in enumerate(of):
                yield from _one_exit_issues(inner, f"{path}.{key}[{index}]", use)
        case _:
            pass


def _percent_issues(value: float, path: str, use: _Use) -> Iterator[SpecIssue]:
    below = use.role in (Role.STOP, Role.TRAILING, Role.DISTANCE)
    if use.role is Role.TO:
        if not -100 < value < 100:
            yield SpecIssue(f"{path}.value", f"a stop is moved to between -100 and 100 percent, not {value:g}")
    elif value <= 0:
        yield from _positive(value, path, use)
    elif value >= 100 and below == (use.side == "long"):
        what = "stop" if below else "target"
        yield SpecIssue(
            f"{path}.value", f"a {use.side}'s {what} {value:g} % below its entry has no price; use less than 100"
        )


def _positive(value: float, path: str, use: _Use) -> Iterator[SpecIssue]:
    if value <= 0 and use.role is not Role.TO:
        where = "below" if (use.role in (Role.STOP, Role.TRAILING)) == (use.side == "long") else "above"
        hint = (
            f"a {use.side}'s {use.role.value} must lie {where} its entry; "
            if use.role in (Role.STOP, Role.TARGET, Role.TRAILING)
            else ""
        )
        yield SpecIssue(f"{path}.value", f"{hint}a distance is a number above 0, not {value:g}")


def _sided_issues(kind: str, path: str, use: _Use) -> Iterator[SpecIssue]:
    if use.shared:
        yield SpecIssue(
            path,
            f'a {kind} cannot serve both sides: it lies on one side of the entry only; write {{"long": …, "short": …}}',
        )


def _risk_multiple_issues(path: str, use: _Use) -> Iterator[SpecIssue]:
    if use.role not in (Role.TARGET, Role.AFTER):
        yield SpecIssue(path, f"risk_multiple works in take_profit only, not in {use.role.value}; use percent or atr")
    elif _of(use.spec.stop_loss, use.side) is None:
        yield SpecIssue(
            path, f"risk_multiple measures the stop's distance, but the {use.side} side has no stop_loss; add one"
        )


def _level_issues(level: LevelExit, path: str, use: _Use) -> Iterator[SpecIssue]:
    if use.role is Role.TRAILING and level.update is None:
        yield SpecIssue(f"{path}.update", 'a trailing level moves with every bar; write "update": "bar"')
    if use.role is Role.DISTANCE and (level.update or level.trigger):
        yield SpecIssue(path, "a sizing distance is measured once, at the fill; leave update and trigger out")
    place = Place.MOVING_LEVEL if level.update == "bar" else Place.FIXED_LEVEL
    yield from reference_issues(level.value, f"{path}.value", use.names, place)


def _sizing_issues(spec: StrategySpec, names: Names) -> Iterator[SpecIssue]:
    for side in sides(spec):
        sizing = _of(spec.sizing, side)
        path = f"sizing.{side}" if isinstance(spec.sizing, PerSide) else "sizing"
        if sizing is None:
            yield SpecIssue(path, f"the {side} side enters positions but has no size; add it")
        if not isinstance(sizing, RiskPercent | RiskNotional):
            continue
        if sizing.distance is not None:
            shared = isinstance(spec.sizing, Same) and len(sides(spec)) > 1
            use = _Use(role=Role.DISTANCE, side=side, spec=spec, names=names, shared=shared)
            yield from _one_exit_issues(sizing.distance, f"{path}.distance", use)
        elif _of(spec.stop_loss, side) is None and _of(spec.trailing_stop, side) is None:
            yield SpecIssue(
                path,
                f"{sizing.type} is measured by the stop, but the {side} side has no stop_loss, trailing_stop "
                "or distance; add one",
            )


def _step_issues(spec: StrategySpec, names: Names) -> Iterator[SpecIssue]:
    trading = sides(spec)
    for index, step in enumerate(spec.stop_steps or ()):
        path = f"stop_steps[{index}]"
        for side in trading:
            use = _Use(role=Role.AFTER, side=side, spec=spec, names=names, shared=len(trading) > 1)
            if isinstance(step.after, TargetHit):
                yield from _target_hit_issues(step.after, f"{path}.after", use)
            else:
                yield from _one_exit_issues(step.after, f"{path}.after", use)
            yield from _one_exit_issues(step.to, f"{path}.to", _as(use, Role.TO))


def _target_hit_issues(after: TargetHit, path: str, use: _Use) -> Iterator[SpecIssue]:
    target = _of(use.spec.take_profit, use.side)
    count = len(target) if isinstance(target, tuple) else int(target is not None)
    if after.target > count:
        have = f"{count} target{'s' * (count > 1)}" if count else "no take_profit"
        yield SpecIssue(f"{path}.target", f"target {after.target} does not exist: the {use.side} side has {have}")


def _price_order_issues(spec: StrategySpec) -> Iterator[SpecIssue]:
    for side in sides(spec):
        stop, target = _of(spec.stop_loss, side), _of(spec.take_profit, side)
        targets = [t.exit for t in target] if isinstance(target, tuple) else [target]
        for each in targets:
            if not isinstance(stop, PriceExit) or not isinstance(each, PriceExit):
                continue
            low, high = (stop.value, each.value) if side == "long" else (each.value, stop.value)
            if low >= high:
                where = "below" if side == "long" else "above"
                path = f"stop_loss.{side}" if isinstance(spec.stop_loss, PerSide) else "stop_loss"
                yield SpecIssue(
                    f"{path}.value",
                    f"a {side}'s stop must lie {where} its target, but {stop.value:g} is not {where} {each.value:g}",
                )


def _of(sided: BaseModel | None, side: Side) -> object | None:
    """The value for one side, however it was written."""
    return None if sided is None else getattr(sided, side)


def _as(use: _Use, role: Role) -> _Use:
    return _Use(role=role, side=use.side, spec=use.spec, names=use.names, shared=use.shared)
