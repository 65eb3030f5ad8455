"""Finds the statements of a sentence: at each word the statement that explains most of what follows."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.bare import Statement, role_statements
from vibex.strategy.phrases.grammar.conditions import condition
from vibex.strategy.phrases.grammar.cursor import Cursor, Memo
from vibex.strategy.phrases.grammar.elements import Action, Asset, Content, Element, Frame, Mention, Note, Part, Rule
from vibex.strategy.phrases.grammar.exits import exit_part
from vibex.strategy.phrases.grammar.operands import IT, operand
from vibex.strategy.phrases.grammar.prices import range_mention
from vibex.strategy.phrases.grammar.series import AVERAGES, CHANNELS, indicator
from vibex.strategy.phrases.grammar.sizes import setting_part
from vibex.strategy.phrases.grammar.subjects import checked_subject, checked_tail, directed, without_titles
from vibex.strategy.phrases.grammar.terms import CLOSE, Compare, Group, Num, Series
from vibex.strategy.phrases.grammar.times import time_condition
from vibex.strategy.phrases.lexicon.indicators import Known
from vibex.strategy.phrases.text.lines import Sentence
from vibex.strategy.phrases.text.tokens import Token

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
_NOTES = (
    "only_side",
    "bothsides",
    "opposite_signal",
    "outside",
    "certain_profit",
    "injection",
    "correction",
    "market_word",
)


def elements_of(sentence: Sentence, number: int) -> list[Element]:
    """The statements of a sentence in order; words between them belong to none."""
    tokens, found, i = sentence.tokens, [], 0
    rules = [*role_statements(sentence.role), *_STATEMENTS]
    known: Memo = {}
    while i < len(tokens):
        best, end = _best(tokens, i, rules, known)
        if best is None:
            i += 1
            continue
        found.append(Element(content=best, first=i, last=end, sentence=number, role=sentence.role))
        if isinstance(best, Rule | Mention):
            found += _frames_inside(tokens, i, end, number, sentence.role)
        if isinstance(best, Part) and best.field in ("stop_loss", "sizing"):
            named = [(at, tokens[at].senses.get("asset")) for at in range(i, end)]
            found += [
                Element(content=Asset(market=str(value[0]), symbol=str(value[1])), first=at, last=at + 1,
                        sentence=number, role=sentence.role)
                for at, value in named if isinstance(value, tuple)
            ]  # fmt: skip
        if isinstance(best, Part) and tokens[i].has("buy_and_hold") and best.field == "time_stop_bars":
            found.append(Element(content=_ACTIONS["buy"], first=i, last=end, sentence=number, role=sentence.role))
        if isinstance(best, Part) and best.field == "order" and "buy" in tokens[i].text.split():
            found.append(Element(content=_ACTIONS["buy"], first=i, last=end, sentence=number, role=sentence.role))
        elif isinstance(best, Part) and best.field in ("time_stop_bars", "session_exit_minutes"):
            # "sell after 5 days or when …": what follows belongs to the exit as well.
            leaving = _ACTIONS.get(str(tokens[i].senses.get("act")))
            if leaving is not None and leaving.kind == "exit" and _alternative(tokens, end):
                found.append(Element(content=leaving, first=i, last=end, sentence=number, role=sentence.role))
        i = end
    ends = [0, *(element.last for element in found)]
    found = [checked_subject(tokens, each, end) for each, end in zip(found, ends, strict=False)]
    found = directed([checked_tail(tokens, each) for each in found])
    return (
        []
        if sentence.role == "note" and not any(isinstance(e.content, Asset | Frame) for e in found)
        else without_titles(found, tokens)
    )


def _frames_inside(tokens: tuple[Token, ...], first: int, last: int, number: int, role: str) -> list[Element]:
    """ "for 3 consecutive 5m candles" names the timeframe by the way."""
    return [
        Element(content=Frame(timeframe=str(tokens[i].senses["tf"])), first=i, last=i + 1, sentence=number, role=role)
        for i in range(max(first, 1), last - 1)
        if tokens[i].has("tf")
        and (
            (tokens[i + 1].has("unit") and tokens[i - 1].has("in_a_row", "num", "for"))
            or (tokens[i - 1].text in ",(" and tokens[i + 1].text in "),")
        )
    ]


def _alternative(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether "or …" goes on with the statement that ends here."""
    while at < len(tokens) and (tokens[at].text == "," or tokens[at].is_filler) and not tokens[at].has("or"):
        at += 1
    return at < len(tokens) and tokens[at].has("or")


