"""Recorded calls as JSON lines: written for people to keep beside a test, read back as untrusted text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import JsonValue as AnyJson

from vibex.domain import InvalidInput, JsonValue
from vibex.llm.answer import Chunk, RawAnswer, Usage
from vibex.llm.request import ToolCall

if TYPE_CHECKING:
    from vibex.store import ModelCall


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Usage(_Strict):
    prompt: int
    output: int
    cached: int


class _ToolCall(_Strict):
    id: str
    name: str
    arguments: dict[str, AnyJson]


class _Answer(_Strict):
    """The columns of `llm_interactions.answer`."""

    text: str
    chunks: tuple[tuple[int, str], ...]
    tool_calls: tuple[_ToolCall, ...]
    refusal: str | None
    finish: str | None
    usage: _Usage | None
    model: str | None
    concessions: tuple[str, ...] = ()


class _Call(_Strict):
    """A line of a file of recordings; the fields are those of `ModelCall`."""

    id: str
    asked_at: datetime
    model: str
    base_url: str
    request_digest: str
    request: dict[str, AnyJson]
    answer: dict[str, AnyJson]
    outcome: str
    latency_ms: int
    purpose: str
    subject: str | None
    account_id: str | None
    correlation_id: str | None
    context: dict[str, AnyJson]
    error: str | None
    prompt_tokens: int | None
    cached_tokens: int | None
    output_tokens: int | None
    cost_usd: Decimal | None


def write_recordings(path: Path, calls: Iterable[ModelCall]) -> None:
    """One JSON object a line, in the order given; dollars are decimal text. The folder must exist."""
    lines = []
    for call in calls:
        document = asdict(call)
        document["asked_at"] = call.asked_at.isoformat()
        document["cost_usd"] = None if call.cost_usd is None else str(call.cost_usd)
        lines.append(json.dumps(document, ensure_ascii=False) + "\n")
    path.write_text("".join(lines), encoding="utf-8")


def read_recordings(path: Path) -> list[ModelCall]:
    """What `write_recordings` wrote. Raises InvalidInput, naming line and field, for anything else."""
    from vibex.store import CallOutcome, ModelCall

    calls = []
    # Not splitlines: it would also split at separators that stand unescaped inside JSON strings.
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line:
            continue
        try:
            values = _Call.model_validate_json(line)
            calls.append(ModelCall(**{**dict(values), "outcome": CallOutcome(values.outcome)}))
        except ValidationError as error:
            raise InvalidInput(f"line {number}: {_first(error)}", field=str(path)) from None
        except ValueError as error:
            raise InvalidInput(f"line {number}: outcome: {error}", field=str(path)) from None
    return calls


def raw_answer_in(document: Mapping[str, JsonValue]) -> RawAnswer:
    """The answer of a recorded call. Raises InvalidInput, naming the field, when it has been damaged."""
    answer = _read(document)
    usage = answer.usage
    return RawAnswer(
        text=answer.text,
        chunks=tuple(Chunk(at_ms=at_ms, text=text) for at_ms, text in answer.chunks),
        tool_calls=tuple(ToolCall(id=c.id, name=c.name, arguments=c.arguments) for c in answer.tool_calls),
        refusal=answer.refusal,
        finish=answer.finish,
        usage=None if usage is None else Usage(prompt=usage.prompt, output=usage.output, cached=usage.cached),
        model=answer.model,
    )


def concessions_in(document: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """What the endpoint had been asked for in another form."""
    return _read(document).concessions


def _read(document: Mapping[str, JsonValue]) -> _Answer:
    try:
        return _Answer.model_validate(document)
    except ValidationError as error:
        raise InvalidInput(f"is no recorded answer: {_first(error)}", field="answer") from None


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
