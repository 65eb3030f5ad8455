"""Parameters of one call: read by name and type, refused in the venue's words, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from vibex.domain.json_text import loads
from vibex.venues.simulator.exchange.floor import Json
from vibex.venues.simulator.exchange.refusal import Refusal

E = TypeVar("E", bound=StrEnum)


class Parameters:
    """`python_booleans`: whether True and False with a capital count as booleans."""

    def __init__(self, pairs: Sequence[tuple[str, str]], *, python_booleans: bool = False) -> None:
        self._values = dict(pairs)
        self._read: set[str] = set()
        self._python_booleans = python_booleans

    def maybe(self, name: str) -> str | None:
        """The text, None when not sent. −1105 when sent empty."""
        self._read.add(name)
        value = self._values.get(name)
        if value == "":
            raise Refusal(-1105, name)
        return value

    def text(self, name: str) -> str:
        value = self.maybe(name)
        if value is None:
            raise Refusal(-1102, name)
        return value

    def maybe_decimal(self, name: str) -> Decimal | None:
        value = self.maybe(name)
        if value is None:
            return None
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise Refusal(-1100, name) from None
        if not number.is_finite():
            raise Refusal(-1100, name)
        return number

    def decimal(self, name: str) -> Decimal:
        number = self.maybe_decimal(name)
        if number is None:
            raise Refusal(-1102, name)
        return number

    def maybe_integer(self, name: str) -> int | None:
        value = self.maybe(name)
        if value is None:
            return None
        if not (value.isascii() and value.isdigit()):
            raise Refusal(-1100, name)
        return int(value)

    def integer(self, name: str) -> int:
        number = self.maybe_integer(name)
        if number is None:
            raise Refusal(-1102, name)
        return number

    def limit(self, default: int, largest: int) -> int:
        wanted = self.maybe_integer("limit")
        return default if wanted is None else max(1, min(wanted, largest))

    def maybe_flag(self, name: str) -> bool | None:
        value = self.maybe(name)
        if value is None:
            return None
        if value in ("true", "TRUE") or (value == "True" and self._python_booleans):
            return True
        if value in ("false", "FALSE") or (value == "False" and self._python_booleans):
            return False
        raise Refusal(-1130, name)

    def flag(self, name: str) -> bool:
        value = self.maybe_flag(name)
        if value is None:
            raise Refusal(-1102, name)
        return value

    def maybe_choice(self, name: str, kind: type[E], code: int = -1130) -> E | None:
        value = self.maybe(name)
        if value is None:
            return None
        try:
            return kind(value)
        except ValueError:
            raise Refusal(code, name) from None

    def choice(self, name: str, kind: type[E], code: int = -1130) -> E:
        value = self.maybe_choice(name, kind, code)
        if value is None:
            raise Refusal(-1102, name)
        return value

    def listing(self, name: str, largest: int) -> list[Json]:
        """A JSON list of 1 to `largest` elements."""
        try:
            value = loads(self.text(name))
        except ValueError:
            raise Refusal(-1130, name) from None
        if not isinstance(value, list) or not 1 <= len(value) <= largest:
            raise Refusal(-1130, name)
        return value

    def unread(self) -> int:
        """How many parameters nobody asked for."""
        return len(set(self._values) - self._read)

    def ignore(self, names: Sequence[str]) -> None:
        self._read.update(names)
