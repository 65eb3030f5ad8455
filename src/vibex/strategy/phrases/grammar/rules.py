"""The first rule that fits, for rules that give operands and for rules that give conditions."""

from __future__ import annotations

from collections.abc import Callable

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.terms import Condition, Operand


def any_operand(c: Cursor, *rules: Callable[[Cursor], Operand | None]) -> Operand | None:
    start = c.i
    for rule in rules:
        found = rule(c)
        if found is not None:
            return found
        c.i = start
    return None


def any_condition(c: Cursor, *rules: Callable[[Cursor], Condition | None]) -> Condition | None:
    start = c.i
    for rule in rules:
        found = rule(c)
        if found is not None:
            return found
        c.i = start
    return None
