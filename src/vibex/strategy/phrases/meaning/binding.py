"""Which condition belongs to which action: sentences and headings become entries and exits per side.

In "buy when A and sell when B" a condition follows its action, in "when A buy, when B sell" it stands before it; what
a sentence does is seen from whether its first condition stands before its first action. Conditions under a heading
belong to the heading, those that nothing claims to the next bare action or, failing that, to the entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from vibex.strategy.phrases.grammar.elements import Action, Asset, Element, Frame, Note, Part, Rule
from vibex.strategy.phrases.grammar.terms import Compare, Condition, Num, Series, Side, all_of, any_of, series_in
from vibex.strategy.phrases.meaning.claims import claimed, without_labels
from vibex.strategy.phrases.text.hanzi import is_hanzi
from vibex.strategy.phrases.text.lines import Sentence


@dataclass
class Bound:
    """The statements of a request by what they are for; conditions in the order in which they were read."""

    entries: dict[Side, list[tuple[int, Condition]]] = field(default_factory=lambda: {"long": [], "short": []})
    exits: dict[Side, list[Condition]] = field(default_factory=lambda: {"long": [], "short": []})
    filters: list[Condition] = field(default_factory=list)
    alternatives: set[int] = field(default_factory=set)
    shared_exits: list[Condition] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)
    frames: list[tuple[Frame, str]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    legs: tuple[str, str] | None = None
    bare: list[tuple[Side | None, str]] = field(default_factory=list)
    sideless: bool = False
    bare_exits: int = 0
    opposite_exit: bool = False
    pending: list[Condition] = field(default_factory=list)
    lone_sell: list[Condition] = field(default_factory=list)


def bind(sentences: Sequence[Sentence], elements: Sequence[Sequence[Element]]) -> Bound:
    """Everything that was read, by purpose."""
    return _Binder(sentences, elements).run()


class _Binder:
    def __init__(self, sentences: Sequence[Sentence], elements: Sequence[Sequence[Element]]) -> None:
        self.sentences, self.elements = sentences, elements
        self.found = Bound()
        self.last_side: Side | None = None
        self.line_sides: set[Side] = set()
        self.last_line = -1
        self.block_bare: dict[int, list[Condition]] = {}
        self.only = next(
            (n.value for row in elements for n in map(_content, row) if isinstance(n, Note) and n.kind == "only_side"),
            None,
        )

    def run(self) -> Bound:
        for sentence, row in zip(self.sentences, self.elements, strict=True):
            if sentence.line != self.last_line:
                self.last_side, self.line_sides = None, set()
            self.last_line = sentence.line
            self._collect(sentence, row)
            self._rules(sentence, row)
        self._settle_pending()
        return self.found

    def _collect(self, sentence: Sentence, row: Sequence[Element]) -> None:
        for element in row:
            content = element.content
            match content:
                case Part():
                    self.found.parts.append(content)
                    if content.field == "session_exit_minutes" or content.field == "time_stop_bars":
                        continue
                case Asset():
                    self._asset(content, sentence)
                case Frame():
                    self.found.frames.append((content, sentence.role))
                case Note(kind="legs", value=(long_leg, short_leg)):
                    self.found.legs = (str(long_leg), str(short_leg))
                case Note():
                    self.found.notes.append(content)
                    if content.kind == "opposite_signal":
                        self.found.opposite_exit = True
                case _:
                    pass

    def _asset(self, asset: Asset, sentence: Sentence) -> None:
        if sentence.role == "benchmark":
            self.found.parts.append(Part(field="benchmark", value=asset.symbol))
        elif sentence.role != "note" or asset.market:
            self.found.assets.append(asset)

    def _rules(self, sentence: Sentence, row: Sequence[Element]) -> None:
        row = without_labels(sentence, row)
        steps = self._pairs([e.content for e in row if isinstance(e.content, Action | Rule | Asset)])
        actions = [step for step in steps if isinstance(step, Action)]
        rules = [step for step in steps if isinstance(step, Rule)]
        for rule in rules:
            if rule.filters:
                self.found.filters.append(rule.condition)
        steps = [step for step in steps if not (isinstance(step, Rule) and step.filters)]
        if not actions or sentence.role in ("filter", "time", "note"):
            for step in steps:
                if isinstance(step, Rule):
                    self._headed(sentence, step.condition)
            return
        chinese = any(is_hanzi(token.text[0]) and token.has("act") for token in sentence.tokens)
        for action, conditions in claimed(steps, condition_first=chinese):
            self._act(sentence, action, conditions)

    def _pairs(self, steps: list[Action | Rule | Asset]) -> list[Action | Rule]:
        """ "long MSFT, short AAPL" is one action on a pair."""
        kept: list[Action | Rule | Asset] = []
        for step in steps:
            match [*kept[-3:], step]:
                case [
                    Action(kind="enter") as first,
                    Asset() as one,
                    Action(kind="enter") as second,
                    Asset() as other,
                ] if {first.side, second.side} == {"long", "short"} and one.symbol != other.symbol:
                    kept[-3:] = [self._pair_action(first, one.symbol, other.symbol)]
                case _:
                    kept.append(step)
        return [step for step in kept if not isinstance(step, Asset)]

    def _pair_action(self, opening: Action, first: str, second: str) -> Action:
        long_leg, short_leg = (first, second) if opening.side == "long" else (second, first)
        if self.found.legs is None:
            self.found.legs = (long_leg, short_leg)
        side: Side = "long" if self.found.legs[0] == long_leg else "short"
        return Action(kind="enter", side=side, word="pair")

    def _headed(self, sentence: Sentence, condition: Condition) -> None:
        role = sentence.role
        if role.startswith("entry.") or role in ("entry", "setup"):
            side: Side | None = (
                "short" if role == "entry.short" else "long" if role == "entry.long" else self._default_side()
            )
            if role in ("entry", "setup"):
                self.found.sideless = True
            if side:
                self.found.entries[side].append((sentence.block, condition))
                if sentence.any_of:
                    self.found.alternatives.add(sentence.block)
        elif role == "exit":
            self.found.shared_exits.append(condition)
        elif role.startswith("exit."):
            self.found.exits["short" if role == "exit.short" else "long"].append(condition)
        elif role in ("filter", "time"):
            self.found.filters.append(condition)
        else:
            self.found.pending.append(condition)

    def _default_side(self) -> Side:
        return "short" if self.only == "short" else "long"

    def _act(self, sentence: Sentence, action: Action, conditions: list[Condition]) -> None:
        kind, side = action.kind, action.side
        if action.word == "sell" and self.only == "both":
            kind, side = "enter", "short"
        if sentence.role.startswith("exit") and kind == "enter" and action.word != "pair":
            kind = "exit"
        if kind == "enter":
            self._enter(sentence, side, conditions)
        else:
            self._leave(action, side, conditions)

    def _enter(self, sentence: Sentence, side: Side | None, conditions: list[Condition]) -> None:
        if side is None:
            self.found.sideless = True
            side = self._default_side()
        self.last_side = side
        self.line_sides.add(side)
        if not conditions:
            self.found.bare.append((side, "enter"))
            if self.found.pending:
                conditions, self.found.pending = self.found.pending, []
                self.found.entries[side].append((-sentence.line - 1, all_of(conditions)))
            return
        group = sentence.block if sentence.role.startswith("entry") or sentence.role == "setup" else -sentence.line - 1
        self.found.entries[side].append((group, all_of(conditions)))

    def _leave(self, action: Action, side: Side | None, conditions: list[Condition]) -> None:
        if not conditions:
            self.found.bare_exits += 1
            return
        condition = all_of(conditions)
        if side is None and len(self.line_sides) == 1:
            side = self.last_side
        if side is None:
            self.found.shared_exits.append(condition)
        elif action.word == "sell":
            self.found.lone_sell.append(condition)
            self.found.exits["long"].append(condition)
        else:
            self.found.exits[side].append(condition)

    def _settle_pending(self) -> None:
        """Conditions of sentences without an action filter the entries, or are the entry when there is no other."""
        found = self.found
        if not found.pending:
            return
        if self.only == "both" and not any(found.entries.values()) and (cross := _open_cross(found.pending)):
            up, down = (replace(cross, op=op) for op in ("crosses_above", "crosses_below"))
            found.entries["long"].append((0, all_of([up if rule == cross else rule for rule in found.pending])))
            found.entries["short"].append((0, all_of([down if rule == cross else rule for rule in found.pending])))
        elif any(found.entries.values()):
            found.filters += found.pending
        elif found.bare or self._order_buys():
            found.sideless = found.sideless or not found.bare
            found.bare = found.bare or [(None, "order")]
            for side, _ in dict.fromkeys(found.bare):
                found.entries[side or "long"].append((0, all_of(found.pending)))
        else:
            return
        found.pending = []

    def _order_buys(self) -> bool:
        """A limit below the price and a stop above it are orders to buy, whatever else the text says."""
        orders = [part.value for part in self.found.parts if part.field == "order" and isinstance(part.value, Mapping)]
        return any((order.get("type"), order.get("direction")) in (("limit", "<"), ("stop", ">")) for order in orders)


def _open_cross(conditions: Sequence[Condition]) -> Compare | None:
    """The cross that goes up for one side and down for the other."""
    return next((each for each in conditions if isinstance(each, Compare) and each.op == "crosses?"), None)


def _content(element: Element) -> object:
    return element.content


def entry_of(bound: Bound, side: Side) -> Condition | None:
    """All conditions of a block together; separate sentences are alternatives; filters hold for all."""
    groups: dict[int, list[Condition]] = {}
    for group, condition in bound.entries[side]:
        groups.setdefault(group, []).append(condition)
    if not groups:
        return None
    headed = [
        any_of(items) if group in bound.alternatives else all_of(items) for group, items in groups.items() if group >= 0
    ]
    said = [all_of(items) for group, items in groups.items() if group < 0]
    parts = [*headed, *([any_of(said)] if said else [])]
    return all_of([*parts, *(each for each in bound.filters if not _is_implied(each, parts))])


def _is_implied(found: Condition, parts: Sequence[Condition]) -> bool:
    """ "wait for the first 15 minutes" beside their range, which is missing until they are over."""
    match found:
        case Compare(Series(name="minutes_since_open"), ">", Num(minutes)):
            ranges = [each for part in parts for each in series_in(part) if each.name == "OPENING_RANGE"]
            return any(dict(each.params).get("minutes") == minutes for each in ranges)
        case _:
            return False
