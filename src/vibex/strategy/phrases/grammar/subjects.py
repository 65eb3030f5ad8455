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
    if not isinstance(content, Rule) or not _lacks_subject(content.condition) or _is_hollow(content):
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
    """ "returns to the average" ends a long from below and a short from above; an entry waits for a pullback.

    The action stands before the condition or, in Chinese, right behind it.
    """
    turned = []
    for place, element in enumerate(row):
        content = element.content
        if isinstance(content, Rule):
            near = [other.content for other in (*row[place + 1 : place + 2], *reversed(row[:place]))]
            action = next((each for each in near if isinstance(each, Action)), None)
            leaving = action is not None and action.kind == "exit"
            below = leaving and action is not None and action.side != "short"
            content = replace(content, condition=_from_side(content.condition, ">=" if below else "<=", leaving))
        turned.append(replace(element, content=content))
    return turned


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


def without_titles(found: list[Element], tokens: tuple[Token, ...]) -> list[Element]:
    """ "Channel breakout" in a title is no comparison: one without any side needs an action in its sentence."""
    acts = any(isinstance(element.content, Action) for element in found)
    kept = []
    for element in found:
        titles = not acts or (element.last < len(tokens) and tokens[element.last].text == ":")
        if not (titles and isinstance(element.content, Rule) and _is_hollow(element.content)):
            kept.append(element)
    return kept


def _is_hollow(rule: Rule) -> bool:
    found = rule.condition
    return isinstance(found, Compare) and found.right == THAT and found.left in (IT, CLOSE)
