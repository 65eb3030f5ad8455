"""One answer out of what an endpoint sends: a whole completion, or its pieces in a stream.

What comes is untrusted: it is read by shape, bounded in size, and anything unexpected is AnswerMalformed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Literal

from vibex.domain import JsonValue
from vibex.domain.json_text import is_nested_too_deeply, loads
from vibex.llm.answer import Chunk, RawAnswer, Usage
from vibex.llm.errors import AnswerMalformed
from vibex.llm.request import ToolCall

MOST_TOKENS = 1 << 31
"""A count beyond it is no count."""


class Assembly:
    """Takes completion objects in order, whole ones or deltas, and gives the answer."""

    def __init__(self) -> None:
        self._chunks: list[Chunk] = []
        self._calls: dict[int, dict[Literal["id", "name", "arguments"], str]] = {}
        self._refusal: list[str] = []
        self._finish: str | None = None
        self._usage: Usage | None = None
        self._model: str | None = None

    @property
    def text(self) -> str:
        return "".join(chunk.text for chunk in self._chunks)

    @property
    def has_begun(self) -> bool:
        """Whether anything of the answer is there, so that the endpoint may bill it."""
        return bool(self._chunks or self._calls or self._refusal or self._finish or self._usage)

    @property
    def is_finished(self) -> bool:
        """Whether the endpoint said why it stopped."""
        return self._finish is not None

    @property
    def calls_tools(self) -> bool:
        return bool(self._calls)

    def take(self, document: Mapping[str, JsonValue], *, at_ms: int) -> str:
        """Add one completion object; the text that it brought."""
        self._usage = _usage(document.get("usage")) or self._usage
        model = document.get("model")
        self._model = model if isinstance(model, str) else self._model
        choices = document.get("choices")
        if not isinstance(choices, list) or not choices:
            return ""
        choice = _object(choices[0], "choices[0]")
        finish = choice.get("finish_reason")
        self._finish = finish if isinstance(finish, str) else self._finish
        message = choice.get("delta") or choice.get("message")
        if message is None:
            return ""
        message = _object(message, "choices[0].message")
        refusal = message.get("refusal")
        if isinstance(refusal, str) and refusal:
            self._refusal.append(refusal)
        calls = message.get("tool_calls")
        for position, call in enumerate(calls if isinstance(calls, list) else []):
            self._take_call(_object(call, "tool_calls"), position)
        text = _content(message.get("content"))
        if text:
            self._chunks.append(Chunk(at_ms=at_ms, text=text))
        return text

    def _take_call(self, call: Mapping[str, JsonValue], position: int) -> None:
        index = call.get("index", position)
        if not isinstance(index, int) or not 0 <= index < 128:
            raise AnswerMalformed(f"tool call number {index!r}", text=self.text)
        parts = self._calls.setdefault(index, {"id": "", "name": "", "arguments": ""})
        function = _object(call.get("function") or {}, "tool_calls.function")
        identity, name, arguments = call.get("id"), function.get("name"), function.get("arguments")
        if isinstance(identity, str) and identity:
            parts["id"] = identity
        if isinstance(name, str) and name:
            parts["name"] = name
        if isinstance(arguments, str):
            parts["arguments"] += arguments
        elif isinstance(arguments, dict):
            parts["arguments"] = json.dumps(arguments)

    def answer(self) -> RawAnswer:
        """The whole. Raises AnswerMalformed when a tool call's arguments are no JSON object."""
        calls = []
        for index, parts in sorted(self._calls.items()):
            arguments = read_json(parts["arguments"] or "{}")
            if not isinstance(arguments, dict) or not parts["name"]:
                raise AnswerMalformed("a tool call without name or arguments", text=parts["arguments"])
            calls.append(ToolCall(id=parts["id"] or f"call_{index}", name=parts["name"], arguments=arguments))
        return RawAnswer(
            text=self.text,
            chunks=tuple(self._chunks),
            tool_calls=tuple(calls),
            refusal="".join(self._refusal) or None,
            finish=self._finish,
            usage=self._usage,
            model=self._model,
        )

    def as_it_stands(self) -> RawAnswer:
        """Text, tokens and reasons so far, for the record of an answer that cannot be used."""
        return RawAnswer(
            text=self.text or "".join(parts["arguments"] for parts in self._calls.values()),
            chunks=tuple(self._chunks),
            refusal="".join(self._refusal) or None,
            finish=self._finish,
            usage=self._usage,
            model=self._model,
        )


def read_json(text: str) -> JsonValue:
    """`text` as JSON. Raises AnswerMalformed, also for NaN and infinities and for nesting without end."""
    try:
        value: JsonValue = loads(text, parse_constant=_no_number, parse_float=_finite)
    except ValueError as error:
        raise AnswerMalformed(f"no JSON: {str(error)[:200]}", text=text) from None
    return value


def read_json_in(text: str) -> JsonValue:
    """The JSON value that an answer holds, be it alone, fenced, or after some words. Raises AnswerMalformed."""
    stripped = text.strip()
    if stripped[:1] in "{[" and stripped:
        return read_json(stripped)
    starts = [place for place in (stripped.find("{"), stripped.find("[")) if place >= 0]
    if not starts:
        return read_json(stripped)
    if is_nested_too_deeply(stripped):
        raise AnswerMalformed("no JSON: it is nested too deeply", text=text)
    decoder = json.JSONDecoder(parse_constant=_no_number, parse_float=_finite)
    try:
        value: JsonValue = decoder.raw_decode(stripped, min(starts))[0]
    except ValueError as error:
        raise AnswerMalformed(f"no JSON: {str(error)[:200]}", text=text) from None
    return value


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    """1e999 is JSON, and no number that this program can hold."""
    value = float(text)
    return value if math.isfinite(value) else _no_number(text)


def _object(value: JsonValue, what: str) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise AnswerMalformed(f"{what} is no object", text=str(value)[:200])
    return value


def _content(content: JsonValue) -> str:
    """Text, or the text parts of a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = (part.get("text") for part in content if isinstance(part, dict))
        return "".join(text for text in texts if isinstance(text, str))
    return ""


def _usage(value: JsonValue) -> Usage | None:
    """Tokens, or None where they make no sense. Some endpoints leave reasoning out of the completion but not out of
    the total, and bill it; the larger reading counts."""
    if not isinstance(value, dict):
        return None
    details = value.get("prompt_tokens_details")
    prompt, completion = _count(value.get("prompt_tokens")), _count(value.get("completion_tokens"))
    total = _count(value.get("total_tokens"))
    cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else None
    if prompt is None or completion is None:
        return None
    output = max(completion, (total or 0) - prompt)
    return Usage(prompt=prompt, output=output, cached=min(cached or 0, prompt))


def _count(value: JsonValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST_TOKENS else None
