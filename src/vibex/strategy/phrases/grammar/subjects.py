"""Second looks at the statements of a sentence: comparisons that lack a side, returns without a direction."""

from __future__ import annotations

from dataclasses import replace

from vibex.strategy.phrases.grammar.elements import Action, Element, Note, Rule
from vibex.strategy.phrases.grammar.operands import CLOSES, IT, THAT
from vibex.strategy.phrases.grammar.states import middle_of
from vibex.strategy.phrases.grammar.terms import CLOSE, Compare, Condition, Counted, Group, Num, Series
from vibex.strategy.phrases.text.tokens import Token

_LEADS = frozenset({
    "and", "or", "when", "then", "break", "not", "either", "both", "unless", "act", "pronoun", "within", "prep", "sign",
    "chat", "stop", "target", "trail", "size", "tf", "asset", "market_word", "current", "cross", "maximum", "in_a_row",
    "turn", "colour", "heading_words", "timeframe_nouns", "trades",
})  # fmt: skip
_SUBJECTS = frozenset({"ind", "output", "derived", "price", "average_volume", "candle", "outside"})


def checked_subject(tokens: tuple[Token, ...], element: Element, read_to: int) -> Element:
    """A comparison without left side behind words that were not read is about those words, not about the price.

    `read_to` is where the statement before ends.
    """
    content = element.content
    if not isinstance(content, Rule):
        return element
    if not _lacks_subject(content.condition):
        at = element.first - 1
        strange = at >= read_to and tokens[at].text.isalpha() and not tokens[at].senses
        strange = strange and tokens[element.first].text != "("
        if not strange or not any(token.has("price") for token in tokens[element.first : element.first + 2]):
            return element
        return _unknown(tokens, element, at, at)  # "the zorbl index" is not the price
    if _is_hollow(content) and not tokens[max(element.first - 1, 0)].has("length_word", "num", "unit"):
        return element
    at = element.first - 1
    while at >= 0 and tokens[at].is_filler and not tokens[at].has(*_SUBJECTS):
        at -= 1
    if at < read_to or (tokens[at].has(*_LEADS) and not tokens[at].has(*_SUBJECTS)):
        return element
    first = at
    while first > read_to and not tokens[first - 1].has(*_LEADS - {"prep", "chat"}) and at - first < 4:
        first -= 1
    return _unknown(tokens, element, first, at)


def _unknown(tokens: tuple[Token, ...], element: Element, first: int, last: int) -> Element:
    words = " ".join(token.text for token in tokens[first : last + 1])
    return Element(content=Note(kind="unknown_subject", value=words), first=first, last=element.last,
                   sentence=element.sentence, role=element.role)  # fmt: skip


_TOWARDS = ("through", "thru", "toward", "towards", "to", "past", "from", "into", "against", "off", "near", "onto")


def checked_tail(tokens: tuple[Token, ...], element: Element) -> Element:
    """ "price slides toward the 50 SMA" is no falling price: a movement whose goal was not read is asked about."""
    content = element.content
    if not isinstance(content, Rule) or not _ends_in_movement(content.condition):
        return element
    at = element.last
    if at + 1 >= len(tokens) or not tokens[at].reads(*_TOWARDS):
        return element
    goal = tokens[at + 1 : at + 3]
    if not any(token.has("ind", "output", "price", "num", "phrase", "extreme") for token in goal):
        return element
    words = " ".join(token.text for token in tokens[element.first : at + 3])
    return Element(content=Note(kind="unknown_subject", value=words), first=element.first, last=element.last,
                   sentence=element.sentence, role=element.role)  # fmt: skip


def _ends_in_movement(found: Condition) -> bool:
    match found:
        case Compare(_, op, _):
            return op in ("rising", "falling")
        case Group(_, items):
            return _ends_in_movement(items[-1])
    return False


def directed(row: list[Element]) -> list[Element]:
    """ "returns to the average" ends a long from below and a short from above; an entry waits for a pullback.

    The action stands before the condition or, in Chinese, right behind it.
    """
    turned = []
    for place, element in enumerate(row):
        content = element.content
        if isinstance(content, Rule):
            near = [other.content for other in (*row[place + 1 : place + 2], *reversed(row[:place]))]
            action = next((each for each in near if isinstance(each, Action)), None) or _of_role(element.role)
            if action is not None:
                content = replace(content, condition=_resolved(content.condition, action))
            else:
                content = replace(content, condition=_from_side(content.condition, "<=", leaving=False))
        turned.append(replace(element, content=content))
    return turned


def _of_role(role: str) -> Action | None:
    """What a heading does with the conditions below it."""
    head, _, side = role.partition(".")
    if head not in ("entry", "exit"):
        return None
    return Action(
        kind="enter" if head == "entry" else "exit", side="long" if side == "long" else "short" if side else None
    )


def _resolved(found: Condition, action: Action) -> Condition:
    """What the action says about returns and crosses whose direction the words leave open.

    An exit that names no side may end positions of either, which is known when all entries are: its crosses and
    returns are marked as the way out.
    """
    if action.kind == "exit" and action.side is None:
        return marked_out(found)
    side = action.side or "long"
    leaving = action.kind == "exit"
    upward = (side == "long") != leaving
    found = _crossing(found, "crosses_above" if upward else "crosses_below") if action.side else found
    return _from_side(found, "<=" if upward else ">=", leaving)


def marked_out(found: Condition) -> Condition:
    match found:
        case Compare(left, "crosses?" | "returns" as op, right):
            return Compare(left, f"{op.rstrip('?')} out", right)
        case Group(kind, items):
            return Group(kind, tuple(map(marked_out, items)))
        case Counted(kind, count, items, times, unit):
            return Counted(kind, count, tuple(map(marked_out, items)), times, unit)
    return found


def _crossing(found: Condition, op: str) -> Condition:
    match found:
        case Compare(Series() as left, "crosses?", right):
            return Compare(replace(left, open_question="cross direction"), op, right)
        case Group(kind, items):
            return Group(kind, tuple(_crossing(item, op) for item in items))
        case Counted(kind, count, items, times, unit):
            return Counted(kind, count, tuple(_crossing(item, op) for item in items), times, unit)
    return found


def _from_side(found: Condition, op: str, leaving: bool) -> Condition:
    match found:
        case Compare(left, "returns", Num() as right) if not leaving:
            return Compare(left, "<=" if right.value <= middle_of(left) else ">=", right)
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
    return isinstance(found, Compare) and found.right == THAT and found.left in (IT, CLOSE, CLOSES)
