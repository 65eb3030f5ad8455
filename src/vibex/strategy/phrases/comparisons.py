"""One comparison: above and below, crosses, between, within a distance, rising, oversold, turning bullish."""

from __future__ import annotations

import itertools

from vibex.strategy.phrases.cursor import Cursor
from vibex.strategy.phrases.lexicon.indicators import INDICATORS, Known
from vibex.strategy.phrases.operands import IT, THAT, _amount, offset, operand, right_side, shifted, subject
from vibex.strategy.phrases.rules import any_condition, any_operand
from vibex.strategy.phrases.series import AVERAGES, bare_length, length
from vibex.strategy.phrases.terms import CLOSE, Calc, Compare, Condition, Counted, Group, Num, Operand, Series, all_of

_KNOWN: dict[str, Known] = {known.name: known for known in INDICATORS}
_FALLING = frozenset({"falls", "drops", "dips", "pulls", "retraces", "pullback"})
_RISING = frozenset({"rallies", "bounces", "反"})
_RETURNING = frozenset({"returns", "reaches", "hits", "comes", "gets", "goes", "reverts", "回", "涨", "升", "到"})
_FLIPPING = frozenset({"SUPERTREND", "ATR_TRAIL"})


def comparison(c: Cursor) -> Condition | None:
    return any_condition(c, _aligned, _bare_offset, _cross_of_pair, _full, _elliptic)


def _full(c: Cursor) -> Condition | None:
    left = subject(c)
    if left is None:
        return None
    c.attempt(_from_where)
    return _rest(c, left)


def _from_where(c: Cursor) -> bool | None:
    """ "from below 30" before a cross says nothing new."""
    if c.take("from") is None and not c.take_if_text("由", "自", "从"):
        return None
    behind = c.take("cmp")
    level = operand(c) if behind in (">", "<") else None
    c.skip("until")
    ahead = c.peek("cmp")
    return True if level is not None and ahead in ("crosses_above", "crosses_below") else None


def _elliptic(c: Cursor) -> Condition | None:
    """ "above 70", "crosses back below": the left side is that of the comparison before."""
    at = c.find("cmp")
    if at is None:
        return any_condition(
            c, _bare_offset, _turned_again, lambda c: _trend(c, IT), _signed,
            lambda c: _touched(c, CLOSE), lambda c: _behind(c, IT), lambda c: _near(c, CLOSE),
        )  # fmt: skip
    left = CLOSE if c.tokens[at].text.startswith("clos") else IT
    return any_condition(c, lambda c: _compared(c, left))


def _bare_offset(c: Cursor) -> Condition | None:
    """ "3% below the 20 SMA" without a left side is about the price."""
    place = offset(c)
    return None if place is None else Compare(CLOSE, place[0], place[1])


def _rest(c: Cursor, left: Operand) -> Condition | None:
    return any_condition(
        c,
        lambda c: _trend(c, left),
        lambda c: _between(c, left),
        lambda c: _near(c, left),
        lambda c: _offset(c, left),
        lambda c: _row_compared(c, left),
        lambda c: _compared(c, left),
        lambda c: _crossed(c, left),
        lambda c: _behind(c, left),
        lambda c: _touched(c, left),
        lambda c: _stretched(c, left),
        lambda c: _turned(c, left),
    )


def _negated(c: Cursor) -> bool:
    return c.take("not") is not None


def _maybe_not(negated: bool, found: Condition) -> Condition:
    return Group("not", (found,)) if negated else found


def _trend(c: Cursor, left: Operand) -> Condition | None:
    negated = _negated(c)
    way = c.take("trend")
    if way is None:
        return None
    if c.peek("num") is not None and c.tokens[c.i - 1].has("percent_move") and not _is_count(c):
        return None
    return _maybe_not(negated, Compare(left, str(way), Num(1.0)))


def _is_count(c: Cursor) -> bool:
    """Whether the number ahead counts bars ("rising 3 bars") and is no amount ("rises 3%")."""
    start = c.i
    size = length(c)
    c.i = start
    return size is not None and bool(size[1])


def _between(c: Cursor, left: Operand) -> Condition | None:
    """ "between 50 and 70", "50-70"."""
    negated = _negated(c)
    if c.take("between") is None and c.take("from") is None:
        return None
    low = operand(c)
    if low is None or not (c.sign("-", "~") or c.take("and") or c.take("until")):
        return None
    high = operand(c)
    if high is None:
        return None
    c.attempt(lambda c: c.take_if_text("之间", "间") or None)
    return _maybe_not(negated, all_of([Compare(left, ">=", low), Compare(left, "<=", high)]))


