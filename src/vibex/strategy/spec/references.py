"""The names a reference may use besides indicator ids, and where each kind of name is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from vibex.domain import SpecIssue, Timeframe
from vibex.strategy.spec.condition import Compare
from vibex.strategy.spec.node import walk
from vibex.strategy.spec.operand import Ref

PRICES = ("open", "high", "low", "close", "volume", "hl2", "hlc3", "ohlc4")
CALENDAR_MINUTES = ("minutes_since_open", "minutes_to_close")
CALENDAR = (
    *CALENDAR_MINUTES,
    "session_bar",
    "weekday",
    "day",
    "month",
    "week_session",
    "month_session",
    "month_sessions_left",
)
STATE = ("entry_price", "bars_since_entry", "bars_since_exit", "targets_hit", "last_exit_price")
ENTRY_STATE = ("bars_since_entry", "bars_since_exit", "last_exit_price")
RESERVED = frozenset({*PRICES, *CALENDAR, *STATE})


class Place(StrEnum):
    """Where an operand stands; decides which state it may read."""

    ENTRY = "entry"
    EXIT = "exit"
    MOVING_LEVEL = "a level that moves with every bar"
    FIXED_LEVEL = "a level that is fixed on the decision bar"
    SERIES = "an indicator's input or `when`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The indicators that may be referred to: outputs by id, None where the indicator itself is unknown.

    `later` holds ids that exist further down; `timeframe` is the one of the bars that are looked at.
    """

    outputs: Mapping[str, tuple[str, ...] | None]
    later: frozenset[str] = frozenset()
    timeframe: Timeframe


def is_state(ref: Ref) -> bool:
    """Whether the value depends on the position, so that it cannot be computed as an array."""
    return ref.ref in STATE or ref.since_entry is not None


def reference_issues(root: BaseModel, path: str, names: Names, place: Place) -> Iterator[SpecIssue]:
    """What is wrong with the references in and below `root`."""
    for at, node in walk(root, path):
        if isinstance(node, Ref):
            yield from _name_issues(node.ref, at, names)
            yield from _state_issues(node, at, place)
        elif isinstance(node, Compare) and node.op in ("crosses_above", "crosses_below"):
            for side, operand in (("left", node.left), ("right", node.right)):
                if any(isinstance(part, Ref) and is_state(part) for _, part in walk(operand, "")):
                    yield SpecIssue(
                        f"{at}.{side}",
                        f"{node.op} cannot read the position's state, which has no value on the bar before; use > or <",
                    )


def series_issues(name: str, path: str, names: Names) -> Iterator[SpecIssue]:
    """What is wrong with `name` where an indicator's series is asked for, such as an Exit's ATR."""
    if name in RESERVED:
        yield SpecIssue(path, f"indicator must be the id of an indicator such as atr_14, not {name!r}")
    else:
        yield from _name_issues(name, path, names)


def _name_issues(name: str, path: str, names: Names) -> Iterator[SpecIssue]:
    if name in CALENDAR_MINUTES and not names.timeframe.is_intraday:
        yield SpecIssue(
            path,
            f"{name} has no meaning on {names.timeframe} bars; use an intraday timeframe, weekday or month_session",
        )
    if name in RESERVED:
        return
    head, dot, output = name.partition(".")
    if head not in names.outputs:
        yield SpecIssue(path, _unknown(name, head, names))
        return
    known = names.outputs[head]
    if known is None or (not dot and not known) or (dot and output in known):
        return
    options = ", ".join(f"{head}.{each}" for each in known)
    if not known:
        yield SpecIssue(path, f"{head} has one output, so write {head} instead of {name}")
    elif not dot:
        yield SpecIssue(path, f"{head} has several outputs; say which: {options}")
    else:
        yield SpecIssue(path, f"{head} has no output {output!r}; it has {options}")


def _unknown(name: str, head: str, names: Names) -> str:
    if head in names.later:
        return f"{head} is defined later; move the indicator {head} above this one"
    near = difflib.get_close_matches(head, [*names.outputs, *RESERVED], n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else "add an indicator with this id or use a price such as close"
    return f"{name!r} is neither an indicator's id nor a price; {hint}"


def _state_issues(ref: Ref, path: str, place: Place) -> Iterator[SpecIssue]:
    if not is_state(ref):
        return
    what = ref.ref if ref.since_entry is None else f"since_entry of {ref.ref}"
    if ref.since_entry is not None and ref.ref in (*STATE, *CALENDAR):
        yield SpecIssue(path, f"since_entry needs a price or an indicator, not {ref.ref}")
    if ref.shift:
        yield SpecIssue(path, f"{what} cannot be shifted: it describes the position now; leave shift out")
    if place in (Place.EXIT, Place.MOVING_LEVEL):
        return
    if place is Place.ENTRY and ref.since_entry is None and ref.ref in ENTRY_STATE:
        return
    remedy = (
        f"an entry may use {', '.join(ENTRY_STATE)}"
        if place is Place.ENTRY
        else ('use it in `exit` or in a level with "update": "bar"')
    )
    yield SpecIssue(path, f"{what} cannot be used in {place.value}; {remedy}")
