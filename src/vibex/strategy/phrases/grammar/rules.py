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


def nested_operand(c: Cursor, rule: Callable[[Cursor], Operand | None]) -> Operand | None:
    """The operand inside brackets, None where they nest too deep."""
    if not c.descend():
        return None
    found = rule(c)
    c.depth -= 1
    return found


def nested_condition(c: Cursor, rule: Callable[[Cursor], Condition | None]) -> Condition | None:
    """The condition inside brackets or behind "not", None where they nest too deep."""
    if not c.descend():
        return None
    found = rule(c)
    c.depth -= 1
    return found


def any_condition(c: Cursor, *rules: Callable[[Cursor], Condition | None]) -> Condition | None:
    start = c.i
    for rule in rules:
        found = rule(c)
        if found is not None:
            return found
        c.i = start
    return None