def _near(c: Cursor, left: Operand) -> Condition | None:
    """ "within 0.5 ATR of the 20 EMA", "within 2% of its high"."""
    if c.take("within") is None:
        return None
    amount = any_operand(c, _amount)
    if amount is None:
        return None
    c.skip("of", "from", "cmp")
    base = right_side(c)
    if base is None:
        return None
    far = Calc("abs", (Calc("sub", (left, base)),))
    if isinstance(amount, Calc) and amount.op == "percent" and isinstance(amount.args[0], Num):
        amount = Calc("mul", (base, Num(round(amount.args[0].value / 100, 10))))
    return Compare(far, "<=", amount)


def _offset(c: Cursor, left: Operand) -> Condition | None:
    """ "is [more than] 3% below the 20 SMA"."""
    negated = _negated(c)
    c.take_if_text("closes", "close", "closed", "closing", "trades", "trading", "opens", "sits")
    inclusive = c.take_if("cmp", ">=")
    if not inclusive:
        c.take_if("cmp", ">")
    place = offset(c)
    if place is None:
        return None
    op = place[0] + "=" if inclusive else place[0]
    return _maybe_not(negated, Compare(left, op, place[1]))


def _row_compared(c: Cursor, left: Operand) -> Condition | None:
    """RSI 连续3天低于 40."""
    if c.take("in_a_row") is None:
        return None
    size = length(c)
    if size is None:
        return None
    inner = any_condition(c, lambda c: _compared(c, left), lambda c: _trend(c, left))
    if isinstance(inner, Compare) and inner.op in ("rising", "falling"):
        return Compare(left, inner.op, Num(size[0]))
    return None if inner is None else Counted("for", int(size[0]), (inner,), 1, size[1] or "bar")


def _compared(c: Cursor, left: Operand) -> Condition | None:
    negated = _negated(c)
    sign = c.find("cmp")
    op = c.take("cmp")
    if op is None and c.sign("="):
        op = "=="
    if op is None:
        return None
    place = c.attempt(offset) if op in (">", "<") else None
    if place is not None:
        return _maybe_not(negated, Compare(left, place[0], place[1]))
    right = right_side(c)
    if right is None:
        crossing = {"crosses_above": "up", "crosses_below": "down"}.get(str(op))
        if crossing and isinstance(left, Series) and (crossed := cross_of(left, crossing)):
            return _maybe_not(negated, crossed)
        if left != IT and not (left == CLOSE and str(op) in (">", "<", "crosses_above", "crosses_below")):
            return None
        return _maybe_not(negated, Compare(left, str(op), THAT))
    c.attempt(_behind_words)
    if str(op) in (">", "<") and isinstance(right, Series) and (share := c.attempt(_percent_behind)) is not None:
        right = shifted(right, Calc("percent", (Num(share),)), str(op))
    found: Condition = Compare(left, str(op), right)
    written_sign = sign is not None and not c.tokens[sign].text[0].isalnum()
    return _maybe_not(negated, _chained(c, left, right, found, written_sign))


def _percent_behind(c: Cursor) -> float | None:
    """高于 20 日均线 2% 以上."""
    value = c.number()
    if value is None or c.take("pct") is None:
        return None
    c.take("cmp_behind")
    return value


def _aligned(c: Cursor) -> Condition | None:
    """ "the 5, 10 and 20 day averages are in bullish alignment", "5日均线、10日均线、20日均线多头排列"."""
    lines: list[Operand] = []
    while (found := any_operand(c, operand)) is not None and isinstance(found, Series) and found.name in AVERAGES:
        lines.append(found)
        if not (c.sign(",", ">", "/") or c.take("and")):
            break
    way = c.take("alignment")
    if way is None or len(lines) < 2:
        return None
    return all_of([Compare(one, ">" if way == "up" else "<", other) for one, other in itertools.pairwise(lines)])


def _behind_words(c: Cursor) -> bool | None:
    return True if c.take("cross_behind") or c.take("cmp_behind") else None


