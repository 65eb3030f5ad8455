"""One comparison: above and below, crosses, between, within a distance, rising, oversold, turning bullish."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.crossings import aligned, cross_of, cross_of_pair
from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.lengths import length
from vibex.strategy.phrases.grammar.operands import (
    CLOSES,
    IT,
    THAT,
    by_how_much,
    how_much,
    offset,
    operand,
    percent_behind,
    right_side,
    shifted,
    subject,
)
from vibex.strategy.phrases.grammar.rules import any_condition, any_operand
from vibex.strategy.phrases.grammar.series import VOLUME
from vibex.strategy.phrases.grammar.states import bounced, left_zone, signed, stretched, touched, turned, turned_again
from vibex.strategy.phrases.grammar.terms import (
    CLOSE,
    Calc,
    Compare,
    Condition,
    Counted,
    Group,
    Num,
    Operand,
    Series,
    all_of,
)


def comparison(c: Cursor) -> Condition | None:
    return any_condition(c, aligned, _bare_offset, cross_of_pair, _full, _elliptic)


def _full(c: Cursor) -> Condition | None:
    left = subject(c)
    if left is None:
        return None
    c.attempt(_from_where)
    return predicate(c, left)


def _from_where(c: Cursor) -> bool | None:
    """ "from below 30" before a cross says nothing new."""
    if c.take("from") is None and not c.take_if_text("由", "自", "从"):
        return None
    behind = c.take("cmp")
    level = operand(c) if behind in (">", "<") else None
    c.skip("until")
    ahead = c.peek("cmp")
    return True if level is not None and ahead in ("crosses_above", "crosses_below") else None


def _elliptic(c: Cursor) -> Condition | None:
    """ "above 70", "crosses back below": the left side is that of the comparison before."""
    at = c.find("cmp")
    if at is None:
        return any_condition(
            c, _bare_offset, turned_again, lambda c: _trend(c, IT), signed,
            lambda c: _crossed(c, IT), lambda c: touched(c, IT), bounced, lambda c: _behind(c, IT),
            lambda c: _near(c, CLOSE),
        )  # fmt: skip
    left = CLOSES if c.tokens[at].text.startswith("clos") else IT
    return any_condition(c, lambda c: _compared(c, left))


def _bare_offset(c: Cursor) -> Condition | None:
    """ "3% below the 20 SMA" without a left side is about the price."""
    place = offset(c)
    return None if place is None else Compare(CLOSE, place[0], place[1])


def predicate(c: Cursor, left: Operand) -> Condition | None:
    """What is said of `left`: \"is above 70\", \"crosses its signal\", \"turns positive\"."""
    return any_condition(
        c,
        lambda c: _trend(c, left),
        lambda c: _between(c, left),
        lambda c: _near(c, left),
        lambda c: _offset(c, left),
        lambda c: _multiple_of(c, left),
        lambda c: _row_compared(c, left),
        lambda c: _compared(c, left),
        lambda c: _crossed(c, left),
        lambda c: _behind(c, left),
        lambda c: touched(c, left),
        bounced,
        lambda c: stretched(c, left),
        lambda c: turned(c, left),
    )


def _negated(c: Cursor) -> bool:
    return c.take("not") is not None


def _maybe_not(negated: bool, found: Condition) -> Condition:
    return Group("not", (found,)) if negated else found


def _trend(c: Cursor, left: Operand) -> Condition | None:
    negated = _negated(c)
    way = c.take("trend")
    if way is None:
        return None
    if c.peek("num") is not None and c.tokens[c.i - 1].has("percent_move") and not _is_count(c):
        return None
    return _maybe_not(negated, Compare(left, str(way), Num(1.0)))


def _is_count(c: Cursor) -> bool:
    """Whether the number ahead counts bars ("rising 3 bars") and is no amount ("rises 3%")."""
    start = c.i
    size = length(c)
    c.i = start
    return size is not None and bool(size[1])


