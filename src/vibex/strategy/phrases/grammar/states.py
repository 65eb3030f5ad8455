"""What an indicator is or does without a number being compared: touches, oversold, turns bullish, positive."""

from __future__ import annotations

from dataclasses import replace

from vibex.strategy.phrases.grammar.crossings import cross_of
from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.operands import IT, operand
from vibex.strategy.phrases.grammar.series import AVERAGES, CHANNELS
from vibex.strategy.phrases.grammar.terms import CLOSE, Compare, Condition, Num, Operand, Series, all_of
from vibex.strategy.phrases.lexicon.indicators import INDICATORS, Known
from vibex.strategy.phrases.lexicon.rarer import RARER

_KNOWN: dict[str, Known] = {known.name: known for known in (*INDICATORS, *RARER)}


_FALLING = frozenset({"falls", "drops", "dips", "pulls", "retraces", "pullback", "cools"})


_RISING = frozenset({"rallies", "bounces", "rises", "climbs", "up", "反"})


_RETURNING = frozenset(
    {
        "is",
        "back",
        "normalises",
        "normalizes",
        "mean",
        "climbs",
        "rises",
        "returns",
        "reaches",
        "hits",
        "comes",
        "gets",
        "goes",
        "reverts",
        "回",
        "涨",
        "升",
        "到",
    }
)


_AROUND_ZERO = frozenset({
    "MACD", "ROC", "MOM", "CMF", "AO", "AC", "TRIX", "CCI", "CMO", "PPO", "APO", "TSI", "EFI", "LINEARREG_SLOPE",
    "ADOSC", "AROONOSC", "BOP", "COPPOCK", "DPO", "QSTICK", "ZSCORE", "SMI", "FOSC", "PVO", "?it",
})  # fmt: skip
_FLIPPING = frozenset({"SUPERTREND", "ATR_TRAIL"})


def touched(c: Cursor, left: Operand) -> Condition | None:
    """A touch of a level below is a low at or under it, of one above a high at or over it.

    Whether "returns to the average" comes from below or above depends on the action, which binding knows.
    """
    at = c.find("touch")
    if at is None or c.take("touch") is None:
        return None
    words = frozenset(c.tokens[at].text.split())
    verb = c.tokens[at].text.split()[0]
    right = operand(c)
    if isinstance(right, Num):
        c.take("cmp_behind")
        if words & (_FALLING | {"down"}) or words & _RISING:
            return Compare(left, "<=" if words & (_FALLING | {"down"}) else ">=", right)
        return Compare(left, "returns", right)
    if right is None and isinstance(left, Series) and _is_line(left):
        left, right = CLOSE, left  # "lower band touch"
    if not isinstance(right, Series):
        return None
    held = c.take("held") is not None
    if verb in _RETURNING and not held:
        return Compare(CLOSE if left == IT else left, "returns", right)
    upper = right.output in ("upper", "high") or right.name in ("MAX", "high") or verb in _RISING
    if left in (CLOSE, IT):
        left = Series(name="high" if upper else "low")
    found = Compare(left, ">=" if upper else "<=", right)
    if held:
        return all_of([found, Compare(CLOSE, "<" if upper else ">", right)])
    return found


def bounced(c: Cursor) -> Condition | None:
    """ "bounces off the 50 EMA": the bar reaches the line and closes back on the side that it came from."""
    way = c.take("bounce")
    line = operand(c) if way is not None else None
    if not isinstance(line, Series):
        return None
    line = replace(line, open_question="bounce")
    down = way == "down" or line.output == "upper"
    reach, back = (Series(name="high"), "<") if down else (Series(name="low"), ">")
    return all_of([Compare(reach, ">=" if down else "<=", line), Compare(CLOSE, back, replace(line, open_question=""))])


def stretched(c: Cursor, left: Operand) -> Condition | None:
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


def middle_of(left: Operand) -> float:
    """The value around which the series on the left turns; 0 for what has no customary levels."""
    levels = _KNOWN[left.name].levels if isinstance(left, Series) and left.name in _KNOWN else None
    return sum(levels) / 2 if levels else 0.0


def _is_line(found: Series) -> bool:
    return found.name in AVERAGES | CHANNELS or found.name in ("?band", "VWAP", "SUPERTREND", "SAR")


def left_zone(c: Cursor, left: Operand) -> Condition | None:
    """ "crosses up from oversold (below 20)", "out of overbought": back over the level that was passed."""
    if c.take("from") is None and not c.take_if_text("out", "out of"):
        return None
    c.skip("of")
    found = stretched(c, left)
    if not isinstance(found, Compare):
        return None
    return Compare(found.left, "crosses_above" if found.op.endswith(("<", "below")) else "crosses_below", found.right)


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


def turned(c: Cursor, left: Operand) -> Condition | None:
    """ "supertrend turns bullish", "MACD histogram turns positive", "MACD bullish crossover"."""
    if not isinstance(left, Series):
        return None
    zone = c.attempt(_zero_zone)
    crossing = c.take("cross_noun")
    crossed = cross_of(left, str(crossing)) if crossing is not None else None
    if crossed is not None and (zone := zone or c.attempt(_zero_zone)) is not None:
        return all_of([crossed, Compare(crossed.left, zone, Num(0.0))])
    if zone is not None:
        return None
    if crossing is not None and c.take("of") is not None and (level := c.number()) is not None:
        return Compare(left, "crosses_above" if crossing == "up" else "crosses_below", Num(level))
    if crossing is not None:
        return cross_of(left, str(crossing))
    zero = c.take("zero_cross")
    turns = c.take("turn") is not None or zero is not None
    acts = not c.done and c.tokens[c.i].has("act")
    mood = zero or c.take("mood")
    if mood is None or (acts and not turns and left == IT):
        return None  # "I want it to buy when …" tells what to do
    up = mood == "up"
    op = ("crosses_above" if up else "crosses_below") if turns else (">" if up else "<")
    if left.name in _FLIPPING:
        direction = Series(
            name=left.name, params=left.params, output="direction", timeframe=left.timeframe, symbol=left.symbol
        )
        return Compare(direction, op, Num(0.0))
    if left.name == "SAR":
        return Compare(CLOSE, op, left)
    return Compare(left, op, Num(0.0)) if left.name in _AROUND_ZERO else None


def _zero_zone(c: Cursor) -> str | None:
    """ "above zero", "零轴以上" of a cross."""
    ahead = c.take("cmp")
    if not c.take_if("phrase", "zero") and c.number() != 0.0:
        return None
    where = ahead or c.take("cmp_behind")
    return str(where) if where in (">", "<") else None


def turned_again(c: Cursor) -> Condition | None:
    """ "turns bearish" of what turned bullish before."""
    zero = c.take("zero_cross")
    if zero is None and c.take("turn") is None:
        return None
    mood = zero or c.take("mood")
    return None if mood is None else Compare(IT, "crosses_above" if mood == "up" else "crosses_below", Num(0.0))


def signed(c: Cursor) -> Condition | None:
    """ "and positive": only these two words, as "long" or "red" alone say something else."""
    if c.take_if_text("positive"):
        return Compare(IT, ">", Num(0.0))
    return Compare(IT, "<", Num(0.0)) if c.take_if_text("negative") else None
