"""The one way in: a text becomes a Reading, whatever the text is; deterministic, and never an exception."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from vibex.domain import JsonValue
from vibex.strategy.draft import CUSTOMARY, Issue, Reading
from vibex.strategy.phrases.grammar.elements import Action, Content, Element, Mention, Note, Part, Rule, Value
from vibex.strategy.phrases.grammar.statements import elements_of
from vibex.strategy.phrases.grammar.terms import Calc, Compare, Num, Series
from vibex.strategy.phrases.meaning.accounting import facts_of, left_out
from vibex.strategy.phrases.meaning.assemble import assemble
from vibex.strategy.phrases.meaning.binding import bind
from vibex.strategy.phrases.meaning.numbers import lost_numbers
from vibex.strategy.phrases.meaning.settle import Settler
from vibex.strategy.phrases.meaning.sides import with_sides
from vibex.strategy.phrases.text.hanzi import language_of
from vibex.strategy.phrases.text.lines import Sentence, sentences_of
from vibex.strategy.phrases.text.refusal import inline_code, refusal

_MAX_NAME = 200
_LONGEST_SENTENCE = 250


def read(text: str) -> Reading:
    """What `text` says, as far as a strategy can hold it; everything else is an issue.

    `partial` is None when there is no rule to trade; an error means that no strategy may be made of the reading.
    """
    language = language_of(text)
    refused = refusal(text)
    if refused:
        issue = Issue(severity="error", field=refused[0], message=refused[1])
        return Reading(text=text, language=language, partial=None, refused=frozenset(), facts=(), issues=(issue,))
    readable, issues = _without_code(text)
    sentences, typos = sentences_of(readable)
    longest = max((len(sentence.tokens) for sentence in sentences), default=0)
    if longest > _LONGEST_SENTENCE:
        message = f"a sentence of {longest} words is longer than any that is read ({_LONGEST_SENTENCE}): split it up"
        issue = Issue(severity="error", field="text", message=message)
        return Reading(text=text, language=language, partial=None, refused=frozenset(), facts=(), issues=(issue,))
    rows = _corrected(sentences, [elements_of(sentence, n) for n, sentence in enumerate(sentences)])
    issues += [
        Issue(severity="info", field="text", message=f"“{typo.written}” is read as “{typo.read}”")
        for typo in dict.fromkeys(typos)
    ]
    pairs = any(
        isinstance(e.content, Note) and e.content.kind in ("pairs", "ratio", "legs") for row in rows for e in row
    )
    both = any(
        isinstance(e.content, Note) and (e.content.kind, e.content.value) == ("only_side", "both")
        for row in rows for e in row
    )  # fmt: skip
    rows, settler = _settled(rows, pairs, both)
    rows = [with_sides(sentence, row) for sentence, row in zip(sentences, rows, strict=True)]
    done = assemble(bind(sentences, rows))
    issues += [Issue(severity="error", field=field, message=message) for field, message in settler.problems]
    issues += [
        Issue(severity="info", field=field, message=message, code=CUSTOMARY) for field, message in settler.assumed
    ]
    issues += [Issue(severity=kind, field=field, message=message) for kind, field, message in done.findings]  # type: ignore[arg-type]
    issues += _about_notes(sentences, rows, "entry" in done.partial)
    issues += left_out(text, sentences, rows, done.partial)
    issues += lost_numbers(text, sentences, rows, done.partial, issues) if "entry" in done.partial else []
    partial: dict[str, JsonValue] | None = dict(done.partial)
    if "entry" not in done.partial:
        partial = None
    elif partial is not None:
        partial = {"name": _name(partial), **partial}
    return Reading(
        text=text, language=language, partial=partial, refused=frozenset(done.refused), facts=facts_of(sentences),
        issues=tuple(dict.fromkeys(issues)),
    )  # fmt: skip


def _without_code(text: str) -> tuple[str, list[Issue]]:
    spans = inline_code(text)
    for first, last in spans:
        text = text[:first] + " " * (last - first) + text[last:]
    message = "the request holds a piece of code, which is left out and never runs"
    return text, [Issue(severity="warning", field="text", message=message)] if spans else []


def _corrected(sentences: Sequence[Sentence], rows: list[list[Element]]) -> list[list[Element]]:
    """ "… no wait, …": what the line said before the correction is taken back, but for its actions and assets."""
    for at, row in enumerate(rows):
        for place, element in enumerate(row):
            if isinstance(element.content, Note) and element.content.kind == "correction":
                replaced = _replaced_part(sentences, rows, at, place) or _replaced_right(
                    sentences, rows, at, row[place + 1 :]
                )
                if replaced:
                    continue
                for earlier in range(at + 1):
                    if sentences[earlier].line == sentences[at].line:
                        kept = rows[earlier] if earlier < at else row[:place]
                        dropped = [e for e in kept if not isinstance(e.content, Rule | Part | Mention)]
                        rows[earlier] = dropped if earlier < at else [*dropped, *row[place:]]
    return rows


def _replaced_part(sentences: Sequence[Sentence], rows: list[list[Element]], at: int, place: int) -> bool:
    """ "stop 3 %, actually make the stop 4 %": what follows takes the place of the part that it names again."""
    rest = [element.content for element in rows[at][place + 1 :]]
    if not rest or not isinstance(rest[0], Part):
        return False
    said, found = rest[0].field, False
    for earlier in range(at + 1):
        if sentences[earlier].line != sentences[at].line:
            continue
        kept = []
        for number, element in enumerate(rows[earlier]):
            old = isinstance(element.content, Part) and element.content.field == said
            replaced = old and (earlier < at or number < place)
            found = found or replaced
            kept.append(replace(element, content=Note(kind="taken_back")) if replaced else element)
        rows[earlier] = kept
    return found


def _replaced_right(sentences: Sequence[Sentence], rows: list[list[Element]], at: int, rest: Sequence[Element]) -> bool:
    """ "… below the 20 band… actually use the 10 period band": only the right side of the last comparison changes."""
    if len(rest) != 1 or not isinstance(rest[0].content, Mention):
        return False
    for earlier in range(at, -1, -1):
        for place in range(len(rows[earlier]) - 1, -1, -1):
            rule = rows[earlier][place].content
            if (
                sentences[earlier].line == sentences[at].line
                and isinstance(rule, Rule)
                and isinstance(rule.condition, Compare)
            ):
                changed = replace(rule, condition=replace(rule.condition, right=rest[0].content.series))
                rows[earlier][place] = replace(rows[earlier][place], content=changed)
                return True
    return False


def _settled(rows: list[list[Element]], pairs: bool, both: bool) -> tuple[list[list[Element]], Settler]:
    """The rows with every open reference settled: a first pass learns what is said later, the second one settles."""
    scout = Settler()
    scout.learning, scout.is_pair, scout.both_sides = True, pairs, both
    _pass(rows, scout)
    settler = Settler()
    settler.ahead, settler.is_pair, settler.both_sides = scout.now, pairs, both
    return _pass(rows, settler), settler


def _pass(rows: list[list[Element]], settler: Settler) -> list[list[Element]]:
    return [[replace(element, content=_settle(element.content, settler)) for element in row] for row in rows]


def _settle(content: Content, settler: Settler) -> Content:
    match content:
        case Rule():
            return replace(content, condition=settler.condition(content.condition))
        case Part():
            return replace(content, value=_settle_value(content.value, settler))
        case Mention(series=series, others=others):
            for each in (series, *others):
                settler.learn(each)
            return content
        case _:
            return content


def _settle_value(value: Value, settler: Settler) -> Value:
    match value:
        case Series() | Calc() | Num():
            return settler.operand(value)
        case Mapping():
            return {key: _settle_value(each, settler) for key, each in value.items()}
        case _:
            return value


def _about_notes(sentences: Sequence[Sentence], rows: list[list[Element]], has_entry: bool) -> list[Issue]:
    """Wishes that no strategy can hold, and texts that want something else than a strategy."""
    issues = []
    for row in rows:
        in_rule = any(isinstance(element.content, Rule | Action | Part) for element in row)
        for element in row:
            if not isinstance(element.content, Note):
                continue
            kind, value = element.content.kind, element.content.value
            if kind == "certain_profit":
                message = (
                    "a certain profit cannot be promised, every strategy can lose: ask for rules, not for a guarantee"
                )
                issues.append(Issue(severity="error", field="entry", message=message))
            elif kind == "injection":
                message = "the text gives instructions to the program, which are not followed: describe a strategy"
                issues.append(Issue(severity="error", field="text", message=message))
            elif kind == "unknown_subject":
                message = f"“{value}” is not understood: what is compared with what there?"
                issues.append(
                    Issue(
                        severity="error", field="exit" if element.role.startswith("exit") else "entry", message=message
                    )
                )
            elif kind == "odd_frame":
                message = f"bars of {value} do not exist here: use 1m, 5m, 15m, 30m, 1h, 4h, 1d or 1w"
                issues.append(Issue(severity="error", field="timeframe", message=message))
            elif kind == "outside" and isinstance(value, tuple):
                severe = in_rule or not has_entry or value[0] == "sizing"
                tokens = sentences[element.sentence].tokens[element.first : element.last]
                words = " ".join(token.text for token in tokens)
                message = (
                    f"“{words}”: {value[1]} is not something a strategy can hold (no such data source or operation)"
                )
                issues.append(Issue(severity="error" if severe else "info", field=str(value[0]), message=message))
    return issues


def _name(partial: Mapping[str, JsonValue]) -> str:
    """A plain name from what was understood, never from the words of the text."""
    symbols = partial.get("symbols")
    indicators = partial.get("indicators")
    pieces = [
        ", ".join(str(each) for each in symbols[:3]) if isinstance(symbols, list) else "",
        str(partial.get("timeframe", "")),
    ]
    if isinstance(indicators, list):
        pieces.append(", ".join(dict.fromkeys(str(each["name"]) for each in indicators[:4] if isinstance(each, dict))))
    entry = partial.get("entry")
    if isinstance(entry, dict):
        pieces.append(" and ".join(side for side in ("long", "short") if entry.get(side)))
    return " ".join(piece for piece in pieces if piece)[:_MAX_NAME] or "strategy"
