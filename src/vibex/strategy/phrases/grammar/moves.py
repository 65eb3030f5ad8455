"""Conditions about candles and movements: patterns, colours, streaks, percent moves, gaps, new highs."""

from __future__ import annotations

from dataclasses import replace

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.lengths import length
from vibex.strategy.phrases.grammar.operands import operand, subject
from vibex.strategy.phrases.grammar.prices import price
from vibex.strategy.phrases.grammar.rules import any_condition, any_operand
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

OPEN = Series(name="open")


def move(c: Cursor) -> Condition | None:
    return any_condition(
        c,
        _candle,
        _streak,
        _percent_move,
        _gap,
        _new_extreme,
        _peak_volume,
        _breakout,
        _inside,
        _volume_mood,
        _trending,
    )


def _candle(c: Cursor) -> Condition | None:
    """ "hammer", "a bullish engulfing candle"."""
    mood = c.attempt(lambda c: c.take("mood"))
    found = c.take("candle")
    if not isinstance(found, tuple):
        return None
    name, sign = str(found[0]), int(found[1])
    if sign == 0 and mood is None:
        mood = c.take("mood")
    sign = sign or {"up": 1, "down": -1}.get(str(mood), 0)
    c.skip("colour_noun")
    c.attempt(lambda c: c.take("timeframe_nouns"))
    if c.peek("poss") is not None or c.peek("price") in ("high", "low"):
        return None
    pattern = Series(name=name, open_question="" if sign else "which way")
    return Compare(pattern, "<" if sign < 0 else ">", Num(0.0))


def _streak(c: Cursor) -> Condition | None:
    """ "3 red candles in a row", "closed lower 3 days in a row", "连续3天下跌", "a green candle"."""
    c.attempt(lambda c: c.take("pronoun") or c.take("price"))
    before = c.attempt(lambda c: c.take("previous"))
    c.take("unit") if before else None
    row = c.take("in_a_row") is not None
    count = c.number()
    row = c.take("in_a_row") is not None or row
    c.take("unit") if count else None
    row = c.take("in_a_row") is not None or row
    if row and count is None and (moved := any_condition(c, _moved_in_a_row)):
        return moved
    if not row and count is None and (moved := any_condition(c, _moved_for_days)):
        return moved
    way = c.first_of(*(lambda c, kind=kind: _kind(c, kind) for kind in ("closes_toward", "colour", "day_move")))
    if way is None and row and count and (trend := c.take("trend")):
        way = ("closes_toward", str(trend))
    if way is None:
        return None
    if count is None:
        counted = c.attempt(_count_behind)
        count, row = (counted, True) if counted else (1.0, row)
    else:
        c.take("in_a_row")
    kind, value = way
    if kind != "colour":
        return Compare(CLOSE, value, Num(float(count)))
    shift = 1 if before and count == 1 else 0
    bar = Compare(replace(CLOSE, shift=shift), ">" if value == "up" else "<", replace(OPEN, shift=shift))
    if count != 1:
        return Counted("for", int(count), (bar,))
    at = c.find("cmp")
    op = c.take("cmp") if at is not None and c.tokens[at].text.startswith("clos") else None
    level = any_operand(c, operand) if op else None
    return bar if op is None or level is None else all_of([bar, Compare(CLOSE, str(op), level)])


def _moved_in_a_row(c: Cursor) -> Condition | None:
    """连升3日."""
    way, size = c.take("percent_move"), length(c)
    if way is None or size is None or not size[1]:
        return None
    return Compare(CLOSE, "rising" if way == "up" else "falling", Num(size[0]))


def _moved_for_days(c: Cursor) -> Condition | None:
    """ "has fallen four days in a row", "rose for 3 straight sessions"."""
    way = c.take("percent_move") or {"rising": "up", "falling": "down"}.get(str(c.take("trend")))
    start = c.i
    count = c.attempt(_count_behind) if way is not None else None
    if count is None or not any(token.has("in_a_row") for token in c.tokens[start : c.i]):
        return None
    return Compare(CLOSE, "rising" if way == "up" else "falling", Num(count))


def _kind(c: Cursor, kind: str) -> tuple[str, str] | None:
    value = c.take(kind)
    return None if value is None else (kind, str(value))


def _count_behind(c: Cursor) -> float | None:
    c.take("for")
    count = c.number()
    if count is None:
        return None
    row = c.take("in_a_row") is not None
    unit = c.take("unit")
    row = c.take("in_a_row") is not None or row
    return count if unit or row else None


def _percent_move(c: Cursor) -> Condition | None:
    """ "falls 5% in one day", "is up more than 3% over the last 5 bars", "drops 10% from its 20-day high"."""
    left = c.attempt(_moved) or CLOSE
    c.take("current")
    way = c.take("percent_move")
    closed = None if way is not None else c.take("closes_toward")
    if way is None and closed is None:
        return None
    way = way or {"rising": "up"}.get(str(closed), "down")
    c.skip("by")
    inclusive = c.take_if("cmp", ">=")
    if not inclusive:
        c.take_if("cmp", ">")
    amount = c.number()
    if amount is None or c.take("pct") is None:
        return None
    inclusive = inclusive or (c.take_if_text("or") and c.take_if_text("more")) or bool(inclusive)
    base = any_operand(c, _from_place) or (replace(left, shift=1) if closed else _window(c, left))
    share = amount / 100
    factor = Num(round(1 + share if way == "up" else 1 - share, 10))
    op = ">" if way == "up" else "<"
    return Compare(left, op + "=" if inclusive else op, Calc("mul", (factor, base)))


