"""What the scripted model server can be told to answer: good answers, and every way in which endpoints fail."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from vibex.domain import JsonValue

Gate = Callable[[int], Awaitable[None]]
"""Awaited before each piece of a stream, with its number from 0: waits for an event, or moves a manual clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCount:
    """The usage that the server reports."""

    prompt: int = 100
    completion: int = 20
    cached: int = 0

    def document(self) -> dict[str, JsonValue]:
        return {
            "prompt_tokens": self.prompt,
            "completion_tokens": self.completion,
            "total_tokens": self.prompt + self.completion,
            "prompt_tokens_details": {"cached_tokens": self.cached},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """An answer in `pieces` of text. `cut_after` breaks the connection after so many pieces, without an end."""

    pieces: tuple[str, ...]
    finish: str = "stop"
    usage: TokenCount | None = field(default_factory=TokenCount)
    refusal: str | None = None
    cut_after: int | None = None
    gate: Gate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsTool:
    """A wish to call a tool; `arguments` is the raw text, so that it may be broken."""

    name: str
    arguments: str
    id: str = "call_1"
    finish: str = "tool_calls"
    usage: TokenCount | None = field(default_factory=TokenCount)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivesJson:
    """A structured answer, in whichever form the client has conveyed its schema."""

    value: JsonValue
    usage: TokenCount | None = field(default_factory=TokenCount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fails:
    """An HTTP error with an error object."""

    status: int
    message: str = "scripted failure"
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, JsonValue]:
        return {"error": {"message": self.message, "code": self.code, "type": "scripted"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sends:
    """Any bytes under any content type: broken JSON, a login page, a stream made by hand."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepsSilent:
    """Takes the question and never answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HangsUp:
    """Takes the question and closes the connection without a byte."""


Reply = Says | CallsTool | GivesJson | Fails | Sends | KeepsSilent | HangsUp


def says(text: str, *, usage: TokenCount | None = None) -> Says:
    """A plain answer, streamed word by word."""
    words = text.split(" ")
    pieces = (*(word + " " for word in words[:-1]), words[-1])
    return Says(pieces=pieces, usage=usage or TokenCount())


def refuses(reason: str) -> Says:
    """A refusal in the field that endpoints have for it."""
    return Says(pieces=(), refusal=reason)


def cut_off(*pieces: str) -> Says:
    """A stream that breaks after `pieces`."""
    return Says(pieces=pieces, cut_after=len(pieces))


def in_form(reply: GivesJson, asked: Mapping[str, JsonValue]) -> Says | CallsTool:
    """The same value as text or as a tool call, as the question wants it."""
    text = json.dumps(reply.value, ensure_ascii=False)
    if "response_format" in asked:
        return Says(pieces=(text[: len(text) // 2], text[len(text) // 2 :]), usage=reply.usage)
    tools = asked.get("tools")
    if isinstance(tools, list) and tools and "tool_choice" in asked:
        answer = tools[-1]
        function = answer.get("function") if isinstance(answer, dict) else None
        name = function.get("name") if isinstance(function, dict) else None
        return CallsTool(name=str(name), arguments=text, usage=reply.usage, finish="stop")
    return Says(pieces=("Here it is:\n```json\n", text, "\n```"), usage=reply.usage)
