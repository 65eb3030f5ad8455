"""From a model's answer to a draft, and to what the model is asked to correct."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from vibex.domain import InvalidInput, JsonValue, Market
from vibex.strategy.author.answer import ModelAnswer
from vibex.strategy.author.edits import settled
from vibex.strategy.author.facts import Ground, compare, covers, market_of
from vibex.strategy.author.plain import plain
from vibex.strategy.author.request import Request
from vibex.strategy.draft import Draft, Issue, Option, Reading
from vibex.strategy.drafting import draft
from vibex.strategy.drafting.figures import NOTES
from vibex.strategy.drafting.parts import value_at

_PATH = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+|\[\d{1,3}\]){0,8}")
_REFUSABLE = ("stop_loss", "take_profit", "trailing_stop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """`reading` is the answer in the form of a reading, `draft` what becomes of it.

    `findings` is what the model shall correct; empty where it has refused or asked, which is an answer.
    """

    reading: Reading
    draft: Draft
    findings: tuple[Issue, ...]


def judge(answer: ModelAnswer, request: Request) -> Judged:
    """Check the form, the facts and the strategy of an answer."""
    problems = _problems(answer)
    question = answer.question
    if question is not None and question.text.strip() and request.may_ask:
        text = plain(question.text).rstrip(" .。?？!") + "?"
        readings = tuple(plain(each) for each in question.readings if plain(each))
        options = tuple(Option(label=each, text=each, completes=True) for each in readings) if len(readings) > 1 else ()
        asked = Issue(severity="error", field=_field(question.field), message=text, options=options)
        return _said(request, (asked,))
    blocking = tuple(issue for issue in problems if issue.severity == "error")
    if blocking:
        return _said(request, problems)
    if answer.spec is None:
        return _without_strategy(answer, request, problems)
    partial, assumed = _partial(answer, request)
    issues = (*_about_the_text(request), *problems, *compare(partial, _ground(request), assumed))
    reading = Reading(
        text=request.text,
        language=request.reading.language,
        partial=partial,
        refused=_refused(answer, request),
        facts=request.reading.facts,
        issues=issues,
    )
    made = draft(reading)
    errors = [issue for issue in made.issues if issue.severity == "error"]
    given = (*_about_the_text(request), *problems)
    doubts = [issue for issue in issues if issue.severity == "warning" and issue not in given]
    return Judged(reading=reading, draft=made, findings=(*errors, *doubts))


def _without_strategy(answer: ModelAnswer, request: Request, problems: tuple[Issue, ...]) -> Judged:
    if answer.intent == "question":
        message = "this is a question, not a strategy: say what to trade and when to buy or sell"
        return _said(request, (Issue(severity="error", field="text", message=message),))
    error = Issue(severity="error", field="spec", message="there is neither a strategy, nor a question, nor a problem")
    judged = _said(request, (error, *problems))
    return replace(judged, findings=(error,))


def _said(request: Request, issues: tuple[Issue, ...]) -> Judged:
    """A draft without a strategy for the reasons that the model gave."""
    reading = Reading(
        text=request.text, language=request.reading.language, partial=None, refused=frozenset(), facts=(), issues=issues
    )
    return Judged(reading=reading, draft=draft(reading), findings=())


def _problems(answer: ModelAnswer) -> tuple[Issue, ...]:
    return tuple(
        Issue(
            severity="error" if each.blocking else "warning",
            field=_field(each.field),
            message=plain(each.message) or "the model sees a problem here and does not say which",
        )
        for each in answer.problems
    )


def _about_the_text(request: Request) -> tuple[Issue, ...]:
    """What the reader holds against the text as such, instructions in it for example: no reason to refuse what a
    model has understood, and worth knowing."""
    return tuple(
        replace(issue, severity="warning")
        for issue in request.reading.issues
        if issue.field == "text" and issue.severity == "error"
    )


def _field(path: str) -> str:
    return path if _PATH.fullmatch(path) else "text"


def _refused(answer: ModelAnswer, request: Request) -> frozenset[str]:
    """Fields that stay empty: ruled out in the words, or absent from the strategy that is being changed."""
    refused = request.reading.refused | {field for field in answer.refused if field in _REFUSABLE}
    if request.current is not None and request.current.stop_loss is None:
        refused |= {"stop_loss"}
    return refused


def _ground(request: Request) -> Ground:
    partial = request.reading.partial
    return Ground(
        facts=request.reading.facts,
        partial=partial,
        is_complete=partial is not None and all(issue.severity == "info" for issue in request.reading.issues),
        text=request.text,
        doubts=frozenset(issue.field for issue in request.reading.issues),
        current=None if request.current is None else request.current.to_json_dict(),
    )


def _partial(answer: ModelAnswer, request: Request) -> tuple[dict[str, JsonValue], tuple[str, ...]]:
    """The strategy of the answer as fields that were said, with assumptions that hold; and their paths.

    No text of the model gets into it but the reasons of assumptions, in plain words.
    """
    spec: dict[str, JsonValue] = {
        key: value for key, value in (answer.spec or {}).items() if key not in NOTES and value is not None
    }
    archetype = (answer.spec or {}).get("archetype")
    if archetype is not None:
        spec["archetype"] = archetype
    _spell(spec)
    reasons = {
        each.field: plain(each.reason) or "the model gives no reason"
        for each in answer.assumptions
        if _PATH.fullmatch(each.field) and value_at(spec, each.field) is not None
    }
    kept = _kept(spec, request, tuple(reasons))
    spec["assumptions"] = [
        *kept,
        *({"field": path, "value": value_at(spec, path), "reason": reason} for path, reason in reasons.items()),
    ]
    return spec, (*reasons, *(str(value_at(each, "field")) for each in kept))


def _kept(spec: dict[str, JsonValue], request: Request, told: Sequence[str]) -> list[JsonValue]:
    """Assumptions of the strategy before that the change has left as they were; its name comes along as well."""
    if request.current is None:
        return []
    kept = settled(request.current, {**spec, "name": request.current.name})
    if "name" in kept:
        spec["name"] = kept["name"]
    before = kept["assumptions"]
    return [
        each
        for each in (before if isinstance(before, list) else [])
        if not any(covers(path, str(value_at(each, "field"))) for path in told)
    ]


def _spell(spec: dict[str, JsonValue]) -> None:
    """Symbols in their one spelling, where they are symbols of the market."""
    from vibex.market.symbols import canonical_symbol

    symbols = spec.get("symbols")
    if not isinstance(symbols, list):
        return
    try:
        market = Market(str(spec.get("market") or market_of(spec)))
        spec["symbols"] = [canonical_symbol(str(each), market) for each in symbols]
    except (InvalidInput, ValueError):
        return  # the checks of the strategy say which symbol is wrong
