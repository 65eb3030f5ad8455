"""Finds the statements of a sentence: at each word the statement that explains most of what follows."""

from __future__ import annotations

from collections.abc import Callable

from vibex.strategy.phrases.conditions import condition
from vibex.strategy.phrases.cursor import Cursor
from vibex.strategy.phrases.elements import Action, Asset, Content, Element, Frame, Mention, Note, Part, Rule
from vibex.strategy.phrases.exits import distance, exit_part, fraction_behind
from vibex.strategy.phrases.lines import Sentence
from vibex.strategy.phrases.series import indicator, length
from vibex.strategy.phrases.sizes import setting_part
from vibex.strategy.phrases.terms import Group, Series
from vibex.strategy.phrases.times import time_condition
from vibex.strategy.phrases.token import Token

Statement = Callable[[Cursor], Content | None]
_ACTIONS: dict[str, Action] = {
    "buy": Action(kind="enter", side="long", word="buy"),
    "sell": Action(kind="exit", side="long", word="sell"),
    "enter_long": Action(kind="enter", side="long"),
    "enter_short": Action(kind="enter", side="short"),
    "enter": Action(kind="enter", side=None),
    "exit": Action(kind="exit", side=None),
    "exit_long": Action(kind="exit", side="long"),
    "exit_short": Action(kind="exit", side="short"),
}
_NOTES = ("only_side", "bothsides", "opposite_signal", "outside", "certain_profit", "injection", "correction", "market_word")


def elements_of(sentence: Sentence, number: int) -> list[Element]:
    """The statements of a sentence in order; words between them belong to none."""
    tokens, found, i = sentence.tokens, [], 0
    rules = [*_role_statements(sentence.role), *_STATEMENTS]
    while i < len(tokens):
        best, end = _best(tokens, i, rules)
        if best is None:
            i += 1
            continue
        found.append(Element(content=best, first=i, last=end, sentence=number, role=sentence.role))
        i = end
    return found


def _best(tokens: tuple[Token, ...], i: int, rules: list[Statement]) -> tuple[Content | None, int]:
    best: Content | None = None
    end = i
    if tokens[i].senses.keys() <= {"fill"} and not tokens[i].has("num"):
        return None, i
    for rule in rules:
        c = Cursor(tokens, i)
        content = rule(c)
        if content is not None and c.i > end:
            best, end = content, c.i
    return best, end


def _note(c: Cursor) -> Content | None:
    for kind in _NOTES:
        at = c.find(kind)
        if at == c.i:
            return Note(kind=kind, value=c.take(kind))
    if c.peek("phrase") in ("pairs", "ratio", "spread", "all_three") and c.find("phrase") == c.i:
        return Note(kind=str(c.take("phrase")))
    return None


def _action(c: Cursor) -> Content | None:
    if c.find("act") != c.i:
        return None
    return _ACTIONS.get(str(c.take("act")))


def _no_trades(c: Cursor) -> Content | None:
    """ "no trades on Fridays", "don't trade before 10:00", "not on a Friday"."""
    if c.take("not") is None:
        return None
    c.skip("trades", "act", "chat", "prep")
    c.i -= 1 if c.i and c.tokens[c.i - 1].has("before", "after", "until") else 0
    found = time_condition(c)
    return None if found is None else Rule(condition=Group("not", (found,)), filters=True)


def _only_times(c: Cursor) -> Content | None:
    """ "only trade Mondays to Thursdays", "trade only between 10:00 and 15:00"."""
    c.skip("chat", "trades", "act", "maximum", "when")
    found = time_condition(c)
    return None if found is None else Rule(condition=found, filters=True)


def _rule(c: Cursor) -> Content | None:
    led = c.take("when") is not None
    found = condition(c)
    if found is None:
        return None
    return Rule(condition=found, led=led)


def _unless(c: Cursor) -> Content | None:
    if c.take("unless") is None:
        return None
    found = condition(c)
    return None if found is None else Rule(condition=Group("not", (found,)), filters=True)


def _asset(c: Cursor) -> Content | None:
    at = c.find("asset")
    if at != c.i:
        return None
    value = c.take("asset")
    return Asset(market=str(value[0]), symbol=str(value[1])) if isinstance(value, tuple) else None


def _legs(c: Cursor) -> Content | None:
    if c.find("legs") != c.i:
        return None
    value = c.take("legs")
    return Note(kind="legs", value=value) if c.take_if("phrase", "ratio") or c.take_if("phrase", "spread") else None


def _ticker(c: Cursor) -> Content | None:
    if c.find("ticker") != c.i:
        return None
    sure = c.tokens[c.i].has("marked")
    return Asset(market="", symbol=str(c.take("ticker")), sure=sure)


def _frame(c: Cursor) -> Content | None:
    if c.find("tf") != c.i:
        return None
    value = c.take("tf")
    c.skip("timeframe_nouns")
    return Frame(timeframe=str(value))


def _mention(c: Cursor) -> Content | None:
    found = indicator(c)
    return Mention(series=found) if isinstance(found, Series) else None


_STATEMENTS: list[Statement] = [
    exit_part, setting_part, _note, _action, _rule, _unless, _no_trades, _only_times, _legs, _asset, _ticker, _frame, _mention,
]  # fmt: skip


def _role_statements(role: str) -> list[Statement]:
    """What a bare value means under a heading."""
    if role in ("stop_loss", "take_profit", "trailing_stop"):
        return [lambda c: _bare_exit(c, role)]
    bare = {"sizing": _bare_size, "leverage": _bare_leverage, "time_stop": _bare_hold, "benchmark": _bare_benchmark}
    return [bare[role]] if role in bare else []


def _bare_exit(c: Cursor, role: str) -> Content | None:
    found = distance(c)
    if found is None:
        return None
    fraction = c.attempt(fraction_behind) if role == "take_profit" else None
    c.skip("stop", "target")
    return Part(field=role, value=found[0], direction=found[1], fraction=fraction)


def _bare_size(c: Cursor) -> Content | None:
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


def _bare_leverage(c: Cursor) -> Content | None:
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
