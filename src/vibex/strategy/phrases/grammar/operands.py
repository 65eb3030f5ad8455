"""Operands: numbers, prices and indicators, of another timeframe or symbol, and arithmetic on them."""

from __future__ import annotations

from dataclasses import replace

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.lengths import brackets, length
from vibex.strategy.phrases.grammar.prices import price
from vibex.strategy.phrases.grammar.rules import any_operand, nested_operand
from vibex.strategy.phrases.grammar.series import bare_length, indicator
from vibex.strategy.phrases.grammar.terms import CLOSE, Calc, Num, Operand, Series

_RANGE_MINUTES = {"5m": 5.0, "15m": 15.0, "30m": 30.0, "1h": 60.0}
IT, THAT = Series(name="?it"), Series(name="?that")
# "closes above 30" is of the close, or of the oscillator that has just been compared with 30.
CLOSES = Series(name="?closes")


def operand(c: Cursor) -> Operand | None:
    """A sum of products."""
    left = _product(c)
    while left is not None:
        start = c.i
        sign = c.sign("+", "-", "plus", "minus")
        right = _product(c) if sign else None
        if right is None or (sign in ("+", "plus") and c.peek("cmp") and isinstance(right, Series)):
            c.i = start  # "… plus price above …" joins two conditions
            break
        left = Calc("add" if sign in ("+", "plus") else "sub", (left, right))
    return left


def _product(c: Cursor) -> Operand | None:
    left = any_operand(c, _multiple, _atom)
    while left is not None:
        start = c.i
        postfix = c.attempt(_chinese_multiple)
        if postfix is not None:
            left = Calc("mul", (Num(postfix), left))
            continue
        sign = c.sign("*", "/", "×", "x", "times")
        right = _atom(c) if sign else None
        if right is None or (sign == "x" and isinstance(left, Series) and isinstance(right, Series)):
            c.i = start
            break
        left = Calc("div" if sign == "/" else "mul", (left, right))
    return left


def _multiple(c: Cursor) -> Operand | None:
    """ "1.5 times the average volume", "2 x ATR", "twice its average", "80% of the 20-day high", "2 ATR"."""
    factor = c.take("multiple")
    if not isinstance(factor, int | float):
        factor = c.number()
        if factor is None:
            return None
        if c.take("pct") is not None:
            if c.take("of") is None:
                return None
            factor = round(float(factor) / 100, 10)
        elif c.take_if_text("n"):
            return Calc("mul", (Num(float(factor)), Series(name="ATR")))  # as the Turtles call it
        elif c.take("times_sign") is None and not _is_atr(c):
            return None
    c.skip("of")
    inner = _atom(c)
    return None if inner is None or isinstance(inner, Num) else Calc("mul", (Num(float(factor)), inner))


def _is_atr(c: Cursor) -> bool:
    known = c.peek("ind")
    return getattr(known, "name", "") == "ATR"


def _chinese_multiple(c: Cursor) -> float | None:
    """X 的 1.5 倍."""
    factor = c.number()
    return factor if factor is not None and c.take_if_text("倍") else None


def _atom(c: Cursor) -> Operand | None:
    found = c.once(_any_atom)
    return found if isinstance(found, Num | Series | Calc) else None


def _any_atom(c: Cursor) -> Operand | None:
    return any_operand(
        c, _absolute, _bracketed, _called, _framed, _of_symbol, _derived, price, _share_of, indicator, number
    )


def _absolute(c: Cursor) -> Operand | None:
    if not c.sign("|"):
        return None
    inner = nested_operand(c, operand)
    return Calc("abs", (inner,)) if inner is not None and c.sign("|") else None


def _bracketed(c: Cursor) -> Operand | None:
    if not c.sign("("):
        return None
    inner = nested_operand(c, operand)
    return inner if inner is not None and c.sign(")") else None