def _between(c: Cursor, left: Operand) -> Condition | None:
    """ "between 50 and 70", "50-70"."""
    negated = _negated(c)
    if c.take("between") is None and c.take("from") is None:
        return None
    low = operand(c)
    if low is None or not (c.sign("-", "~") or c.take("and") or c.take("until")):
        return None
    high = operand(c)
    if high is None:
        return None
    c.attempt(lambda c: c.take_if_text("之间", "间") or None)
    return _maybe_not(negated, all_of([Compare(left, ">=", low), Compare(left, "<=", high)]))


def _near(c: Cursor, left: Operand) -> Condition | None:
    """ "within 0.5 ATR of the 20 EMA", "within 2% of its high"."""
    if c.take("within") is None:
        return None
    amount = any_operand(c, how_much)
    if amount is None:
        return None
    c.skip("of", "from", "cmp")
    base = right_side(c)
    if base is None:
        return None
    far = Calc("abs", (Calc("sub", (left, base)),))
    if isinstance(amount, Calc) and amount.op == "percent" and isinstance(amount.args[0], Num):
        amount = Calc("mul", (base, Num(round(amount.args[0].value / 100, 10))))
    return Compare(far, "<=", amount)


def _offset(c: Cursor, left: Operand) -> Condition | None:
    """ "is [more than] 3% below the 20 SMA"."""
    negated = _negated(c)
    if c.take_if_text("opens", "open", "opened"):
        left = Series(name="open")
    c.take_if_text("closes", "close", "closed", "closing", "trades", "trading", "sits")
    inclusive = c.take_if("cmp", ">=")
    if not inclusive:
        c.take_if("cmp", ">")
    place = offset(c)
    if place is None:
        return None
    op = place[0] + "=" if inclusive else place[0]
    return _maybe_not(negated, Compare(left, op, place[1]))


def _multiple_of(c: Cursor, left: Operand) -> Condition | None:
    """ "volume is double its 20-bar average": at least that much."""
    factor = c.peek("multiple")
    right = operand(c) if isinstance(factor, int | float) and factor > 1 else None
    return Compare(left, ">=", right) if isinstance(right, Calc) else None


def _row_compared(c: Cursor, left: Operand) -> Condition | None:
    """RSI 连续3天低于 40."""
    if c.take("in_a_row") is None:
        return None
    size = length(c)
    if size is None:
        return None
    inner = any_condition(c, lambda c: _compared(c, left), lambda c: _trend(c, left))
    if isinstance(inner, Compare) and inner.op in ("rising", "falling"):
        return Compare(left, inner.op, Num(size[0]))
    return None if inner is None else Counted("for", int(size[0]), (inner,), 1, size[1] or "bar")


def _compared(c: Cursor, left: Operand) -> Condition | None:
    negated = _negated(c)
    sign = c.find("cmp")
    op = c.take("cmp")
    if op is None and c.sign("="):
        op = "=="
    if op is None:
        return None
    if left == VOLUME and (amount := c.attempt(_millions)) is not None:
        return _maybe_not(negated, Compare(left, str(op), Num(amount)))
    place = c.attempt(offset) if op in (">", "<") else None
    if place is not None:
        return _maybe_not(negated, Compare(left, place[0], place[1]))
    if (zone := any_condition(c, lambda c: left_zone(c, left))) is not None:
        return _maybe_not(negated, zone)
    right = right_side(c)
    if right is None and op == "breaks":
        # "the 20-day high is taken out": what is broken stands before the verb.
        way = _broken("breaks", left)
        return Compare(CLOSE, way, left) if isinstance(left, Series) and way != "crosses?" else None
    if right is None and c.peek("entry_point"):
        return None  # "2% below entry" is a place of the exit
    if right is None:
        crossing = {"crosses_above": "up", "crosses_below": "down"}.get(str(op))
        if crossing and isinstance(left, Series) and (crossed := cross_of(left, crossing)):
            return _maybe_not(negated, crossed)
        if left != IT and not (left in (CLOSE, CLOSES) and str(op) in (">", "<", "crosses_above", "crosses_below")):
            return None
        return _maybe_not(negated, Compare(left, str(op), THAT))
    op = _broken(str(op), right)
    c.attempt(_behind_words)
    way = ">" if op in (">", "crosses_above") else "<" if op in ("<", "crosses_below") else ""
    if way and isinstance(right, Series) and (share := c.attempt(percent_behind)) is not None:
        right = shifted(right, Calc("percent", (Num(share),)), way)
    if way and (further := any_operand(c, by_how_much)) is not None:
        right = shifted(right, further, way)
    found: Condition = Compare(left, str(op), right)
    written_sign = sign is not None and not c.tokens[sign].text[0].isalnum()
    return _maybe_not(negated, _chained(c, left, right, found, written_sign))


