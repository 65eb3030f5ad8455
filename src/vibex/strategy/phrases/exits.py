"""Stops, targets, trailing stops, break-even, time and session exits, as people say them."""

from __future__ import annotations

from vibex.strategy.phrases.cursor import Cursor
from vibex.strategy.phrases.elements import Part, Value
from vibex.strategy.phrases.operands import offset, operand
from vibex.strategy.phrases.series import length
from vibex.strategy.phrases.terms import Calc, Num, Operand, Series

Distance = tuple[dict[str, Value], str]
"""An exit and the direction from the entry price that the words name, "" when they name none."""


def exit_part(c: Cursor) -> Part | None:
    return c.first_of(
        _no_stop, _move_exit, _break_even, _trailing, _session_exit, _target_list, _fraction_target, _target, _stop, _profit_or_loss,
        _reward_ratio, _time_stop,
    )  # fmt: skip


def distance(c: Cursor) -> Distance | None:
    """How far, or at which price, an exit lies."""
    start = c.i
    _introduce(c)
    sure = any(token.has("at") or token.text == "@" for token in c.tokens[start : c.i])
    found = c.first_of(_combined, single)
    if (
        found is not None
        and found[0].get("type") == "price"
        and not sure
        and not any(t.has("money") for t in c.tokens[start : c.i])
    ):
        return found[0] | {"unsure": True}, found[1]
    return found


def single(c: Cursor) -> Distance | None:
    return c.first_of(_risk_multiple, _percent, _atr, _points, _level_offset, _price, _level)


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


def _introduce(c: Cursor) -> None:
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


def _percent(c: Cursor) -> Distance | None:
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


def _atr(c: Cursor) -> Distance | None:
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


def _risk_multiple(c: Cursor) -> Distance | None:
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


def _points(c: Cursor) -> Distance | None:
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
    if value is None or c.peek("unit") or c.peek("times_sign") or c.peek("trades") or c.peek("tf"):
        return None
    c.take("money")
    return {"type": "price", "value": value}, ""


def _level_offset(c: Cursor) -> Distance | None:
    """ "1 ATR below the swing low"."""
    found = offset(c)
    return None if found is None else ({"type": "level", "value": found[1]}, "")


def _level(c: Cursor) -> Distance | None:
    """ "below the low of the last 10 bars", "at the lower band"."""
    c.take("cmp")
    found = operand(c)
    if found is None or isinstance(found, Num) or _as_atr_multiple(found):
        return None
    return {"type": "level", "value": found}, ""


def _no_stop(c: Cursor) -> Part | None:
    if c.take("no_stop"):
        return Part(field="refused", value="stop_loss")
    if c.take("no_target"):
        return Part(field="refused", value="take_profit")
    return None


def _move_exit(c: Cursor) -> Part | None:
    """ "sell when it is up 5% from entry", "cover when it drops 4%", "涨10%就卖": from the entry price."""
    act = c.take("act")
    if act is not None:
        c.skip("pronoun", "asset", "position_noun")
        if act not in ("sell", "exit", "exit_long", "exit_short") or not (
            c.take("when") or c.take("after") or c.take("at")
        ):
            return None
    c.skip("pronoun", "price", "asset")
    way = c.take("percent_move")
    c.skip("by", "cmp")
    value = c.number() if way is not None else None
    if value is None or c.take("pct") is None:
        return None
    c.skip("from", "entry_point", "in", "profit")
    if c.peek("unit") or c.peek("last") or c.peek("quantity_of") or c.peek("tf") or c.peek("num") or c.peek("price"):
        return None
    if act is None:
        c.skip("then")
        act = c.take("act")
        if act not in ("sell", "exit", "exit_long", "exit_short"):
            return None
    return Part(field="move_exit", value={"type": "percent", "value": value}, direction=">" if way == "up" else "<",
                side="short" if act == "exit_short" else None)  # fmt: skip


def _stop(c: Cursor) -> Part | None:
    """ "stop loss 2%", "2 ATR stop", "stop $5 below entry"."""
    if c.take("stop"):
        found = distance(c)
    else:
        found = distance(c)
        if found is None or found[0].get("type") == "price" or c.take("stop") is None:
            return None
    return None if found is None else Part(field="stop_loss", value=found[0], direction=found[1])


def _target(c: Cursor) -> Part | None:
    """ "take profit 4%", "TP1: 2% (close 50%)", "6% target"."""
    if c.take("target"):
        _index(c)
        found = distance(c)
    else:
        found = distance(c)
        if found is None or found[0].get("type") == "price" or c.take("target") is None:
            return None
    if found is None:
        return None
    return Part(field="take_profit", value=found[0], direction=found[1], fraction=c.attempt(fraction_behind))


def _index(c: Cursor) -> None:
    """The number of a target, "TP1: 2%" or "target 2 at 4R"."""
    start = c.i
    at = c.find("num")
    value = c.number()
    if value is None or value not in (1, 2, 3, 4) or at is None:
        c.i = start
        return
    if not (c.sign(":", "=", "-") or c.peek("at") or c.peek("num") or c.peek("money")):
        c.i = start


def _fraction(c: Cursor) -> float | None:
    value = c.take("fraction")
    if isinstance(value, int | float):
        return float(value)
    value = c.take("multiple")
    if value == 0.5:
        return 0.5
    first = c.number()
    if first is None:
        return None
    if c.take("pct") is not None:
        return first / 100
    if c.sign("/"):
        second = c.number()
        return first / second if second else None
    return None


