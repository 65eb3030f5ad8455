"""What restricts every entry: "no trades on Fridays", "only between 10:00 and 15:00", "don't buy when …"."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.conditions import condition
from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.elements import Content, Rule
from vibex.strategy.phrases.grammar.terms import Group
from vibex.strategy.phrases.grammar.times import time_condition


def no_trades(c: Cursor) -> Content | None:
    """ "no trades on Fridays", "don't trade before 10:00", "not on a Friday"."""
    if c.take("not") is None:
        return None
    c.skip("trades", "act", "chat", "prep")
    c.i -= 1 if c.i and c.tokens[c.i - 1].has("before", "after", "until") else 0
    found = time_condition(c)
    return None if found is None else Rule(condition=Group("not", (found,)), filters=True)


def only_times(c: Cursor) -> Content | None:
    """ "only trade Mondays to Thursdays", "trade only between 10:00 and 15:00"."""
    if not _restricts(c):
        return None
    c.skip("chat", "trades", "act", "maximum", "when")
    found = time_condition(c)
    return None if found is None else Rule(condition=found, filters=True)


def waits(c: Cursor) -> Content | None:
    """ "wait until 10:00", "wait for the first 15 minutes"."""
    if c.take("cooldown") is None:
        return None
    found = time_condition(c)
    return None if found is None else Rule(condition=found, filters=True)


def _restricts(c: Cursor) -> bool:
    return any(
        token.text in ("only", "trade", "trades", "trading", "entries", "只在", "仅在", "只", "仅")
        for token in c.tokens[c.i : c.i + 3]
    )


def forbidden(c: Cursor) -> Content | None:
    """ "don't buy when RSI is above 70", "no longs below the 200 SMA": restricts the entries."""
    if c.take("not") is None:
        return None
    c.skip("chat")
    if not c.skip("trades") and str(c.take("act")) not in ("buy", "enter", "enter_long", "enter_short"):
        return None
    c.skip("trades", "asset", "when", "and")
    found = condition(c)
    return None if found is None else Rule(condition=Group("not", (found,)), filters=True)


def unless(c: Cursor) -> Content | None:
    if c.take("unless") is None:
        return None
    found = condition(c)
    return None if found is None else Rule(condition=Group("not", (found,)), filters=True)
