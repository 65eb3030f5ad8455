"""Recorded calls instead of a model: the same questions get the same answers and the same errors, without network."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from vibex.domain import InvalidInput, RetryLater, VibexError
from vibex.llm.answer import Answer, RawAnswer, raw_answer
from vibex.llm.errors import AnswerLost, AnswerMalformed, ModelRefused, NotRecorded
from vibex.llm.model import Listener, Occasion
from vibex.llm.reading import is_truncated, structured_value
from vibex.llm.request import ModelRequest

if TYPE_CHECKING:
    from vibex.store import ModelCall


class Replay:
    """Answers from recordings, found by the question's digest; one recording answers once, in the order of asking."""

    def __init__(self, recordings: Iterable[ModelCall]) -> None:
        self._left: defaultdict[str, deque[ModelCall]] = defaultdict(deque)
        self._known: set[str] = set()
        for call in sorted(recordings, key=lambda call: (call.asked_at, call.id)):
            self._left[call.request_digest].append(call)
            self._known.add(call.request_digest)

    @property
    def unused(self) -> int:
        """How many recordings have not been asked for."""
        return sum(len(calls) for calls in self._left.values())

    async def ask(self, request: ModelRequest, occasion: Occasion, *, listen: Listener | None = None) -> Answer:
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
        call = self._left[digest].popleft()
        raw = raw_answer(call.answer)
        for chunk in raw.chunks:
            if listen is not None:
                listen(chunk.text)
        error = _recorded_error(call, raw)
        if error is not None:
            raise error
        structured, text, wishes = structured_value(raw, request)
        concessions = call.answer.get("concessions")
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
            concessions=tuple(str(one) for one in concessions) if isinstance(concessions, list) else (),
        )


def write_recordings(path: Path, calls: Iterable[ModelCall]) -> None:
    """One JSON object a line; dollars are decimal text. The folder must exist."""
    lines = []
    for call in calls:
        document = asdict(call)
        document["asked_at"] = call.asked_at.isoformat()
        document["cost_usd"] = None if call.cost_usd is None else str(call.cost_usd)
        lines.append(json.dumps(document, ensure_ascii=False) + "\n")
    path.write_text("".join(lines), encoding="utf-8")


def read_recordings(path: Path) -> list[ModelCall]:
    """What `write_recordings` wrote. Raises InvalidInput, naming the line, for anything else."""
    from pydantic import TypeAdapter, ValidationError

    from vibex.store import ModelCall

    reader = TypeAdapter(ModelCall)
    calls = []
    # Not splitlines: it would also split at separators that stand unescaped inside JSON strings.
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line:
            continue
        try:
            calls.append(reader.validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InvalidInput(f"line {number}: {where}: {first['msg']}", field=str(path)) from None
    return calls


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
