"""Entry orders in speech: limit and stop orders, their distance or price, how long they rest."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.elements import Part, Value
from vibex.strategy.phrases.grammar.lengths import length
from vibex.strategy.phrases.grammar.operands import operand
from vibex.strategy.phrases.grammar.terms import CLOSE, Num


def order(c: Cursor) -> Part | None:
    """ "limit 0.5% below the close", "buy stop 10 bps above the close, good for 3 bars"."""
    expires = c.attempt(_good_for)
    if expires is not None:
        return Part(field="order", value={"expires_bars": expires})
    at = c.find("order")
    kind = c.take("order")
    if kind is None or at is None:
        return None
    found: dict[str, Value] = {"type": str(kind)}
    place = c.attempt(_order_place)
    if place is not None:
        found |= place
    elif kind != "market" and c.tokens[at].text in ("limit", "or"):
        return None
    c.sign(",")
    expires = c.attempt(_good_for)
    if expires is not None:
        found["expires_bars"] = expires
    elif c.tokens[c.i - 1].text == ",":
        c.i -= 1
    return Part(field="order", value=found)


def _order_place(c: Cursor) -> dict[str, Value] | None:
    c.skip("at", "prep")
    start = c.i
    value = c.number()
    scale = 1.0 if value is not None and c.take("bps") else 100.0 if value is not None and c.take("pct") else None
    if value is not None and scale is not None:
        direction = c.take("cmp")
        base = c.attempt(operand)
        if direction in (">", "<") and (base is None or base == CLOSE):
            # Signed for now: what is a better price depends on the side, which may be said later.
            return {"offset_bps": round(value * scale, 6), "direction": str(direction)}
    c.i = start
    c.take("cmp")
    price = operand(c)
    if isinstance(price, Num) and (price.percent or price.value < 1 or c.peek("unit")):
        return None
    return None if price is None else {"price": price}


def _good_for(c: Cursor) -> int | None:
    if c.take("good_for") is None:
        return None
    c.skip("for")
    size = length(c)
    return int(size[0]) if size else None
