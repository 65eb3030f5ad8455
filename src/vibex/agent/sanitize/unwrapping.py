"""From the value that was found to the list of decisions in it: bare, in its object, or in a tool call's envelope."""

from __future__ import annotations

from collections.abc import Iterable

from vibex.agent.sanitize.broken_json import Members, Unreadable, Value
from vibex.agent.sanitize.finding import find_value

DECISIONS = "trade_decisions"
_ARGUMENTS = ("arguments", "parameters", "input")
_CALLS = ("tool_calls", "tool_call", "function_call", "function")
_MOST_ENVELOPES = 4
_MOST_DECISIONS = 500


def decision_items(value: Value, repairs: dict[str, None]) -> list[Members]:
    """Each decision as an object. Raises Unreadable for an empty list and for wrong nesting; adds to `repairs`."""
    for _ in range(_MOST_ENVELOPES):
        inner = _out_of_envelope(value)
        if inner is None:
            break
        repairs.setdefault("tool-call envelope")
        if isinstance(inner, str):
            inner, found = find_value(inner)
            repairs.update(dict.fromkeys(found))
        value = inner
    items = _listed(value, repairs)
    if not items:
        raise Unreadable("its list of decisions is empty")
    if len(items) > _MOST_DECISIONS:
        raise Unreadable(f"it holds more than {_MOST_DECISIONS} decisions")
    decisions = [item for item in items if isinstance(item, Members)]
    if len(decisions) < len(items) or not any(_has(item, "asset") for item in decisions):
        raise Unreadable("its decisions are nested wrongly")
    return decisions


def folded(members: Members) -> Iterable[tuple[str, Value]]:
    """The members with their keys as the contract spells them."""
    return ((key.strip().lower(), value) for key, value in members.pairs)


def _listed(value: Value, repairs: dict[str, None]) -> list[Value]:
    if isinstance(value, list):
        repairs.setdefault("bare array")
        return value
    if not isinstance(value, Members):
        raise Unreadable("its decisions are nested wrongly")
    lists = [part for key, part in folded(value) if key == DECISIONS]
    if len(lists) > 1:
        raise Unreadable(f"it repeats {DECISIONS}")
    if not lists or not isinstance(lists[0], list):
        raise Unreadable(f"it has no list of {DECISIONS}")
    if any(key != DECISIONS for key, _ in value.pairs):
        spelled = any(key != DECISIONS and key.strip().lower() == DECISIONS for key, _ in value.pairs)
        repairs.setdefault("letter case" if spelled else "unknown fields dropped")
    return lists[0]


def _out_of_envelope(value: Value) -> Value:
    """What a tool call carries: its arguments, or the call inside a wrapper; None when this is no envelope."""
    if isinstance(value, list):
        calls = [part for part in value if isinstance(part, Members) and _out_of_envelope(part) is not None]
        if not calls or len(calls) < len(value):
            return None
        if any(call != calls[0] for call in calls):
            raise Unreadable("it holds two tool calls that differ")
        return calls[0]
    if not isinstance(value, Members) or _has(value, DECISIONS) or _has(value, "asset"):
        return None
    for name in (*_ARGUMENTS, *_CALLS):
        inner = [part for key, part in folded(value) if key == name]
        if len(inner) > 1:
            raise Unreadable("it repeats the arguments of a tool call")
        if inner and isinstance(inner[0], Members | list | str) and (name in _CALLS or _names_function(value)):
            if name == "function" and isinstance(inner[0], str):
                continue
            return inner[0]
    return None


def _names_function(value: Members) -> bool:
    return _has(value, "name") or _has(value, "function") or _has(value, "type")


def _has(members: Members, key: str) -> bool:
    return any(name == key for name, _ in folded(members))
