"""Conditions that are said of several things at once, or listed: "two of these are true: …", "neither A nor B is …"."""

from __future__ import annotations

from collections.abc import Callable

from vibex.strategy.phrases.grammar.comparisons import predicate
from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.operands import operand
from vibex.strategy.phrases.grammar.rules import nested_condition
from vibex.strategy.phrases.grammar.terms import Condition, Counted, Group, Operand, Series, all_of, any_of

Inner = Callable[[Cursor], Condition | None]


def votes(c: Cursor, inner: Inner) -> Condition | None:
    """ "two of these are true: A, B, C", "at least 2 of: A, B, C", "any two of the three: A, B, C"."""
    c.take_if("cmp", ">=")
    c.take_if_text("any")
    count = c.number()
    if count is None or count != int(count):
        return None
    if not _announced(c):
        return None
    items = _items(c, inner)
    return Counted("at_least", int(count), tuple(items)) if len(items) >= max(2, count) else None


def any_listed(c: Cursor, inner: Inner) -> Condition | None:
    """ "any of these happens: A, B, C", "one of the following is true: …"."""
    if not c.take_if_text("any", "either", "any of", "any one of", "either of") or not _announced(c):
        return None
    items = _items(c, inner)
    return any_of(items) if len(items) > 1 else None


def _announced(c: Cursor) -> bool:
    """ "of these three are true:": a list follows; a colon or the words of a list say so."""
    named = c.take_if("phrase", "of_following")
    if not named and not c.take_if_text("of") and not c.tokens[c.i - 1].text.endswith(" of"):
        return False
    while (
        c.number() is not None
        or c.skip("unit", "heading_words", "pronoun")
        or c.take_if_text("following", "these", "those", "conditions", "things", "signals", "happens", "occurs")
    ):
        pass
    named = c.take_if("phrase", "true") or named
    return c.sign(":") is not None or named


def _items(c: Cursor, inner: Inner) -> list[Condition]:
    items: list[Condition] = []
    while (item := nested_condition(c, inner)) is not None:
        items.append(item)
        start = c.i
        c.sign(",", ";")
        c.skip("and", "or")
        if c.i == start:
            break
        c.attempt(lambda c: c.take("when"))
    return items


def shared(c: Cursor, inner: Inner) -> Condition | None:
    """ "both RSI(14) and MFI(14) are below 30", "neither RSI nor MFI is above 60", "neither A nor B" of whole rules."""
    neither = c.take("neither") is not None
    either = not neither and c.take("either") is not None
    both = not neither and not either and c.take("both") is not None
    found = c.attempt(lambda c: _same_predicate(c, neither))
    if found is None and neither:
        found = _rules_without(c, inner)
    if found is None:
        return None
    joined, items = found
    if neither:
        return all_of([Group("not", (item,)) for item in items])
    return any_of(items) if joined == "or" or (either and not both) else all_of(items)


def _same_predicate(c: Cursor, neither: bool) -> tuple[str, list[Condition]] | None:
    lefts: list[Operand] = []
    joined = ""
    while isinstance(left := operand(c), Series):
        lefts.append(left)
        word = "nor" if c.take("nor") else "or" if c.take("or") else "and" if c.take("and") else ""
        if not word:
            break
        if joined not in ("", word):
            return None
        joined = word
    if len(lefts) < 2 or (joined == "nor") != neither or not isinstance(left, Series):
        return None
    c.skip("both")
    at, items = c.i, []
    for each in lefts:
        c.i = at
        item = predicate(c, each)
        if item is None:
            return None
        items.append(item)
    return joined, items


def _rules_without(c: Cursor, inner: Inner) -> tuple[str, list[Condition]] | None:
    first = nested_condition(c, inner)
    items = [] if first is None else [first]
    while items and (c.sign(",") or True) and c.take("nor"):
        item = nested_condition(c, inner)
        if item is None:
            return None
        items.append(item)
    return ("nor", items) if len(items) > 1 else None
