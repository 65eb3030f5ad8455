"""Second looks at the statements of a sentence: comparisons that lack a side, returns without a direction."""

from __future__ import annotations

from dataclasses import replace

from vibex.strategy.phrases.grammar.elements import Action, Element, Note, Rule
from vibex.strategy.phrases.grammar.operands import IT, THAT
from vibex.strategy.phrases.grammar.terms import CLOSE, Compare, Condition, Counted, Group, Series
from vibex.strategy.phrases.text.tokens import Token


def checked_subject(tokens: tuple[Token, ...], element: Element) -> Element:
    """A comparison without left side behind an unknown word is about that word, not about the price."""
    content = element.content
    if not isinstance(content, Rule) or not _lacks_subject(content.condition):
        return element
    at = element.first - 1
    while at >= 0 and tokens[at].is_filler:
        at -= 1
    if (
        at < 0
        or tokens[at].senses.keys() - {"ticker", "outside", "vague", "spelled"}
        or not tokens[at].text[0].isalnum()
    ):
        return element
    return Element(content=Note(kind="unknown_subject", value=tokens[at].text), first=at, last=element.last,
                   sentence=element.sentence, role=element.role)  # fmt: skip


def directed(row: list[Element]) -> list[Element]:
    """ "returns to the average" ends a long from below and a short from above; an entry waits for a pullback."""
    action: Action | None = None
    directed = []
    for element in row:
        content = element.content
        action = content if isinstance(content, Action) else action
        if isinstance(content, Rule):
            leaving = action is not None and action.kind == "exit"
            below = leaving and action is not None and action.side != "short"
            content = replace(content, condition=_from_side(content.condition, ">=" if below else "<=", leaving))
        directed.append(replace(element, content=content))
    return directed


def _from_side(found: Condition, op: str, leaving: bool) -> Condition:
    match found:
        case Compare(left, "returns", right):
            return Compare(left if leaving or left != CLOSE else Series(name="low"), op, right)
        case Group(kind, items):
            return Group(kind, tuple(_from_side(item, op, leaving) for item in items))
        case Counted(kind, count, items, times, unit):
            return Counted(kind, count, tuple(_from_side(item, op, leaving) for item in items), times, unit)
    return found


def _lacks_subject(found: Condition) -> bool:
    match found:
        case Compare(left, _, _):
            return left == IT
        case Group(_, items) | Counted(_, _, items):
            return _lacks_subject(items[0])
    return False


def without_titles(found: list[Element]) -> list[Element]:
    """ "Channel breakout" in a title is no comparison: one without any side needs an action in its sentence."""
    if any(isinstance(element.content, Action) for element in found):
        return found
    return [element for element in found if not (isinstance(element.content, Rule) and _is_hollow(element.content))]


def _is_hollow(rule: Rule) -> bool:
    found = rule.condition
    return isinstance(found, Compare) and found.right == THAT and found.left in (IT, CLOSE)