def _chained(c: Cursor, left: Operand, right: Operand, found: Condition, written_sign: bool) -> Condition:
    """ "EMA 20 > EMA 50 > EMA 200" goes on from the right, "%K crosses above %D below 20" from the left."""
    items = [found]
    while c.find("cmp") is not None:
        start = c.i
        op = c.take("cmp")
        further = operand(c)
        if further is None:
            c.i = start
            break
        items.append(Compare(right if written_sign else left, str(op), further))
        right = further
    return all_of(items)


def _crossed(c: Cursor, left: Operand) -> Condition | None:
    """ "crosses the 50 SMA from below"; without a direction the reader has to ask."""
    if c.take("cross") is None:
        return None
    right = right_side(c)
    if right is None:
        return None
    way = c.take("cross_behind")
    op = {"up": "crosses_above", "down": "crosses_below"}.get(str(way), "crosses?")
    return Compare(left, op, right)


def _behind(c: Cursor, left: Operand) -> Condition | None:
    """价格在 200 日均线之上."""
    negated = _negated(c)
    c.take("between")
    right = operand(c)
    op = c.take("cmp_behind") if right is not None else None
    return None if right is None or op is None else _maybe_not(negated, Compare(left, str(op), right))


def _touched(c: Cursor, left: Operand) -> Condition | None:
    """A touch of a level below is a low at or under it, of one above a high at or over it.

    Whether "returns to the average" comes from below or above depends on the action, which binding knows.
    """
    at = c.find("touch")
    if at is None or c.take("touch") is None:
        return None
    right = operand(c)
    verb = c.tokens[at].text.split()[0]
    if isinstance(right, Num) and left != IT:
        levels = _KNOWN[left.name].levels if isinstance(left, Series) and left.name in _KNOWN else None
        falls = verb in _FALLING or (levels is not None and right.value < sum(levels) / 2)
        return Compare(left, "<=" if falls else ">=", right)
    if not isinstance(right, Series):
        return None
    if verb in _RETURNING:
        return Compare(CLOSE if left == IT else left, "returns", right)
    upper = right.output in ("upper", "high") or right.name in ("MAX", "high") or verb in _RISING
    if left in (CLOSE, IT):
        left = Series(name="high" if upper else "low")
    return Compare(left, ">=" if upper else "<=", right)


def _stretched(c: Cursor, left: Operand) -> Condition | None:
    """ "oversold" at the customary level of the indicator, which is reported as an assumption."""
    if not isinstance(left, Series) or left.name not in _KNOWN or _KNOWN[left.name].levels is None:
        return None
    enters = c.skip("turn") or c.take_if_text("enters", "into")
    which = c.take("stretched")
    levels = _KNOWN[left.name].levels
    if which is None or levels is None:
        return None
    bracket = c.attempt(_bracketed_level)
    level = bracket if bracket is not None else levels[0] if which == "low" else levels[1]
    op = ("crosses_below" if which == "low" else "crosses_above") if enters else ("<" if which == "low" else ">")
    marked = left if bracket is not None else _assumed_level(left)
    return Compare(marked, op, Num(level))


def _assumed_level(left: Series) -> Series:
    return Series(name=left.name, params=left.params, input=left.input, output=left.output, timeframe=left.timeframe,
                  symbol=left.symbol, shift=left.shift, unit=left.unit, open_question="customary level")  # fmt: skip


def _bracketed_level(c: Cursor) -> float | None:
    """ "oversold (below 30)", "oversold (<30)"."""
    if not c.sign("("):
        return None
    c.skip("cmp", "at")
    value = c.number()
    return value if value is not None and c.sign(")") else None


def _turned(c: Cursor, left: Operand) -> Condition | None:
    """ "supertrend turns bullish", "MACD histogram turns positive", "MACD bullish crossover"."""
    if not isinstance(left, Series):
        return None
    crossing = c.take("cross_noun")
    if crossing is not None:
        return cross_of(left, str(crossing))
    zero = c.take("zero_cross")
    turns = c.take("turn") is not None or zero is not None
    mood = zero or c.take("mood")
    if mood is None:
        return None
    up = mood == "up"
    op = ("crosses_above" if up else "crosses_below") if turns else (">" if up else "<")
    if left.name in _FLIPPING:
        direction = Series(
            name=left.name, params=left.params, output="direction", timeframe=left.timeframe, symbol=left.symbol
        )
        return Compare(direction, op, Num(0.0))
    if left.name == "SAR":
        return Compare(CLOSE, op, left)
    return Compare(left, op, Num(0.0)) if left.name in ("MACD", "ROC", "MOM", "CMF", "AO", "TRIX", "?it") else None


