"""Indicators in speech: "RSI(14)", "14-period RSI", "the upper Bollinger band (20, 2)", "its 20-bar average".

What is left open is written as a name with "?" in front and settled when the whole text is known (`settle`):
"?band" is a band of the channel spoken of last, "?ma" an average of the kind spoken of last, "?it" and "?that" the
left and the right side of the comparison before.
"""

from __future__ import annotations

from dataclasses import replace

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.lengths import (
    assign,
    bare_numbers,
    bracketed_length,
    brackets,
    brackets_with_input,
    length,
    length_param,
    spoken_length,
    tail_length,
)
from vibex.strategy.phrases.grammar.rules import any_operand
from vibex.strategy.phrases.grammar.terms import CLOSE, Operand, Series
from vibex.strategy.phrases.lexicon.indicators import INDICATORS, Known
from vibex.strategy.phrases.lexicon.rarer import RARER

AVERAGES = frozenset({"SMA", "EMA", "WMA", "DEMA", "TEMA", "TRIMA", "KAMA", "HMA", "ZLEMA", "VWMA", "RMA", "T3", "MA"})
CHANNELS = frozenset({"BBANDS", "KELTNER", "DONCHIAN"})
VOLUME = Series(name="volume")
_SUBJECT = Series(name="?subject")


def indicator(c: Cursor) -> Series | None:
    """An indicator in any usual order of length, name, parameters and output."""
    return c.first_of(_own_average, _with_numbers, _with_length, _named_output, _named, _anonymous_output)


def _own_average(c: Cursor) -> Series | None:
    """ "its 20-bar average": of the thing that is compared."""
    if c.take("own") is None:
        return None
    size = c.attempt(length)
    known = c.take("ind")
    if known is None and size is None:
        return None
    if isinstance(known, Known) and known.name not in AVERAGES:
        return None
    name = known.name if isinstance(known, Known) else "?ma"
    found = Series(name=name, params=length_param(size), unit=size[1] if size else "", input=_SUBJECT)
    return _with_tail(c, found, known) if isinstance(known, Known) else found


def _with_numbers(c: Cursor) -> Series | None:
    """ "12/26/9 MACD", "the 14,3,3 stochastic", "20,2 Bollinger": several parameters before the name."""
    chosen = c.attempt(lambda c: c.take("output"))
    values: list[float] = []
    while (value := c.number()) is not None:
        values.append(value)
        if not c.sign(",", "/", "-", "x"):
            break
    known = c.take("ind") if len(values) > 1 else None
    if not isinstance(known, Known) or not len(values) <= len(known.spoken):
        return None
    found = Series(name=known.name, params=assign(known, values), output=known.output)
    if isinstance(chosen, tuple) and known.name in chosen[1]:
        found = replace(found, output=str(chosen[0]))
    return _with_tail(c, found, known)


def _with_length(c: Cursor) -> Series | None:
    """ "20-day SMA", "14 period RSI", "20-bar average volume", "20 日均线"; a bare "200-day" is an average."""
    outer = c.attempt(lambda c: c.take("output"))
    if c.peek("tf") is not None:
        return None  # "4h KAMA(30)" is of a timeframe, not of that length
    size = length(c)
    if size is None or (not size[1] and c.tokens[c.i - 1].has("spelled") and _is_plural(c)):
        return None
    width = c.number() if outer is not None and c.sign(",", "/") else None
    if c.take("average_volume"):
        return Series(name="SMA", params=length_param(size), unit=size[1], input=VOLUME)
    inner = c.take("output") if outer is None and c.peek("ind") is None else None
    if not size[1] and (unit := c.take("average_of")):
        return Series(name="SMA", params=length_param(size), unit=str(unit))
    known = c.take("ind")
    chosen = outer or inner
    if not isinstance(known, Known):
        if isinstance(chosen, tuple) and "BBANDS" in chosen[1]:
            return Series(name="?band", output=str(chosen[0]), params=length_param(size), unit=size[1])
        return None
    params = assign(known, [size[0], width]) if width else spoken_length(known, size)
    found = Series(name=known.name, params=params, unit=size[1], output=known.output)
    if isinstance(chosen, tuple) and known.name in chosen[1]:
        found = replace(found, output=str(chosen[0]))
    return _with_tail(c, found, known)


def _is_plural(c: Cursor) -> bool:
    """ "three EMAs" are three averages, not one of three bars."""
    at = c.find("ind")
    return at is not None and c.tokens[at].text in ("emas", "smas", "mas", "averages", "moving averages")


def bare_length(c: Cursor) -> Series | None:
    """ "the 200-day" beside another average; a unit is needed, as "50" alone is a number."""
    c.take("own")
    size = length(c)
    if size is None or size[1] in ("", "minute"):
        return None
    return Series(name="?ma", params=length_param(size), unit=size[1])


