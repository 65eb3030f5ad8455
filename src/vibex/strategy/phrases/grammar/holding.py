"""Exits by time: so many bars in the trade, by the close of the session."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.elements import Part
from vibex.strategy.phrases.grammar.lengths import length


def bars_in_trade(c: Cursor) -> Part | None:
    """An exit by age: "12 bars in trade", "36 bars have passed", "the position is 8 bars old"."""
    aged = c.skip("position_noun", "trades")
    size = length(c)
    if size is None or not size[1]:
        return None
    if c.take_if_text("passed", "pass", "elapsed", "elapse") or (aged and c.take_if_text("old")):
        return Part(field="time_stop_bars", value=size[0], unit=size[1])
    if c.take_if_text("max", "maximum", "tops") and ends(c, c.i):
        return Part(field="time_stop_bars", value=size[0], unit=size[1])
    if c.take("in") is None:
        return None
    named = c.take("position_noun") or c.take("per_trade") or c.take("trades")
    return Part(field="time_stop_bars", value=size[0], unit=size[1]) if named else None


def time_stop(c: Cursor) -> Part | None:
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


def ends(c: Cursor, at: int) -> bool:
    """Whether nothing more is said of what stands before `at`: "flat by the close", not "exit at a close above"."""
    return at >= len(c.tokens) or c.tokens[at].has("break", "stop_sign") or c.tokens[at].text in ")]-"


def session_exit(c: Cursor) -> Part | None:
    """ "flat 15 minutes before the close", "no overnight positions", "收盘前15分钟平仓"."""
    if c.take("overnight"):
        return Part(field="session_exit_minutes", value=None)
    leaves = c.take("flat")
    if leaves is None and c.peek("act") in ("sell", "exit", "exit_long", "exit_short"):
        c.take("act")
        if (c.take("by") or c.take("before") or c.take("at")) and c.take("session_close") and ends(c, c.i):
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
        if at is not None and (c.tokens[at].text != "close" or c.tokens[at - 1].has("before") or ends(c, at + 1)):
            c.take("session_close")
            return Part(field="session_exit_minutes", value=None)
        if c.take("session_close") and c.take("of") and c.take("unit"):
            return Part(field="session_exit_minutes", value=None)
    return None
