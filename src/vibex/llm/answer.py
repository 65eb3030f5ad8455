"""What a model answers: text, a structured value or tool calls, with tokens, dollars and time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vibex.domain import JsonValue
from vibex.llm.request import ToolCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as the endpoint counted them. `cached` is part of `prompt`; `output` includes hidden reasoning."""

    prompt: int
    output: int
    cached: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of the answer's text, `at_ms` milliseconds after the question was sent."""

    at_ms: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAnswer:
    """What came over the wire, complete. `finish` is the endpoint's own word, None when it gave none."""

    text: str
    chunks: tuple[Chunk, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    refusal: str | None = None
    finish: str | None = None
    usage: Usage | None = None
    model: str | None = None

    def document(self) -> dict[str, JsonValue]:
        """As JSON, for the record."""
        usage: JsonValue = None
        if self.usage is not None:
            usage = {"prompt": self.usage.prompt, "output": self.usage.output, "cached": self.usage.cached}
        return {
            "text": self.text,
            "chunks": [[chunk.at_ms, chunk.text] for chunk in self.chunks],
            "tool_calls": [
                {"id": call.id, "name": call.name, "arguments": dict(call.arguments)} for call in self.tool_calls
            ],
            "refusal": self.refusal,
            "finish": self.finish,
            "usage": usage,
            "model": self.model,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A usable answer.

    `structured` is the JSON value where a schema was given, else None; that it is JSON is certain, that it fits the
    schema is the caller's check. `usage` and `cost_usd` are None when the endpoint counted nothing.
    `is_truncated`: the text ended at `max_tokens`. `concessions` names what the endpoint
    refused and was asked for in another form, such as "temperature left out".
    """

    call_id: str
    text: str
    structured: JsonValue
    tool_calls: tuple[ToolCall, ...]
    chunks: tuple[Chunk, ...]
    usage: Usage | None
    cost_usd: Decimal | None
    latency_ms: int
    model: str
    is_truncated: bool
    concessions: tuple[str, ...] = ()
