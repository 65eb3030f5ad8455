"""Targets in speech: one or several, with the part of the position that leaves at each."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.distances import atr, distance, introduce, level, percent, points, risk_multiple
from vibex.strategy.phrases.grammar.elements import Part


def target(c: Cursor) -> Part | None:
    """ "take profit 4%", "TP1: 2% (close 50%)", "6% target"."""
    if c.take("target"):
        _index(c)
        found = distance(c)
    else:
        found = distance(c)
        if found is None or found[0].get("type") == "price" or c.take("target") is None:
            return None
    if found is None:
        return None
    return Part(field="take_profit", value=found[0], direction=found[1], fraction=c.attempt(fraction_behind))


def _index(c: Cursor) -> None:
    """The number of a target, "TP1: 2%" or "target 2 at 4R"."""
    start = c.i
    at = c.find("num")
    value = c.number()
    if value is None or value not in (1, 2, 3, 4) or at is None:
        c.i = start
        return
    if not (c.sign(":", "=", "-") or c.peek("at") or c.peek("num") or c.peek("money")):
        c.i = start


def _fraction(c: Cursor) -> float | None:
    value = c.take("fraction")
    if isinstance(value, int | float):
        return float(value)
    value = c.take("multiple")
    if value == 0.5:
        return 0.5
    first = c.number()
    if first is None:
        return None
    if c.take("pct") is not None:
        return first / 100
    if c.sign("/"):
        second = c.number()
        return first / second if second else None
    return None


def fraction_behind(c: Cursor) -> float | None:
    """ "(close 50%)", "for half the position"."""
    bracket = c.sign("(", "[")
    if not bracket:
        c.sign(",")
    closing = c.take("act") or c.take("for") or c.take("flat") or c.take_if_text("take", "with")
    if not bracket and not closing:
        return None
    value = _fraction(c)
    c.skip("of", "position_noun", "trades", "size")
    if value is None or (bracket and not c.sign(")", "]")):
        return None
    return value


def target_list(c: Cursor) -> Part | None:
    """ "two targets:" announces what follows."""
    if c.number() is None or c.take("target") is None or not c.sign(":"):
        return None
    return Part(field="announced", value="take_profit")


def fraction_target(c: Cursor) -> Part | None:
    """ "half at 1R", "sell 50% at +3%", "the rest at 4R"."""
    c.skip("act", "target", "flat")
    c.take_if_text("take", "scale", "book")
    c.skip("target", "on")
    value = _fraction(c)
    if value is None:
        return None
    c.skip("of", "position_noun", "size", "trades", "profit", "target")
    c.take_if_text("off", "out")
    if c.take("at") is None and c.take("on") is None and c.take("when") is None:
        return None
    c.skip("profit", "target")
    found = c.first_of(risk_multiple, percent, atr, points, level)
    if found is None:
        return None
    c.skip("profit")
    return Part(field="take_profit", value=found[0], direction=found[1], fraction=value)


def profit_or_loss(c: Cursor) -> Part | None:
    """ "exit on 7% profit", "4% loss", "up 6%"."""
    found = c.first_of(percent, risk_multiple, atr)
    if found is None:
        return None
    c.skip("of", "in")
    if c.take_if_text("profit", "profits", "gain", "gains", "盈利", "获利", "利润"):
        return Part(field="take_profit", value=found[0])
    if c.take_if_text("loss", "losses", "亏损", "损失"):
        return Part(field="stop_loss", value=found[0])
    return None


def reward_ratio(c: Cursor) -> Part | None:
    """ "risk reward 1:2", "2:1 reward to risk", "target 2:1"."""
    start = c.i
    aimed = c.take("target") is not None
    named = c.take("reward_ratio") is not None
    if aimed or named:
        introduce(c)
    ratio = c.attempt(_ratio)
    if ratio is None:
        ratio = c.number() if named else None
        return None if ratio is None else Part(field="take_profit", value={"type": "risk_multiple", "value": ratio})
    named = c.take("reward_ratio") is not None or named
    ends = c.done or c.tokens[c.i].has("break")
    alone = c.i and ends and (start == 0 or c.tokens[start - 1].has("break"))
    if not named and not (aimed and ends) and not alone:
        return None
    return Part(field="take_profit", value={"type": "risk_multiple", "value": ratio})


def _ratio(c: Cursor) -> float | None:
    """ "1:2" and "2:1" are the same ratio: the reward is the larger side. "1:30" reads as a time of day first."""
    clock = c.take("time")
    if clock is not None:
        one, other = (float(part) for part in str(clock).split(":"))
        return max(one, other) / min(one, other) if min(one, other) > 0 else None
    first = c.number()
    second = c.number() if first is not None and (c.sign(":", "/", "-") or c.take("until")) else None
    if first is None or second is None or min(first, second) <= 0:
        return None
    return max(first, second) / min(first, second)
