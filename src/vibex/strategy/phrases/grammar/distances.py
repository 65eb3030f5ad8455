"""How far, or at which price, an exit lies: percent, ATR, multiples of the risk, points, prices, levels."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.elements import Value
from vibex.strategy.phrases.grammar.operands import offset, operand
from vibex.strategy.phrases.grammar.terms import Calc, Num, Operand, Series
from vibex.strategy.phrases.text.tokens import Token

Distance = tuple[dict[str, Value], str]


def distance(c: Cursor) -> Distance | None:
    """How far, or at which price, an exit lies."""
    start = max(c.i - 1, 0)
    introduce(c)
    sure = any(token.has("at") or token.text == "@" or _names_a_price(token) for token in c.tokens[start : c.i])
    found = c.first_of(_combined, single)
    if (
        found is not None
        and found[0].get("type") == "price"
        and not sure
        and not any(t.has("money") for t in c.tokens[start : c.i])
    ):
        return found[0] | {"unsure": True}, found[1]
    return found


def _names_a_price(token: Token) -> bool:
    return "price" in token.text or "价" in token.text or "位" in token.text


def single(c: Cursor) -> Distance | None:
    return c.first_of(risk_multiple, percent, atr, points, _level_offset, _price, level)


def _combined(c: Cursor) -> Distance | None:
    """ "the wider of 2% and 2 ATR", "4% or 3 ATR, whichever is closer"."""
    which = c.take("combine")
    c.sign(",", ":")
    first = single(c)
    if first is None or not (c.take("and") or c.take("or") or c.sign(",", "/")):
        return None
    second = single(c)
    if second is None:
        return None
    if which is None:
        c.sign(",", "(")
        which = c.take("combine")
        c.sign(")")
    return ({str(which): (first[0], second[0])}, "") if which else None


def introduce(c: Cursor) -> None:
    while c.sign(":", "=", "-", "@") or c.take("at") or c.take("by") or c.take("of") or c.take("on") or c.take("with"):
        pass
    c.skip("maximum")


def _from_entry(c: Cursor) -> str:
    """ "below entry", "above my entry price", "from entry": the direction when there is one."""
    start = c.i
    direction = c.take("cmp")
    if direction is None:
        c.take("from")
    if c.take("entry_point") is None:
        c.i = start
        return ""
    return str(direction) if direction in (">", "<") else ""


def percent(c: Cursor) -> Distance | None:
    c.attempt(lambda c: c.take("percent_move") or c.take("profit"))
    part = c.take("fraction") or c.take("multiple")
    value = float(part) if isinstance(part, int | float) and part > 0 else c.number()
    if value is None or (c.take("pct") is None):
        if value is None or c.take("bps") is None:
            return None
        value = value / 100
    start = c.i
    place = c.take("cmp")
    if place is not None and c.peek("entry_point") is None:
        return None  # "2% below the 20 EMA" is a level
    c.i = start
    return {"type": "percent", "value": abs(value)}, _from_entry(c)


def atr(c: Cursor) -> Distance | None:
    """ "2 ATR", "2 x ATR(14)", "ATR(10) * 1.5", "2倍ATR", "1.5 ATR below entry"."""
    start = c.i
    found = operand(c)
    value = _as_atr_multiple(found)
    if value is None:
        return None
    place = c.i
    if c.take("cmp") is not None and c.peek("entry_point") is None:
        c.i = start
        return None
    c.i = place
    return {"type": "atr", "value": value[0], "indicator": value[1]}, _from_entry(c)


def _as_atr_multiple(found: Operand | None) -> tuple[float, Series] | None:
    match found:
        case Series(name="ATR"):
            return 1.0, found
        case Calc("mul", (Num(factor), Series(name="ATR") as atr)) | Calc(
            "mul", (Series(name="ATR") as atr, Num(factor))
        ):
            return factor, atr
    return None


def risk_multiple(c: Cursor) -> Distance | None:
    """ "2R", "3 times the risk", "风险的2倍"."""
    if c.take("risk_multiple"):
        value = c.number()
        return ({"type": "risk_multiple", "value": value}, "") if value is not None and c.take("times_sign") else None
    value = c.number()
    if value is None:
        multiple = c.take("multiple")
        value = float(multiple) if isinstance(multiple, int | float) else None
    if value is None:
        return None
    c.take("times_sign")
    return ({"type": "risk_multiple", "value": value}, "") if c.take("risk_multiple") else None


def points(c: Cursor) -> Distance | None:
    """ "$5 below entry", "10 points": a distance in price units."""
    money = c.take("money")
    value = c.number()
    if value is None:
        return None
    if c.take_if_text("points", "point", "pts", "ticks", "点"):
        return {"type": "points", "value": value}, _from_entry(c)
    money = c.take("money") or money
    direction = _from_entry(c)
    return ({"type": "points", "value": value}, direction) if money and direction else None


def _price(c: Cursor) -> Distance | None:
    """ "at 61000", "at $61,000"; a bare small number says neither percent nor price."""
    c.take("money")
    value = c.number()
    if (
        value is None
        or c.peek("length_word")
        or c.peek("unit")
        or c.peek("times_sign")
        or c.peek("trades")
        or c.peek("tf")
    ):
        return None
    c.take("money")
    return {"type": "price", "value": value}, ""


def _level_offset(c: Cursor) -> Distance | None:
    """ "1 ATR below the swing low"."""
    found = offset(c)
    return None if found is None else ({"type": "level", "value": found[1]}, "")


def level(c: Cursor) -> Distance | None:
    """ "below the low of the last 10 bars", "at the lower band"."""
    c.take("cmp")
    found = operand(c)
    if found is None or isinstance(found, Num) or _as_atr_multiple(found):
        return None
    return {"type": "level", "value": found}, ""
