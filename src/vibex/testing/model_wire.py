"""Scripted replies in the shapes of the chat completions API: one object, or the events of a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from vibex.domain import JsonValue
from vibex.testing.model_replies import CallsTool, Fails, Says


def completion(reply: Says | CallsTool, asked: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The answer as one object."""
    message: dict[str, JsonValue] = {"role": "assistant", "content": None}
    if isinstance(reply, CallsTool):
        message["tool_calls"] = [_tool_call(reply, reply.arguments)]
    else:
        message |= {"content": "".join(reply.pieces), "refusal": reply.refusal}
    choice: JsonValue = {"index": 0, "message": message, "finish_reason": reply.finish}
    document = _object("chat.completion", asked, [choice])
    if reply.usage is not None:
        document["usage"] = reply.usage.document()
    return document


def events(reply: Says | CallsTool, asked: Mapping[str, JsonValue]) -> Iterator[str]:
    """The answer as server-sent events, from the first piece to `[DONE]`."""
    for delta in _deltas(reply):
        choice: JsonValue = {"index": 0, "delta": delta, "finish_reason": None}
        yield _event(_object("chat.completion.chunk", asked, [choice]))
    end: JsonValue = {"index": 0, "delta": {}, "finish_reason": reply.finish}
    yield ": keep-alive\n\n" + _event(_object("chat.completion.chunk", asked, [end]))
    options = asked.get("stream_options")
    if reply.usage is not None and isinstance(options, dict) and options.get("include_usage"):
        yield _event(_object("chat.completion.chunk", asked, []) | {"usage": reply.usage.document()})
    yield "data: [DONE]\n\n"


def feature_refusal(asked: Mapping[str, JsonValue], lacks: frozenset[str]) -> Fails | None:
    """A 400 for the first field of the question that the endpoint does not take."""
    for name in sorted(lacks):
        if name in asked:
            instead = ". Use 'max_completion_tokens' instead" if name == "max_tokens" else ""
            return Fails(status=400, message=f"'{name}' is not supported with this model{instead}.")
    return None


def _deltas(reply: Says | CallsTool) -> Iterator[JsonValue]:
    if isinstance(reply, CallsTool):
        middle = len(reply.arguments) // 2
        yield {"tool_calls": [_tool_call(reply, reply.arguments[:middle]) | {"index": 0}]}
        yield {"tool_calls": [{"index": 0, "function": {"arguments": reply.arguments[middle:]}}]}
        return
    for piece in reply.pieces:
        yield {"content": piece}
    if reply.refusal is not None:
        yield {"refusal": reply.refusal}


def _tool_call(reply: CallsTool, arguments: str) -> dict[str, JsonValue]:
    return {"id": reply.id, "type": "function", "function": {"name": reply.name, "arguments": arguments}}


def _object(kind: str, asked: Mapping[str, JsonValue], choices: list[JsonValue]) -> dict[str, JsonValue]:
    return {"id": "scripted", "object": kind, "model": asked.get("model"), "choices": choices}


def _event(document: Mapping[str, JsonValue]) -> str:
    return f"data: {json.dumps(document, ensure_ascii=False)}\n\n"
