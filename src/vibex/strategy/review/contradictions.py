"""Rules that cancel each other: conditions that are never true, or always; entries that their own exit forbids."""

from __future__ import annotations

from collections.abc import Iterator

from vibex.strategy.draft import Issue
from vibex.strategy.explain import condition_text, operand_text, voice_for
from vibex.strategy.review.evidence import Evidence
from vibex.strategy.review.possible import Conflict, Prover
from vibex.strategy.review.ranges import range_of
from vibex.strategy.spec import Compare, Condition, Not, Ref, StrategySpec
from vibex.strategy.spec.check_exits import sides
from vibex.strategy.spec.node import walk


class _Subject:
    """The strategy at hand, what can be proved about it, and how its parts are called."""

    def __init__(self, spec: StrategySpec) -> None:
        self.spec = spec
        self.prover = Prover(spec)
        self.voice = voice_for(spec, "en")

    def text(self, condition: Condition, *, inner: bool = False) -> str:
        return condition_text(condition, self.voice, inner=inner)


def contradictions(spec: StrategySpec, _: Evidence | None) -> Iterator[Issue]:
    """Errors for what can never trade or never leave, warnings for parts without effect."""
    about = _Subject(spec)
    for index, indicator in enumerate(spec.indicators):
        if indicator.when is not None:
            yield from _impossible(indicator.when, f"indicators[{index}].when", about)
    for side in sides(spec):
        entry: Condition = getattr(spec.entry, side)
        exit_: Condition | None = getattr(spec.exit, side)
        never = list(_impossible(entry, f"entry.{side}", about))
        yield from never
        if exit_ is not None:
            yield from _impossible(exit_, f"exit.{side}", about)
        if not any(issue.severity == "error" for issue in never):
            yield from _against_exit(entry, exit_, side, about)
            yield from _always(entry, side, about)
    yield from _both_sides(about)


def _impossible(condition: Condition, path: str, about: _Subject) -> Iterator[Issue]:
    """An error when `condition` is never true; otherwise a warning per comparison in it that never is."""
    conflict = about.prover.conflict_in(condition)
    if conflict is not None:
        yield Issue(severity="error", field=path, message=_why(conflict, condition, about))
        return
    negated = [at for at, node in walk(condition, path) if isinstance(node, Not)]
    for at, part in walk(condition, path):
        # Below a `not`, what is never true makes a condition that always holds: not this finding's matter.
        if not isinstance(part, Compare) or at == path or any(at.startswith(f"{each}.not") for each in negated):
            continue
        inner = about.prover.conflict_in(part)
        if inner is not None:
            why = _why(inner, part, about)
            yield Issue(severity="warning", field=at, message=f"{why}; as it stands this part has no effect")


def _why(conflict: Conflict, whole: Condition, about: _Subject) -> str:
    said = [about.text(each, inner=True) for each in conflict]
    if len(said) > 1:
        return f"these can never hold together: {'; '.join(said)}; change one of them, or join them with `any`"
    alone = about.prover.conflict_in(conflict[0]) is not None
    claim = said[0] if alone else about.text(whole)
    return "; ".join([f"it can never be that {claim}", *_ranges(conflict[0], about), "change it"])


def _ranges(condition: Condition, about: _Subject) -> Iterator[str]:
    """Where the series of an impossible comparison do lie."""
    for _, node in walk(condition, ""):
        if isinstance(node, Ref):
            low, high = range_of(node.ref, about.spec)
            name = operand_text(Ref(ref=node.ref), about.voice)
            if low is not None and high is not None:
                yield f"{name} lies between {low:g} and {high:g}"
            elif low is not None:
                yield f"{name} is never below {low:g}"


def _against_exit(entry: Condition, exit_: Condition | None, side: str, about: _Subject) -> Iterator[Issue]:
    if exit_ is not None and about.prover.implies(entry, exit_):
        yield Issue(
            severity="error",
            field=f"exit.{side}",
            message=(
                f"whenever the entry holds ({about.text(entry)}) the exit holds as well "
                f"({about.text(exit_)}), so nothing would ever be entered; move one of the two"
            ),
        )


def _always(entry: Condition, side: str, about: _Subject) -> Iterator[Issue]:
    if about.prover.conflict_in(Not.model_validate({"not": entry})) is not None:
        yield Issue(
            severity="warning",
            field=f"entry.{side}",
            message=f"the entry is always true ({about.text(entry)}): it enters whenever it is flat; "
            "correct the number if a signal was meant",
        )


def _both_sides(about: _Subject) -> Iterator[Issue]:
    """Rule 23: when both entries are true, neither is made."""
    long, short = about.spec.entry.long, about.spec.entry.short
    if long is None or short is None or about.prover.conflict_in(long) or about.prover.conflict_in(short):
        return
    for one, other, name in ((long, short, "long"), (short, long, "short")):
        if about.prover.implies(one, other):
            yield Issue(
                severity="error",
                field=f"entry.{name}",
                message=(
                    f"whenever the {name} entry holds ({about.text(one)}) the other side's does too, "
                    "and then neither is made; say which side is meant"
                ),
            )
            return
