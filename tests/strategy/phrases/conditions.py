"""One text for every way to write the same condition; a condition of the corpus may allow several of them.

`{"one_of": [A, B]}` anywhere, or a list of operators in a comparison, are readings that are equally right.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

from tests.strategy.phrases.algebra import Fraction, leading, poly_text
from tests.strategy.phrases.operands import Reader

Json = Any
_MIRROR = {"<": ">", "<=": ">=", "crosses_below": "crosses_above"}
_TURNED = _MIRROR | {after: before for before, after in _MIRROR.items()}
_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
_OTHER_WORD = {"all": "any", "any": "all"}


@dataclass(frozen=True, slots=True)
class Group:
    """`all` or `any` of several different parts, none of which is a group of the same word."""

    word: str
    parts: frozenset[str]

    def __str__(self) -> str:
        return f"{self.word}[{' ; '.join(sorted(self.parts))}]"


def alternatives(condition: Json, reader: Reader) -> frozenset[str]:
    """The texts of every reading that `condition` allows; a spec's condition has exactly one."""
    return frozenset(str(form) for form in _forms(condition, reader, negated=False))


def _forms(condition: Json, reader: Reader, *, negated: bool) -> frozenset[str | Group]:
    match condition:
        case {"one_of": members}:
            return frozenset().union(*(_forms(each, reader, negated=negated) for each in members))
        case {"all": members} | {"any": members}:
            word = "all" if "all" in condition else "any"
            return _joined(_OTHER_WORD[word] if negated else word, members, reader, negated)
        case {"not": inner}:
            return _forms(inner, reader, negated=not negated)
        case {"at_least": count, "of": members} if count in (1, len(members)):
            return _forms({"any" if count == 1 else "all": members}, reader, negated=negated)
        case {"at_least": count, "of": members}:
            votes = product(*(sorted(alternatives(each, reader)) for each in members))
            return _maybe_not({f"at_least({count}: {' ; '.join(sorted(each))})" for each in votes}, negated)
        case {"left": left, "op": op, "right": right}:
            ops = op if isinstance(op, list) else [op]
            return frozenset().union(*(_comparison(left, each, right, reader, negated) for each in ops))
        case {"clock": [start, end], "zone": zone}:
            return _maybe_not({f"clock({start}, {end}, {zone})"}, negated)
        case {"dates": [first, last]}:
            return _maybe_not({f"dates({first}, {last})"}, negated)
    return _over_bars(condition, reader, negated)


def _over_bars(condition: Json, reader: Reader, negated: bool) -> frozenset[str | Group]:
    match condition:
        case {"within": 1, "of": inner} | {"for": 1, "of": inner}:
            return _forms(inner, reader, negated=negated)
        case {"for": bars, "of": {"all": members}}:
            return _forms({"all": [{"for": bars, "of": each} for each in members]}, reader, negated=negated)
        case {"for": bars, "of": inner}:
            return _maybe_not({f"for({bars}: {each})" for each in alternatives(inner, reader)}, negated)
        case {"within": bars, "of": inner}:
            times = condition.get("times", 1)
            return _maybe_not({f"within({bars}, {times}: {each})" for each in alternatives(inner, reader)}, negated)
    raise ValueError(f"not a condition: {condition!r}")


def _joined(word: str, members: list[Json], reader: Reader, negated: bool) -> frozenset[str | Group]:
    """The group in every combination that its members allow."""
    found: set[str | Group] = set()
    for forms in product(*(sorted(_forms(each, reader, negated=negated), key=str) for each in members)):
        parts: set[str] = set()
        for form in forms:
            parts |= form.parts if isinstance(form, Group) and form.word == word else {str(form)}
        found.add(next(iter(forms)) if len(parts) == 1 else Group(word, frozenset(parts)))
    return frozenset(found)


def _maybe_not(texts: set[str], negated: bool) -> frozenset[str | Group]:
    return frozenset(f"not({text})" for text in texts) if negated else frozenset(texts)


def _comparison(left: Json, op: str, right: Json, reader: Reader, negated: bool) -> frozenset[str | Group]:
    if op in ("rising", "falling"):
        return _steps(left, op, int(right), reader, negated)
    if negated and op in _OPPOSITE:
        op, negated = _OPPOSITE[op], False
    return _maybe_not({_compared(reader.operand(left), op, reader.operand(right))}, negated)


def _steps(left: Json, op: str, bars: int, reader: Reader, negated: bool) -> frozenset[str | Group]:
    """Rising n: on each of the last n bars the value is above the one before."""
    now = reader.operand(left)
    said = ">" if op == "rising" else "<"
    if bars == 1:
        return frozenset({_compared(now, _OPPOSITE[said] if negated else said, now.shifted(1))})
    return _maybe_not({f"for({bars}: {_compared(now, said, now.shifted(1))})"}, negated)


def _compared(left: Fraction, op: str, right: Fraction) -> str:
    """`a > b` and `b < a` alike, every positive multiple of the same inequality alike."""
    if left.as_number() is not None and op != "==":
        left, op, right = right, _TURNED[op], left
    known = _sign_only(left, op, right)
    if known:
        return known
    if op in _MIRROR:
        op, left, right = _MIRROR[op], right, left
    poly = (left - right).num
    scale = leading(poly)
    return f"{poly_text(poly, scale if op == '==' else abs(scale))} {op} 0"


def _sign_only(left: Fraction, op: str, right: Fraction) -> str | None:
    """A candlestick pattern (−100, 0, 100) or a direction (−1, 1) against a number: only the sign can be meant."""
    series, bound = left.as_series(), right.as_number()
    if series is None or bound is None:
        return None
    is_direction = series.output == "direction"
    if not is_direction and not series.name.startswith("CDL"):
        return None
    most, least = (1.0, -1.0) if is_direction else (100.0, 0.0)
    above = {">": least <= bound < most, ">=": least < bound <= most, "==": bound == most}
    below = {"<": -most < bound <= -least, "<=": -most <= bound < -least, "==": bound == -most}
    crosses = {"crosses_above": least <= bound < most, "crosses_below": -most < bound <= -least}
    if crosses.get(op):
        return f"{series} {op} zero"
    return f"{series} above zero" if above.get(op) else f"{series} below zero" if below.get(op) else None
