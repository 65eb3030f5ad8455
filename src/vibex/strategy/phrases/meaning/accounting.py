"""Accounts for every word: what was read, which numbers and assets the strategy carries, and what was left out.

A reader that skips words in silence misreads; so each number, asset and word of a rule that no statement covers is
named in an issue.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence

from vibex.domain import JsonValue
from vibex.strategy.draft import Fact, Issue, Severity
from vibex.strategy.phrases.grammar.elements import Action, Asset, Element, Frame, Mention, Note, Part, Rule
from vibex.strategy.phrases.text.lines import Sentence
from vibex.strategy.phrases.text.tokens import Token

_IDLE = frozenset(
    [
        "fill",
        "chat",
        "prep",
        "break",
        "sign",
        "when",
        "and",
        "then",
        "heading_words",
        "pronoun",
        "poss",
        "timeframe_nouns",
        "current",
        "own",
        "of",
        "on",
        "in",
        "at",
        "for",
        "with",
        "from",
        "by",
        "to",
        "after",
        "before",
        "per",
        "than",
        "until",
        "unit",
        "trading_noun",
        "per_trade",
        "market_word",
        "mood",
        "vague",
        "money",
        "colour",
        "length_word",
        "position_noun",
        "size",
        "equity",
        "act",
        "phrase",
        "lose",
        "loss",
        "profit",
        "stop_trading",
        "target_noun",
        "trades",
        "session_close",
        "both",
        "maximum",
        "flat",
        "again",
        "tf",
        "turn",
    ]
)
# What cannot stand idle even in a sentence without any rule.
_TELLING = frozenset({
    "cmp", "time", "date", "weekday", "session", "candle", "stretched", "cross_noun", "alignment", "gap", "trail",
    "daily_loss", "drawdown", "overnight", "move_stop", "leverage", "pct", "bounce", "inside_bar", "zero_cross",
})  # fmt: skip
# The field that words speak of by themselves, wherever they stand.
_FIELDS = {
    "trail": "trailing_stop", "stop": "stop_loss", "target": "take_profit", "daily_loss": "limits",
    "drawdown": "limits", "cooldown": "limits", "leverage": "leverage", "good_for": "order", "order": "order",
    "move_stop": "stop_steps", "benchmark": "benchmark", "session_close": "session_exit_minutes",
    "overnight": "session_exit_minutes", "hold": "time_stop_bars", "per_day": "limits", "risk": "sizing",
    "vol_target": "sizing", "all_in": "sizing",
}  # fmt: skip
_HEAVY_PHRASES = ("prev_", "or_", "swing_", "signal_", "zero", "month_", "week_", "all_time_high")
_INVERTS = ("not", "unless")


def facts_of(sentences: Sequence[Sentence]) -> tuple[Fact, ...]:
    """Numbers and assets in the order in which the text names them."""
    found: list[Fact] = []
    for token in (token for sentence in sentences for token in sentence.tokens):
        asset, number = token.senses.get("asset"), token.senses.get("num")
        if isinstance(asset, tuple):
            found.append(Fact(kind="asset", value=str(asset[1]), start=token.start, end=token.end))
        elif isinstance(number, int | float) and not is_pronoun(token):
            found.append(Fact(kind="number", value=float(number), start=token.start, end=token.end))
    return tuple(found)


def is_pronoun(token: Token) -> bool:
    return token.has("spelled") and token.text in ("one", "single", "一")


def left_out(
    text: str, sentences: Sequence[Sentence], elements: Sequence[Sequence[Element]], partial: Mapping[str, JsonValue]
) -> list[Issue]:
    """Issues for the words, numbers and assets that reached no field."""
    issues: list[Issue] = []
    for sentence, row in zip(sentences, elements, strict=True):
        covered = {i for element in _counted(row) for i in range(element.first, element.last)}
        has_rule = any(isinstance(element.content, Rule | Action | Part) for element in row)
        issues += _unread(text, sentence, row, covered, has_rule)
        issues += _loose_or(sentence, row, covered)
    return [*issues, *_lost_assets(sentences, partial)]


def _loose_or(sentence: Sentence, row: Sequence[Element], covered: set[int]) -> list[Issue]:
    """An "or" between two conditions that no statement holds would be read as "and"."""
    rules = [element for element in row if isinstance(element.content, Rule)]
    issues = []
    for one, other in itertools.pairwise(rules):
        between = range(one.last, other.first)
        acts = any(isinstance(e.content, Action | Part) and one.last <= e.first < other.first for e in row)
        if not acts and any(sentence.tokens[i].has("or") and i not in covered for i in between):
            where = "exit" if _leaves(row, one, sentence.role) else "entry"
            message = "an “or” between two conditions could not be placed: they are read as both required"
            issues.append(Issue(severity="warning", field=where, message=message))
    return issues


def _leaves(row: Sequence[Element], rule: Element, role: str) -> bool:
    """Whether the rule belongs to an exit: by the last action before it, else by its heading."""
    kinds = [e.content.kind for e in row if isinstance(e.content, Action) and e.first <= rule.first]
    return kinds[-1] == "exit" if kinds else role.startswith("exit")


def _counted(row: Sequence[Element]) -> list[Element]:
    """All but an indicator that is only named behind a rule: it must have been meant to do something."""
    ruled, kept = False, []
    for element in row:
        ruled = ruled or isinstance(element.content, Rule | Action)
        if not (ruled and isinstance(element.content, Mention)):
            kept.append(element)
    return kept


def _unread(text: str, sentence: Sentence, row: Sequence[Element], covered: set[int], has_rule: bool) -> list[Issue]:
    issues = []
    for first, last in _gaps(sentence, covered, has_rule):
        tokens = sentence.tokens[first:last]
        quote = " ".join(text[tokens[0].start : tokens[-1].end].split())[:120]
        around = _around(sentence, covered, first, last)
        where = _field_of_words(around) or _field_near(row, first, sentence.role)
        if where == "exit" and _is_duration(around):
            where = "time_stop_bars"
        inverts = has_rule and any(_inverts(token) for token in tokens)
        severity: Severity = "error" if inverts else "warning"
        message = f"not understood and left out: “{quote}”"
        if inverts:
            message = f"“{quote}” could turn the rule around, and the reader cannot place it: what does it apply to?"
        issues.append(Issue(severity=severity, field=where, message=message))
    return issues


def _inverts(token: Token) -> bool:
    """Whether the word turns what stands beside it around."""
    return (token.has(*_INVERTS) and not token.has("fill", "chat")) or token.senses.get("act") == "reverse"


def _gaps(sentence: Sentence, covered: set[int], has_rule: bool) -> list[tuple[int, int]]:
    """Runs of uncovered tokens that hold something of weight, trimmed to it."""
    gaps: list[tuple[int, int]] = []
    heavy = [i for i, token in enumerate(sentence.tokens) if i not in covered and _weighs(token, has_rule)]
    for i in heavy:
        if gaps and not any(j in covered for j in range(gaps[-1][1], i)):
            gaps[-1] = (gaps[-1][0], i + 1)
        else:
            gaps.append((i, i + 1))
    return gaps


def _weighs(token: Token, has_rule: bool) -> bool:
    if token.has("num") and not is_pronoun(token):
        return True
    if token.has("fill", "chat") and not (token.has("time", "date")):
        return False
    if has_rule and token.senses.get("act") == "reverse":
        return True
    if not has_rule:
        return token.has(*_TELLING) and not token.has("heading_words", "phrase", "price", "act")
    if str(token.senses.get("phrase", "")).startswith(_HEAVY_PHRASES) and not token.has("and", "or", "unit"):
        return True
    return (token.text.isalnum() and not token.senses) or bool(
        token.senses.keys() - _IDLE - {"spelled", "signed", "number", "asset", "explicit"}
    )


def _around(sentence: Sentence, covered: set[int], first: int, last: int) -> tuple[Token, ...]:
    """The unread words and the idle ones beside them, up to what was read or a comma."""
    while first > 0 and first - 1 not in covered and not sentence.tokens[first - 1].has("break", "sign"):
        first -= 1
    end = len(sentence.tokens)
    while last < end and last not in covered and not sentence.tokens[last].has("break", "sign"):
        last += 1
    return sentence.tokens[first:last]


def _field_of_words(tokens: Sequence[Token]) -> str:
    """The field that the words name, "" when they name none (or an action, which belongs to its rule)."""
    for kind, where in _FIELDS.items():
        if any(token.has(kind) and not token.has("act", "price", "chat") for token in tokens):
            return where
    return ""


def _is_duration(tokens: Sequence[Token]) -> bool:
    """Whether the words are a number of bars, hours or days and compare nothing."""
    counted = any(one.has("num") and other.has("unit") for one, other in itertools.pairwise(tokens))
    whole = any(token.has("quantity_of") for token in tokens)
    return (counted or whole) and not any(token.has("ind", "output", "cmp") for token in tokens)


def _field_near(row: Sequence[Element], at: int, role: str) -> str:
    """The field of the statement that the words stand beside."""
    before = [element for element in row if element.last <= at]
    after = [element for element in row if element.first >= at]
    leaving = False
    for element in reversed(before):
        where = field_of(element.content, role)
        if where:
            return where
        leaving = leaving or isinstance(element.content, Action)
    for element in after:
        where = field_of(element.content, role)
        if where:
            return where
    head = role.split(".")[0]
    known = {
        "entry",
        "exit",
        "stop_loss",
        "take_profit",
        "trailing_stop",
        "sizing",
        "leverage",
        "timeframe",
        "symbols",
        "order",
        "limits",
        "benchmark",
    }
    return head if head in known else "entry" if head in ("filter", "setup", "time") else "text"


def field_of(content: object, role: str) -> str:
    """The field of the strategy that a statement speaks of, "" when it is none by itself."""
    match content:
        case Part():
            return content.field.split(".")[0] if content.field not in ("refused", "announced") else str(content.value)
        case Action(kind="enter"):
            return "entry"
        case Action():
            return "exit"
        case Rule():
            return (
                "exit" if role.startswith("exit") else "entry" if role.startswith(("entry", "filter", "setup")) else ""
            )
        case Asset():
            return ""
        case Frame() | Mention() | Note():
            return ""
    return ""


def _lost_assets(sentences: Sequence[Sentence], partial: Mapping[str, JsonValue]) -> list[Issue]:
    written = json.dumps(dict(partial), ensure_ascii=False, default=str)
    lost: dict[str, str] = {}
    for fact in facts_of(sentences):
        if fact.kind == "asset" and json.dumps(fact.value, ensure_ascii=False) not in written:
            lost[str(fact.value)] = f"{fact.value} is named, but no rule uses it"
    if partial.get("archetype") == "pairs":
        lost = {name: message for name, message in lost.items() if "/BTC" not in name and "/ETH" not in name}
    return [Issue(severity="warning", field="symbols", message=message) for message in lost.values()]
