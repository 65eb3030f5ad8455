"""Reads an HTTP answer: what it proves about the request, whatever the body is made of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from vibex.domain.json_text import loads
from vibex.venues.aster.errors import Kind, meaning_of

Json = str | int | Decimal | bool | None | list["Json"] | dict[str, "Json"]
"""A JSON document whose numbers never went through a float."""

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Good:
    document: Json


@dataclass(frozen=True, slots=True)
class Bad:
    """`code` is the venue's, None when the answer holds none. `message` is the venue's, shortened."""

    kind: Kind
    code: int | None
    message: str


class NotJson(ValueError):
    """A body that is no JSON document, or one that holds NaN or Infinity."""


def read_json(text: str) -> Json:
    """`text` as JSON with exact numbers. Raises NotJson."""
    try:
        document: Json = loads(text, parse_float=_number, parse_constant=_constant)
    except (ValueError, InvalidOperation):
        raise NotJson(f"no JSON: {shown(text)}") from None
    return document


def judge(status: int, text: str, *, writes: bool) -> Good | Bad:
    """What an answer means. A refusal is believed only with proof: the venue's own code on a 4xx (or with a 200), or
    the limits' status codes; everything else leaves a write unknown."""
    try:
        document: Json = read_json(text)
    except NotJson as error:
        return _without_document(status, str(error))
    code, message = error_in(document)
    if status == 418 or status == 429:
        return Bad(Kind.BACK_OFF, code, message or f"HTTP {status}")
    if status == 403:
        return Bad(Kind.FATAL, code, message or "HTTP 403")
    if status >= 500 or status < 200 or 300 <= status < 400:
        kind = Kind.FATAL if code == -1016 and not writes else Kind.UNKNOWN
        return Bad(kind, code, message or f"HTTP {status}")
    if code is not None:
        return Bad(meaning_of(code).kind, code, message)
    if status >= 400:
        return Bad(Kind.UNKNOWN, None, f"HTTP {status} without the venue's code")
    return Good(document)


def error_in(document: Json) -> tuple[int | None, str]:
    """The code and message of an error document, (None, "") for any other. Codes come as numbers and as text; 200 is
    how the venue says yes."""
    if not isinstance(document, dict) or "code" not in document:
        return None, ""
    raw = document["code"]
    try:
        code = int(raw) if isinstance(raw, int | str) else None
    except ValueError:
        code = None
    message = document.get("msg", "")
    if code in (200, 0):
        return None, ""
    return code if code is not None else -1000, shown(message) if isinstance(message, str) else ""


def shown(text: str) -> str:
    """A foreign text for a message of ours: one line, printable, short."""
    line = " ".join(text.split())
    line = "".join(character if character.isprintable() else "?" for character in line)
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"


def _without_document(status: int, said: str) -> Bad:
    if status in (418, 429):
        return Bad(Kind.BACK_OFF, None, f"HTTP {status}")
    if status == 403:
        return Bad(Kind.FATAL, None, "HTTP 403: the venue's firewall")
    return Bad(Kind.UNKNOWN, None, f"HTTP {status}, {said}")


def _number(text: str) -> Decimal:
    return Decimal(text)


def _constant(text: str) -> NoReturn:
    raise ValueError(text)
