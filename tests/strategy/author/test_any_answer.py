"""Whatever a model says, it becomes a draft or findings: never an exception, never a strategy that does not parse."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategy.author.answers import SPEC, TEXT, answer, spec
from vibex.strategy import parse_spec
from vibex.strategy.author.answer import ModelAnswer, answer_schema, made_schema, read_answer
from vibex.strategy.author.judging import judge
from vibex.strategy.author.request import Request, made_catalogue
from vibex.strategy.phrases import read

READING = read(TEXT)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.sampled_from(["RSI", "rsi_14", "BTC/USDT", "4h", "all", "percent", "long", "", "\ud800", "<b>"])
)
KEYS = st.sampled_from([*SPEC, "long", "short", "op", "left", "right", "params", "type", "value", "name", "id", "ref"])
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))


def judged(value: Any) -> None:
    found = read_answer(value)
    if not isinstance(found, ModelAnswer):
        assert found
        return
    made = judge(found, Request(text=TEXT, reading=READING)).draft
    if made.spec is None:
        assert any(issue.severity == "error" and issue.field for issue in made.issues)
    else:
        assert parse_spec(made.spec.to_json_dict()) == made.spec


@settings(max_examples=60, deadline=None)
@given(field=KEYS, value=ANYTHING)
def test_a_strategy_with_anything_in_a_field(field: str, value: Any) -> None:
    judged(answer({**spec(), field: value}))


@settings(max_examples=40, deadline=None)
@given(field=st.sampled_from(list(answer({}))), value=ANYTHING)
def test_an_answer_with_anything_in_a_field(field: str, value: Any) -> None:
    judged({**answer(spec()), field: value})


def nested(depth: int) -> Any:
    value: Any = {"left": "close", "op": ">", "right": 1}
    for _ in range(depth):
        value = {"not": value}
    return value


@pytest.mark.parametrize("odd", [nested(5_000), 10**400, 1e308 * 10, float("nan"), nested(59)])
def test_depths_and_numbers_beyond_reason_are_findings(odd: Any) -> None:
    judged(answer(spec(entry={"long": odd})))
    judged(answer(spec(time_stop_bars=odd)))


@pytest.mark.parametrize("value", [None, 3, "buy", [], {}, {"intent": "strategy"}, {"intent": "strategy", "spec": {}}])
def test_answers_that_are_none(value: Any) -> None:
    judged(value)


def test_what_is_shipped_for_the_prompt_is_what_the_contract_and_the_catalogue_say_today() -> None:
    folder = Path(str(files("vibex.strategy.author"))) / "prompts"
    remedy = "write the file anew from made_schema() with json.dumps(…, indent=1), or made_catalogue()"
    assert json.loads((folder / "answer_v2.json").read_text(encoding="utf-8")) == made_schema(), remedy
    assert (folder / "catalogue_v1.txt").read_text(encoding="utf-8").rstrip("\n") == made_catalogue(), remedy


def test_the_schema_names_what_the_contract_has_and_what_is_filled_here_is_not_asked_for() -> None:
    schema: Any = answer_schema().schema
    fields = schema["$defs"]["StrategySpec"]["properties"]
    assert {"entry", "exit", "stop_loss", "take_profit", "indicators", "limits"} <= set(fields)
    assert not {"version", "name", "metadata", "assumptions"} & set(fields)
    text = repr(schema)
    for name in (each.split("'")[0] for each in text.split("#/$defs/")[1:]):
        assert name in schema["$defs"], f"{name} is referred to and not defined"
