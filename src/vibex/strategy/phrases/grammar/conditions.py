"""Conditions: comparisons joined by and, or, not, with how long or how recently they must hold.

"and" binds tighter than "or"; "either … or …" and brackets group. A comma joins like the connective that follows it.
"""

from __future__ import annotations

from dataclasses import replace

from vibex.strategy.phrases.grammar.comparisons import comparison
from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.lengths import length
from vibex.strategy.phrases.grammar.lists import any_listed, shared, votes
from vibex.strategy.phrases.grammar.moves import move
from vibex.strategy.phrases.grammar.operands import operand
from vibex.strategy.phrases.grammar.rules import any_condition, nested_condition
from vibex.strategy.phrases.grammar.terms import (
    Compare,
    Condition,
    Counted,
    Group,
    Num,
    Series,
    all_of,
    any_of,
    earlier,
)
from vibex.strategy.phrases.grammar.times import time_condition


def condition(c: Cursor) -> Condition | None:
    """A whole condition, as long as the words go on with one."""
    first = _conjunction(c)
    if first is None:
        return None
    parts, joined = [first], ""
    while True:
        start = c.i
        word = _connective(c)
        following = _conjunction(c) if word else None
        if following is None:
            c.i = start
            break
        parts.append(following)
        joined = "or" if word == "or" or joined == "or" else "and"
    return any_of(parts) if joined == "or" else all_of(parts)


def _connective(c: Cursor) -> str | None:
    """ "or", ", or", "or when"; "unless" does not count."""
    c.sign(",")
    if c.take("or") is None:
        return None
    c.attempt(lambda c: c.take("when"))
    return "or"


def _conjunction(c: Cursor) -> Condition | None:
    first = _unit(c)
    if first is None:
        return None
    parts: list[Condition] = [first]
    while (candle := any_condition(c, _next_candle)) is not None:
        parts = [*(earlier(part) for part in parts), candle]
    while True:
        start = c.i
        following = _and_unit(c)
        if following is None or _starts_next_rule(c, start):
            c.i = start
            break
        if any(token.text in ("then", "and then", ", then") for token in c.tokens[start : start + 2]):
            parts = [earlier(part) if isinstance(part, Counted) and part.kind == "for" else part for part in parts]
        parts.append(following)
    return _with_listed_or(c, parts)


def _and_unit(c: Cursor) -> Condition | None:
    if c.attempt(lambda c: c.take("unless")) is not None:
        inner = nested_condition(c, _unit)
        return None if inner is None else Group("not", (inner,))
    comma = c.sign(",")
    if comma and c.peek("or"):
        return None
    word = c.take("and") or c.take("with") or c.take_if_text("but", "+")
    if not comma and not word and c.find("on") == c.i and c.i + 1 < len(c.tokens):
        word = c.take("on") if c.tokens[c.i + 1].senses.get("price") == "volume" else None
    if not comma and not word:
        return None
    if word:
        c.attempt(lambda c: c.take("when"))
    elif c.find("when") == c.i:
        return None
    return _unit(c)


def _next_candle(c: Cursor) -> Condition | None:
    """ "two red candles, then a green one", "followed by a hammer": on the bar after."""
    c.sign(",")
    c.skip("and")
    if not c.take_if_text("followed", "then", "followed by", ", then"):
        return None
    c.skip("by", "then")
    at = c.find("candle") if c.find("candle") is not None else c.find("colour")
    return move(c) if at is not None else None


def _starts_next_rule(c: Cursor, start: int) -> bool:
    """Whether what was read after a comma is really the condition of the next action ("RSI > 70, sell")."""
    comma = c.tokens[start].text == ","
    joined = c.tokens[start + 1].has("and", "with") if start + 1 < len(c.tokens) else False
    if not comma or joined:
        return False
    at = c.i
    while at < len(c.tokens) and (c.tokens[at].is_filler or c.tokens[at].has("then")) and not c.tokens[at].has("act"):
        at += 1
    return at < len(c.tokens) and c.tokens[at].has("act") and _already_acted(c, start)


def _already_acted(c: Cursor, start: int) -> bool:
    """Whether an action stands before the condition that is being read, which then has its own."""
    return any(token.has("act") and not token.has("price") for token in c.tokens[:start])


def _with_listed_or(c: Cursor, parts: list[Condition]) -> Condition:
    """ "A, B, or C": the last connective speaks for the commas before it."""
    if len(parts) > 1 and c.peek("or") is None and not c.done and c.tokens[c.i].text == ",":
        start = c.i
        c.sign(",")
        if c.take("or") and not any(token.has("and") for token in c.tokens[:0]):
            last = _unit(c)
            if last is not None:
                return any_of([*parts, last])
        c.i = start
    return all_of(parts)


