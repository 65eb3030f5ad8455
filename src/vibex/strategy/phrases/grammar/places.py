"""An action at a place: "sell at the middle band", "exit at RSI 70", "布林带下轨买入"."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.elements import Content, Rule
from vibex.strategy.phrases.grammar.operands import IT, operand
from vibex.strategy.phrases.grammar.series import AVERAGES, CHANNELS
from vibex.strategy.phrases.grammar.terms import CLOSE, Compare, Num, Series
from vibex.strategy.phrases.lexicon.indicators import Known


def at_level(c: Cursor) -> Content | None:
    """ "sell at the middle band", "exit on a 10-day low", "布林带下轨买入": once the close is there."""
    act = _act_before(c)
    if act is None and c.i and c.tokens[c.i - 1].has("or"):
        act = next((t.senses["act"] for t in reversed(c.tokens[: c.i]) if t.has("act")), None)
        act = act if act in ("sell", "exit", "exit_long", "exit_short") else None
    c.skip("either") if act is not None else None
    led = act is not None and (c.take("at") is not None or c.take("on") is not None)
    leaves = act in ("sell", "exit", "exit_long", "exit_short")
    if led and (level := c.attempt(_indicator_level)) is not None:
        return Rule(condition=level)
    found = operand(c)
    if isinstance(found, Num) and led and leaves and abs(found.value) <= 100 and not found.percent:
        return Rule(condition=Compare(IT, "returns", found)) if _is_end(c) else None
    if not isinstance(found, Series) or c.peek("cmp") is not None:
        return None
    if led and leaves and found.name == "?previous_session":
        return Rule(condition=Compare(CLOSE, "returns", found))
    if not led:
        act = c.peek("act") if found.output in ("upper", "lower", "middle") and found.name != "DONCHIAN" else None
    if act is None:
        return None
    short = act in ("exit_short", "buy", "enter_long")
    if found.name in ("DONCHIAN", "MAX", "MIN"):
        low = found.output == "lower" or found.name == "MIN"
        return Rule(condition=Compare(CLOSE, "<" if low else ">", found))
    if not (found.name in AVERAGES | CHANNELS or found.name in ("?band", "VWAP", "SUPERTREND")):
        return None
    return Rule(condition=Compare(CLOSE, "<=" if short or found.output == "lower" else ">=", found))


def _act_before(c: Cursor) -> object | None:
    """The action that stands before, with at most its asset and timeframe in between: "go short BTC 4h at …"."""
    at = c.i - 1
    while at >= 0 and c.tokens[at].has("asset", "tf") and not c.tokens[at].has("act"):
        at -= 1
    return c.tokens[at].senses.get("act") if at >= 0 else None


def _indicator_level(c: Cursor) -> Compare | None:
    """ "exit at RSI 70": a value that the indicator reaches, not its length."""
    known = c.take("ind")
    if not isinstance(known, Known) or known.levels is None:
        return None
    value = 0.0 if c.take_if("phrase", "zero") else c.number()
    if value is None or not _is_end(c):
        return None
    return Compare(Series(name=known.name, output=known.output), "returns", Num(value))


def _is_end(c: Cursor) -> bool:
    return c.done or c.tokens[c.i].has("break", "stop_sign", "or", "and")
