"""Reads values out of the documents that ccxt hands over, which promise nothing about their shape.

Numbers are Decimal from the venue's text: ccxt is told to make no float (see `connection`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from vibex.domain import RetryLater

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | Decimal | None"


def fields(value: object) -> Mapping[str, object]:
    """`value` when it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def rows(value: object) -> Sequence[Mapping[str, object]]:
    """The objects of a list; nothing when `value` is none."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(item for item in value if isinstance(item, Mapping))


def inside(document: object, *path: str | int) -> object:
    """The value at `path` of nested objects and lists, None where the path leads nowhere."""
    for step in path:
        if isinstance(step, int):
            document = document[step] if isinstance(document, Sequence) and len(document) > step else None
        else:
            document = fields(document).get(step)
    return document


def text(document: object, *path: str | int) -> str | None:
    value = inside(document, *path)
    return None if value is None or value == "" else str(value)


def decimal(document: object, *path: str | int) -> Decimal | None:
    """A finite number, None where there is none. Raises RetryLater for text that is no number."""
    value = inside(document, *path)
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        raise RetryLater(f"{'.'.join(map(str, path))} of the venue's answer is no number") from None
    if not number.is_finite():
        raise RetryLater(f"{'.'.join(map(str, path))} of the venue's answer is not finite")
    return number


def required(document: object, *path: str | int) -> Decimal:
    """As `decimal`. Raises RetryLater where there is no number: what is unknown is never 0."""
    number = decimal(document, *path)
    if number is None:
        raise RetryLater(f"the venue's answer has no {'.'.join(map(str, path))}")
    return number


def moment(document: object, *path: str | int) -> datetime | None:
    """Epoch milliseconds as an aware UTC datetime."""
    value = decimal(document, *path)
    return None if value is None else datetime.fromtimestamp(float(value) / 1000, UTC)
