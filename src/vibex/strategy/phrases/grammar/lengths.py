"""Lengths and parameters of indicators in speech: "20-day", "(20, 2)", "12/26/9", "of the last 20 bars"."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.terms import Operand, Series
from vibex.strategy.phrases.lexicon.indicators import Known

_SEPARATORS = (",", "/", "-", "x", "&", ";", "and")


def length(c: Cursor) -> tuple[float, str] | None:
    """ "20", "20-day", "20 period", "the last 20 bars": the number and the unit ("" when none was said)."""
    c.take("last")
    whole = c.peek("quantity_of")
    if isinstance(whole, tuple):
        c.take("quantity_of")
        return float(whole[0]), str(whole[1])
    number = c.number()
    if number is None or number < 1 or number != int(number):
        return None
    unit = c.take("unit")
    if unit is None and c.tokens[c.i - 1].has("signed"):
        return None
    return number, str(unit or "")


def brackets(c: Cursor) -> list[float] | None:
    found = c.attempt(brackets_with_input)
    return None if found is None else found[0]


def brackets_with_input(c: Cursor) -> tuple[list[float], Operand | None] | None:
    """ "(14)", "(20, 2)", "(12/26/9)", "(20 EMA, 10 ATR, multiplier 1.5)", "(close, 20)", "(session)"."""
    if not c.sign("(", "["):
        return None
    values: list[float] = []
    inner: Operand | None = None
    for _ in range(14):
        if c.sign(")", "]"):
            return values, inner
        number = c.number()
        if number is not None:
            values.append(number)
        elif (price := c.take("price")) is not None:
            inner = None if price == "close" else Series(name=str(price))
        elif (
            c.sign(*_SEPARATORS, "=")
            or any(c.take(kind) is not None for kind in ("length_word", "unit", "times_sign", "pct", "and", "tf"))
            or (values and c.take("ind") is not None)
        ):
            continue
        else:
            return None
    return None


def bracketed_length(c: Cursor) -> tuple[float, str] | None:
    values = brackets(c)
    return (values[0], "") if values else None


def bare_numbers(c: Cursor, known: Known) -> list[float] | None:
    """ "RSI 14", "MACD 12/26/9", "Bollinger 20 2", "RSI with a period of 14"."""
    c.attempt(lambda c: c.take("with"))
    c.skip("length_word")
    values: list[float] = []
    while len(values) < len(known.spoken):
        start = c.i
        if values and not c.sign(*_SEPARATORS) and not _is_next_number(c):
            break
        at = c.find("num")
        if at is None or at != c.i or c.tokens[at].has("signed"):
            c.i = start
            break
        number = c.number()
        if number is None or (
            at + 1 < len(c.tokens)
            and c.tokens[at + 1].has("pct", "ind", "unit", "times_sign", "trades")
            and not _is_cross_sign(c, at + 1)
        ):
            c.i = start
            break
        values.append(number)
    if values and len(values) < len(known.spoken) and c.peek("unit") == "bar":
        c.take("unit")
    return values or None


def _is_cross_sign(c: Cursor, at: int) -> bool:
    """ "EMA 9 x EMA 21": the sign stands between two indicators."""
    return c.tokens[at].text == "x" and at + 1 < len(c.tokens) and c.tokens[at + 1].has("ind")


def _is_next_number(c: Cursor) -> bool:
    return not c.done and c.tokens[c.i].has("num")


def tail_length(c: Cursor) -> tuple[float, str] | None:
    """ "of the last 20 bars", "over 20 days"."""
    if c.take("of") is None and c.take("in") is None and c.take("for") is None and c.peek("last") is None:
        return None
    size = length(c)
    return size if size and size[1] else None


def length_param(size: tuple[float, str] | None) -> tuple[tuple[str, float], ...]:
    return (("timeperiod", size[0]),) if size else ()


def spoken_length(known: Known, size: tuple[float, str]) -> tuple[tuple[str, float], ...]:
    return tuple((name, size[0]) for name in known.spoken[0].split("+")) if known.spoken else ()


def assign(known: Known, values: list[float]) -> tuple[tuple[str, float], ...]:
    pairs = []
    if known.name == "KELTNER" and len(values) == 2:
        return (("timeperiod", values[0]), ("multiplier", values[1]))  # "(20, 2)" is said of any channel
    for names, value in zip(known.spoken, values, strict=False):
        pairs += [(name, value) for name in names.split("+")]
    return tuple(pairs)