def _turned_again(c: Cursor) -> Condition | None:
    """ "turns bearish" of what turned bullish before."""
    zero = c.take("zero_cross")
    if zero is None and c.take("turn") is None:
        return None
    mood = zero or c.take("mood")
    return None if mood is None else Compare(IT, "crosses_above" if mood == "up" else "crosses_below", Num(0.0))


def _signed(c: Cursor) -> Condition | None:
    """ "and positive": only these two words, as "long" or "red" alone say something else."""
    if c.take_if_text("positive"):
        return Compare(IT, ">", Num(0.0))
    return Compare(IT, "<", Num(0.0)) if c.take_if_text("negative") else None


def cross_of(left: Series, way: str) -> Compare | None:
    op = "crosses_above" if way == "up" else "crosses_below"
    partner = {"MACD": "signal", "STOCH": "d", "STOCHRSI": "d", "STOCHF": "d", "KDJ": "d"}.get(left.name)
    if partner is None:
        return None
    first = {"MACD": "macd"}.get(left.name, "k")
    same = {"name": left.name, "params": left.params, "timeframe": left.timeframe, "symbol": left.symbol}
    return Compare(Series(**same, output=first), op, Series(**same, output=partner))  # type: ignore[arg-type]


def _cross_of_pair(c: Cursor) -> Condition | None:
    """ "20/50 EMA golden cross", "golden cross of the 10 and 30 SMA", "golden cross"."""
    before = c.attempt(_average_pair)
    way = c.take("cross_noun")
    if way is None:
        return None
    c.skip("of", "between")
    pair = before or c.attempt(_average_pair)
    if pair is None:
        if isinstance(c.peek("ind"), Known) and (follows := c.attempt(_macd_behind)) is not None:
            return cross_of(follows, str(way))
        slow, fast = (
            Series(name="SMA", params=(("timeperiod", 200.0),)),
            Series(name="SMA", params=(("timeperiod", 50.0),)),
        )
        pair = (Series(name="SMA", params=fast.params, open_question="golden cross"), slow)
    return Compare(pair[0], "crosses_above" if way == "up" else "crosses_below", pair[1])


def _macd_behind(c: Cursor) -> Series | None:
    found = operand(c)
    return found if isinstance(found, Series) and found.name in ("MACD", "STOCH", "KDJ") else None


def _average_pair(c: Cursor) -> tuple[Series, Series] | None:
    """ "20/50 EMA", "EMA 20/50", "the 10 and 30 day SMA", "5日均线与20日均线"."""
    return c.first_of(_pair_named_twice, _pair_before, _pair_behind)


def _pair_named_twice(c: Cursor) -> tuple[Series, Series] | None:
    first = operand(c)
    if not isinstance(first, Series) or first.name not in AVERAGES or not (c.take("and") or c.sign("/", "&")):
        return None
    second = c.first_of(operand, bare_length)
    if not isinstance(second, Series) or second.name not in AVERAGES | {"?ma"}:
        return None
    return first, second


def _pair_before(c: Cursor) -> tuple[Series, Series] | None:
    first = c.number()
    unit = c.take("unit")
    if first is None or not (c.sign("/", "-", "&", ",") or c.take("and")):
        return None
    second = c.number()
    unit = c.take("unit") or unit
    known = c.take("ind")
    if second is None or not isinstance(known, Known) or known.name not in AVERAGES:
        return None
    return _two(known.name, first, second, str(unit or ""))


def _pair_behind(c: Cursor) -> tuple[Series, Series] | None:
    known = c.take("ind")
    if not isinstance(known, Known) or known.name not in AVERAGES:
        return None
    bracket = c.sign("(")
    first = c.number()
    if first is None or not (c.sign("/", "-", "&", ",") or c.take("and")):
        return None
    second = c.number()
    if second is None or (bracket and not c.sign(")")):
        return None
    return _two(known.name, first, second, "")


def _two(name: str, first: float, second: float, unit: str) -> tuple[Series, Series]:
    one, other = (Series(name=name, params=(("timeperiod", size),), unit=unit) for size in (first, second))
    return one, other


__all__ = ["comparison", "cross_of", "shifted"]
