"""Rules that cancel each other: conditions that are never true, or always; entries that their own exit forbids."""

from __future__ import annotations

from collections.abc import Iterator

from vibex.strategy.draft import Issue
from vibex.strategy.explain import operand_text
from vibex.strategy.review.possible import Conflict
from vibex.strategy.review.ranges import range_of
from vibex.strategy.review.subject import Subject
from vibex.strategy.spec import Compare, Condition, Not, Ref
from vibex.strategy.spec.check_exits import sides
from vibex.strategy.spec.node import walk


def contradictions(about: Subject) -> Iterator[Issue]:
    """Errors for what can never trade or never leave, warnings for parts without effect."""
    spec = about.spec
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


def _impossible(condition: Condition, path: str, about: Subject) -> Iterator[Issue]:
    """An error when `condition` is never true; otherwise a warning per comparison in it that never is."""
    conflict = about.prover.conflict_in(condition)
    if conflict is not None:
        code, parts = _why(conflict, condition, about)
        yield about.finding("error", code, path, **parts)
        return
    negated = [at for at, node in walk(condition, path) if isinstance(node, Not)]
    for at, part in walk(condition, path):
        # Below a `not`, what is never true makes a condition that always holds: not this finding's matter.
        if not isinstance(part, Compare) or at == path or any(at.startswith(f"{each}.not") for each in negated):
            continue
        inner = about.prover.conflict_in(part)
        if inner is not None:
            code, parts = _why(inner, part, about)
            yield about.finding("warning", "no_effect", at, why=about.say(code, **parts))


def _why(conflict: Conflict, whole: Condition, about: Subject) -> tuple[str, dict[str, str]]:
    """The code of why `whole` is never true, and what it is filled with."""
    said = [about.text(each, inner=True) for each in conflict]
    if len(said) > 1:
        return "never_together", {"rules": "; ".join(said)}
    alone = about.prover.conflict_in(conflict[0]) is not None
    claim = said[0] if alone else about.text(whole)
    return "never", {"rule": "; ".join([claim, *_ranges(conflict[0], about), about.say("never.remedy")])}


def _ranges(condition: Condition, about: Subject) -> Iterator[str]:
    """Where the series of an impossible comparison do lie."""
    for _, node in walk(condition, ""):
        if isinstance(node, Ref):
            low, high = range_of(node.ref, about.spec)
            name = operand_text(Ref(ref=node.ref), about.voice)
            if low is not None and high is not None:
                yield about.say("never.bounds", name=name, low=f"{low:g}", high=f"{high:g}")
            elif low is not None:
                yield about.say("never.floor", name=name, low=f"{low:g}")


def _against_exit(entry: Condition, exit_: Condition | None, side: str, about: Subject) -> Iterator[Issue]:
    if exit_ is not None and about.prover.implies(entry, exit_):
        yield about.finding(
            "error", "exit_holds_at_entry", f"exit.{side}", entry=about.text(entry), exit=about.text(exit_)
        )


def _always(entry: Condition, side: str, about: Subject) -> Iterator[Issue]:
    if about.prover.conflict_in(Not.model_validate({"not": entry})) is not None:
        yield about.finding("warning", "always", f"entry.{side}", entry=about.text(entry))


def _both_sides(about: Subject) -> Iterator[Issue]:
    """Rule 23: when both entries are true, neither is made."""
    long, short = about.spec.entry.long, about.spec.entry.short
    if long is None or short is None or about.prover.conflict_in(long) or about.prover.conflict_in(short):
        return
    for one, other, name in ((long, short, "long"), (short, long, "short")):
        if about.prover.implies(one, other):
            yield about.finding("error", "both_sides", f"entry.{name}", side=about.side(name), entry=about.text(one))
            return
