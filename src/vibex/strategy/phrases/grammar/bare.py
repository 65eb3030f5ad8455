"""What a bare value means under a heading: "2%" under "Stop", "10%" under "Size"."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.distances import distance
from vibex.strategy.phrases.grammar.elements import Content, Part
from vibex.strategy.phrases.grammar.lengths import length
from vibex.strategy.phrases.grammar.targets import fraction_behind

Statement = Callable[[Cursor], Content | None]


def role_statements(role: str) -> list[Statement]:
    """What a bare value means under a heading."""
    if role in ("stop_loss", "take_profit", "trailing_stop"):
        return [lambda c: _bare_exit(c, role)]
    bare = {
        "sizing": _bare_size,
        "risk_share": _bare_risk,
        "limits": _bare_trades,
        "leverage": _bare_leverage,
        "time_stop": _bare_hold,
        "benchmark": _bare_benchmark,
    }
    return [bare[role]] if role in bare else []


def _bare_exit(c: Cursor, role: str) -> Content | None:
    if "n =" in " ".join(token.text for token in c.tokens[max(c.i - 2, 0) : c.i + 1]):
        return None  # "(N = ATR 20)" explains the distance
    if c.i == 0 and role != "trailing_stop" and c.take("nothing"):
        return Part(field="refused", value=role) if c.done or c.tokens[c.i].has("break") else None
    if _behind_prose(c):
        return None
    found = distance(c)
    if found is None:
        return None
    fraction = c.attempt(fraction_behind) if role == "take_profit" else None
    c.skip("stop", "target")
    return Part(field=role, value=found[0], direction=found[1], fraction=fraction)


def _behind_prose(c: Cursor) -> bool:
    """Whether words without meaning here lead up to the value: "this made 20% last year" under "Target"."""
    at = c.i - 1
    while at >= 0 and c.tokens[at].is_filler and c.tokens[at].senses.keys() <= {"fill", "pronoun", "chat"}:
        at -= 1
    if at < 0:
        return False
    token = c.tokens[at]
    return token.text.isalpha() and token.senses.keys() <= {"chat", "fill", "lose", "vague"}


def _bare_size(c: Cursor) -> Content | None:
    if _behind_prose(c):
        return None
    money = c.take("money")
    value = c.number()
    if value is None:
        return None
    if c.take("pct") is not None:
        c.skip("of", "equity", "per_trade", "prep_in")
        return Part(field="sizing", value={"type": "fixed_percent", "value": value})
    if c.take("money") or money:
        c.skip("per_trade")
        return Part(field="sizing", value={"type": "fixed_notional", "value": value})
    return None


def _bare_trades(c: Cursor) -> Content | None:
    """ "10 per day" behind "Max trades:"."""
    count = c.number()
    if count is None or count != int(count) or not c.skip("trades", "per_day"):
        return None
    return Part(field="limits.max_trades_per_day", value=int(count))


def _bare_risk(c: Cursor) -> Content | None:
    """ "1% of balance" behind "Risk:" is what may be lost, not what is bought."""
    found = _bare_size(c) if c.i == 0 else None
    if not isinstance(found, Part) or not isinstance(found.value, Mapping):
        return None
    kind = {"fixed_percent": "risk_percent", "fixed_notional": "risk_notional"}[str(found.value["type"])]
    return Part(field="sizing", value={**found.value, "type": kind})


def _bare_leverage(c: Cursor) -> Content | None:
    if _behind_prose(c):
        return None
    value = c.number()
    c.take("times_sign")
    return None if value is None else Part(field="leverage", value=value)


def _bare_hold(c: Cursor) -> Content | None:
    size = length(c)
    return Part(field="time_stop_bars", value=size[0], unit=size[1] or "bar") if size else None


def _bare_benchmark(c: Cursor) -> Content | None:
    if c.take("buy_and_hold"):
        return Part(field="benchmark", value="buy_and_hold")
    asset = c.take("asset")
    return Part(field="benchmark", value=str(asset[1])) if isinstance(asset, tuple) else None
