"""Exits by what the position has gained or lost: "sell when it is up 5 %", "at +2 % or -1 %"."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.distances import atr, percent
from vibex.strategy.phrases.grammar.elements import Part
from vibex.strategy.phrases.grammar.trailing import fall_from_peak, from_peak


def move_exit(c: Cursor) -> Part | None:
    """ "sell when it is up 5% from entry", "cover when it drops 4%", "涨10%就卖": from the entry price."""
    trailing = c.attempt(fall_from_peak)
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
    if way == "down" and c.attempt(from_peak):
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


def further_move(c: Cursor) -> Part | None:
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


def own_loss(c: Cursor) -> Part | None:
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


def signed_exit(c: Cursor) -> Part | None:
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


def _unwilling(c: Cursor) -> bool | None:
    """ "I don't want to", "never", "willing to": before what may be lost."""
    ruled_out = c.take("not") is not None
    wanted = c.take_if_text("want", "willing", "like", "afford", "prepared", "ready", "happy")
    if not ruled_out and not wanted:
        return None
    c.take_if_text("want", "like")
    return True if c.peek("lose") else None