def fraction_behind(c: Cursor) -> float | None:
    """ "(close 50%)", "for half the position"."""
    bracket = c.sign("(", "[")
    if not bracket:
        c.sign(",")
    closing = c.take("act") or c.take("for") or c.take("flat") or c.take_if_text("take", "with")
    if not bracket and not closing:
        return None
    value = _fraction(c)
    c.skip("of", "position_noun", "trades", "size")
    if value is None or (bracket and not c.sign(")", "]")):
        return None
    return value


def _target_list(c: Cursor) -> Part | None:
    """ "two targets:" announces what follows."""
    if c.number() is None or c.take("target") is None or not c.sign(":"):
        return None
    return Part(field="announced", value="take_profit")


def _fraction_target(c: Cursor) -> Part | None:
    """ "half at 1R", "sell 50% at +3%", "the rest at 4R"."""
    c.skip("act", "target", "flat")
    c.take_if_text("take", "scale", "book")
    value = _fraction(c)
    if value is None:
        return None
    c.skip("of", "position_noun", "size", "trades", "profit", "target")
    c.take_if_text("off", "out")
    if c.take("at") is None and c.take("on") is None and c.take("when") is None:
        return None
    c.skip("profit", "target")
    found = c.first_of(_risk_multiple, _percent, _atr, _points, _level)
    if found is None:
        return None
    c.skip("profit")
    return Part(field="take_profit", value=found[0], direction=found[1], fraction=value)


def _profit_or_loss(c: Cursor) -> Part | None:
    """ "exit on 7% profit", "4% loss", "up 6%"."""
    found = c.first_of(_percent, _risk_multiple, _atr)
    if found is None:
        return None
    c.skip("of", "in")
    if c.take_if_text("profit", "profits", "gain", "gains", "盈利", "获利", "利润"):
        return Part(field="take_profit", value=found[0])
    if c.take_if_text("loss", "losses", "亏损", "损失"):
        return Part(field="stop_loss", value=found[0])
    return None


def _reward_ratio(c: Cursor) -> Part | None:
    """ "risk reward 1:2", "2:1 reward to risk"."""
    named = c.take("target")
    named = c.take("reward_ratio") or named
    if named is not None:
        _introduce(c)
    clock = c.take("time")
    first: float | None
    second: float | None
    if clock is not None:
        first, second = (float(part) for part in str(clock).split(":"))
    else:
        first = c.number()
        second = c.number() if first is not None and (c.sign(":", "/", "-") or c.take("until")) else None
    if first is None or second is None or min(first, second) <= 0:
        if first is None or c.tokens[c.i - 1] is None or (c.take("reward_ratio") is None and named is None):
            return None
        return Part(field="take_profit", value={"type": "risk_multiple", "value": first})
    if c.take("reward_ratio") is None and not named:
        return None
    return Part(field="take_profit", value={"type": "risk_multiple", "value": max(first, second) / min(first, second)})


def _trailing(c: Cursor) -> Part | None:
    """ "trailing stop 3 ATR", "trail the stop by 2%", "trail below the 20 EMA"."""
    early = c.attempt(_late)
    if early is not None:
        c.sign(",")
    if c.take("trail"):
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
    if c.take("after") is None and c.take("when") is None:
        return None
    return _reached(c)


def _reached(c: Cursor) -> dict[str, Value] | None:
    c.skip("pronoun", "price", "trades", "position_noun", "profit", "touch", "unit_gain", "at", "of", "is")
    found = c.first_of(_risk_multiple, _percent, _atr, _points)
    if found is None:
        return None
    c.skip("in", "of", "profit", "entry_point")
    return found[0]


def _break_even(c: Cursor) -> Part | None:
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


def _time_stop(c: Cursor) -> Part | None:
    """ "hold for 5 days", "sell after 10 bars", "time stop: 16 bars"."""
    held = c.take("hold")
    if held is not None:
        c.skip("maximum", "for", "cmp")
        while c.sign(":", "="):
            pass
        c.skip("maximum")
    else:
        leaves = c.take("act") if c.peek("act") in ("exit", "sell", "exit_long", "exit_short") else c.take("flat")
        c.skip("prep_object", "asset", "position_noun")
        if c.take("after") is None:
            return None
        c.skip("maximum", "for")
        c.take_if_text("exactly")
        size = length(c)
        if size is None or not size[1] or (leaves is None and c.peek("cmp")):
            return None
        c.skip("then")
        return Part(field="time_stop_bars", value=size[0], unit=size[1])
    size = length(c)
    if size is None or not size[1]:
        return None
    c.skip("maximum", "then")
    start = c.i
    if c.peek("act") not in ("exit", "sell") or c.take("act") is None:
        c.i = start
    return Part(field="time_stop_bars", value=size[0], unit=size[1])


def _session_exit(c: Cursor) -> Part | None:
    """ "flat 15 minutes before the close", "no overnight positions", "收盘前15分钟平仓"."""
    if c.take("overnight"):
        return Part(field="session_exit_minutes", value=None)
    leaves = c.take("flat")
    if leaves is None:
        c.skip("prep")
        c.take("session_close") or c.take("price")
        c.skip("before")
        size = length(c)
        c.take("before")
        return Part(field="session_exit_minutes", value=size[0], unit=size[1]) if size and c.take("flat") else None
    c.skip("position_noun", "trades", "size", "flat")
    size = c.attempt(length)
    if size is not None:
        if c.take("before") is None or c.take("session_close") is None:
            return None
        return Part(field="session_exit_minutes", value=size[0], unit=size[1])
    if c.take("at") or c.take("before") or c.take("by"):
        at = c.find("session_close")
        if at is not None and (c.tokens[at].text != "close" or c.tokens[at - 1].has("before")):
            c.take("session_close")
            return Part(field="session_exit_minutes", value=None)
        if c.take("session_close") and c.take("of") and c.take("unit"):
            return Part(field="session_exit_minutes", value=None)
    return None
