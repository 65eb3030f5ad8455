"""Stops, targets, trailing stops, break-even, time and session exits, as people say them."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.distances import distance
from vibex.strategy.phrases.grammar.elements import Part
from vibex.strategy.phrases.grammar.holding import bars_in_trade, ends, session_exit, time_stop
from vibex.strategy.phrases.grammar.outcomes import further_move, move_exit, own_loss, signed_exit
from vibex.strategy.phrases.grammar.targets import fraction_target, profit_or_loss, reward_ratio, target, target_list
from vibex.strategy.phrases.grammar.trailing import break_even, trailing


def exit_part(c: Cursor) -> Part | None:
    return c.first_of(
        _no_stop, move_exit, further_move, signed_exit, bars_in_trade, own_loss, break_even,
        trailing, session_exit, target_list,
        reward_ratio, fraction_target, target, _stop, _stop_through, profit_or_loss, time_stop, _entry_hint,
    )  # fmt: skip


def _no_stop(c: Cursor) -> Part | None:
    if c.take("no_stop"):
        return Part(field="refused", value="stop_loss")
    if c.take("no_target"):
        return Part(field="refused", value="take_profit")
    return None


def _factor(c: Cursor) -> float | None:
    """ "x 2", "times 2", "2x" behind "ATR stop"."""
    if c.sign("x", "*", "×", "times"):
        return c.number()
    value = c.number()
    return value if value is not None and c.take("times_sign") else None


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
    if c.take("stop") is None or not ends(c, c.i):
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
