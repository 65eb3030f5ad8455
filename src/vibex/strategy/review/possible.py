"""Can a condition ever be true? Facts that would have to hold together are followed around until they bite.

Every fact says that one quantity lies above another. A circle of such facts with one strict step in it would put a
quantity above itself, so facts that form one never hold together: RSI > 70 > 30 > RSI.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise, permutations

from vibex.analysis.indicators import complete, find
from vibex.strategy.review.ranges import Range, range_of
from vibex.strategy.review.terms import Above, Event, Fact, Term, TooManyWays, Way, ways
from vibex.strategy.spec import All, Condition, Not, StrategySpec

# Outputs and prices that never swap places, from high to low.
_BANDS = ("upper", "middle", "lower")
_BANDED = ("BBANDS", "KELTNER", "DONCHIAN", "KC", "ACCBANDS")
_BAR = (("high", ("open", "close", "hl2", "hlc3", "ohlc4", "low")), ("open", ("low",)), ("close", ("low",)))
Conflict = tuple[Condition, ...]


class Prover:
    """Proofs about the conditions of one strategy. It proves too little rather than too much: what it calls
    impossible never happens, what it does not may still never happen."""

    def __init__(self, spec: StrategySpec) -> None:
        self._spec = spec
        self._same = _aliases(spec)
        self._order = _never_swapped(spec)
        self._ranges: dict[str, Range] = {}

    def conflict_in(self, condition: Condition) -> Conflict | None:
        """Parts of `condition` that keep it from ever being true; None when it can be true, or may be."""
        try:
            found = ways(condition)
        except TooManyWays:
            found = [_surest(condition)]
        conflicts = []
        for way in found:
            conflict = self._conflict(way)
            if conflict is None:
                return None
            conflicts.append(conflict)
        return min(conflicts, key=len, default=None)

    def implies(self, first: Condition, second: Condition) -> bool:
        """Whether `second` is provably true wherever `first` is and `second` is known."""
        return self.excludes(first, Not.model_validate({"not": second}))

    def excludes(self, first: Condition, second: Condition) -> bool:
        """Whether the two are provably never true on one bar."""
        return self.conflict_in(All(all=(first, second))) is not None

    def _conflict(self, way: Way) -> Conflict | None:
        events: dict[str, Event] = {}
        for fact in way:
            if isinstance(fact, Event):
                other = events.setdefault(fact.name, fact)
                if other.holds != fact.holds:
                    return (fact.said,)
        said = [self._renamed(fact) for fact in way if isinstance(fact, Above)]
        facts = [*said, *self._known(tuple(dict.fromkeys(t for fact in said for t in (fact.high, fact.low))))]
        below: dict[Term, list[Above]] = {}
        for fact in facts:
            below.setdefault(fact.high, []).append(fact)
        circles = (_circle(fact, below) for fact in facts if fact.strict)
        return min((circle for circle in circles if circle), key=len, default=None)

    def _renamed(self, fact: Above) -> Above:
        if not self._same:
            return fact
        high, low = (_with_first_id(each, self._same) for each in (fact.high, fact.low))
        return replace(fact, high=high, low=low)

    def _range(self, base: str) -> Range:
        if base not in self._ranges:
            self._ranges[base] = range_of(base, self._spec)
        return self._ranges[base]

    def _known(self, terms: Sequence[Term]) -> list[Above]:
        """Common knowledge about `terms`: ranges, bands, the shape of a bar, multiples, the order of the numbers."""
        facts = list(self._neighbours([each for each in terms if each.value is None]))
        for each in terms:
            if each.value is None and each.times == 1:
                low, high = self._range(each.base)
                if low is not None:
                    facts.append(Above(each, Term(value=low), False))
                if high is not None:
                    facts.append(Above(Term(value=high), each, False))
        named = {t.value for fact in facts for t in (fact.high, fact.low)} | {t.value for t in terms}
        numbers = sorted(value for value in named if value is not None)
        return facts + [Above(Term(value=b), Term(value=a), True) for a, b in pairwise(numbers)]

    def _neighbours(self, series: Sequence[Term]) -> Iterator[Above]:
        for one, other in permutations(series, 2):
            if one.lag != other.lag:
                continue
            if one.times == other.times == 1 and (one.base, other.base) in self._order:
                yield Above(one, other, False)
            if one.base == other.base and one.times > other.times and self._range(one.base)[0] == 0:
                yield Above(one, other, False)


def _surest(condition: Condition) -> Way:
    """What holds in every way of a condition with too many: the parts of its `all` that leave no choice."""
    facts: list[Fact] = []
    for part in condition.of if isinstance(condition, All) else ():
        try:
            found = ways(part)
        except TooManyWays:
            found = [_surest(part)]
        facts += found[0] if len(found) == 1 else ()
    return tuple(facts)


def _never_swapped(spec: StrategySpec) -> frozenset[tuple[str, str]]:
    """Pairs of series of which the first is never below the second. A negative width turns bands around."""
    banded = [each.id for each in spec.indicators if each.name in _BANDED and min(each.params.values(), default=0) >= 0]
    lines = [pair for id_ in banded for pair in combinations([f"{id_}.{name}" for name in _BANDS], 2)]
    return frozenset([*lines, *((high, low) for high, lows in _BAR for low in lows)])


def _aliases(spec: StrategySpec) -> dict[str, str]:
    """Ids of indicators that compute what an earlier one computes, with the earlier id."""
    first: dict[str, str] = {}
    found: dict[str, str] = {}
    for each in spec.indicators:
        params = sorted(complete(find(each.name), each.params).items())
        rest = each.model_dump_json(exclude={"id", "params"}, exclude_defaults=True)
        known = first.setdefault(f"{params} {rest}", each.id)
        if known != each.id:
            found[each.id] = known
    return found


def _with_first_id(each: Term, same: dict[str, str]) -> Term:
    head, dot, output = each.base.partition(".")
    return replace(each, base=f"{same[head]}{dot}{output}") if head in same else each


def _circle(start: Above, below: dict[Term, list[Above]]) -> Conflict | None:
    """What was said along the shortest way from `start.low` back up to `start.high`; None when there is none."""
    came: dict[Term, Above | None] = {start.low: None}
    pending = deque([start.low])
    while pending:
        here = pending.popleft()
        if here == start.high:
            break
        for fact in below.get(here, ()):
            if fact.low not in came:
                came[fact.low] = fact
                pending.append(fact.low)
    if start.high not in came:
        return None
    parts = [start.said]
    step = came[start.high]
    while step is not None:
        parts.append(step.said)
        step = came[step.high]
    unique: list[Condition] = []
    for part in reversed(parts):
        if part is not None and part not in unique:
            unique.append(part)
    return tuple(unique) or None
