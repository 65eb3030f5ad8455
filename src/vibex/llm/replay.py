"""Recorded calls instead of a model: the same questions get the same answers and the same errors, without network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from vibex.domain import InvalidInput, RetryLater, VibexError
from vibex.llm.answer import Answer, RawAnswer
from vibex.llm.errors import AnswerLost, AnswerMalformed, ModelRefused, NotRecorded
from vibex.llm.model import Listener, Occasion
from vibex.llm.reading import is_truncated, structured_value
from vibex.llm.recordings import concessions_in, raw_answer_in
from vibex.llm.request import ModelRequest

if TYPE_CHECKING:
    from vibex.store import ModelCall


class Replay:
    """Answers from recordings, found by the question's digest; each answers once, the oldest first.

    `recordings` come newest first, as `ModelCallRepository.newest` lists them.
    """

    def __init__(self, recordings: Iterable[ModelCall]) -> None:
        self._left: defaultdict[str, list[ModelCall]] = defaultdict(list)
        self._known: set[str] = set()
        for call in recordings:
            self._left[call.request_digest].append(call)
            self._known.add(call.request_digest)

    @property
    def unused(self) -> int:
        """How many recordings have not been asked for."""
        return sum(len(calls) for calls in self._left.values())

    async def ask(
        self,
        request: ModelRequest,
        occasion: Occasion,
        *,
        listen: Listener | None = None,
        deadline: float | None = None,  # noqa: ARG002 - a recording takes no time
    ) -> Answer:
        """See `Model.ask`. Raises NotRecorded, naming the question, and whatever error the recorded call ended with."""
        digest = request.digest()
        if not self._left[digest]:
            times = "more often than it was recorded" if digest in self._known else "but never recorded"
            last = request.messages[-1].text
            raise NotRecorded(
                f"{occasion.purpose} asks {request.model} {last[:80]!r} (digest {digest[:12]}), {times}",
                field="recordings",
                remedy="record the call with a model, or give the recordings of this run",
            )
        call = self._left[digest].pop()
        raw = raw_answer_in(call.answer)
        for chunk in raw.chunks:
            if listen is not None:
                listen(chunk.text)
        error = _recorded_error(call, raw)
        if error is not None:
            raise error
        structured, text, wishes = structured_value(raw, request)
        return Answer(
            call_id=call.id,
            text=text,
            structured=structured,
            tool_calls=wishes,
            chunks=raw.chunks,
            usage=raw.usage,
            cost_usd=call.cost_usd,
            latency_ms=call.latency_ms,
            model=raw.model or request.model,
            is_truncated=is_truncated(raw),
            concessions=concessions_in(call.answer),
        )


def _recorded_error(call: ModelCall, raw: RawAnswer) -> VibexError | None:
    message = call.error or call.outcome.value
    match call.outcome.value:
        case "refused":
            return ModelRefused(raw.refusal or raw.text)
        case "malformed":
            return AnswerMalformed(message, text=raw.text)
        case "lost":
            return AnswerLost(message, partial=raw.text)
        case "unavailable":
            return RetryLater(message)
        case "rejected":
            return InvalidInput(message)
        case _:
            return None