def _moved(c: Cursor) -> Series | None:
    """What moves: a price, an asset or "it"."""
    found = subject(c)
    if found == Series(name="?it"):
        return CLOSE
    return found if isinstance(found, Series) and found.name in ("close", "open", "high", "low") else None


def _from_place(c: Cursor) -> Operand | None:
    """ "from its 20-day high", "below the open"."""
    if c.take("from") is None and c.take("cmp") is None:
        return None
    c.take("own")
    return operand(c)


def _window(c: Cursor, left: Series) -> Operand:
    """The price before the move: n bars ago, one bar when no window is said, which is then asked for."""
    size = c.attempt(_span)
    if size is None:
        return replace(left, shift=1, open_question="over how many bars the move is measured")
    return replace(left, shift=int(size[0]), unit=size[1])


def _span(c: Cursor) -> tuple[float, str] | None:
    if c.take("current") or c.take("per_day"):
        return 1.0, "day"
    inside = c.take("in") or c.take("within") or c.take("on") or c.take("from") or c.take("for")
    c.take("last")
    size = c.attempt(length)
    if size is None:
        unit = c.take("unit") or ({"1d": "day", "1h": "hour", "1w": "week"}.get(str(c.take("tf"))) if inside else None)
        return (1.0, str(unit)) if unit and inside else None
    c.take("within")
    return size if size[1] else None


def _gap(c: Cursor) -> Condition | None:
    """ "gaps up more than 2%": the open against the close before."""
    c.attempt(lambda c: c.take("price") or c.take("pronoun"))
    way = c.take("gap")
    if way is None:
        return None
    c.skip("cmp", "by")
    amount = c.number()
    if amount is not None and c.take("pct") is None:
        return None
    c.take("cmp_behind")
    share = (amount or 0) / 100
    base: Operand = replace(CLOSE, shift=1)
    if share:
        base = Calc("mul", (Num(round(1 + share if way == "up" else 1 - share, 10)), base))
    return Compare(OPEN, ">" if way == "up" else "<", base)


def _new_extreme(c: Cursor) -> Condition | None:
    """ "makes a new 55 day high", "hits a 20-day low", "创20日新高"."""
    left: Operand = c.attempt(_moved) or any_operand(c, operand) or CLOSE
    if c.take("new_extreme") is None:
        return None
    c.skip("new_extreme")
    found = c.first_of(price)
    if not isinstance(found, Series) or found.name not in ("DONCHIAN", "MAX", "MIN"):
        return None
    up = found.output == "upper" or found.name == "MAX"
    if isinstance(left, Series) and left.is_indicator:
        found = Series(name="MAX" if up else "MIN", params=found.params, unit=found.unit, input=left, shift=1)
    return Compare(left, ">" if up else "<", found)


def _breakout(c: Cursor) -> Condition | None:
    """ "20 day breakout"."""
    if c.peek("tf") is not None:
        return None  # "1h breakout" names the chart
    size = length(c)
    c.take("price")
    way = c.take("breakout") if size and size[1] else None
    if size is None or way is None:
        return None
    up = way == "up"
    channel = Series(
        name="DONCHIAN", params=(("timeperiod", size[0]),), unit=size[1], output="upper" if up else "lower"
    )
    return Compare(CLOSE, ">" if up else "<", channel)


def _peak_volume(c: Cursor) -> Condition | None:
    """ "volume is the highest of the last 20 bars", "the highest volume in 20 bars"."""
    named = c.take("price") == "volume"
    which = c.take("extreme")
    if not isinstance(which, tuple) or not (named or c.take("price") == "volume"):
        return None
    c.skip("price", "of", "in", "within", "for", "from")
    c.take("last")
    size = length(c)
    if size is None or not size[1]:
        return None
    volume = Series(name="volume")
    peak = which[0] == "high"
    extreme = Series(name="MAX" if peak else "MIN", params=(("timeperiod", size[0]),), unit=size[1], input=volume)
    return Compare(volume, ">=" if peak else "<=", extreme)


def _volume_mood(c: Cursor) -> Condition | None:
    """ "on above average volume", "且放量": joined to another rule, as a title it says nothing."""
    before = c.tokens[c.i - 1] if c.i else None
    chinese = not c.done and not c.tokens[c.i].text.isascii()
    joined = before is not None and before.has("and", "with", "on", "when", *(("break",) if chinese else ()))
    way = c.take("volume_mood") if joined else None
    if way is None:
        return None
    volume = Series(name="volume")
    usual = Series(name="SMA", params=(("timeperiod", 20.0),), input=volume, open_question="usual volume")
    return Compare(volume, ">" if way == "up" else "<", usual)


def _trending(c: Cursor) -> Condition | None:
    """ "increasing volume", "a rising 50 EMA"."""
    at = c.find("trend")
    way = c.take("trend")
    if way is None or at is None or not c.tokens[at].text.endswith("ing"):
        return None
    found = any_operand(c, operand)
    return Compare(found, str(way), Num(1.0)) if isinstance(found, Series) and c.peek("cmp") is None else None


def _inside(c: Cursor) -> Condition | None:
    which = c.take("inside_bar")
    if which is None:
        return None
    high, low = Series(name="high"), Series(name="low")
    inner = all_of([Compare(high, "<", replace(high, shift=1)), Compare(low, ">", replace(low, shift=1))])
    outer = all_of([Compare(high, ">", replace(high, shift=1)), Compare(low, "<", replace(low, shift=1))])
    return inner if which == "inside" else outer


__all__ = ["Group", "move"]