def _millions(c: Cursor) -> float | None:
    """ "volume above 1.5m": a number of shares; behind anything else "15m" is a timeframe."""
    count = c.number() if c.peek("tf") is None else None
    if count is not None:
        return count * 1e6 if c.sign("m") else None
    text = "" if c.done else c.tokens[c.i].text
    number, _, unit = text.partition(" ")
    if c.take("tf") is None or unit != "m" or not number.isdigit():
        return None
    return float(number) * 1e6


def _broken(op: str, right: Operand) -> str:
    """A high is broken upwards and a low downwards; what else is broken, the action tells."""
    if op != "breaks" or not isinstance(right, Series):
        return "crosses?" if op == "breaks" else op
    if right.output in ("lower", "low", "prev_low") or right.name in ("MIN", "low"):
        return "crosses_below"
    if right.output in ("upper", "high", "prev_high") or right.name in ("MAX", "high"):
        return "crosses_above"
    return "crosses?"


def _behind_words(c: Cursor) -> bool | None:
    return True if c.take("cross_behind") or c.take("cmp_behind") else None


def _chained(c: Cursor, left: Operand, right: Operand, found: Condition, written_sign: bool) -> Condition:
    """ "EMA 20 > EMA 50 > EMA 200" goes on from the right, "%K crosses above %D below 20" from the left."""
    items = [found]
    while c.find("cmp") is not None:
        start = c.i
        op = c.take("cmp")
        further = operand(c)
        if further is None:
            c.i = start
            break
        goes_on = written_sign or (isinstance(further, Series) and isinstance(found, Compare) and op == found.op)
        items.append(Compare(right if goes_on else left, str(op), further))
        right = further
    return all_of(items)


def _crossed(c: Cursor, left: Operand) -> Condition | None:
    """ "crosses the 50 SMA from below"; without a direction the reader has to ask."""
    written = c.i
    if c.take("cross") is None:
        return None
    right = right_side(c)
    if right is None or (c.tokens[written].text == "x" and not isinstance(right, Series)):
        return None
    way = c.take("cross_behind")
    op = {"up": "crosses_above", "down": "crosses_below"}.get(str(way), "crosses?")
    return Compare(left, op, right)


def _behind(c: Cursor, left: Operand) -> Condition | None:
    """价格在 200 日均线之上."""
    negated = _negated(c)
    c.take("between")
    right = operand(c)
    if right is not None and c.take("near_behind") and (share := c.attempt(percent_behind)) is not None:
        c.take_if_text("以内", "之内", "内")
        far = Calc("abs", (Calc("sub", (CLOSE if left == IT else left, right)),))
        return _maybe_not(negated, Compare(far, "<=", Calc("mul", (right, Num(round(share / 100, 10))))))
    op = c.take("cmp_behind") if right is not None else None
    return None if right is None or op is None else _maybe_not(negated, Compare(left, str(op), right))


__all__ = ["comparison", "cross_of", "shifted"]