def _called(c: Cursor) -> Operand | None:
    """ "close(SOL, 15m)": a price of an asset and timeframe, as functions are written."""
    name = c.take("price")
    if name is None or not c.sign("("):
        return None
    asset = c.take("asset")
    c.sign(",")
    frame = c.take("tf")
    if not c.sign(")") or not (isinstance(asset, tuple) or frame):
        return None
    symbol = str(asset[1]) if isinstance(asset, tuple) else ""
    return Series(name=str(name), symbol=symbol, timeframe=str(frame or ""))


def _derived(c: Cursor) -> Operand | None:
    """ "Bollinger bandwidth (20, 2)", "%b": arithmetic on the bands."""
    what = c.take("derived")
    if what is None:
        return None
    values = c.attempt(brackets) or []
    names = ("timeperiod", "nbdevup", "nbdevdn")
    params = tuple(zip(names, [*values, *values[1:2]], strict=False))
    upper, middle, lower = (Series(name="BBANDS", params=params, output=each) for each in ("upper", "middle", "lower"))
    width = Calc("sub", (upper, lower))
    return Calc("div", (width, middle) if what == "bandwidth" else (Calc("sub", (CLOSE, lower)), width))


def _share_of(c: Cursor) -> Operand | None:
    """ "ATR as % of the close", "ATR percent of price"."""
    found = indicator(c)
    if found is None:
        return None
    c.take_if_text("as", "in")
    if c.take("pct") is None or c.take("of") is None:
        return None
    ahead = c.find("cmp")
    if c.take("price") != "close" and (ahead is None or not c.tokens[ahead].text.startswith("close ")):
        return None
    if found.name == "ATR":
        return replace(found, name="NATR")
    return Calc("mul", (Num(100.0), Calc("div", (found, CLOSE))))


def number(c: Cursor) -> Operand | None:
    """A level: "30", "5%", "$61,000", "zero"."""
    c.take("money")
    if c.take_if("phrase", "zero"):
        return Num(0.0)
    below_zero = c.take_if_text("minus", "negative", "负")
    value = c.number()
    value = -value if below_zero and value is not None else value
    if value is None or any(
        c.find(kind) == c.i
        for kind in ("unit", "length_word", "bps", "risk_multiple", *(() if value >= 1000 else ("quantity",)))
    ):
        return None
    if c.take("pct") is not None:
        return Num(value, percent=True)
    c.skip("money", "quantity")
    return Num(value)


def _framed(c: Cursor) -> Operand | None:
    """ "4h EMA(50)", "the daily close": of a higher timeframe."""
    frame = c.take("tf")
    if frame is None:
        return None
    c.skip("timeframe_nouns")
    inner = any_operand(c, _of_symbol, price, indicator)
    return _in_frame(inner, str(frame)) if isinstance(inner, Series) else None


def _in_frame(found: Series, frame: str) -> Series:
    if found.name == "OPENING_RANGE" and frame in _RANGE_MINUTES:
        return replace(found, params=(("minutes", _RANGE_MINUTES[frame]),))
    # "the daily 20 SMA" counts daily bars, whatever unit its length was said in.
    unit = "" if found.unit else found.unit
    return replace(found, timeframe=frame, unit=unit)


def _of_symbol(c: Cursor) -> Operand | None:
    """ "SPY's 200-day average", "SPY close"."""
    asset = c.take("asset")
    if not isinstance(asset, tuple):
        return None
    c.take("poss")
    inner = any_operand(c, _framed, price, indicator)
    return replace(inner, symbol=str(asset[1])) if isinstance(inner, Series) else None


def subject(c: Cursor) -> Operand | None:
    """The left side of a comparison: an operand, a symbol's price, "it", or an average by its length alone."""
    return any_operand(c, _framed_close, operand_on_frame, _symbol_price, _pronoun, bare_length)