def _best(tokens: tuple[Token, ...], i: int, rules: list[Statement], known: Memo) -> tuple[Content | None, int]:
    best: Content | None = None
    end = i
    if tokens[i].senses.keys() <= {"fill"} and not tokens[i].has("num"):
        return None, i
    for rule in rules:
        c = Cursor(tokens, i, known)
        content = rule(c)
        if content is not None and c.i > end:
            best, end = content, c.i
    return best, end


def _note(c: Cursor) -> Content | None:
    for kind in _NOTES:
        at = c.find(kind)
        if at == c.i:
            return Note(kind=kind, value=c.take(kind))
    if c.peek("phrase") in ("pairs", "ratio", "spread", "all_three", "otherwise") and c.find("phrase") == c.i:
        return Note(kind=str(c.take("phrase")))
    return None


def _action(c: Cursor) -> Content | None:
    if c.find("act") != c.i or _is_time_of_day(c):
        return None
    return _ACTIONS.get(str(c.take("act")))


def _is_time_of_day(c: Cursor) -> bool:
    """ "buy at the close": no exit."""
    token = c.tokens[c.i]
    return c.i > 0 and token.has("session_close") and token.has("price") and c.tokens[c.i - 1].has("at", "before", "by")


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
    if not _restricts(c):
        return None
    c.skip("chat", "trades", "act", "maximum", "when")
    found = time_condition(c)
    return None if found is None else Rule(condition=found, filters=True)


def _waits(c: Cursor) -> Content | None:
    """ "wait until 10:00", "wait for the first 15 minutes"."""
    if c.take("cooldown") is None:
        return None
    found = time_condition(c)
    return None if found is None else Rule(condition=found, filters=True)


def _restricts(c: Cursor) -> bool:
    return any(
        token.text in ("only", "trade", "trades", "trading", "entries", "只在", "仅在", "只", "仅")
        for token in c.tokens[c.i : c.i + 3]
    )


def _forbidden(c: Cursor) -> Content | None:
    """ "don't buy when RSI is above 70", "no longs below the 200 SMA": restricts the entries."""
    if c.take("not") is None:
        return None
    c.skip("chat")
    if not c.skip("trades") and str(c.take("act")) not in ("buy", "enter", "enter_long", "enter_short"):
        return None
    c.skip("trades", "asset", "when", "and")
    found = condition(c)
    return None if found is None else Rule(condition=Group("not", (found,)), filters=True)


def _at_level(c: Cursor) -> Content | None:
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
    c.sign(":", ",")
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


def _excluded(c: Cursor) -> Content | None:
    """ "KDJ 不用", "比亚迪不做": what is named in order to leave it out."""
    if c.take("asset") is None and c.take("ind") is None:
        return None
    return Note(kind="excluded") if c.take("excluded") else None


def _odd_frame(c: Cursor) -> Content | None:
    """ "7s chart": a timeframe that does not exist here."""
    at, count = c.i, c.number()
    if count is None or c.i != at + 1:
        return None
    if not c.done and c.tokens[c.i].has("tf") and c.tokens[c.i].text.startswith("小 时"):
        return Note(kind="odd_frame", value=f"{count:g} hours") if c.take("tf") else None
    unit = c.take("unit") or c.take("small_unit")
    if unit is None or unit == "bar":
        return None
    joined = len(c.tokens[c.i - 1].text) == 1 and c.tokens[at].end == c.tokens[c.i - 1].start
    if c.take("timeframe_nouns") is None and not joined:
        return None
    return Note(kind="odd_frame", value=f"{count:g} {unit}s")


def _ribbon(c: Cursor) -> Content | None:
    """ "EMA 8/13/21", "20, 50 and 200 SMA": several averages at once."""
    known = c.take("ind")
    c.take_if_text("ribbon", "ribbons", "stack")
    c.sign(",", ":")
    bracket = c.sign("(")
    lengths: list[float] = []
    while (value := c.number()) is not None:
        lengths.append(value)
        if not (c.sign("/", ",", "&") or c.take("and")):
            break
    if bracket:
        c.sign(")")
    known = known or c.take("ind")
    if not isinstance(known, Known) or known.name not in AVERAGES or len(lengths) < 2:
        return None
    lines = tuple(Series(name=known.name, params=(("timeperiod", each),)) for each in lengths)
    return Mention(series=lines[0], others=lines[1:])


def _mention(c: Cursor) -> Content | None:
    found = c.first_of(range_mention, indicator)
    return Mention(series=found) if isinstance(found, Series) else None


_STATEMENTS: list[Statement] = [
    exit_part, setting_part, _note, _action, _no_trades, _only_times, _waits, _rule, _unless, _forbidden, _at_level,
    _legs, _excluded, _asset, _ticker, _frame, _odd_frame, _ribbon, _mention,
]  # fmt: skip
