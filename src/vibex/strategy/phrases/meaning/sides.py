"""Stops and targets of one side: "2% stop for longs, 3% for shorts", "short trades use a 2% stop"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vibex.strategy.phrases.grammar.elements import Action, Element, Part, Rule
from vibex.strategy.phrases.text.lines import Sentence

_OF_A_SIDE = frozenset({"stop_loss", "take_profit", "trailing_stop"})


def with_sides(sentence: Sentence, row: Sequence[Element]) -> list[Element]:
    """The statements of a sentence; where it names exits by side, each carries its side and the side is no action.

    Such a sentence has no condition; the sides stand before their exits or, behind "for", after them.
    """
    labels = [at for at, element in enumerate(row) if _is_side(element)]
    parts = {at: element.content for at, element in enumerate(row) if isinstance(element.content, Part)}
    ruled = any(isinstance(element.content, Rule) for element in row)
    named = [at for at, part in parts.items() if part.field in _OF_A_SIDE]
    if ruled or not labels or not named or len(named) != len(parts):
        return list(row)
    leading = labels[0] < named[0]
    found = []
    for at, element in enumerate(row):
        if at in labels:
            continue
        if at in named:
            near = [each for each in labels if (each < at) == leading]
            own = (near[-1] if leading else near[0]) if near else None
            action = row[own].content if own is not None else None
            side = action.side if isinstance(action, Action) else None
            element = replace(element, content=replace(parts[at], side=side))
        found.append(element)
    if not leading and not all(_behind_for(sentence, row[at]) for at in labels):
        return list(row)
    if leading and len(labels) == 1 and sentence.tokens[row[labels[0]].first].text not in _PLURALS:
        return list(row)
    return found


_PLURALS = ("longs", "shorts", "long trade", "short trade", "long position", "short position", "做多", "做空")


def _is_side(element: Element) -> bool:
    content = element.content
    return isinstance(content, Action) and content.kind == "enter" and content.side is not None and not content.word


def _behind_for(sentence: Sentence, element: Element) -> bool:
    before = sentence.tokens[max(element.first - 2, 0) : element.first]
    return any(token.has("for", "on") for token in before)
