"""What is only named: assets, timeframes, legs of a pair, indicators outside a rule."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.elements import Asset, Content, Frame, Mention, Note
from vibex.strategy.phrases.grammar.prices import range_mention
from vibex.strategy.phrases.grammar.series import AVERAGES, indicator
from vibex.strategy.phrases.grammar.terms import Series
from vibex.strategy.phrases.lexicon.indicators import Known


def asset(c: Cursor) -> Content | None:
    at = c.find("asset")
    if at != c.i:
        return None
    value = c.take("asset")
    return Asset(market=str(value[0]), symbol=str(value[1])) if isinstance(value, tuple) else None


def legs(c: Cursor) -> Content | None:
    if c.find("legs") != c.i:
        return None
    value = c.take("legs")
    c.sign(":", ",")
    return Note(kind="legs", value=value) if c.take_if("phrase", "ratio") or c.take_if("phrase", "spread") else None


def ticker(c: Cursor) -> Content | None:
    if c.find("ticker") != c.i:
        return None
    sure = c.tokens[c.i].has("marked")
    return Asset(market="", symbol=str(c.take("ticker")), sure=sure)


def frame(c: Cursor) -> Content | None:
    if c.find("tf") != c.i:
        return None
    value = c.take("tf")
    c.skip("timeframe_nouns")
    return Frame(timeframe=str(value))


def excluded(c: Cursor) -> Content | None:
    """ "KDJ 不用", "比亚迪不做": what is named in order to leave it out."""
    if c.take("asset") is None and c.take("ind") is None:
        return None
    return Note(kind="excluded") if c.take("excluded") else None


def odd_frame(c: Cursor) -> Content | None:
    """ "7s chart": a timeframe that does not exist here."""
    at, count = c.i, c.number()
    if count is None or c.i != at + 1:
        return None
    if not c.done and c.tokens[c.i].has("tf") and c.tokens[c.i].text.startswith("小 时"):
        return Note(kind="odd_frame", value=f"{count:g} hours") if c.take("tf") else None
    unit = c.take("unit") or c.take("small_unit")
    if unit is None or unit == "bar":
        return None
    joined = len(c.tokens[c.i - 1].text) == 1 and c.tokens[at].end == c.tokens[c.i - 1].start
    if c.take("timeframe_nouns") is None and not joined:
        return None
    return Note(kind="odd_frame", value=f"{count:g} {unit}s")


def ribbon(c: Cursor) -> Content | None:
    """ "EMA 8/13/21", "20, 50 and 200 SMA": several averages at once."""
    known = c.take("ind")
    c.take_if_text("ribbon", "ribbons", "stack")
    c.sign(",", ":")
    bracket = c.sign("(")
    lengths: list[float] = []
    while (value := c.number()) is not None:
        lengths.append(value)
        if not (c.sign("/", ",", "&") or c.take("and")):
            break
    if bracket:
        c.sign(")")
    known = known or c.take("ind")
    if not isinstance(known, Known) or known.name not in AVERAGES or len(lengths) < 2:
        return None
    lines = tuple(Series(name=known.name, params=(("timeperiod", each),)) for each in lengths)
    return Mention(series=lines[0], others=lines[1:])


def mention(c: Cursor) -> Content | None:
    found = c.first_of(range_mention, indicator)
    return Mention(series=found) if isinstance(found, Series) else None
