"""The first rule that fits, for rules of one kind of result: mypy would infer `object` from a mixture of kinds."""

from __future__ import annotations

from collections.abc import Callable

from vibex.strategy.phrases.cursor import Cursor
from vibex.strategy.phrases.terms import Condition, Operand


def any_operand(c: Cursor, *rules: Callable[[Cursor], Operand | None]) -> Operand | None:
    return c.first_of(*rules)


def any_condition(c: Cursor, *rules: Callable[[Cursor], Condition | None]) -> Condition | None:
    return c.first_of(*rules)