def _framed_close(c: Cursor) -> Operand | None:
    """ "the daily candle closes above …": the verb that follows names the price."""
    frame = c.take("tf")
    if frame is None:
        return None
    c.skip("timeframe_nouns")
    at = c.find("cmp")
    return replace(CLOSE, timeframe=str(frame)) if at is not None and c.tokens[at].text.startswith("clos") else None


def operand_on_frame(c: Cursor) -> Operand | None:
    """ "the RSI on the 4h is …"."""
    found = operand(c)
    if not isinstance(found, Series) or found.timeframe:
        return found
    frame = c.attempt(_on_frame)
    return _in_frame(found, frame) if frame else found


def _on_frame(c: Cursor) -> str | None:
    if c.take("on") is None:
        return None
    frame = c.take("tf")
    c.skip("timeframe_nouns")
    return str(frame) if frame and (c.peek("cmp") or c.peek("trend") or c.peek("turn")) else None


def _symbol_price(c: Cursor) -> Operand | None:
    asset = c.take("asset")
    if not isinstance(asset, tuple):
        return None
    return replace(CLOSE, symbol=str(asset[1]))


def _pronoun(c: Cursor) -> Operand | None:
    return IT if c.take("pronoun") else None


def right_side(c: Cursor) -> Operand | None:
    return any_operand(c, _ago, operand, bare_length, _that)


def _ago(c: Cursor) -> Operand | None:
    """ "higher than 10 weeks ago": what stands on the left, at that time."""
    size = length(c)
    if size is None or not size[1] or c.take("ago") is None:
        return None
    return Series(name="?then", shift=int(size[0]), unit=size[1])


def _that(c: Cursor) -> Operand | None:
    return THAT if c.take("pronoun") else None


def offset(c: Cursor) -> tuple[str, Operand] | None:
    """ "3% below the 20 SMA", "0.5 ATR above the high", "2 points over the open": the direction and the place."""
    amount = any_operand(c, how_much)
    if amount is None:
        return None
    direction = c.take("cmp")
    if direction not in (">", "<"):
        return None
    base = right_side(c)
    if base is None or isinstance(base, Num):
        return None
    return str(direction), shifted(base, amount, str(direction))


def how_much(c: Cursor) -> Operand | None:
    """A distance: percent as Calc("percent"), else an operand in price units."""
    start = c.i
    c.take("money")
    value = c.number()
    if value is not None and c.take("pct") is not None:
        return Calc("percent", (Num(value),))
    if value is not None and (c.take("money") or c.tokens[start].has("money") or c.take_if_text("points", "point")):
        return Num(value)
    if value is not None and c.take("length_word") and "dev" in c.tokens[c.i - 1].text + "标准差":
        return Calc("sigma", (Num(value),))
    c.i = start
    return _multiple(c)


def shifted(base: Operand, amount: Operand, direction: str) -> Operand:
    """`base` plus or minus a distance."""
    up = direction == ">"
    if (
        isinstance(amount, Calc)
        and amount.op == "sigma"
        and isinstance(amount.args[0], Num)
        and isinstance(base, Series)
    ):
        width = amount.args[0].value
        return Series(name="BBANDS", params=(*base.params, ("nbdevup", width), ("nbdevdn", width)), unit=base.unit,
                      output="upper" if up else "lower", timeframe=base.timeframe, symbol=base.symbol)  # fmt: skip
    if isinstance(amount, Calc) and amount.op == "percent" and isinstance(amount.args[0], Num):
        share = amount.args[0].value / 100
        return Calc("mul", (Num(round(1 + share if up else 1 - share, 10)), base))
    return Calc("add" if up else "sub", (base, amount))


def by_how_much(c: Cursor) -> Operand | None:
    """ "below the 20 SMA by more than 2 ATR"."""
    if c.take("by") is None:
        return None
    c.take("cmp")
    return how_much(c)


def percent_behind(c: Cursor) -> float | None:
    """高于 20 日均线 2% 以上."""
    value = c.number()
    if value is None or c.take("pct") is None:
        return None
    c.take("cmp_behind")
    return value
