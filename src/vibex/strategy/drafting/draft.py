"""From what was read to a strategy: fill the gaps, check, review, explain. Or to a refusal that says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from vibex.domain import InvalidInput, InvalidSpec, JsonValue
from vibex.strategy.draft import CUSTOMARY, Draft, Issue, Language, Reading
from vibex.strategy.drafting.customary import customary
from vibex.strategy.drafting.defaults import fill
from vibex.strategy.explain import Voice, explain, metadata_of
from vibex.strategy.review import Evidence, in_order, measured_frequency, review
from vibex.strategy.spec import Assumption, StrategySpec, parse_spec

Measure = Callable[[StrategySpec], Evidence | None]
"""Runs a strategy on the data at hand; None when there is none for it."""


def draft(reading: Reading, measure: Measure | None = None) -> Draft:
    """The draft output for `reading`: a strategy and its findings, or no strategy and at least one error.

    Any error refuses: of the reader, of the contract's checks, or of the review. `measure` is asked only about
    a strategy that the reader and the checks let pass.
    """
    asked = tuple(replace(issue, field=issue.field or "text") for issue in reading.issues if not _is_assumed(issue))
    refused = any(issue.severity == "error" for issue in asked)
    spec, found = _checked(reading)
    if spec is not None:
        evidence = measure(spec) if measure is not None and not refused else None
        spec = _with_notes(spec, reading.language, evidence)
        found = tuple(issue for issue in review(spec, evidence, reading.language) if not _is_settled(issue, reading))
    issues = in_order([*asked, *found])
    if any(issue.severity == "error" for issue in issues) or spec is None:
        # Suggestions for a strategy that is not made would only hide what is in its way.
        issues = tuple(issue for issue in issues if issue.severity != "info" or issue in asked)
        return Draft(spec=None, issues=issues, explanation=_refusal(issues, spec, reading.language))
    return Draft(spec=spec, issues=issues, explanation=explain(spec, reading.language))


def _checked(reading: Reading) -> tuple[StrategySpec | None, tuple[Issue, ...]]:
    """The filled strategy, or what keeps it from being one."""
    voice = Voice(language=reading.language)
    refused_by_reader = any(issue.severity == "error" for issue in reading.issues)
    if reading.partial is None:
        return None, () if refused_by_reader else (_error("text", voice.say("ask.rule")),)
    missing = tuple(_missing(reading.partial, voice))
    if missing:
        # One question at a time: the reader's comes first.
        return None, () if refused_by_reader else missing[:1]
    filled, _ = fill(reading.partial, reading.refused, reading.language)
    try:
        spec = parse_spec(filled)
    except InvalidSpec as error:
        return None, tuple(_error(issue.field or "spec", issue.message) for issue in error.issues)
    except InvalidInput as error:
        return None, (_error(error.field or "spec", error.message),)
    if "assumptions" in reading.partial:  # a change, or a model's strategy, has owned up already
        return spec, ()
    made = customary(reading.partial, reading.facts, reading.language)
    owned = tuple(Assumption.model_validate(each) for each in made)
    return spec.model_copy(update={"assumptions": (*owned, *spec.assumptions)}), ()


def _missing(partial: Mapping[str, JsonValue], voice: Voice) -> Iterator[Issue]:
    """What nobody but the user can say."""
    if not _has_side(partial.get("entry")):
        key = "ask.entry_beside_exit" if _has_side(partial.get("exit")) else "ask.entry"
        yield _error("entry", voice.say(key))
    if not partial.get("symbols"):
        yield _error("symbols", voice.say("ask.symbols"))


def _has_side(rules: JsonValue) -> bool:
    return isinstance(rules, dict) and any(rules.get(side) is not None for side in ("long", "short"))


def _with_notes(spec: StrategySpec, language: Language, evidence: Evidence | None) -> StrategySpec:
    notes = metadata_of(spec, language, measured_frequency(evidence, language))
    return spec.model_copy(update={"metadata": notes})


def _is_assumed(issue: Issue) -> bool:
    """What the reader took in its customary meaning stands among the assumptions, with its place and value."""
    return issue.code == CUSTOMARY


def _is_settled(issue: Issue, reading: Reading) -> bool:
    """A suggestion about something that the user ruled out."""
    return issue.severity == "info" and issue.field in reading.refused


def _refusal(issues: tuple[Issue, ...], spec: StrategySpec | None, language: Language) -> str:
    voice = Voice(language=language)
    errors = [issue for issue in issues if issue.severity == "error"]
    lines = [voice.say("no_strategy"), "", voice.say("head.findings")]
    lines += [voice.say("bullet", text=f"{issue.field}{voice.say('colon')}{issue.message}") for issue in errors]
    if spec is not None:
        lines += ["", voice.say("head.understood"), explain(spec, language)]
    return "\n".join(lines)


def _error(field: str, message: str) -> Issue:
    return Issue(severity="error", field=field, message=message)
