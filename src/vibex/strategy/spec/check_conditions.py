"""Checks of conditions and operands that types cannot express: sizes, whole numbers, windows, zones, dates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from vibex.domain import SpecIssue
from vibex.strategy.spec.condition import (
    All,
    Any_,
    AtLeast,
    Clock,
    Compare,
    Dates,
    For,
    Not,
    Within,
)
from vibex.strategy.spec.node import Node, walk
from vibex.strategy.spec.operand import Calc, Number, Ref

MAX_OPERAND_NODES, MAX_OPERAND_DEPTH = 32, 6
MAX_CONDITION_NODES, MAX_CONDITION_DEPTH = 256, 16
MAX_STEPS = 100_000
_OPERANDS = (Number, Ref, Calc)
_CONDITIONS = (All, Any_, Not, Compare, Within, For, AtLeast, Clock, Dates)


def form_issues(root: BaseModel, path: str) -> Iterator[SpecIssue]:
    """What is wrong in and below `root`, a condition, an operand or anything that holds some."""
    yield from _size_issues(root, path, _CONDITIONS, MAX_CONDITION_NODES, MAX_CONDITION_DEPTH, "a condition")
    yield from _size_issues(root, path, _OPERANDS, MAX_OPERAND_NODES, MAX_OPERAND_DEPTH, "an operand")
    for at, node in walk(root, path):
        match node:
            case Compare(_, "rising" | "falling" as op, right):
                if not _is_step_count(right):
                    yield SpecIssue(
                        f"{at}.right", f"{op} takes a whole number of bars from 1 to {MAX_STEPS} on the right"
                    )
            case Within(bars, _, times) if times > bars:
                yield SpecIssue(f"{at}.times", f"times is {times}, but only {bars} bars are looked at; use 1 to {bars}")
            case AtLeast(count, of) if count > len(of):
                yield SpecIssue(
                    f"{at}.at_least", f"at_least asks for {count} of {len(of)} conditions; use 1 to {len(of)}"
                )
            case Clock():
                yield from _clock_issues(node, at)
            case Dates(first, last) if first is not None and last is not None and first > last:
                yield SpecIssue(f"{at}.dates", f"dates run backwards: {first} is after {last}; swap the two")
            case _:
                pass


def zone_issue(zone: str, path: str) -> Iterator[SpecIssue]:
    """An issue when `zone` is not a time zone this machine knows."""
    if not _known_zone(zone):
        yield SpecIssue(path, f"zone must be a time zone such as America/New_York, not {zone!r}")


def _clock_issues(node: Clock, path: str) -> Iterator[SpecIssue]:
    yield from zone_issue(node.zone, f"{path}.zone")
    if node.clock[0] == "24:00":
        yield SpecIssue(f"{path}.clock[0]", "clock cannot start at 24:00; write 00:00")
    elif node.start_minute == node.end_minute:
        yield SpecIssue(f"{path}.clock", "clock starts and ends at the same time; give a window such as 09:30 to 11:30")


def _is_step_count(operand: BaseModel) -> bool:
    return isinstance(operand, Number) and operand.value.is_integer() and 1 <= operand.value <= MAX_STEPS


@lru_cache(maxsize=256)
def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; malformed; a folder of the zone database
        return False
    return True


def _size_issues(
    root: BaseModel, path: str, kinds: tuple[type[BaseModel], ...], most: int, deepest: int, what: str
) -> Iterator[SpecIssue]:
    for at, tree in _outermost(root, path, kinds):
        count = sum(1 for _, node in walk(tree, "") if isinstance(node, kinds))
        depth = _depth(tree, kinds)
        if count > most:
            yield SpecIssue(at, f"{what} may have {most} parts, this one has {count}; split it over indicators")
        elif depth > deepest:
            yield SpecIssue(at, f"{what} may be nested {deepest} deep, this one is {depth}; name parts as indicators")


def _outermost(node: BaseModel, path: str, kinds: tuple[type[BaseModel], ...]) -> Iterator[tuple[str, BaseModel]]:
    """The trees of `kinds` that are not inside another one."""
    covered: list[str] = []
    for at, part in walk(node, path):
        if isinstance(part, kinds) and not any(at.startswith((f"{top}.", f"{top}[")) for top in covered):
            covered.append(at)
            yield at, part


def _depth(node: BaseModel, kinds: tuple[type[BaseModel], ...]) -> int:
    below = (
        [_depth(child, kinds) for _, child in node.children() if isinstance(child, kinds)]
        if isinstance(node, Node)
        else []
    )
    return 1 + max(below, default=0)
