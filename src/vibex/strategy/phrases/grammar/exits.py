"""Stops, targets, trailing stops, break-even, time and session exits, as people say them."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.distances import atr, distance, percent, points, risk_multiple
from vibex.strategy.phrases.grammar.elements import Part, Value
from vibex.strategy.phrases.grammar.lengths import length
from vibex.strategy.phrases.grammar.targets import fraction_target, profit_or_loss, reward_ratio, target, target_list

"""An exit and the direction from the entry price that the words name, "" when they name none."""


def exit_part(c: Cursor) -> Part | None:
    return c.first_of(
        _no_stop, _move_exit, _further_move, _signed_exit, _bars_in_trade, _own_loss, _break_even,
        _trailing, _session_exit, target_list,
        reward_ratio, fraction_target, target, _stop, _stop_through, profit_or_loss, _time_stop, _entry_hint,
    )  # fmt: skip


def _no_stop(c: Cursor) -> Part | None:
    if c.take("no_stop"):
        return Part(field="refused", value="stop_loss")
    if c.take("no_target"):
        return Part(field="refused", value="take_profit")
    return None


def _move_exit(c: Cursor) -> Part | None:
    """ "sell when it is up 5% from entry", "cover when it drops 4%", "涨10%就卖": from the entry price."""
    trailing = c.attempt(_fall_from_peak)
    if trailing is not None:
        return trailing
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
    if way == "down" and c.attempt(_from_peak):
        return Part(field="trailing_stop", value={"type": "percent", "value": value})
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


def _factor(c: Cursor) -> float | None:
    """ "x 2", "times 2", "2x" behind "ATR stop"."""
    if c.sign("x", "*", "×", "times"):
        return c.number()
    value = c.number()
    return value if value is not None and c.take("times_sign") else None


def _fall_from_peak(c: Cursor) -> Part | None:
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


def _from_peak(c: Cursor) -> bool | None:
    """ "from its peak": of the position, so without a number of bars."""
    if c.take("from") is None and not c.take_if_text("off", "below"):
        return None
    c.skip("own")
    return True if c.take("peak") is not None and c.peek("num") is None and c.peek("in") is None else None


def _further_move(c: Cursor) -> Part | None:
    """ "sell if it is up 10%, or down 6%": the second move after which the position is left."""
    acts = [str(token.senses["act"]) for token in c.tokens[: c.i] if token.has("act")]
    if c.take("or") is None or not acts or acts[-1] not in ("sell", "exit", "exit_long", "exit_short"):
        return None
    c.skip("when", "pronoun", "price")
    way = c.take("percent_move")
    c.skip("by", "cmp")
    value = c.number() if way is not None else None
    if value is None or c.take("pct") is None or not (c.done or c.tokens[c.i].has("break", "from", "sign", "and")):
        return None
    c.skip("from", "entry_point")
    return Part(field="move_exit", value={"type": "percent", "value": value}, direction=">" if way == "up" else "<",
                side="short" if acts[-1] == "exit_short" else None)  # fmt: skip


def _own_loss(c: Cursor) -> Part | None:
    """ "if I lose more than 3 percent get me out", "when the loss reaches 2%, exit"."""
    willing = c.attempt(_unwilling) is not None
    if not willing and c.take("when") is None and c.peek("loss") is None:
        return None
    bare = not willing and c.peek("loss") is not None and not c.tokens[c.i - 1].has("when") if c.i else True
    c.skip("pronoun", "trades", "position_noun")
    own = willing or bare or c.tokens[c.i - 1].has("trades", "pronoun") or c.take_if_text("i", "we", "my", "im")
    lost = c.find("lose") if c.find("lose") is not None else c.find("loss")
    if lost is None or (not own and not c.tokens[lost].text.startswith("loss")):
        return None
    c.i = lost + 1
    c.skip("cmp", "touch", "by", "of")
    c.take_if_text("hits", "reaches", "exceeds")
    found = c.first_of(percent, atr)
    if found is None or c.peek("unit") or c.peek("per_day") or c.peek("in") or c.peek("quantity_of"):
        return None
    start = c.i
    c.sign(",")
    c.skip("then")
    if c.peek("act") not in ("exit", "sell", "exit_long", "exit_short") or c.take("act") is None:
        c.i = start
        if bare:
            return None  # "3% down" alone says nothing; "蚀 3% 走" does
        c.skip("on", "in", "per", "per_trade", "trades")
    return Part(field="stop_loss", value=found[0])


def _signed_exit(c: Cursor) -> Part | None:
    """ "sell at +2% or -1%": the sign says whether it is the target or the stop."""
    leads = c.take("at") or c.take("or")
    at = c.find("num")
    if leads is None or at != c.i or not c.tokens[at].has("signed"):
        return None
    acts = [str(token.senses["act"]) for token in c.tokens[: c.i] if token.has("act")]
    value = c.number()
    if not acts or acts[-1] not in ("sell", "exit", "exit_long", "exit_short") or value is None:
        return None
    if c.take("pct") is None or c.peek("cmp"):
        return None
    field = "take_profit" if value > 0 else "stop_loss"
    return Part(field=field, value={"type": "percent", "value": abs(value)})


def _bars_in_trade(c: Cursor) -> Part | None:
    """ "12 bars in trade", "10 days in the position", "36 bars have passed", "the position is 8 bars old" as an exit."""
    named = c.skip("position_noun", "trades")
    size = length(c)
    if size is None or not size[1]:
        return None
    if c.take_if_text("passed", "pass", "elapsed", "elapse") or (named and c.take_if_text("old")):
        return Part(field="time_stop_bars", value=size[0], unit=size[1])
    if c.take("in") is None:
        return None
    named = c.take("position_noun") or c.take("per_trade") or c.take("trades")
    return Part(field="time_stop_bars", value=size[0], unit=size[1]) if named else None


def _unwilling(c: Cursor) -> bool | None:
    """ "I don't want to", "never", "willing to": before what may be lost."""
    ruled_out = c.take("not") is not None
    wanted = c.take_if_text("want", "willing", "like", "afford", "prepared", "ready", "happy")
    if not ruled_out and not wanted:
        return None
    c.take_if_text("want", "like")
    return True if c.peek("lose") else None


def _stop_through(c: Cursor) -> Part | None:
    """ "跌破 200 块止损", "stop out below 180": the price at which the stop lies."""
    c.skip("when", "price", "pronoun", "asset")
    through = c.take("cmp")
    if through not in ("<", ">", "<=", ">=", "crosses_below", "crosses_above"):
        return None
    money = c.take("money")
    value = c.number()
    if value is None or c.peek("pct"):
        return None
    money = c.take("money") or money
    c.skip("then")
    if c.take("stop") is None or not _ends(c, c.i):
        return None
    return Part(field="stop_loss", value={"type": "price", "value": value})


def _entry_hint(c: Cursor) -> Part | None:
    """ "entry around 60000": where the text expects to get in, which stops and targets are compared with."""
    act = c.take("act")
    if act not in ("enter", "buy", "enter_long", "enter_short"):
        return None
    c.skip("position_noun", "asset", "price")
    near = c.take("at") or c.take_if_text("around", "near", "about", "approximately", "roughly", ":", "~")
    c.take("money")
    value = c.number() if near else None
    if value is None or value < 100 or any(c.peek(kind) for kind in ("pct", "unit", "tf", "quantity", "asset", "cmp")):
        return None
    c.take("money")
    return Part(field="entry_hint", value=value)


def _stop(c: Cursor) -> Part | None:
    """ "stop loss 2%", "2 ATR stop", "stop $5 below entry"."""
    if c.take("stop"):
        found = distance(c)
        c.take_if_text("away")
    else:
        found = distance(c)
        if found is None or found[0].get("type") == "price" or c.take("stop") is None:
            return None
        factor = c.attempt(_factor)
        if factor is not None and found[0].get("type") == "atr":
            found = found[0] | {"value": factor * float(str(found[0]["value"]))}, found[1]
    return None if found is None else Part(field="stop_loss", value=found[0], direction=found[1])


def _trailing(c: Cursor) -> Part | None:
    """ "trailing stop 3 ATR", "trail the stop by 2%", "trail below the 20 EMA"."""
    early = c.attempt(_late)
    if early is not None:
        c.sign(",")
        c.skip("then")
        c.take_if_text("start", "begin", "activate", "use", "switch", "apply")
        c.skip("until")
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


def _time_stop(c: Cursor) -> Part | None:
    """ "hold for 5 days", "sell after 10 bars", "time stop: 16 bars"."""
    c.attempt(lambda c: c.skip("maximum") and c.peek("hold"))
    held = c.take("hold") or c.take("buy_and_hold")
    if held is not None:
        c.skip("maximum", "for", "cmp", "after")
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
        if size is None or not size[1] or (leaves is None and c.peek("cmp")) or _is_of_series(c):
            return None  # "exit once the 14-period RSI …" speaks of the RSI
        c.skip("then", "maximum")
        return Part(field="time_stop_bars", value=size[0], unit=size[1])
    size = length(c)
    if size is None or not size[1]:
        return None
    c.skip("maximum", "then")
    start = c.i
    if c.peek("act") not in ("exit", "sell") or c.take("act") is None:
        c.i = start
    return Part(field="time_stop_bars", value=size[0], unit=size[1])


def _is_of_series(c: Cursor) -> bool:
    """Whether the length that was just read is that of the series which follows."""
    return any(c.peek(kind) is not None for kind in ("ind", "output", "average_volume", "average_of", "derived"))


def _ends(c: Cursor, at: int) -> bool:
    """Whether nothing more is said of what stands before `at`: "flat by the close", not "exit at a close above"."""
    return at >= len(c.tokens) or c.tokens[at].has("break", "stop_sign") or c.tokens[at].text in ")]-"


def _session_exit(c: Cursor) -> Part | None:
    """ "flat 15 minutes before the close", "no overnight positions", "收盘前15分钟平仓"."""
    if c.take("overnight"):
        return Part(field="session_exit_minutes", value=None)
    leaves = c.take("flat")
    if leaves is None and c.peek("act") in ("sell", "exit", "exit_long", "exit_short"):
        c.take("act")
        if (c.take("by") or c.take("before") or c.take("at")) and c.take("session_close") and _ends(c, c.i):
            return Part(field="session_exit_minutes", value=None)
        return None
    if leaves is None:
        c.skip("prep")
        c.take("session_close") or c.take("price")
        c.skip("before")
        size = length(c)
        c.take("before")
        timed = size is not None and size[1] in ("minute", "hour") and c.take("flat") is not None
        return Part(field="session_exit_minutes", value=size[0], unit=size[1]) if size and timed else None
    c.skip("position_noun", "trades", "size")
    if not c.done and c.tokens[c.i].has("flat"):
        c.take("flat")
    size = c.attempt(length)
    if size is not None:
        if c.take("before") is None or c.take("session_close") is None:
            return None
        return Part(field="session_exit_minutes", value=size[0], unit=size[1])
    if c.take("at") or c.take("before") or c.take("by"):
        at = c.find("session_close")
        if at is not None and (c.tokens[at].text != "close" or c.tokens[at - 1].has("before") or _ends(c, at + 1)):
            c.take("session_close")
            return Part(field="session_exit_minutes", value=None)
        if c.take("session_close") and c.take("of") and c.take("unit"):
            return Part(field="session_exit_minutes", value=None)
    return None
