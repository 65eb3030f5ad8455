"""How one endpoint wants to be asked: the body of a question, and what to change when a feature is refused.

Endpoints that call themselves compatible differ in what they take. Everything is asked for at first; a feature is
dropped only after the endpoint has refused it by name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from vibex.domain import JsonValue
from vibex.llm.request import AnswerSchema, Message, ModelRequest


class SchemaForm(StrEnum):
    """How a schema is conveyed, best first."""

    RESPONSE_FORMAT = "response_format"
    TOOL = "tool"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What an endpoint is known to take; the default is everything."""

    schema_form: SchemaForm = SchemaForm.RESPONSE_FORMAT
    streams: bool = True
    usage_in_stream: bool = True
    tokens_field: str = "max_tokens"
    temperature: bool = True

    def concessions(self, request: ModelRequest) -> tuple[str, ...]:
        """What of `request` is asked for in another form than it was meant, in words."""
        found = []
        if request.answer_schema and self.schema_form is not SchemaForm.RESPONSE_FORMAT:
            found.append(f"schema conveyed as {self.schema_form.value}")
        if request.temperature is not None and not self.temperature:
            found.append("temperature left out")
        if not self.streams:
            found.append("answer not streamed")
        return tuple(found)


def body(request: ModelRequest, dialect: Dialect) -> bytes:
    """The JSON body of a chat completion, UTF-8."""
    document: dict[str, JsonValue] = {
        "model": request.model,
        "messages": [_message(message) for message in request.messages],
        dialect.tokens_field: request.max_tokens,
    }
    if dialect.streams:
        document["stream"] = True
        if dialect.usage_in_stream:
            document["stream_options"] = {"include_usage": True}
    if request.temperature is not None and dialect.temperature:
        document["temperature"] = request.temperature
    tools = [_function(tool.name, tool.description, tool.parameters) for tool in request.tools]
    if tools:
        document["tools"] = list(tools)
    if request.answer_schema is not None:
        _add_schema(document, request.answer_schema, dialect.schema_form, tools)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def after_refusal(dialect: Dialect, request: ModelRequest, said: str) -> Dialect | None:
    """The dialect to try after a 4xx that said `said`; None when it names no feature that the body used."""
    words = said.lower()
    if "max_completion_tokens" in words and dialect.tokens_field == "max_tokens":
        return replace(dialect, tokens_field="max_completion_tokens")
    if dialect.streams and dialect.usage_in_stream and "stream_options" in words:
        return replace(dialect, usage_in_stream=False)
    if request.answer_schema is not None:
        if dialect.schema_form is SchemaForm.RESPONSE_FORMAT and _names(
            words, "response_format", "json_schema", "structured output", "response format"
        ):
            return replace(dialect, schema_form=SchemaForm.TOOL)
        if dialect.schema_form is SchemaForm.TOOL and _names(words, "tool", "function call"):
            return replace(dialect, schema_form=SchemaForm.TEXT)
    if dialect.temperature and request.temperature is not None and "temperature" in words:
        return replace(dialect, temperature=False)
    if dialect.streams and _names(words, "stream is not", "streaming", "'stream'", '"stream"', "`stream`"):
        return replace(dialect, streams=False)
    return None


def blames_schema(said: str) -> bool:
    """Whether the refusal is of this schema alone and says nothing about the endpoint's abilities."""
    return "invalid schema" in said.lower()


def _names(words: str, *features: str) -> bool:
    return any(feature in words for feature in features)


def _add_schema(
    document: dict[str, JsonValue], schema: AnswerSchema, form: SchemaForm, tools: list[dict[str, JsonValue]]
) -> None:
    if form is SchemaForm.RESPONSE_FORMAT:
        wanted: dict[str, JsonValue] = {"name": schema.name, "schema": dict(schema.schema), "strict": schema.strict}
        document["response_format"] = {"type": "json_schema", "json_schema": wanted}
    elif form is SchemaForm.TOOL:
        answer = _function(schema.name, "Give the answer with this function.", schema.schema)
        document["tools"] = [*tools, answer]
        alone: JsonValue = {"type": "function", "function": {"name": schema.name}}
        document["tool_choice"] = "required" if tools else alone
    else:
        text = json.dumps(schema.schema, ensure_ascii=False, separators=(",", ":"))
        instruction: JsonValue = {
            "role": "system",
            "content": f"Answer with one JSON value that fits this JSON Schema, and nothing else:\n{text}",
        }
        messages = document["messages"]
        document["messages"] = [instruction, *(messages if isinstance(messages, list) else [])]


def _function(name: str, description: str, parameters: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": dict(parameters)},
    }


def _message(message: Message) -> dict[str, JsonValue]:
    document: dict[str, JsonValue] = {"role": message.role.value, "content": message.text}
    if message.tool_calls:
        document["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": json.dumps(dict(call.arguments), ensure_ascii=False)},
            }
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        document["tool_call_id"] = message.tool_call_id
    return document
