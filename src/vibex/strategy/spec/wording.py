"""Turns the type checker's findings into sentences about the strategy that a person wrote."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from vibex.analysis.indicators import find
from vibex.domain import InvalidInput, SpecIssue, Timeframe
from vibex.strategy.spec.condition import CONDITION_KEYS
from vibex.strategy.spec.exit import EXIT_KEYS, EXIT_TYPES, TRAILING_TYPES, Target
from vibex.strategy.spec.indicator import Indicator
from vibex.strategy.spec.node import Node
from vibex.strategy.spec.operand import OPERAND_KEYS
from vibex.strategy.spec.sizing import SIZING_TYPES
from vibex.strategy.spec.strategy import StrategySpec
from vibex.strategy.spec.trading import Assumption, StopStep

# What may stand at a place with several forms: description, keys or types it is told apart by.
_FORMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "operand_form": (
        "must be a number, a reference such as close or rsi_14, or an object with one of " + ", ".join(OPERAND_KEYS),
        tuple(OPERAND_KEYS),
    ),
    "condition_form": (
        "must be a condition: an object with left, op, right or one of "
        + ", ".join(key for key in CONDITION_KEYS if key not in ("left", "op", "right")),
        tuple(CONDITION_KEYS),
    ),
    "exit_form": (
        f"must be an object whose type is one of {', '.join(EXIT_TYPES)}, or nearest or farthest with a list of such",
        (*EXIT_TYPES, *EXIT_KEYS),
    ),
    "trailing_form": (f"must be an object whose type is one of {', '.join(TRAILING_TYPES)}", tuple(TRAILING_TYPES)),
    "sizing_form": (f"must be an object whose type is one of {', '.join(SIZING_TYPES)}", tuple(SIZING_TYPES)),
}

_PLAIN: dict[str, str] = {
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "string_type": "must be text",
    "string_unicode": "must be text that UTF-8 can write",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "mapping_type": "must be an object",
    "iso_date": "must be a date such as 2025-10-01",
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
}

_PATTERNS: dict[str, str] = {
    "id": "must start with a lower-case letter and hold lower-case letters, digits and _ only, such as rsi_14",
    "symbols": "must be a symbol such as BTC/USDT, SPY or 0700.HK",
    "symbol": "must be a symbol such as BTC/USDT, SPY or 0700.HK",
    "benchmark": "must be buy_and_hold or a symbol such as SPY, or null",
    "zone": "must be a time zone such as America/New_York",
    "clock": "must be a time of day such as 09:30",
    "open": "must be a time of day such as 09:30",
    "close": "must be a time of day such as 16:00",
}

_BY_FIELD: dict[str, type[Node]] = {"indicators": Indicator, "assumptions": Assumption, "stop_steps": StopStep}


def in_words(error: ValidationError, raw: object) -> tuple[SpecIssue, ...]:
    """The findings of `error` about the JSON value `raw`, each once, with JSON paths."""
    issues = []
    for finding in error.errors(include_url=False, include_input=True):
        path, value = _locate(finding["loc"], raw)
        if finding["type"] == "too_short" and isinstance(value, list) and len(value) >= finding["ctx"]["min_length"]:
            continue  # the list is long enough: findings about its members are the cause
        issues.append(SpecIssue(_join(path), _message(finding, path, value, raw)))
    return tuple(dict.fromkeys(issues))


def _locate(loc: Sequence[int | str], raw: object) -> tuple[list[int | str], object]:
    """The path in the JSON that was written: without the names of union members, with a missing key at its end."""
    path: list[int | str] = []
    here: object = raw
    for step in loc:
        if isinstance(step, str) and step.startswith("<") and step.endswith(">"):
            continue
        if isinstance(step, str) and isinstance(here, dict):
            if step == "exit" and "exit" not in here and path and path[0] == "take_profit":
                continue  # a target of a list is written as the exit itself
            path.append(step)
            here = here.get(step)
        elif isinstance(step, int) and isinstance(here, list | tuple):
            path.append(step)
            here = here[step] if step < len(here) else None
    return path, here


def _join(path: Sequence[int | str]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".") or "spec"


def _leaf(path: Sequence[int | str]) -> str:
    return next((str(step) for step in reversed(path) if isinstance(step, str)), "the strategy")


def _message(finding: Mapping[str, Any], path: list[int | str], value: object, raw: object) -> str:
    kind, leaf, ctx = finding["type"], _leaf(path), finding.get("ctx", {})
    if kind == "missing" and isinstance(path[-1], int):
        return f"{leaf} has too few entries; one more belongs here"
    if kind == "missing":
        return f"{leaf} is missing; add it"
    if kind == "extra_forbidden":
        return _unknown_field(finding["loc"], leaf)
    if kind in _FORMS:
        return _wrong_form(kind, leaf, value)
    if path[:1] == ["version"]:
        return f"version must be 1, the only version there is, not {shown(value)}"
    if kind in ("literal_error", "enum"):
        return _wrong_choice(str(ctx.get("expected", "")), leaf, value)
    if kind == "string_pattern_mismatch":
        rule = _PATTERNS.get(leaf, "must not hold control characters" if value else "must not be empty")
        return f"{leaf} {rule}, not {shown(value)}"
    if kind in ("too_long", "too_short"):
        bound = f"at most {ctx['max_length']}" if kind == "too_long" else f"at least {ctx['min_length']}"
        return f"{leaf} must have {bound} entries, not {ctx.get('actual_length')}"
    if kind in _PLAIN:
        rule = _parameter_rule(path, raw) or _PLAIN[kind].format(**ctx)
        return f"{leaf} {rule}, not {shown(value)}"
    return f"{leaf}: {str(finding['msg'])[:200]}"


def _unknown_field(loc: Sequence[int | str], leaf: str) -> str:
    known = _known_fields(loc[:-1])
    near = difflib.get_close_matches(leaf, known, n=1, cutoff=0.6)
    remedy = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
    return f"unknown field {leaf[:60]!r}; {remedy}"


def _known_fields(parent: Sequence[int | str]) -> list[str]:
    """The field names of the object at `parent`, found by the union member or the field that holds it."""
    cls: type[BaseModel] = StrategySpec
    for step in parent:
        if isinstance(step, int) or step in ("<same>", "<one>"):
            continue
        if step == "<per_side>":
            return ["long", "short"]
        if step == "<list>":
            cls = Target
        elif step.startswith("<"):
            cls = _NODES.get(step[1:-1], cls)
        elif step in _BY_FIELD and cls is StrategySpec:
            cls = _BY_FIELD[step]
        elif step in cls.model_fields:
            cls = _class_of(cls.model_fields[step].annotation) or cls
    return [field.alias or name for name, field in cls.model_fields.items()]


def _class_of(annotation: object) -> type[BaseModel] | None:
    """The one model in an annotation such as `Session | None`."""
    options = [annotation, *getattr(annotation, "__args__", ())]
    models = [each for each in options if isinstance(each, type) and issubclass(each, BaseModel)]
    return models[0] if len(models) == 1 else None


def _all_nodes(cls: type[Node]) -> dict[str, type[BaseModel]]:
    found: dict[str, type[BaseModel]] = {}
    for each in cls.__subclasses__():
        found |= {each.__name__: each, **_all_nodes(each)}
    return found


_NODES = _all_nodes(Node)


def _wrong_form(kind: str, leaf: str, value: object) -> str:
    rule, known = _FORMS[kind]
    if isinstance(value, dict):
        written = [str(value["type"])] if isinstance(value.get("type"), str) else [str(key) for key in value]
        near = [match for each in written for match in difflib.get_close_matches(each[:60], known, n=1, cutoff=0.6)]
        if near:
            return f"{leaf} {rule}, not {shown(value)}; did you mean {near[0]}?"
    return f"{leaf} {rule}, not {shown(value)}"


def _wrong_choice(expected: str, leaf: str, value: object) -> str:
    known = [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(", ")]
    if leaf == "timeframe":
        known = [each.value for each in Timeframe]
    near = difflib.get_close_matches(value, known, n=1, cutoff=0.5) if isinstance(value, str) and len(value) > 2 else []
    hint = f"; did you mean {near[0]}?" if near else ""
    rule = f"one of {', '.join(known)}" if len(known) > 1 else known[0]
    return f"{leaf} must be {rule}, not {shown(value)}{hint}"


def _parameter_rule(path: list[int | str], raw: object) -> str | None:
    """What an indicator's parameter may be, when the value at fault is one."""
    match path, raw:
        case ["indicators", int(index), "params", str(wanted)], {"indicators": list(entries)}:
            name = entries[index].get("name") if isinstance(entries[index], dict) else None
        case _:
            return None
    try:
        parameters = find(name).parameters if isinstance(name, str) else ()
    except InvalidInput:
        return None
    for parameter in parameters:
        if parameter.name == wanted:
            what = "a whole number" if parameter.whole else "a number"
            return f"must be {what} from {parameter.minimum:.15g} to {parameter.maximum:.15g}"
    return None


def shown(value: object) -> str:
    """`value` as it stands in JSON, shortened."""
    try:
        text = json.dumps(value, ensure_ascii=True, default=repr)
    except (TypeError, ValueError, RecursionError):
        text = type(value).__name__
    return text if len(text) <= 60 else f"{text[:57]}…"
