"""Limits in speech: trades a day, daily loss, drawdown, pauses."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.amounts import introduce, percent
from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.elements import Part
from vibex.strategy.phrases.grammar.lengths import length


def trades_per_day(c: Cursor) -> Part | None:
    """ "max 2 trades per day", "每天最多3笔"."""
    limited = c.skip("maximum", "cmp") or c.attempt(_never_more) is not None
    daily = False
    if not limited:
        daily = c.skip("per_day")
        limited = c.skip("maximum", "cmp")
    named = c.attempt(lambda c: (c.skip("trades") and (c.sign("=", ":") or None)) or None) is not None
    daily = daily or any(token.has("per_day") for token in c.tokens[max(c.i - 2, 0) : c.i])
    count = c.number()
    if count is None or count != int(count):
        return None
    if c.take("trades") is None and not (named and limited):
        return None
    c.skip("trades")
    c.sign("/")
    daily = c.skip("per_day") or daily
    limited = c.skip("maximum") or limited
    return Part(field="limits.max_trades_per_day", value=int(count)) if daily else None


def _never_more(c: Cursor) -> bool | None:
    """ "never take more than", "don't open more than"."""
    if c.take("not") is None:
        return None
    c.take_if_text("take", "make", "open", "do", "enter", "have", "place")
    c.skip("chat", "act")
    return True if c.take("cmp") == ">" else None


def daily_loss(c: Cursor) -> Part | None:
    """ "max daily loss 3%", "stop after losing 3% in a day", "stop trading after a 2% daily loss"."""
    start = c.i
    c.skip("stop_trading", "after", "when", "maximum")
    for_today = any("day" in token.text or "当天" in token.text.replace(" ", "") for token in c.tokens[start : c.i])
    if c.take("daily_loss"):
        introduce(c)
        c.skip("maximum", "cmp")
        value = c.attempt(percent)
    else:
        losing = c.skip("lose")
        value = c.attempt(percent)
        if value is None:
            return None
        if c.take("daily_loss") is None and not (losing and (_in_a_day(c) or for_today)):
            return None
    c.sign(",") if c.i + 1 < len(c.tokens) and c.tokens[c.i + 1].has("stop_trading") else None
    c.skip("stop_trading")
    return None if value is None else Part(field="limits.max_daily_loss_percent", value=value)


def _in_a_day(c: Cursor) -> bool:
    c.skip("of", "equity", "prep")
    return c.take("per_day") is not None or c.take("unit") == "day"


def drawdown(c: Cursor) -> Part | None:
    """ "max drawdown 12%, then stop everything"."""
    c.skip("stop_trading", "after", "when", "at", "maximum")
    if c.take("drawdown"):
        c.skip("cmp", "touch", "maximum")
        introduce(c)
        value = c.attempt(percent)
    else:
        value = c.attempt(percent)
        if value is None or c.take("drawdown") is None:
            return None
    if value is None:
        return None
    start = c.i
    c.sign(",")
    c.skip("then")
    if not c.skip("stop_trading"):
        c.i = start
    return Part(field="limits.max_drawdown_percent", value=value)


def cooldown(c: Cursor) -> Part | None:
    """ "wait 5 bars after each exit", "cooldown 3 bars"."""
    if c.take("cooldown") is None:
        return None
    introduce(c)
    c.skip("cmp", "for")
    size = length(c)
    if size is None:
        return None
    c.skip(
        "cooldown", "after", "between", "per", "per_trade", "trades", "act", "stop", "lose", "loss", "before", "trades"
    )
    return Part(field="limits.cooldown_bars", value=int(size[0]), unit=size[1])
