"""The form in which a model answers: its JSON Schema, and the answer as typed values."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic import JsonValue as AnyJson

from vibex.domain import JsonValue
from vibex.llm import AnswerSchema
from vibex.strategy.draft import Issue
from vibex.strategy.spec import json_schema

Intent = Literal["strategy", "change", "question", "other"]
ANSWER_FORM = "answer_v2"
_DEEPEST, _LARGEST = 60, 10**15
_FILLED_HERE = ("version", "name", "metadata", "assumptions")
_INTENTS: list[JsonValue] = ["strategy", "change", "question", "other"]
_REFUSABLE: list[JsonValue] = ["stop_loss", "take_profit", "trailing_stop"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Problem(_Part):
    """Something of the request that cannot be done; `blocking` where nothing is left to trade without it."""

    field: str = "text"
    message: str
    blocking: bool = False


class Question(_Part):
    """The one thing that the model wants to know, and the readings between which it asks, as answers."""

    field: str = "text"
    text: str
    readings: tuple[str, ...] = Field(default=(), max_length=9)


class ModelAssumption(_Part):
    """A path of the spec that the text does not say, and why the model filled it."""

    field: str
    reason: str


class ModelAnswer(_Part):
    """What a model said, in form and otherwise unchecked."""

    intent: Intent
    reading: tuple[str, ...] = Field(default=(), max_length=200)
    problems: tuple[Problem, ...] = Field(default=(), max_length=50)
    question: Question | None = None
    refused: tuple[str, ...] = Field(default=(), max_length=50)
    spec: dict[str, AnyJson] | None = None
    assumptions: tuple[ModelAssumption, ...] = Field(default=(), max_length=200)


def read_answer(value: JsonValue) -> ModelAnswer | tuple[Issue, ...]:
    """The answer, or what is wrong with its form."""
    odd = _odd(value)
    if odd is not None:
        return (Issue(severity="error", field="answer", message=odd),)
    try:
        return ModelAnswer.model_validate(value)
    except ValidationError as error:
        return tuple(
            Issue(severity="error", field="answer", message=f"{'.'.join(map(str, each['loc']))}: {each['msg']}")
            for each in error.errors()[:5]
        )


def _odd(value: JsonValue) -> str | None:
    """What makes a JSON value unfit to be walked and computed with; None for an ordinary one."""
    pending: list[tuple[JsonValue, int]] = [(value, 0)]
    while pending:
        each, depth = pending.pop()
        if depth > _DEEPEST:
            return f"it is nested more than {_DEEPEST} deep"
        if isinstance(each, int | float) and not abs(each) <= _LARGEST:
            return "it holds a number that is no ordinary one"
        inside = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        pending += [(item, depth + 1) for item in inside]
    return None


@cache
def answer_schema() -> AnswerSchema:
    """The schema of the answer, as shipped: making it takes longer than all else that the first question needs.

    `strict` is off: strategies are recursive, which endpoints do not enforce alike.
    """
    text = (Path(__file__).parent / "prompts" / f"{ANSWER_FORM}.json").read_text(encoding="utf-8")
    return AnswerSchema(name="strategy_answer", schema=json.loads(text))


def made_schema() -> dict[str, JsonValue]:
    """What the shipped schema has to be, made from the contract of today."""
    contract = json_schema()
    parts = cast("dict[str, JsonValue]", contract["$defs"])
    spec = cast("dict[str, JsonValue]", _lean({name: contract[name] for name in contract if name != "$defs"}))
    fields = cast("dict[str, JsonValue]", spec["properties"])
    # Gaps are filled here, so nothing is demanded of the model but the rules.
    spec["properties"] = {name: form for name, form in fields.items() if name not in _FILLED_HERE}
    spec["required"] = ["symbols", "entry"]
    kept = {name: _lean(form) for name, form in parts.items() if name not in ("Assumption", "Metadata")}
    return {
        "type": "object",
        "properties": {
            "intent": {"enum": _INTENTS},
            "reading": {"type": "array", "items": {"type": "string"}},
            "problems": _list_of({"field": "string", "message": "string", "blocking": "boolean"}),
            "question": {"anyOf": [_question(), {"type": "null"}]},
            "refused": {"type": "array", "items": {"enum": _REFUSABLE}},
            "spec": {"anyOf": [{"$ref": "#/$defs/StrategySpec"}, {"type": "null"}]},
            "assumptions": _list_of({"field": "string", "reason": "string"}),
        },
        "required": ["intent", "reading", "problems", "question", "refused", "spec", "assumptions"],
        "additionalProperties": False,
        "$defs": {**kept, "StrategySpec": spec},
    }


def _question() -> JsonValue:
    texts: JsonValue = {"type": "array", "items": {"type": "string"}}
    properties: JsonValue = {"field": {"type": "string"}, "text": {"type": "string"}, "readings": texts}
    required: JsonValue = ["field", "text", "readings"]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _object(types: dict[str, str]) -> JsonValue:
    properties: JsonValue = {name: {"type": kind} for name, kind in types.items()}
    return {"type": "object", "properties": properties, "required": list(types), "additionalProperties": False}


def _list_of(types: dict[str, str]) -> JsonValue:
    return {"type": "array", "items": _object(types)}


def _lean(form: object, *, of_fields: bool = False) -> JsonValue:
    """A schema without titles and null defaults, which say nothing and are paid for with every question."""
    if isinstance(form, dict):
        return {
            str(key): _lean(value, of_fields=key in ("properties", "$defs"))
            for key, value in form.items()
            if of_fields or not (key in ("title", "$schema") or (key == "default" and value is None))
        }
    if isinstance(form, list):
        return [_lean(each) for each in form]
    return form if isinstance(form, str | int | float | bool) else None
