"""Conditions taken apart: each way in which one can be true, as a list of facts about ordered quantities.

"RSI above 70" becomes "rsi_14 > 70"; a cross becomes two facts, one of them about the bar before. What has no order
(votes, long windows) becomes an event that holds or does not. All three-valued logic falls away here: only ways of
being TRUE are listed, and in these every comparison is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from vibex.strategy.spec import (
    All,
    Any_,
    AtLeast,
    Calc,
    Clock,
    Compare,
    Condition,
    Dates,
    For,
    Not,
    Number,
    Operand,
    Ref,
    Within,
)

MAX_WAYS = 256
_DEEPEST_LAG = 3  # how many bars of a window or a rise are compared; more would only repeat them


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A quantity: a number (`value`), or `times` × the series `base` of `lag` bars ago."""

    base: str = ""
    lag: int = 0
    times: float = 1.0
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Above:
    """`high` > `low`, or ≥ unless `strict`; `said` is the comparison it comes from, None for common knowledge."""

    high: Term
    low: Term
    strict: bool
    said: Condition | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A condition that is not taken apart further: it holds, or it does not."""

    name: str
    holds: bool
    said: Condition


Fact = Above | Event
Way = tuple[Fact, ...]


class TooManyWays(Exception):
    """The condition can be true in more ways than are worth looking at."""


def ways(condition: Condition, *, holds: bool = True, lag: int = 0) -> list[Way]:
    """Every way for `condition` to be true (false, unless `holds`) `lag` bars ago. Raises TooManyWays."""
    match condition:
        case All(of) | Any_(of):
            parts = [ways(each, holds=holds, lag=lag) for each in of]
            return _together(parts) if isinstance(condition, All) == holds else _either(parts)
        case Not(of):
            return ways(of, holds=not holds, lag=lag)
        case Compare():
            return _compared(condition, holds, lag)
        case Within(bars, of, times):
            return _window(condition, of, bars if times == bars else 0, 1 if times == 1 else 0, holds, lag)
        case For(bars, of):
            return _window(condition, of, bars, 1 if bars == 1 else 0, holds, lag)
        case AtLeast(count, of):
            return _votes(condition, count, of, holds, lag)
        case Clock(start, end, zone):
            minute = Term(base=f"minute in {zone}", lag=lag)
            return _range(condition, minute, float(start), float(end), start > end, holds)
        case Dates():
            return _date_ways(condition, holds, lag)


def _together(parts: Iterable[list[Way]]) -> list[Way]:
    combined: list[Way] = [()]
    for part in parts:
        if len(combined) * len(part) > MAX_WAYS:
            raise TooManyWays
        combined = [one + other for one in combined for other in part]
    return combined


def _either(parts: Iterable[list[Way]]) -> list[Way]:
    return [way for part in parts for way in part]


def _compared(said: Compare, holds: bool, lag: int) -> list[Way]:
    if said.op in ("rising", "falling"):
        return _steps(said, holds, lag)
    left, right = term(said.left, lag), term(said.right, lag)
    if said.op in ("<", "<=", "crosses_below"):
        left, right = right, left
    strict = said.op not in (">=", "<=")
    if said.op == "==":
        if holds:
            return [(Above(left, right, False, said), Above(right, left, False, said))]
        return [(Above(left, right, True, said),), (Above(right, left, True, said),)]
    now = Above(left, right, strict, said) if holds else Above(right, left, not strict, said)
    if not said.op.startswith("crosses"):
        return [(now,)]
    left_before, right_before = term(said.left, lag + 1), term(said.right, lag + 1)
    if said.op == "crosses_below":
        left_before, right_before = right_before, left_before
    if holds:
        return [(now, Above(right_before, left_before, False, said))]
    return [(now,), (Above(left_before, right_before, True, said),)]


def _steps(said: Compare, holds: bool, lag: int) -> list[Way]:
    steps = int(said.right.value) if isinstance(said.right, Number) else 1
    seen = min(steps, _DEEPEST_LAG)
    pairs = [(term(said.left, lag + step), term(said.left, lag + step + 1)) for step in range(seen)]
    if said.op == "falling":
        pairs = [(before, now) for now, before in pairs]
    if holds:
        event = () if seen == steps else (_event(said, True, lag),)
        return [(*(Above(high, low, True, said) for high, low in pairs), *event)]
    if seen == steps:
        return [(Above(low, high, False, said),) for high, low in pairs]
    return [(_event(said, False, lag),)]


def _window(said: Condition, of: Condition, every: int, once: int, holds: bool, lag: int) -> list[Way]:
    """`every` bars on which `of` must be true when the window is; `once`: one true bar is enough to make it true."""
    event: Way = (_event(said, holds, lag),)
    if holds and every:
        return _together([[event], *(ways(of, lag=lag + back) for back in range(min(every, _DEEPEST_LAG)))])
    if not holds and once:
        return _together([[event], ways(of, holds=False, lag=lag)])
    return [event]


def _votes(said: Condition, count: int, of: Sequence[Condition], holds: bool, lag: int) -> list[Way]:
    needed = count if holds else len(of) - count + 1
    chosen = list(combinations(of, needed)) if len(of) <= 6 else []
    if not chosen:
        return [(_event(said, holds, lag),)]
    found = _either(_together([ways(each, holds=holds, lag=lag) for each in group]) for group in chosen)
    if len(found) > MAX_WAYS:
        raise TooManyWays
    return found


def _range(said: Condition, of: Term, start: float, end: float, wraps: bool, holds: bool) -> list[Way]:
    """`start` ≤ of < `end`, or outside end … start when it `wraps` over midnight."""
    first, last = Term(value=start), Term(value=end)
    from_start, until_end = Above(of, first, False, said), Above(last, of, True, said)
    before_start, after_end = Above(first, of, True, said), Above(of, last, False, said)
    inside = [from_start, until_end] if holds else [before_start, after_end]
    return [tuple(inside)] if wraps != holds else [(each,) for each in inside]


def _date_ways(said: Dates, holds: bool, lag: int) -> list[Way]:
    day = Term(base="session date", lag=lag)
    first = Term(value=float(said.first.toordinal())) if said.first else None
    last = Term(value=float(said.last.toordinal())) if said.last else None
    if holds:
        bounds = [Above(day, first, False, said)] if first else []
        return [(*bounds, *([Above(last, day, False, said)] if last else []))]
    return [
        *([(Above(first, day, True, said),)] if first else []),
        *([(Above(day, last, True, said),)] if last else []),
    ]


def _event(said: Condition, holds: bool, lag: int) -> Event:
    return Event(f"{said.model_dump_json()} {lag}", holds, said)


def term(operand: Operand, lag: int) -> Term:
    """`operand` as a quantity of `lag` bars ago; equal quantities are equal terms."""
    match operand:
        case Number(value):
            return Term(value=value)
        case Ref(ref, shift, times):
            base = ref if operand.since_entry is None else f"{operand.since_entry} of {ref} since the entry"
            return Term(base=base, lag=lag + shift, times=times)
        case Calc(op, args):
            return Term(base=f"{op}({', '.join(_spelled(term(each, lag)) for each in args)})")
    raise AssertionError("no other operand exists")


def _spelled(part: Term) -> str:
    return repr(part.value) if part.value is not None else f"{part.times!r}·{part.base}@{part.lag}"
