"""Rules that cancel each other: conditions that are never true, or always; entries that their own exit forbids."""

from __future__ import annotations

from collections.abc import Iterator

from vibex.strategy.draft import Issue
from vibex.strategy.explain import Voice, condition_text, operand_text, voice_for
from vibex.strategy.review.evidence import Evidence
from vibex.strategy.review.possible import Conflict, conflict_in, implies
from vibex.strategy.review.ranges import range_of
from vibex.strategy.spec import Compare, Condition, Not, Ref, StrategySpec
from vibex.strategy.spec.check_exits import sides
from vibex.strategy.spec.node import walk


def contradictions(spec: StrategySpec, _: Evidence | None) -> Iterator[Issue]:
    """Errors for what can never trade or never leave, warnings for parts without effect."""
    voice = voice_for(spec, "en")
    for index, indicator in enumerate(spec.indicators):
        if indicator.when is not None:
            yield from _impossible(indicator.when, f"indicators[{index}].when", spec, voice)
    for side in sides(spec):
        entry: Condition = getattr(spec.entry, side)
        exit_: Condition | None = getattr(spec.exit, side)
        never = list(_impossible(entry, f"entry.{side}", spec, voice))
        yield from never
        if exit_ is not None:
            yield from _impossible(exit_, f"exit.{side}", spec, voice)
        if not any(issue.severity == "error" for issue in never):
            yield from _against_exit(entry, exit_, side, spec, voice)
            yield from _always(entry, side, spec, voice)
    yield from _both_sides(spec, voice)


def _impossible(condition: Condition, path: str, spec: StrategySpec, voice: Voice) -> Iterator[Issue]:
    """An error when `condition` is never true; otherwise a warning per comparison in it that never is."""
    conflict = conflict_in(condition, spec)
    if conflict is not None:
        yield Issue(severity="error", field=path, message=_why(conflict, condition, spec, voice))
        return
    negated = [at for at, node in walk(condition, path) if isinstance(node, Not)]
    for at, part in walk(condition, path):
        # Below a `not`, what is never true makes a condition that always holds: not this finding's matter.
        if not isinstance(part, Compare) or at == path or any(at.startswith(f"{each}.not") for each in negated):
            continue
        inner = conflict_in(part, spec)
        if inner is not None:
            why = _why(inner, part, spec, voice)
            yield Issue(severity="warning", field=at, message=f"{why}; as it stands this part has no effect")


def _why(conflict: Conflict, whole: Condition, spec: StrategySpec, voice: Voice) -> str:
    said = [condition_text(each, voice, inner=True) for each in conflict]
    if len(said) > 1:
        return f"these can never hold together: {'; '.join(said)}; change one of them, or join them with `any`"
    alone = conflict_in(conflict[0], spec) is not None
    claim = said[0] if alone else condition_text(whole, voice)
    return "; ".join([f"it can never be that {claim}", *_ranges(conflict[0], spec, voice), "change it"])


def _ranges(condition: Condition, spec: StrategySpec, voice: Voice) -> Iterator[str]:
    """Where the series of an impossible comparison do lie."""
    for _, node in walk(condition, ""):
        if isinstance(node, Ref):
            low, high = range_of(node.ref, spec)
            name = operand_text(Ref(ref=node.ref), voice)
            if low is not None and high is not None:
                yield f"{name} lies between {low:g} and {high:g}"
            elif low is not None:
                yield f"{name} is never below {low:g}"


def _against_exit(
    entry: Condition, exit_: Condition | None, side: str, spec: StrategySpec, voice: Voice
) -> Iterator[Issue]:
    if exit_ is not None and implies(entry, exit_, spec):
        yield Issue(
            severity="error",
            field=f"exit.{side}",
            message=(
                f"whenever the entry holds ({condition_text(entry, voice)}) the exit holds as well "
                f"({condition_text(exit_, voice)}), so nothing would ever be entered; move one of the two"
            ),
        )


def _always(entry: Condition, side: str, spec: StrategySpec, voice: Voice) -> Iterator[Issue]:
    if conflict_in(Not.model_validate({"not": entry}), spec) is not None:
        yield Issue(
            severity="warning",
            field=f"entry.{side}",
            message=f"the entry is always true ({condition_text(entry, voice)}): it enters whenever it is flat; "
            "correct the number if a signal was meant",
        )


def _both_sides(spec: StrategySpec, voice: Voice) -> Iterator[Issue]:
    """Rule 23: when both entries are true, neither is made."""
    long, short = spec.entry.long, spec.entry.short
    if long is None or short is None or conflict_in(long, spec) or conflict_in(short, spec):
        return
    for one, other, name in ((long, short, "long"), (short, long, "short")):
        if implies(one, other, spec):
            yield Issue(
                severity="error",
                field=f"entry.{name}",
                message=(
                    f"whenever the {name} entry holds ({condition_text(one, voice)}) the other side's does too, "
                    "and then neither is made; say which side is meant"
                ),
            )
            return
