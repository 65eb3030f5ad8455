"""Crosses by name and averages in order: "golden cross", "20/50 EMA crossover", "in bullish alignment"."""

from __future__ import annotations

import itertools

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.operands import operand
from vibex.strategy.phrases.grammar.rules import any_operand
from vibex.strategy.phrases.grammar.series import AVERAGES, bare_length
from vibex.strategy.phrases.grammar.terms import Compare, Condition, Operand, Series, all_of
from vibex.strategy.phrases.lexicon.indicators import Known


def aligned(c: Cursor) -> Condition | None:
    """ "the 5, 10 and 20 day averages are in bullish alignment", "5日均线、10日均线、20日均线多头排列"."""
    lines: list[Operand] = []
    while (found := any_operand(c, operand)) is not None and isinstance(found, Series) and found.name in AVERAGES:
        lines.append(found)
        if not (c.sign(",", ">", "/") or c.take("and")):
            break
    if not lines:
        c.skip("pronoun")
        c.take_if_text("theyre", "are", "all")
    way = c.take("alignment")
    if way is not None and not lines:
        return Compare(Series(name="?aligned"), ">" if way == "up" else "<", Series(name="?aligned"))
    if way is None or len(lines) < 2:
        return None
    return all_of([Compare(one, ">" if way == "up" else "<", other) for one, other in itertools.pairwise(lines)])


def cross_of(left: Series, way: str) -> Compare | None:
    op = "crosses_above" if way == "up" else "crosses_below"
    partner = {"MACD": "signal", "STOCH": "d", "STOCHRSI": "d", "STOCHF": "d", "KDJ": "d"}.get(left.name)
    if partner is None:
        return None
    first = {"MACD": "macd"}.get(left.name, "k")
    same = {"name": left.name, "params": left.params, "timeframe": left.timeframe, "symbol": left.symbol}
    return Compare(Series(**same, output=first), op, Series(**same, output=partner))  # type: ignore[arg-type]


def cross_of_pair(c: Cursor) -> Condition | None:
    """ "20/50 EMA golden cross", "golden cross of the 10 and 30 SMA", "golden cross"."""
    before = c.attempt(_average_pair)
    way = c.take("cross_noun")
    if way is None:
        if before is not None and c.take("cross") is not None and c.peek("num") is None:
            return Compare(before[0], "crosses?", before[1])
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
