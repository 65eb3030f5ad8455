"""`sanitize`: from any text to judged decisions and an outcome; the worst that applies wins, and nothing raises."""

from __future__ import annotations

from vibex.agent.sanitize.broken_json import Unreadable
from vibex.agent.sanitize.contract import JudgedDecision, Outcome, Sanitized, SanitizeInput, hold
from vibex.agent.sanitize.finding import find_value
from vibex.agent.sanitize.forms import Form, read_form
from vibex.agent.sanitize.judging import Judge, Judgement
from vibex.agent.sanitize.redaction import redact
from vibex.agent.sanitize.unwrapping import decision_items

MOST_BYTES = 1 << 20
"""UTF-8 bytes of an answer; a longer one is not read."""

_MARK = "\ufeff"


def sanitize(text: str, given: SanitizeInput) -> Sanitized:
    """What becomes of a model's `text` for the account `given`. Total: any text has a result.

    An exposure cap and wrong sides are judged in the order of the decisions, nothing is clamped. Reasons and repairs
    quote nothing of the text but assets, which are plain words of at most 20 characters.
    """
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "replace")) > MOST_BYTES:
        return _fallback(given, "it is over 1 MB")
    repairs: dict[str, None] = {}
    if text.startswith(_MARK):
        repairs.setdefault("byte-order mark")
        text = text.lstrip(_MARK)
    try:
        value, found = find_value(text)
        repairs.update(dict.fromkeys(found))
        items = decision_items(value, repairs)
    except Unreadable as fault:
        return _fallback(given, str(fault))
    work = _Answer(given, repairs)
    for asset, forms in work.by_asset([read_form(item, given.secrets) for item in items]).items():
        work.take(asset, forms)
    return work.result()


class _Answer:
    """The decisions of one answer on their way to the result."""

    def __init__(self, given: SanitizeInput, repairs: dict[str, None]) -> None:
        self._given = given
        self._judge = Judge(given)
        self._repairs = repairs
        self._reasons: list[str] = []
        self._decisions: list[JudgedDecision] = []
        self._assets = {asset.upper(): asset for asset in given.assets}

    def by_asset(self, forms: list[Form]) -> dict[str, list[Form]]:
        """The forms under the account's name of their asset, in the order in which assets were first named.

        An asset that the account does not have keeps its own name; what names none is refused here.
        """
        grouped: dict[str, list[Form]] = {}
        for number, form in enumerate(forms, start=1):
            if form.asset is None:
                self._reasons.append(f"decision {number}: its asset is none of {', '.join(self._given.assets)}")
                continue
            asset = self._assets.get(form.asset.upper(), form.asset)
            if asset in self._given.assets and asset != form.asset:
                self._note(asset, ["letter case of the asset"])
            grouped.setdefault(asset, []).append(form)
        return grouped

    def take(self, asset: str, forms: list[Form]) -> None:
        """Judge what was said about one asset."""
        first = forms[0]
        if asset not in self._given.assets:
            self._refuse(hold(redact(asset, self._given.secrets)), "it is none of the account's assets")
            return
        for form in forms:
            self._note(asset, form.repairs)
        if any(_said(form) != _said(first) for form in forms):
            self._refuse(hold(asset), "its decisions are duplicates that conflict")
            return
        if len(forms) > 1:
            self._note(asset, ["identical duplicates"])
        judged: Judgement = self._judge.judge(asset, first)
        self._note(asset, judged.overlooked)
        if judged.refused:
            self._refuse(judged.decision, *judged.refused)
        else:
            self._decisions.append(judged.decision)

    def result(self) -> Sanitized:
        outcome = Outcome.REPAIR if self._repairs else Outcome.ACCEPT
        if self._reasons:
            outcome = outcome.or_worse(Outcome.REJECT_DECISION)
        return Sanitized(
            outcome=outcome,
            decisions=tuple(self._decisions),
            reasons=tuple(self._reasons),
            repairs=tuple(self._repairs),
        )

    def _note(self, asset: str, repairs: tuple[str, ...] | list[str]) -> None:
        self._repairs.update((f"{asset}: {repair}", None) for repair in repairs)

    def _refuse(self, decision: JudgedDecision, *why: str) -> None:
        self._decisions.append(decision)
        self._reasons += [f"{decision.asset}: {clause}" for clause in why]


def _said(form: Form) -> tuple[object, ...]:
    """What makes two decisions about one asset identical."""
    return (
        form.action,
        form.amount,
        form.target,
        form.stop,
        form.exit_plan,
        form.rationale,
        form.repeated,
    )


def _fallback(given: SanitizeInput, why: str) -> Sanitized:
    return Sanitized(
        outcome=Outcome.FALLBACK_HOLD,
        decisions=tuple(hold(asset) for asset in given.assets),
        reasons=tuple(f"{asset}: the answer cannot be used: {why}" for asset in given.assets),
        repairs=(),
    )
