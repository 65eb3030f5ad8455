"""The author: asks a model, checks what it answers, lets it correct itself, and falls back on the offline reading.

Intent, extraction, feasibility and strategy are one structured answer, in this order, so that a request costs one
call, and one more for each round of repair. Review and explanation need no model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vibex.domain import Clock, InvalidInput, JsonValue, RetryLater, VibexError
from vibex.llm import (
    Answer,
    AnswerLost,
    AnswerMalformed,
    Message,
    Model,
    ModelRefused,
    ModelRequest,
    NotRecorded,
    Occasion,
    OverBudget,
    Role,
)
from vibex.strategy.author.answer import ANSWER_FORM, answer_schema, read_answer
from vibex.strategy.author.judging import Judged, judge
from vibex.strategy.author.plain import plain, whole
from vibex.strategy.author.request import (
    CATALOGUE,
    FINDINGS_PROMPT,
    SYSTEM_PROMPT,
    Earlier,
    Request,
    Turn,
    findings_message,
)
from vibex.strategy.author.stages import StageListener, Stages
from vibex.strategy.draft import Draft, Issue, Reading
from vibex.strategy.drafting import Measure, draft
from vibex.strategy.review import in_order
from vibex.strategy.spec import StrategySpec

if TYPE_CHECKING:
    from typing import Literal

    from vibex.store import Owner

MAX_TOKENS = 12_000
"""Bounds one answer, hidden reasoning included."""
LEAST_TOKENS = 4_000
"""What a long strategy needs without hidden reasoning: dear models get no more where one call may cost no more."""
PATIENCE_S = 300.0
"""Seconds for all rounds of one request together: repairs do not get a time-out each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authored:
    """A draft and whose it is.

    `reason` says why no strategy of the model was taken; None where one was, or where none was to be asked. `answers`
    are the model's, in order, with tokens and cost; `rounds` counts repairs.
    """

    draft: Draft
    source: Literal["model", "offline"]
    answers: tuple[Answer, ...] = ()
    rounds: int = 0
    reason: str | None = None


async def author(
    text: str,
    *,
    model: Model,
    model_name: str,
    owner: Owner,
    offline_reading: Reading,
    history: Sequence[Turn] = (),
    current: StrategySpec | None = None,
    earlier: Sequence[Earlier] = (),
    insight: Mapping[str, JsonValue] | None = None,
    measure: Measure | None = None,
    listen: StageListener | None = None,
    max_repairs: int = 3,
    correlation_id: str | None = None,
    clock: Clock | None = None,
) -> Authored:
    """Draft `text` with a model, or offline where the model fails, which `source` and an issue then say.

    `offline_reading` is that of `text`, for a follow-up to `current` that of the changed strategy. A finding
    that is no error is put to the model once, an error up to `max_repairs` times. Of the model's errors none is
    raised but NotRecorded, which is a defect of a replay.
    """
    request = Request(
        text=text, reading=offline_reading, history=history, current=current, earlier=earlier, insight=insight
    )
    stages = Stages(listen)
    if not request.is_worth_asking:
        stages.begin("offline")
        return Authored(draft=draft(offline_reading, measure), source="offline")
    deadline = None if clock is None else clock.deadline(PATIENCE_S)
    work = _Work(request, model, model_name, owner, stages, correlation_id, deadline)
    fault = await work.run(max_repairs)
    authored = work.result(fault, measure)
    stages.begin("explanation" if authored.source == "model" else "offline", authored.reason or "")
    return authored


