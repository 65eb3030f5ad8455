"""Indicators in speech: "RSI(14)", "14-period RSI", "MACD 12/26/9", "the upper Bollinger band (20, 2)", "its 20-bar average".

What is left open is written as a name with "?" in front and settled when the whole text is known (`settle`):
"?band" is a band of the channel spoken of last, "?ma" an average of the kind spoken of last, "?it" and "?that" the
left and the right side of the comparison before.
"""

from __future__ import annotations

from dataclasses import replace

from vibex.strategy.phrases.cursor import Cursor
from vibex.strategy.phrases.lexicon.indicators import Known
from vibex.strategy.phrases.rules import any_operand
from vibex.strategy.phrases.terms import CLOSE, Operand, Series

AVERAGES = frozenset({"SMA", "EMA", "WMA", "DEMA", "TEMA", "TRIMA", "KAMA", "HMA", "ZLEMA", "VWMA", "RMA", "T3", "MA"})
CHANNELS = frozenset({"BBANDS", "KELTNER", "DONCHIAN"})
VOLUME = Series(name="volume")
_SUBJECT = Series(name="?subject")
_SEPARATORS = (",", "/", "-", "x", "&", ";", "and")


def indicator(c: Cursor) -> Series | None:
    """An indicator in any usual order of length, name, parameters and output."""
    return c.first_of(_own_average, _with_length, _named_output, _named, _anonymous_output)


def length(c: Cursor) -> tuple[float, str] | None:
    """ "20", "20-day", "20 period", "the last 20 bars": the number and the unit ("" when none was said)."""
    c.take("last")
    whole = c.peek("quantity_of")
    if isinstance(whole, tuple):
        c.take("quantity_of")
        return float(whole[0]), str(whole[1])
    number = c.number()
    if number is None or number < 1 or number != int(number):
        return None
    unit = c.take("unit")
    if unit is None and c.tokens[c.i - 1].has("signed"):
        return None
    return number, str(unit or "")


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
    found = Series(name=name, params=_length_param(size), unit=size[1] if size else "", input=_SUBJECT)
    return _with_tail(c, found, known) if isinstance(known, Known) else found


def _with_length(c: Cursor) -> Series | None:
    """ "20-day SMA", "14 period RSI", "20-bar average volume", "20 日均线"; a bare "200-day" is an average."""
    outer = c.attempt(lambda c: c.take("output"))
    size = length(c)
    if size is None:
        return None
    width = c.number() if outer is not None and c.sign(",", "/") else None
    if c.take("average_volume"):
        return Series(name="SMA", params=_length_param(size), unit=size[1], input=VOLUME)
    inner = c.take("output") if outer is None and c.peek("ind") is None else None
    if c.take("day_average"):
        return Series(name="SMA", params=_length_param(size), unit="day")
    known = c.take("ind")
    chosen = outer or inner
    if not isinstance(known, Known):
        if isinstance(chosen, tuple) and "BBANDS" in chosen[1]:
            return Series(name="?band", output=str(chosen[0]), params=_length_param(size), unit=size[1])
        return None
    params = _assign(known, [size[0], width]) if width else _spoken_length(known, size)
    found = Series(name=known.name, params=params, unit=size[1], output=known.output)
    if isinstance(chosen, tuple) and known.name in chosen[1]:
        found = replace(found, output=str(chosen[0]))
    return _with_tail(c, found, known)


def bare_length(c: Cursor) -> Series | None:
    """ "the 200-day" beside another average; a unit is needed, as "50" alone is a number."""
    c.take("own")
    size = length(c)
    if size is None or not size[1]:
        return None
    return Series(name="?ma", params=_length_param(size), unit=size[1])


def _named(c: Cursor) -> Series | None:
    if c.take("average_volume"):
        size = c.attempt(_tail_length) or c.attempt(_bracketed_length)
        return Series(name="SMA", params=_length_param(size), unit=size[1] if size else "", input=VOLUME)
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
    params = _spoken_length(known, size) if size else ()
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
        params = _brackets(c)
        return Series(name=str(names[0]), output=output, params=() if params is None else ())
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
    if not found.params and known.spoken:
        params = _parameters(c, known)
        if params is not None:
            values, inner, unit = params
            return replace(found, params=values, input=inner or found.input, unit=unit)
    elif found.params and len(known.spoken) > 1 and (more := c.attempt(_brackets)) is not None:
        return replace(found, params=_assign(known, more))
    if known.name == "ZSCORE" and c.attempt(_of_ratio):
        return found
    if found.input is None and known.name in AVERAGES | {"STDDEV", "ROC", "RSI", "ZSCORE"}:
        inner_series = any_operand(c, _of_input)
        if inner_series is not None:
            return replace(found, input=inner_series)
    return found


