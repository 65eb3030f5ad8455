"""Finds the statements of a sentence: at each word the statement that explains most of what follows."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.bare import Statement, role_statements
from vibex.strategy.phrases.grammar.conditions import condition
from vibex.strategy.phrases.grammar.cursor import Cursor, Memo
from vibex.strategy.phrases.grammar.elements import Action, Asset, Content, Element, Frame, Mention, Note, Part, Rule
from vibex.strategy.phrases.grammar.exits import exit_part
from vibex.strategy.phrases.grammar.naming import asset, excluded, frame, legs, mention, odd_frame, ribbon, ticker
from vibex.strategy.phrases.grammar.places import at_level
from vibex.strategy.phrases.grammar.restrictions import forbidden, no_trades, only_times, unless, waits
from vibex.strategy.phrases.grammar.sizes import setting_part
from vibex.strategy.phrases.grammar.subjects import checked_subject, checked_tail, directed, without_titles
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


def _rule(c: Cursor) -> Content | None:
    led = c.take("when") is not None
    found = condition(c)
    if found is None:
        return None
    return Rule(condition=found, led=led)


_STATEMENTS: list[Statement] = [
    exit_part, setting_part, _note, _action, no_trades, only_times, waits, _rule, unless, forbidden, at_level,
    legs, excluded, asset, ticker, frame, odd_frame, ribbon, mention,
]  # fmt: skip
