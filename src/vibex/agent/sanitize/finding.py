"""Finds the one JSON value in a text that may hold prose, a code fence or a closed block of thoughts around it."""

from __future__ import annotations

import re

from vibex.agent.sanitize.broken_json import BrokenJson, Members, Unreadable, Value

_MARK = re.compile(r"```[A-Za-z0-9_+-]*|<think(?:ing)?>|[\[{]", re.IGNORECASE)
_THOUGHTS_END = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_OBJECT_BEGINS = re.compile(r"""\{\s*(?:["'}{\[/#]|[A-Za-z_]\w*\s*:|\Z)""")
_LIST_BEGINS = re.compile(r"""\[\s*["'{\[0-9-]""")


def find_value(text: str) -> tuple[Value, tuple[str, ...]]:
    """The one object (or list of objects) in `text`, and what had to be overlooked or repaired to read it.

    Raises Unreadable: nothing there, something that breaks off, an unclosed block of thoughts, or values that differ.
    """
    reader = BrokenJson(text)
    values: list[Value] = []
    at = 0
    while found := _MARK.search(text, at):
        _note_prose(reader, text[at : found.start()])
        if found[0].startswith("```"):
            reader.repairs.setdefault("code fence")
            at = found.end()
        elif found[0].startswith("<"):
            end = _THOUGHTS_END.search(text, found.end())
            if end is None:
                raise Unreadable("a <think> block is not closed")
            reader.repairs.setdefault("<think> block")
            at = end.end()
        else:
            at = _take(reader, found.start(), values)
    _note_prose(reader, text[at:])
    if not values:
        raise Unreadable("it holds no JSON object")
    if any(value != values[0] for value in values):
        raise Unreadable("it holds two objects that differ")
    if len(values) > 1:
        reader.repairs.setdefault("identical duplicates of the object")
    return values[0], tuple(reader.repairs)


def _take(reader: BrokenJson, at: int, values: list[Value]) -> int:
    """Read what begins at the bracket, if it is data and not prose; where to go on."""
    begins = _OBJECT_BEGINS if reader.text[at] == "{" else _LIST_BEGINS
    if begins.match(reader.text, at) is None:
        reader.repairs.setdefault("prose around the object")
        return at + 1
    before = dict(reader.repairs)
    value, end = reader.value(at)
    if isinstance(value, list) and not _holds_object(value):
        reader.repairs = {**before, "prose around the object": None}
    else:
        values.append(value)
    return end


def _holds_object(value: Value) -> bool:
    if isinstance(value, list):
        return any(_holds_object(part) for part in value)
    return isinstance(value, Members)


def _note_prose(reader: BrokenJson, between: str) -> None:
    if between.strip():
        reader.repairs.setdefault("prose around the object")
