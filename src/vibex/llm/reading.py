"""Whether a complete answer is the one that was asked for: refusals, cut-off JSON, tools that nobody offered."""

from __future__ import annotations

import json

from vibex.domain import JsonValue
from vibex.llm.answer import RawAnswer
from vibex.llm.assembly import read_json_in
from vibex.llm.errors import AnswerMalformed, ModelRefused
from vibex.llm.request import AnswerSchema, ModelRequest, ToolCall

_REFUSALS = {"content_filter", "refusal"}
_CUT_OFF = "length"


def refuse_unusable(raw: RawAnswer, request: ModelRequest, *, calls_tools: bool) -> None:
    """Raises ModelRefused, or AnswerMalformed for JSON that ended at `max_tokens` and is therefore half."""
    if raw.refusal or raw.finish in _REFUSALS:
        raise ModelRefused(raw.refusal or raw.text)
    if raw.finish == _CUT_OFF and (request.answer_schema or calls_tools or not raw.text):
        raise AnswerMalformed(
            f"the answer was cut off at {request.max_tokens} tokens", text=raw.text, remedy="raise max_tokens"
        )


def structured_value(raw: RawAnswer, request: ModelRequest) -> tuple[JsonValue, str, tuple[ToolCall, ...]]:
    """The JSON value (None without schema), the text, and the wishes for tools.

    Where the schema was conveyed as a tool, that call is the answer and no wish. Raises AnswerMalformed for what is
    empty, no JSON, no object where the schema says object, or a call of a tool that was not offered.
    """
    schema, wishes = request.answer_schema, raw.tool_calls
    if schema is not None:
        wishes = tuple(call for call in raw.tool_calls if call.name != schema.name)
    offered = {tool.name for tool in request.tools}
    for call in wishes:
        if call.name not in offered:
            raise AnswerMalformed(f"a call of {call.name}, which was not offered", text=raw.text)
    if schema is None:
        if not raw.text and not wishes:
            raise AnswerMalformed("an empty answer")
        return None, raw.text, wishes
    answers = [call for call in raw.tool_calls if call.name == schema.name]
    if answers:
        value: JsonValue = dict(answers[0].arguments)
        return value, raw.text or json.dumps(value, ensure_ascii=False), wishes
    if wishes and not raw.text.strip():
        return None, raw.text, wishes
    return _fitting(read_json_in(raw.text), schema, raw.text), raw.text, wishes


def is_truncated(raw: RawAnswer) -> bool:
    """Whether the text ended at `max_tokens`."""
    return raw.finish == _CUT_OFF


def _fitting(value: JsonValue, schema: AnswerSchema, text: str) -> JsonValue:
    if schema.schema.get("type") == "object" and not isinstance(value, dict):
        raise AnswerMalformed("JSON, but no object", text=text)
    return value