def _named(c: Cursor) -> Series | None:
    if c.take("average_volume"):
        size = c.attempt(tail_length) or c.attempt(bracketed_length)
        return Series(name="SMA", params=length_param(size), unit=size[1] if size else "", input=VOLUME)
    known = c.take("ind")
    if not isinstance(known, Known):
        return None
    return _with_tail(c, Series(name=known.name, output=known.output), known)


def _named_output(c: Cursor) -> Series | None:
    """ "upper Bollinger band (20, 2)", "upper band of the Keltner channel", "lower 20-bar Donchian channel"."""
    chosen = c.take("output")
    if not isinstance(chosen, tuple):
        return None
    size = c.attempt(length)
    known = c.take("ind")
    if not isinstance(known, Known) or known.name not in chosen[1]:
        return None
    params = spoken_length(known, size) if size else ()
    found = Series(name=known.name, output=str(chosen[0]), params=params, unit=size[1] if size else "")
    return replace(_with_tail(c, found, known), output=str(chosen[0]))


def _anonymous_output(c: Cursor) -> Series | None:
    """ "the middle band", "its signal line", "%K"."""
    chosen = c.take("output")
    if not isinstance(chosen, tuple):
        return None
    output, names = str(chosen[0]), chosen[1]
    c.skip("output_noun")
    if len(names) == 1:
        values = c.attempt(brackets) or []
        known = next((each for each in (*INDICATORS, *RARER) if each.name == names[0]), None)
        return Series(name=str(names[0]), output=output, params=assign(known, values) if known and values else ())
    return Series(name="?band" if "BBANDS" in names else "?stoch", output=output)


def _with_tail(c: Cursor, found: Series, known: Known) -> Series:
    """What may follow the name: an output, parameters, an input, in any order that people use."""
    for _ in range(4):
        before = c.i
        found = _one_tail(c, found, known)
        if c.i == before:
            break
    return found


def _one_tail(c: Cursor, found: Series, known: Known) -> Series:
    chosen = c.peek("output")
    if isinstance(chosen, tuple) and known.name in chosen[1] and (not found.output or found.output == known.output):
        c.take("output")
        return replace(found, output=str(chosen[0]))
    if known.name == "DONCHIAN" and not found.output and (side := c.peek("price")) in ("high", "low"):
        c.take("price")
        return replace(found, output="upper" if side == "high" else "lower")
    if not found.params and known.spoken:
        params = _parameters(c, known)
        if params is not None:
            values, inner, unit = params
            return replace(found, params=values, input=inner or found.input, unit=unit)
    elif found.params and len(known.spoken) > 1 and (more := c.attempt(brackets)) is not None:
        return replace(found, params=assign(known, more))
    if known.name == "ZSCORE" and found.input is None and (legs := c.attempt(_of_ratio)):
        return replace(found, input=Series(name=legs))
    if found.input is None and known.name in AVERAGES | {"STDDEV", "ROC", "RSI", "ZSCORE"}:
        inner_series = any_operand(c, _of_input)
        if inner_series is not None:
            return replace(found, input=inner_series)
    return found


def _parameters(c: Cursor, known: Known) -> tuple[tuple[tuple[str, float], ...], Operand | None, str] | None:
    start = c.i
    bracket = c.attempt(brackets_with_input)
    if bracket is not None:
        values, inner = bracket
        if len(values) <= max(len(known.spoken), 1):
            return assign(known, values), inner, ""
        c.i = start
        return None
    over = known.name in AVERAGES | {"ROC", "MOM", "ROLLING_VOL", "STDDEV", "ZSCORE"} or c.find("of") == c.i
    size = c.attempt(tail_length) if over else None
    if size is not None:
        return spoken_length(known, size), None, size[1]
    values = c.attempt(lambda c: bare_numbers(c, known)) or []
    return (assign(known, values), None, "") if values else None


def _of_input(c: Cursor) -> Operand | None:
    """ "of volume", "of the RSI": what the average is taken of."""
    if c.take("of") is None and c.take("on") is None:
        return None
    price = c.take("price")
    if price is not None:
        return CLOSE if price == "close" else Series(name=str(price))
    inner = c.first_of(_with_length, _named)
    return inner if inner is not None and inner.name not in CHANNELS else None


def _of_ratio(c: Cursor) -> str | None:
    """ "of the BTC/ETH ratio", "of the spread", "of that ratio"."""
    c.skip("of", "pronoun")
    c.skip("legs", "asset", "and", "benchmark")
    if c.sign("/"):
        c.skip("asset")
    name = "RATIO" if c.take_if("phrase", "ratio") else "SPREAD" if c.take_if("phrase", "spread") else None
    c.skip("of") if name else None
    return name
