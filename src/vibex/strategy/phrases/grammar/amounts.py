"""Amounts in speech that sizes and limits share: "10%", "三成", "$500"."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.cursor import Cursor


def introduce(c: Cursor) -> None:
    while c.sign(":", "=", "-") or c.take("at") or c.take("of") or c.take("by"):
        pass


def percent(c: Cursor) -> float | None:
    """ "10%", "三成" (30 %)."""
    part = c.attempt(lambda c: c.take("fraction") or c.take("multiple"))
    value = float(part) if isinstance(part, int | float) and 0 < part < 1 else c.number()
    if value is None:
        return None
    if c.take_if_text("成"):
        return value * 10
    return value if c.take("pct") is not None else None


def sum_of_money(c: Cursor) -> float | None:
    sign = c.take("money")
    value = c.number()
    if value is None or c.peek("pct") is not None:
        return None
    return value if c.take("money") or sign else None