def _unit(c: Cursor) -> Condition | None:
    return any_condition(
        c, lambda c: votes(c, _unit), lambda c: any_listed(c, _unit), lambda c: shared(c, _unit), _both, _either,
        _bracketed, _negated, _recently, _held,
    )  # fmt: skip


def _both(c: Cursor) -> Condition | None:
    if c.take("both") is None:
        return None
    op = c.take("cmp")
    if op is None:
        return nested_condition(c, _conjunction)
    level = operand(c)
    if level is None:
        return None
    return all_of([Compare(Series(name=which), str(op), level) for which in ("?first", "?second")])


def _either(c: Cursor) -> Condition | None:
    if c.take("either") is None:
        return None
    items: list[Condition] = []
    while (item := nested_condition(c, _unit)) is not None:
        items.append(item)
        start = c.i
        c.sign(",")
        if c.take("or") is None:
            c.i = start
            break
    return any_of(items) if len(items) > 1 else None


def _bracketed(c: Cursor) -> Condition | None:
    if not c.sign("("):
        return None
    inner = nested_condition(c, condition)
    return inner if inner is not None and c.sign(")") else None


def _negated(c: Cursor) -> Condition | None:
    if c.take("not") is None:
        return None
    inner = nested_condition(c, _unit)
    return None if inner is None else Group("not", (inner,))


def _recently(c: Cursor) -> Condition | None:
    """ "within the last 5 bars the MACD crossed up", "连续3天 RSI 低于 40"."""
    said_within = c.peek("within") is not None or c.peek("in") is not None
    counted = c.first_of(_window, _row)
    if counted is None:
        return None
    c.sign(",")
    inner = _simple(c)
    if inner is None:
        return None
    kind, count, unit, times = counted
    if not said_within and times == 1 and _is_colour(inner):
        kind = "for"  # "the last three candles closed green" speaks of each of them
    return Counted(kind, count, (inner,), times, unit)


def _is_colour(found: Condition) -> bool:
    match found:
        case Compare(Series(name="close"), _, Series(name="open")):
            return True
    return False


def _held(c: Cursor) -> Condition | None:
    """A simple condition and how long it must hold or how recently it held."""
    inner = _simple(c)
    if inner is None:
        return None
    counted = c.first_of(_window, _duration, _row)
    if counted is None:
        return inner
    kind, count, unit, times = counted
    if isinstance(inner, Compare) and inner.op in ("rising", "falling") and kind == "for":
        return replace(inner, right=Num(float(count)))
    return Counted(kind, count, (inner,), times, unit)


def _simple(c: Cursor) -> Condition | None:
    return any_condition(c, move, time_condition, comparison)


def _window(c: Cursor) -> tuple[str, int, str, int] | None:
    """ "within the last 5 bars", "at least twice in the last 10 bars", "最近5根K线内"."""
    times = c.attempt(_times)
    inside = c.take("within") or c.take("in") or c.take_if_text("any", "some")
    recent = c.take("last") is not None
    if not inside and not recent:
        return None
    size = length(c)
    if size is None or not size[1] or c.peek("extreme") or c.peek("price"):
        return None
    if not recent and not c.take("last") and not c.take("within") and not (inside and times):
        return None
    c.take("within")
    return "within", int(size[0]), size[1], times or 1


def _times(c: Cursor) -> int | None:
    c.take_if("cmp", ">=")
    if c.take_if("multiple", 2):
        return 2
    count = c.number()
    return int(count) if count and c.take("times_sign") else None


def _duration(c: Cursor) -> tuple[str, int, str, int] | None:
    """ "for 3 bars in a row", "for 3 consecutive closes"."""
    if c.take("for") is None:
        return None
    c.skip("last")
    c.take_if("cmp", ">=")
    return _row_count(c, needs_row=False)


def _row(c: Cursor) -> tuple[str, int, str, int] | None:
    """ "3 bars in a row", "连续3天"."""
    return _row_count(c, needs_row=True)


def _row_count(c: Cursor, *, needs_row: bool) -> tuple[str, int, str, int] | None:
    row = c.take("in_a_row") is not None
    count = c.number()
    if count is None or count < 1 or count != int(count):
        return None
    row = c.take("in_a_row") is not None or row
    c.attempt(lambda c: c.take("tf") if c.i + 1 < len(c.tokens) and c.tokens[c.i + 1].has("unit") else None)
    unit = c.take("unit")
    row = c.take("in_a_row") is not None or row
    at = c.find("cmp")
    if unit is None and row and at is not None and c.tokens[at].text.startswith("closes"):
        unit = "bar"  # "two consecutive closes above": the closes are the bars
    if unit is None or (needs_row and not row):
        return None
    return "for", int(count), str(unit), 1
