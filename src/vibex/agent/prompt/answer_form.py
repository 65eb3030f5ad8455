"""The JSON Schema of a model's answer (§5.1 of the requirements) for the assets of one account."""

from __future__ import annotations

from collections.abc import Sequence

from vibex.domain import JsonValue
from vibex.llm import AnswerSchema


def answer_schema(assets: Sequence[str]) -> AnswerSchema:
    """All fields required, nothing else allowed."""
    level: JsonValue = {"type": ["number", "null"]}
    fields: dict[str, JsonValue] = {
        "asset": {"type": "string", "enum": list(assets)},
        "action": {"type": "string", "enum": ["buy", "sell", "hold"]},
        "allocation_usd": {"type": "number", "minimum": 0},
        "tp_price": level,
        "sl_price": level,
        "exit_plan": {"type": "string"},
        "rationale": {"type": "string"},
    }
    decision: JsonValue = {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }
    return AnswerSchema(
        name="trade_decisions",
        schema={
            "type": "object",
            "properties": {"trade_decisions": {"type": "array", "items": decision, "minItems": 1}},
            "required": ["trade_decisions"],
            "additionalProperties": False,
        },
    )