def _parameters(c: Cursor, known: Known) -> tuple[tuple[tuple[str, float], ...], Operand | None, str] | None:
    start = c.i
    bracket = c.attempt(_brackets_with_input)
    if bracket is not None:
        values, inner = bracket
        if len(values) <= max(len(known.spoken), 1):
            return _assign(known, values), inner, ""
        c.i = start
        return None
    size = (
        c.attempt(_tail_length) if known.name in AVERAGES | {"ROC", "MOM", "ROLLING_VOL", "STDDEV", "ZSCORE"} else None
    )
    if size is not None:
        return _spoken_length(known, size), None, size[1]
    values = c.attempt(lambda c: _bare_numbers(c, known)) or []
    return (_assign(known, values), None, "") if values else None


def _brackets(c: Cursor) -> list[float] | None:
    found = c.attempt(_brackets_with_input)
    return None if found is None else found[0]


def _brackets_with_input(c: Cursor) -> tuple[list[float], Operand | None] | None:
    """ "(14)", "(20, 2)", "(12/26/9)", "(20 EMA, 10 ATR, multiplier 1.5)", "(close, 20)", "(session)"."""
    if not c.sign("(", "["):
        return None
    values: list[float] = []
    inner: Operand | None = None
    for _ in range(14):
        if c.sign(")", "]"):
            return values, inner
        number = c.number()
        if number is not None:
            values.append(number)
        elif (price := c.take("price")) is not None:
            inner = None if price == "close" else Series(name=str(price))
        elif (
            c.sign(*_SEPARATORS, "=")
            or any(c.take(kind) is not None for kind in ("length_word", "unit", "times_sign", "pct", "and"))
            or (values and c.take("ind") is not None)
        ):
            continue
        else:
            return None
    return None


def _bracketed_length(c: Cursor) -> tuple[float, str] | None:
    values = _brackets(c)
    return (values[0], "") if values else None


def _bare_numbers(c: Cursor, known: Known) -> list[float] | None:
    """ "RSI 14", "MACD 12/26/9", "Bollinger 20 2", "RSI with a period of 14"."""
    c.attempt(lambda c: c.take("with"))
    c.skip("length_word")
    values: list[float] = []
    while len(values) < len(known.spoken):
        start = c.i
        if values and not c.sign(*_SEPARATORS) and not _is_next_number(c):
            break
        at = c.find("num")
        if at is None or at != c.i or c.tokens[at].has("signed"):
            c.i = start
            break
        number = c.number()
        if number is None or (
            at + 1 < len(c.tokens) and c.tokens[at + 1].has("pct", "ind", "unit", "times_sign", "trades")
        ):
            c.i = start
            break
        values.append(number)
    if values and len(values) < len(known.spoken) and c.peek("unit") == "bar":
        c.take("unit")
    return values or None


def _is_next_number(c: Cursor) -> bool:
    return not c.done and c.tokens[c.i].has("num")


def _tail_length(c: Cursor) -> tuple[float, str] | None:
    """ "of the last 20 bars", "over 20 days"."""
    if c.take("of") is None and c.take("in") is None and c.take("for") is None and c.peek("last") is None:
        return None
    size = length(c)
    return size if size and size[1] else None


def _of_input(c: Cursor) -> Operand | None:
    """ "of volume", "of the RSI": what the average is taken of."""
    if c.take("of") is None and c.take("on") is None:
        return None
    price = c.take("price")
    if price is not None:
        return CLOSE if price == "close" else Series(name=str(price))
    inner = c.first_of(_with_length, _named)
    return inner if inner is not None and inner.name not in CHANNELS else None


def _of_ratio(c: Cursor) -> bool | None:
    """ "of the BTC/ETH ratio", "of the spread", "of that ratio"."""
    c.skip("of", "pronoun")
    c.skip("legs", "asset", "and", "benchmark")
    if c.sign("/"):
        c.skip("asset")
    found = c.take_if("phrase", "ratio") or c.take_if("phrase", "spread")
    c.skip("of") if found else None
    return True if found else None


def _length_param(size: tuple[float, str] | None) -> tuple[tuple[str, float], ...]:
    return (("timeperiod", size[0]),) if size else ()


def _spoken_length(known: Known, size: tuple[float, str]) -> tuple[tuple[str, float], ...]:
    return tuple((name, size[0]) for name in known.spoken[0].split("+")) if known.spoken else ()


def _assign(known: Known, values: list[float]) -> tuple[tuple[str, float], ...]:
    pairs = []
    if known.name == "KELTNER" and len(values) == 2:
        return (("timeperiod", values[0]), ("multiplier", values[1]))  # "(20, 2)" is said of any channel
    for names, value in zip(known.spoken, values, strict=False):
        pairs += [(name, value) for name in names.split("+")]
    return tuple(pairs)
