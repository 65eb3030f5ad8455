"""Can a condition ever be true? Facts that would have to hold together are followed around until they bite.

Every fact says that one quantity lies above another. A circle of such facts with one strict step in it would put a
quantity above itself, so facts that form one never hold together: RSI > 70 > 30 > RSI.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, pairwise

from vibex.analysis.indicators import complete, find
from vibex.strategy.review.ranges import range_of
from vibex.strategy.review.terms import Above, Event, Term, TooManyWays, Way, ways
from vibex.strategy.spec import All, Condition, Not, StrategySpec

# Outputs and prices that never swap places, from high to low.
_BANDS = ("upper", "middle", "lower")
_BANDED = ("BBANDS", "KELTNER", "DONCHIAN", "KC", "ACCBANDS")
_BAR = (("high", ("open", "close", "hl2", "hlc3", "ohlc4", "low")), ("open", ("low",)), ("close", ("low",)))
Conflict = tuple[Condition, ...]


def conflict_in(condition: Condition, spec: StrategySpec) -> Conflict | None:
    """Parts of `condition` that keep it from ever being true, the first such found; None when it can be true."""
    try:
        found = ways(condition)
    except TooManyWays:
        return None
    conflicts = []
    for way in found:
        conflict = _conflict(way, spec)
        if conflict is None:
            return None
        conflicts.append(conflict)
    return min(conflicts, key=len, default=None)


def both(first: Condition, second: Condition) -> Condition:
    """`first` and `second`."""
    return All(all=(first, second))


def implies(first: Condition, second: Condition, spec: StrategySpec) -> bool:
    """Whether `second` is provably true wherever `first` is and `second` is known."""
    return conflict_in(both(first, Not.model_validate({"not": second})), spec) is not None


def _conflict(way: Way, spec: StrategySpec) -> Conflict | None:
    events: dict[str, Event] = {}
    for fact in way:
        if isinstance(fact, Event):
            other = events.setdefault(fact.name, fact)
            if other.holds != fact.holds:
                return (fact.said,)
    same = _aliases(spec)
    said = [_renamed(fact, same) for fact in way if isinstance(fact, Above)]
    facts = [*said, *_known(tuple(dict.fromkeys(t for fact in said for t in (fact.high, fact.low))), spec)]
    below: dict[Term, list[Above]] = {}
    for fact in facts:
        below.setdefault(fact.high, []).append(fact)
    circles = (_circle(fact, below) for fact in facts if fact.strict)
    found = [circle for circle in circles if circle]
    return min(found, key=len) if found else None


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


def _renamed(fact: Above, same: dict[str, str]) -> Above:
    return replace(fact, high=_with_first_id(fact.high, same), low=_with_first_id(fact.low, same)) if same else fact


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


def _known(terms: Sequence[Term], spec: StrategySpec) -> list[Above]:
    """Common knowledge about `terms`: ranges, bands, the shape of a bar, multiples, the order of the numbers."""
    facts: list[Above] = []
    for each in terms:
        if each.value is None and each.times == 1:
            low, high = range_of(each.base, spec)
            if low is not None:
                facts.append(Above(each, Term(value=low), False))
            if high is not None:
                facts.append(Above(Term(value=high), each, False))
    facts += _neighbours(terms, spec)
    numbers = sorted(
        {t.value for fact in facts for t in (fact.high, fact.low) if t.value is not None}
        | {t.value for t in terms if t.value is not None}
    )
    facts += [Above(Term(value=b), Term(value=a), True) for a, b in pairwise(numbers)]
    return facts


def _neighbours(terms: Sequence[Term], spec: StrategySpec) -> Iterator[Above]:
    order = _order_of_bases(spec)
    for one in terms:
        for other in terms:
            if one.value is not None or other.value is not None or one.lag != other.lag:
                continue
            if one.times == other.times == 1 and (one.base, other.base) in order:
                yield Above(one, other, False)
            positive = one.base == other.base and range_of(one.base, spec)[0] == 0
            if positive and one.times > other.times:
                yield Above(one, other, False)


@lru_cache(maxsize=16)
def _order_of(ids: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    pairs = {(high, low) for high, lows in _BAR for low in lows}
    for id_ in ids:
        pairs |= set(combinations((f"{id_}.{name}" for name in _BANDS), 2))
    return frozenset(pairs)


def _order_of_bases(spec: StrategySpec) -> frozenset[tuple[str, str]]:
    """Pairs of series of which the first is never below the second."""
    # A negative width turns the bands around.
    banded = [each.id for each in spec.indicators if each.name in _BANDED and min(each.params.values(), default=0) >= 0]
    return _order_of(tuple(banded))
