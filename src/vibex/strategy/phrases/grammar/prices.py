"""Prices in speech: "yesterday's high", "the close 10 bars ago", "the 20-day low", "the opening range high"."""

from __future__ import annotations

from dataclasses import replace

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.lengths import length
from vibex.strategy.phrases.grammar.terms import Series


def price(c: Cursor) -> Series | None:
    return c.first_of(_fixed, _of_candle, _opening_range, _window_extreme, _extreme_of_window, _previous, _plain)


def _fixed(c: Cursor) -> Series | None:
    key = c.peek("phrase")
    if key in ("prev_high", "prev_low", "prev_close", "prev_open"):
        found = Series(name="?previous_session", output=str(key).removeprefix("prev_"))
    elif key in ("or_high", "or_low"):
        found = Series(name="OPENING_RANGE", output=str(key).removeprefix("or_"))
    elif key in ("swing_high", "swing_low"):
        found = Series(name="PIVOT", output=str(key).removeprefix("swing_"))
    elif key in ("signal_high", "signal_low"):
        found = Series(name=str(key).removeprefix("signal_"))
    else:
        return None
    c.take("phrase")
    if found.name == "PIVOT" and (size := c.attempt(_of_window)):
        return Series(name="DONCHIAN", params=(("timeperiod", size[0]),), unit=size[1],
                      output="upper" if found.output == "high" else "lower")  # fmt: skip
    return found


def _of_candle(c: Cursor) -> Series | None:
    """ "the engulfing candle's low": of the bar that gives the signal."""
    if c.take("candle") is None:
        return None
    owns = c.take("poss") is not None
    which = c.take("price")
    return Series(name=str(which)) if which in ("high", "low") or (owns and which in ("open", "close")) else None


def _opening_range(c: Cursor) -> Series | None:
    """ "the high of the first 30 minutes", "first 15-minute candle high"."""
    which = c.take("price")
    if which in ("high", "low"):
        c.take("of")
    elif which is not None:
        return None
    if not c.take_if("phrase", "first"):
        return None
    minutes = _minutes(c)
    if minutes is None:
        return None
    c.skip("timeframe_nouns", "unit", "phrase", "poss")
    which = which or c.take("price")
    return (
        Series(name="OPENING_RANGE", params=(("minutes", minutes),), output=str(which))
        if which in ("high", "low")
        else None
    )


def range_mention(c: Cursor) -> Series | None:
    """ "the high and low of the first 15 minutes", "the first 30 minute range": says how long the opening range is."""
    named = c.take("price") in ("high", "low") and (c.take("and") or c.sign("/")) and c.take("price") in ("high", "low")
    if not named:
        named = c.take_if("phrase", "opening_range") and (c.sign("(", "=", ":") or True)
    c.skip("of", "is", "for", "in")
    c.take_if("phrase", "first")
    minutes = c.attempt(_minutes)
    if named is True and minutes is None and c.peek("num") in (5, 10, 15, 20, 30, 45, 60):
        minutes = c.number()  # "ORB 30"
    if not named or minutes is None:
        return None
    c.sign(")")
    return Series(name="OPENING_RANGE", params=(("minutes", minutes),), output="high")


def _minutes(c: Cursor) -> float | None:
    if not c.done and c.tokens[c.i].has("unit") and c.take("unit") == "hour":
        return 60.0  # "the first hour"
    size = length(c)
    scale = {"minute": 1, "hour": 60}.get(size[1]) if size else None
    return size[0] * scale if size and scale else None


def _window_extreme(c: Cursor) -> Series | None:
    """ "20-day high", "55 日最高价", "the last 20 bars' highest close"."""
    c.attempt(lambda c: c.take("in"))
    size = length(c)
    if size is None or (not size[1] and c.peek("extreme") is None):
        return None
    c.take("poss")
    c.attempt(lambda c: c.take("within"))
    which = c.take("extreme")
    if which is None:
        which = c.take("price")
        if which not in ("high", "low"):
            return None
        which = (which, which)
    return _extreme(which, size)


def _extreme_of_window(c: Cursor) -> Series | None:
    """ "highest high of the last 20 bars", "the high of the previous 12 candles"."""
    which = c.take("extreme")
    if which is None:
        which = c.take("price")
        if which not in ("high", "low"):
            return None
        which = (which, which)
    size = _of_window(c)
    return _extreme(which, size) if size else None


def _of_window(c: Cursor) -> tuple[float, str] | None:
    c.skip("of", "in", "within", "for", "from")
    c.take("last")
    size = length(c)
    return size if size and size[1] else None


def _extreme(which: object, size: tuple[float, str]) -> Series | None:
    if not isinstance(which, tuple):
        return None
    side, of = which
    if of == "close":
        name = "MAX" if side == "high" else "MIN"
        return Series(name=name, params=(("timeperiod", size[0]),), unit=size[1], shift=1)
    return Series(
        name="DONCHIAN", params=(("timeperiod", size[0]),), unit=size[1], output="upper" if side == "high" else "lower"
    )


def _previous(c: Cursor) -> Series | None:
    """ "the previous candle's high", "prior close"."""
    if c.take("previous") is None:
        return None
    if (key := c.peek("phrase")) in ("signal_high", "signal_low"):
        c.take("phrase")  # "the previous bar's high"
        return Series(name=str(key).removeprefix("signal_"), shift=1)
    unit = c.take("unit")
    c.take("poss")
    which = c.take("price")
    if which is None or (unit is None and which in ("volume", "high", "low")):
        return None
    if unit == "day":
        return Series(name="?previous_session", output=str(which))
    return Series(name=str(which), shift=1)


def _plain(c: Cursor) -> Series | None:
    """ "close", "today's close", "the close 10 bars ago", "the high of the previous candle"."""
    today = c.attempt(lambda c: c.take("current") and c.tokens[c.i - 1].text.startswith(("today", "今")))
    which = c.take("price")
    if which is None:
        return None
    if today and which in ("open", "high", "low"):
        return Series(name="?session", output=str(which))
    found = Series(name=str(which))
    shift = c.first_of(_bars_ago, _of_previous, _in_square_brackets)
    return replace(found, shift=shift[0], unit=shift[1]) if shift else found


def _bars_ago(c: Cursor) -> tuple[int, str] | None:
    c.attempt(lambda c: c.take("of") or c.take("from"))
    size = length(c)
    return (int(size[0]), size[1]) if size and size[1] and c.take("ago") else None


def _in_square_brackets(c: Cursor) -> tuple[int, str] | None:
    """ "high[1]", as charting languages write it."""
    if not c.sign("["):
        return None
    count = c.number()
    return (int(count), "bar") if count is not None and count == int(count) >= 0 and c.sign("]") else None


def _of_previous(c: Cursor) -> tuple[int, str] | None:
    if c.take("of") is None or c.take("previous") is None:
        return None
    unit = c.take("unit")
    return (1, str(unit)) if unit in ("bar", "day", "week") else None
