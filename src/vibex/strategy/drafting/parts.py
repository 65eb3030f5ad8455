"""The parts of a JSON value, all or the one at a path: what is read here is not yet checked, so no recursion."""

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


def value_at(spec: JsonValue | Mapping[str, JsonValue], path: str) -> JsonValue:
    """What `spec` holds at a path such as `indicators[0].params.timeperiod`; None where there is nothing."""
    value: object = spec
    for step in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value  # type: ignore[return-value]  # a part of a JSON value
