"""Which conditions of a sentence its actions claim."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from vibex.strategy.phrases.grammar.elements import Action, Element, Rule
from vibex.strategy.phrases.grammar.terms import Condition
from vibex.strategy.phrases.text.lines import Sentence


def without_labels(sentence: Sentence, row: Sequence[Element]) -> Sequence[Element]:
    """ "做空：RSI 大于 80 开空": an action before a colon that the sentence repeats is a label."""
    kept = []
    for place, element in enumerate(row):
        labels = element.last < len(sentence.tokens) and sentence.tokens[element.last].text == ":"
        later = [other.content for other in row[place + 1 :] if isinstance(other.content, Action)]
        if (
            labels
            and isinstance(element.content, Action)
            and any(
                other.kind == element.content.kind and element.content.side in (other.side, None) for other in later
            )
        ):
            continue
        kept.append(element)
    return kept


def claimed(steps: Sequence[object], *, condition_first: bool) -> list[tuple[Action, list[Condition]]]:
    """Each action of a sentence with its conditions."""
    actions = [i for i, step in enumerate(steps) if isinstance(step, Action)]
    owned: dict[int, list[Condition]] = {i: [] for i in actions}
    pending: list[Condition] = []
    for i, step in enumerate(steps):
        if isinstance(step, Action):
            if pending:
                owned[i] += pending
                pending = []
            continue
        if not isinstance(step, Rule):
            continue
        before = [a for a in actions if a < i]
        after = [a for a in actions if a > i]
        next_bare = bool(after) and not _follows(steps, after[0], actions)
        claimed_before = owned[before[-1]] if before else []
        # In Chinese a condition stands before its action; "and" between the two actions would make it English order.
        goes_on = condition_first and next_bare and after[0] == i + 1 and not step.led
        if not before or goes_on or (claimed_before and next_bare and not _is_after(steps, before[-1])):
            pending.append(step.condition)
        else:
            owned[before[-1]].append(step.condition)
    for one, other in itertools.pairwise(actions):
        first, second = steps[one], steps[other]
        if (
            other == one + 1
            and not owned[one]
            and isinstance(first, Action)
            and isinstance(second, Action)
            and first.kind == second.kind == "enter"
            and {first.side, second.side} == {"long", "short"}
        ):
            owned[one] = list(owned[other])  # "buy and short it when …" says one condition for both
    return _without_echoes([(step, owned[i]) for i, step in enumerate(steps) if isinstance(step, Action)])


def _is_after(steps: Sequence[object], action: int) -> bool:
    """Whether the action's conditions follow it (none stands directly before)."""
    return action == 0 or not isinstance(steps[action - 1], Rule)


def _follows(steps: Sequence[object], action: int, actions: list[int]) -> bool:
    """Whether a condition of its own follows the action before the next one."""
    later = [a for a in actions if a > action]
    end = later[0] if later else len(steps)
    return any(isinstance(step, Rule) for step in steps[action + 1 : end])


def _without_echoes(claimed: list[tuple[Action, list[Condition]]]) -> list[tuple[Action, list[Condition]]]:
    """ "open a long trade: buy when …" names the same action twice; the one without condition is dropped."""
    kept: list[tuple[Action, list[Condition]]] = []
    for action, conditions in claimed:
        twin = any(
            other.kind == action.kind
            and (other.side == action.side or action.side is None or other.side is None)
            and rest
            for other, rest in claimed
            if other is not action
        )
        if conditions or not twin:
            kept.append((action, conditions))
    return kept