class _Work:
    """One request on its way: the turns so far, the answers, and the last strategy that was good enough."""

    def __init__(
        self,
        request: Request,
        model: Model,
        name: str,
        owner: Owner,
        stages: Stages,
        correlation_id: str | None,
        deadline: float | None,
    ) -> None:
        self._request = request
        self._model = model
        self._name = name
        self._owner = owner
        self._stages = stages
        self._correlation_id = correlation_id
        self._deadline = deadline
        self._offline = draft(request.reading)
        self._answers: list[Answer] = []
        self._good: Judged | None = None
        self._wrong: tuple[Issue, ...] = ()

    async def run(self, max_repairs: int) -> str | None:
        """Ask, and let the answer be repaired. Returns why it ended without a usable answer; None when there is one."""
        turns, told = self._request.messages(), set[Issue]()
        for round_ in range(max_repairs + 1):
            try:
                answer = await self._ask(turns, round_)
            except NotRecorded:
                raise
            except VibexError as error:
                return _reason(error)
            findings = self._take(answer)
            if not self._is_worth_repairing(findings, told) or round_ == max_repairs:
                break
            told.update(findings)
            self._stages.begin("repair", "; ".join(issue.message for issue in findings))
            last = Message(role=Role.ASSISTANT, text=whole(answer.text))
            turns = (*self._request.messages(), last, findings_message(findings))
        return None if self._good is not None else "the model's strategy did not pass the checks"

    def result(self, fault: str | None, measure: Measure | None) -> Authored:
        """The model's draft, else the offline one with a mark, else the model's last issues."""
        answers, rounds = tuple(self._answers), max(len(self._answers) - 1, 0)
        if self._good is not None:
            made = self._good.draft if measure is None else draft(self._good.reading, measure)
            if fault is not None:
                note = Issue(severity="info", field="text", message=f"{fault}; the answer before it is used")
                made = replace(made, issues=(*made.issues, note))
            return Authored(draft=made, source="model", answers=answers, rounds=rounds)
        reason = fault or "the model gave no strategy"
        made = draft(self._request.reading, measure)
        if made.spec is None and self._wrong:
            note = Issue(severity="info", field="text", message=reason)
            made = draft(replace(self._request.reading, partial=None, issues=(*self._wrong, note)))
            return Authored(draft=made, source="model", answers=answers, rounds=rounds, reason=reason)
        return Authored(draft=_marked(made, reason), source="offline", answers=answers, rounds=rounds, reason=reason)

    async def _ask(self, turns: tuple[Message, ...], round_: int) -> Answer:
        question = ModelRequest(
            model=self._name,
            messages=turns,
            max_tokens=MAX_TOKENS,
            least_tokens=LEAST_TOKENS,
            temperature=0,
            answer_schema=answer_schema(),
        )
        occasion = Occasion(
            owner=self._owner,
            purpose="strategy_repair" if round_ else "strategy_draft",
            correlation_id=self._correlation_id,
            context={"prompts": [SYSTEM_PROMPT, CATALOGUE, ANSWER_FORM, FINDINGS_PROMPT], "round": round_},
        )
        self._stages.ask()
        answer = await self._model.ask(question, occasion, listen=self._stages.hear, deadline=self._deadline)
        self._answers.append(answer)
        self._stages.answered()
        return answer

    def _take(self, answer: Answer) -> tuple[Issue, ...]:
        """What is to be corrected in `answer`; the answer itself is kept when it can be used."""
        read = read_answer(answer.structured)
        if isinstance(read, tuple):
            self._wrong = read
            return read
        self._stages.begin("review")
        judged = judge(read, self._request)
        if judged.draft.spec is not None or not judged.findings:
            self._good = judged
        else:
            self._wrong = judged.findings
        return judged.findings

    def _is_worth_repairing(self, findings: tuple[Issue, ...], told: set[Issue]) -> bool:
        """An error is, unless the offline draft has the same ones: then they are in the words, not in the answer."""
        errors = {issue for issue in findings if issue.severity == "error"}
        if errors:
            in_the_words = errors <= set(self._offline.issues)
            return not in_the_words
        return any(issue not in told for issue in findings)


def _marked(made: Draft, reason: str) -> Draft:
    """The offline draft, saying that it is one and why."""
    mark = f"{reason}; this is the offline reading"
    issues = in_order([*made.issues, Issue(severity="info", field="text", message=mark)])
    return replace(made, issues=issues, explanation=f"{mark}\n\n{made.explanation}")


def _reason(error: VibexError) -> str:
    """Why there is no answer, in words that begin with the model."""
    said = plain(error.message)
    match error:
        case ModelRefused():
            return plain(f"the model refused to answer: {error.text}") if error.text else "the model refused to answer"
        case AnswerMalformed():
            return f"the model's answer cannot be read: {said}"
        case AnswerLost():
            return f"the model gave no complete answer: {said}"
        case OverBudget():
            return f"the model was not asked: {said} ({error.field})"
        case RetryLater():
            return f"the model cannot be reached: {said}"
        case InvalidInput():
            return f"the model cannot be asked: {said}"
        case _:
            return f"the model failed: {said}"
