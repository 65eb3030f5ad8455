"""Everything inside a JSON value, however deep: what is read here is not yet checked, so no recursion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vibex.domain import JsonValue


def parts_of(value: JsonValue | Mapping[str, JsonValue]) -> Iterator[JsonValue | Mapping[str, JsonValue]]:
    """`value` and every member of its lists and objects, parents first, in their order."""
    pending: list[JsonValue | Mapping[str, JsonValue]] = [value]
    while pending:
        part = pending.pop()
        yield part
        if isinstance(part, Mapping):
            pending += reversed(list(part.values()))
        elif isinstance(part, list):
            pending += reversed(part)
