"""What a model is asked: messages, the form of the answer, tools. Plain values with one digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from vibex.domain import InvalidInput, JsonValue


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function that the model may call; `parameters` is the JSON Schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """The model's wish to call a tool. The arguments are JSON, and as untrusted as any other text of a model."""

    id: str
    name: str
    arguments: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn. `tool_calls` belong to an assistant's turn, `tool_call_id` to the tool's turn that answers one."""

    role: Role
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSchema:
    """The JSON Schema that the answer has to fit. `strict` asks the endpoint to enforce it, where it can."""

    name: str
    schema: Mapping[str, JsonValue]
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """One question. `max_tokens` bounds the answer, hidden reasoning included, and with it the cost.

    `least_tokens` allows a tighter bound, down to this, where the call would otherwise be dearer than one call may be;
    None does not. `temperature` None leaves the choice to the endpoint. Raises InvalidInput for a question without
    messages and for numbers out of range.
    """

    model: str
    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float | None = None
    answer_schema: AnswerSchema | None = None
    tools: tuple[Tool, ...] = ()
    least_tokens: int | None = None

    def __post_init__(self) -> None:
        if not self.model:
            raise InvalidInput("no model is named", field="LLM_MODEL", remedy="set it, for example to x-ai/grok-4")
        if not self.messages:
            raise InvalidInput("a question needs at least one message", field="messages")
        if self.max_tokens < 1:
            raise InvalidInput("must be at least 1", field="max_tokens")
        if self.temperature is not None and not 0 <= self.temperature <= 2:
            raise InvalidInput("must lie in 0 … 2", field="temperature")

    def document(self) -> dict[str, JsonValue]:
        """The question as JSON, independent of the form in which an endpoint wants it."""
        return {
            "model": self.model,
            "messages": [_message(message) for message in self.messages],
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
            "answer_schema": _schema(self.answer_schema),
            "tools": [
                {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
                for tool in self.tools
            ],
        }

    def digest(self) -> str:
        """SHA-256 of the document with sorted keys, in hex: equal questions have equal digests."""
        text = json.dumps(self.document(), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _message(message: Message) -> dict[str, JsonValue]:
    return {
        "role": message.role.value,
        "text": message.text,
        "tool_calls": [
            {"id": call.id, "name": call.name, "arguments": dict(call.arguments)} for call in message.tool_calls
        ],
        "tool_call_id": message.tool_call_id,
    }


def _schema(schema: AnswerSchema | None) -> dict[str, JsonValue] | None:
    if schema is None:
        return None
    return {"name": schema.name, "schema": dict(schema.schema), "strict": schema.strict}
