"""Stops that move: trailing stops, late trailing, break-even."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.distances import atr, distance, percent, points, risk_multiple
from vibex.strategy.phrases.grammar.elements import Part, Value


def fall_from_peak(c: Cursor) -> Part | None:
    """从最高点回撤 8% 卖出."""
    if c.take("from") is None or c.take("peak") is None:
        return None
    if c.take("drawdown") is None and c.take("percent_move") != "down":
        return None
    value = c.number()
    if value is None or c.take("pct") is None:
        return None
    c.skip("then")
    c.attempt(lambda c: c.take("act") if c.peek("act") in ("sell", "exit", "exit_long") else None)
    return Part(field="trailing_stop", value={"type": "percent", "value": value})


def from_peak(c: Cursor) -> bool | None:
    """ "from its peak": of the position, so without a number of bars."""
    if c.take("from") is None and not c.take_if_text("off", "below"):
        return None
    c.skip("own")
    return True if c.take("peak") is not None and c.peek("num") is None and c.peek("in") is None else None


def trailing(c: Cursor) -> Part | None:
    """ "trailing stop 3 ATR", "trail the stop by 2%", "trail below the 20 EMA"."""
    early = c.attempt(_late)
    if early is not None:
        c.sign(",")
        c.skip("then")
        c.take_if_text("start", "begin", "activate", "use", "switch", "apply")
        c.skip("until")
    if c.take("trail"):
        c.sign(",")
        c.skip("stop", "on")
        found = distance(c)
        c.skip("stop")
    else:
        found = distance(c)
        if found is None or c.take("trail") is None:
            return None
    if found is None or found[0].get("type", "price") in ("price", "points", "risk_multiple"):
        return None
    value = found[0] | ({"update": "bar"} if found[0].get("type") == "level" else {})
    late = early or c.attempt(_late)
    return Part(field="trailing_stop", value=value | ({"after": late} if late else {}))


def _late(c: Cursor) -> dict[str, Value] | None:
    """ "after 2% profit", "once up 1R"."""
    c.sign(",")
    c.take_if_text("activated", "activates", "active", "starting", "starts", "only", "kicks", "kicking")
    c.skip("in")
    if c.take("after") is None and c.take("when") is None and not (c.i and c.take("at")):
        return None
    return _reached(c)


def _reached(c: Cursor) -> dict[str, Value] | None:
    c.skip("pronoun", "price", "trades", "position_noun", "profit", "touch", "unit_gain", "at", "of", "is")
    found = c.first_of(risk_multiple, percent, atr, points)
    if found is None:
        return None
    c.skip("in", "of", "profit", "entry_point")
    return found[0]


def break_even(c: Cursor) -> Part | None:
    """ "move the stop to break-even after the first target", "once up 3% move stop to entry"."""
    after = c.attempt(_moved_after)
    if after is not None:
        c.sign(",")
        c.skip("then")
    if c.take("move_stop") is None:
        return None
    c.skip("at")
    c.take_if_text("to")
    if c.take("break_even") is None and c.take("entry_point") is None:
        return None
    after = after or c.attempt(_moved_after)
    if after is None and any(token.has("target", "risk_multiple") for token in c.tokens[: c.i]):
        after = {"target": 1}  # "half off at 2R, move the stop to break-even"
    if after is None:
        return None
    return Part(field="stop_steps", value={"after": after, "to": {"type": "percent", "value": 0.0}})


def _moved_after(c: Cursor) -> dict[str, Value] | None:
    if c.take("after") is None and c.take("when") is None and c.take("at") is None:
        c.skip("then")
    c.skip("pronoun", "price", "position_noun")
    ordinal = c.take_if("phrase", "first") or c.take_if_text("1st")
    second = c.take_if_text("second", "2nd")
    if c.take("target"):
        number = c.number()
        c.take_if_text("hit", "hits", "reached", "filled", "fills")
        c.skip("touch")
        if number is not None and number in (1, 2, 3, 4):
            return {"target": int(number)}
        return {"target": 2 if second else 1} if ordinal or second or number is None else None
    return _reached(c)
