"""Every number of a text is in the strategy, in one of the forms that it may take there, or named in an issue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from vibex.domain import JsonValue
from vibex.strategy.draft import Issue
from vibex.strategy.phrases.grammar.elements import Element, Note
from vibex.strategy.phrases.meaning.accounting import field_of, is_pronoun
from vibex.strategy.phrases.text.lines import Sentence

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def lost_numbers(
    text: str,
    sentences: Sequence[Sentence],
    elements: Sequence[Sequence[Element]],
    partial: Mapping[str, JsonValue],
    issues: Sequence[Issue],
) -> list[Issue]:
    """A warning for each number that a statement covers and that neither the strategy nor an issue carries."""
    written = {round(form, 8) for value in _numbers(dict(partial)) for form in _forms(value)}
    said = {float(number) for issue in issues for number in _NUMBER.findall(issue.message)}
    found = []
    for sentence, row in zip(sentences, elements, strict=True):
        for at, token in enumerate(sentence.tokens):
            value = token.senses.get("num")
            if not isinstance(value, int | float) or is_pronoun(token) or round(value, 8) in written or value in said:
                continue
            owner = next((each for each in row if each.first <= at < each.last), None)
            if owner is None or (isinstance(owner.content, Note) and owner.content.kind == "taken_back"):
                continue
            where = field_of(owner.content, sentence.role) or "entry"
            quote = text[token.start : token.end]
            message = f"the number “{quote}” is named, but nothing in the strategy uses it: not understood"
            found.append(Issue(severity="warning", field=where, message=message))
    return found


def _numbers(value: JsonValue) -> Iterator[float]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _numbers(each)
    elif isinstance(value, list):
        for each in value:
            yield from _numbers(each)
    elif isinstance(value, str):
        yield from map(float, _NUMBER.findall(value))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


def _forms(value: float) -> tuple[float, ...]:
    """What a text may say for it: percent and share, above and below one, tenths, basis points, afternoon hours."""
    inverse = 1 / value if value else 0.0
    return (value, -value, value * 100, (value - 1) * 100, (1 - value) * 100, value / 100, inverse, value * 10,
            value / 10, value - 12, value / 1e6)  # fmt: skip
