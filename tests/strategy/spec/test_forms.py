"""Every form of the contract parses into its class and survives a round trip."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibex.domain import NotSupported
from vibex.strategy import json_schema, load_spec, parse_spec, refuse_unsupported
from vibex.strategy.spec import (
    Abs,
    All,
    AtrExit,
    Calc,
    Clock,
    Compare,
    LevelExit,
    Nearest,
    Number,
    PercentExit,
    Ref,
    RiskPercent,
    StrategySpec,
    Target,
    TargetHit,
    TrailingLevel,
    Within,
)
from vibex.testing.random_specs import random_spec

from .strategies import CONDITION, CONTRACT_EXAMPLE, INDICATORS, entering_on, long_only, strategy

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples").glob("*.json"))

OPERANDS: list[Any] = [
    30,
    -1.5,
    "close",
    "rsi_14",
    "bb.upper",
    "weekday",
    "minutes_to_close",
    {"ref": "close", "shift": 3},
    {"ref": "atr_14", "times": 1.5},
    {"ref": "bb.lower", "shift": 1, "times": 0.99},
    {"add": ["close", 1]},
    {"mul": ["close", 1.01, 2]},
    {"min": ["open", "close", "low", 1, 2, 3, 4, 5]},
    {"max": [{"sub": ["high", "low"]}, {"abs": {"sub": ["close", "open"]}}]},
    {"div": [{"sub": ["bb.upper", "bb.lower"]}, "bb.middle"]},
]

CONDITIONS: list[Any] = [
    {"all": [CONDITION, CONDITION]},
    {"any": [CONDITION]},
    {"not": CONDITION},
    *({"left": "close", "op": op, "right": "bb.middle"} for op in (">", ">=", "<", "<=", "==")),
    {"left": "close", "op": "crosses_above", "right": 100},
    {"left": "rsi_14", "op": "crosses_below", "right": {"ref": "rsi_14", "shift": 2}},
    {"left": "close", "op": "rising", "right": 3},
    {"left": "close", "op": "falling", "right": 1},
    {"within": 5, "of": CONDITION},
    {"within": 5, "of": CONDITION, "times": 2},
    {"for": 3, "of": CONDITION},
    {"at_least": 2, "of": [CONDITION, {"not": CONDITION}, CONDITION]},
    {"clock": ["09:30", "11:30"], "zone": "America/New_York"},
    {"clock": ["22:00", "04:00"], "zone": "UTC"},
    {"clock": ["15:00", "24:00"], "zone": "Asia/Hong_Kong"},
    {"dates": ["2025-10-01", None]},
    {"dates": [None, "2025-12-31"]},
    {"left": "bars_since_exit", "op": ">", "right": 5},
    {"left": "last_exit_price", "op": ">", "right": "close"},
]

LONG_EXITS: list[Any] = [
    {"type": "percent", "value": 2},
    {"type": "atr", "value": 2},
    {"type": "atr", "value": 2, "indicator": "atr_14"},
    {"type": "price", "value": 61000},
    {"type": "points", "value": 10},
    {"type": "level", "value": {"sub": ["low", "atr_14"]}},
    {"type": "level", "value": {"ref": "low", "since_entry": "min"}, "update": "bar"},
    {"type": "level", "value": "entry_price", "update": "bar", "trigger": "close"},
    {"nearest": [{"type": "percent", "value": 2}, {"farthest": [{"type": "points", "value": 3}]}]},
]

SIZINGS: list[Any] = [
    {"type": "fixed_percent", "value": 100},
    {"type": "fixed_notional", "value": 1000},
    {"type": "fixed_quantity", "value": 0.5},
    {"type": "risk_percent", "value": 1, "distance": {"type": "atr", "value": 2}, "cap_percent": 50},
    {"type": "risk_notional", "value": 100, "distance": {"type": "percent", "value": 2}},
    {"type": "volatility_target", "value": 20},
    {"type": "volatility_target", "value": 20, "lookback": 60},
    {"long": {"type": "fixed_percent", "value": 10}, "short": {"type": "fixed_percent", "value": 5}},
]

MANAGED: list[Any] = [
    long_only(
        take_profit=[
            {"type": "percent", "value": 1, "fraction": 0.5},
            {"type": "level", "value": "bb.upper", "fraction": 0.5},
        ]
    ),
    strategy(trailing_stop={"type": "percent", "value": 2, "after": {"type": "percent", "value": 3}}),
    strategy(
        trailing_stop={
            "long": {"type": "level", "value": "bb.lower", "update": "bar"},
            "short": {"type": "level", "value": "bb.upper", "update": "bar"},
        }
    ),
    strategy(
        stop_loss={"type": "percent", "value": 1},
        take_profit={"type": "risk_multiple", "value": 2},
        stop_steps=[
            {"after": {"type": "risk_multiple", "value": 1}, "to": {"type": "percent", "value": 0}},
            {"after": {"target": 1}, "to": {"type": "points", "value": 1}},
        ],
    ),
    strategy(
        limits={"max_trades_per_day": 2, "cooldown_bars": 5, "max_daily_loss_percent": 3, "max_drawdown_percent": 10}
    ),
    strategy(order={"type": "stop", "price": {"long": "high", "short": "low"}, "expires_bars": 2}),
    strategy(order={"type": "limit", "offset_bps": 10, "expires_bars": 3}),
    long_only(exit={"long": {"left": "bars_since_entry", "op": ">", "right": 3}}),
    long_only(exit={"long": {"left": {"ref": "close", "since_entry": "max"}, "op": ">", "right": "entry_price"}}),
    strategy(
        archetype="pairs",
        symbols=["SPY", "QQQ"],
        indicators=[*INDICATORS, {"id": "ratio", "name": "RATIO"}, {"id": "z", "name": "ZSCORE", "input": "ratio"}],
    ),
]


def assert_round_trip(given_spec: dict[str, Any]) -> StrategySpec:
    spec = parse_spec(given_spec)
    written = spec.to_json_dict()
    for key, value in given_spec.items():
        assert written[key] == value
    again = parse_spec(json.dumps(written))
    assert again == spec
    assert again.digest() == spec.digest()
    assert again.to_json_dict() == written
    return spec


def test_the_contracts_example_is_given_back_as_it_came() -> None:
    spec = StrategySpec.model_validate(CONTRACT_EXAMPLE)
    assert spec.to_json_dict() == CONTRACT_EXAMPLE
    assert parse_spec(json.dumps(CONTRACT_EXAMPLE)) == spec


@pytest.mark.parametrize("operand", OPERANDS, ids=str)
def test_every_operand_form_round_trips(operand: object) -> None:
    assert_round_trip(entering_on({"left": operand, "op": ">", "right": 1}))
    assert_round_trip(long_only(indicators=[*INDICATORS, {"id": "x", "name": "EXPR", "input": operand}]))


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
def test_every_condition_form_round_trips(condition: object) -> None:
    assert_round_trip(entering_on(condition))
    assert_round_trip(entering_on({"any": [{"not": condition}]}))


@pytest.mark.parametrize("exit_", LONG_EXITS, ids=str)
def test_every_exit_form_round_trips(exit_: object) -> None:
    assert_round_trip(long_only(stop_loss=exit_))
    assert_round_trip(long_only(take_profit={"long": exit_}))


@pytest.mark.parametrize("sizing", SIZINGS, ids=str)
def test_every_sizing_form_round_trips(sizing: object) -> None:
    assert_round_trip(strategy(sizing=sizing))


@pytest.mark.parametrize("managed", MANAGED, ids=range(len(MANAGED)))
def test_position_management_round_trips_and_runs(managed: dict[str, Any]) -> None:
    refuse_unsupported(assert_round_trip(managed))


REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        long_only(exit={"long": {"left": {"sub": ["close", "entry_price"]}, "op": "rising", "right": 2}}),
        "rising of the position's state",
    ),
    (
        long_only(stop_loss={"nearest": [{"type": "level", "value": "low", "trigger": "close"}]}),
        "an exit on the close among several levels",
    ),
    (
        long_only(take_profit=[{"type": "level", "value": "high", "update": "bar", "fraction": 0.5}]),
        "among several targets",
    ),
    (
        strategy(archetype="pairs", symbols=["SPY", "QQQ"], order={"type": "limit", "offset_bps": 5}),
        "limit entries of a pair",
    ),
    (
        strategy(archetype="pairs", symbols=["SPY", "QQQ"], limits={"cooldown_bars": 1}),
        "limits of a pair",
    ),
]


@pytest.mark.parametrize(("refused", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_what_does_not_run_parses_and_is_refused_by_name(refused: dict[str, Any], words: str) -> None:
    spec = assert_round_trip(refused)
    with pytest.raises(NotSupported, match=words) as refusal:
        refuse_unsupported(spec)
    assert refusal.value.field
    assert refusal.value.field.partition(".")[0].partition("[")[0] in refused


def test_a_refusal_names_every_part_that_does_not_run() -> None:
    pair = strategy(
        archetype="pairs", symbols=["SPY", "QQQ"], order={"type": "limit", "offset_bps": 5}, limits={"cooldown_bars": 1}
    )
    with pytest.raises(NotSupported, match=r"order\.type: limit entries of a pair; limits"):
        refuse_unsupported(parse_spec(pair))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_sample_strategy_is_canonical_and_runs(path: Path) -> None:
    spec = load_spec(path)
    refuse_unsupported(spec)
    assert spec.to_json_dict() == json.loads(path.read_text(encoding="utf-8"))
    assert spec.metadata.risk_assumptions


def test_there_are_sample_strategies_for_all_three_markets() -> None:
    assert {load_spec(path).market.value for path in EXAMPLES} == {"crypto", "us_equity", "hk_equity"}


def test_conditions_and_operands_read_with_match() -> None:
    operand = {"max": [{"ref": "close", "shift": 2}, {"abs": 3}]}
    spec = parse_spec(
        entering_on({"all": [{"left": operand, "op": "crosses_above", "right": 5}, {"within": 4, "of": CONDITION}]})
    )
    match spec.entry.long:
        case All(
            (
                Compare(Calc("max", (Ref("close", 2, 1.0), Abs("abs", (Number(3.0),)))), "crosses_above", Number(5.0)),
                Within(4, Compare(), 1),
            )
        ):
            pass
        case other:
            pytest.fail(f"read as {other!r}")
    assert spec.entry.short is None


def test_every_operation_is_a_calc_and_conditions_are_hashable() -> None:
    operations = [parse_spec(entering_on({"left": each, "op": ">", "right": 1})).entry.long for each in OPERANDS[10:]]
    for condition in operations:
        assert isinstance(condition, Compare)
        assert isinstance(condition.left, Calc)
        assert len(condition.left.args) in (1, 2, 3, 8)
    assert len(set(operations)) == len(operations)


def test_exits_read_per_side_however_they_were_written() -> None:
    spec = parse_spec(
        strategy(
            stop_loss={"type": "atr", "value": 2},
            take_profit={
                "long": {"nearest": [{"type": "percent", "value": 1}, {"type": "level", "value": "bb.upper"}]}
            },
            sizing={"type": "risk_percent", "value": 1},
        )
    )
    assert spec.stop_loss is not None
    assert spec.take_profit is not None
    assert isinstance(spec.stop_loss.long, AtrExit)
    assert spec.stop_loss.long == spec.stop_loss.short
    assert isinstance(spec.take_profit.long, Nearest)
    assert isinstance(spec.take_profit.long.of[1], LevelExit)
    assert spec.take_profit.short is None
    assert isinstance(spec.sizing.short, RiskPercent)


def test_managed_parts_have_their_own_classes() -> None:
    targets, _, trailing, steps = (parse_spec(spec) for spec in MANAGED[:4])
    assert targets.take_profit is not None
    assert trailing.trailing_stop is not None
    first = targets.take_profit.long
    assert isinstance(first, tuple)
    assert first[0] == Target.model_validate({"type": "percent", "value": 1, "fraction": 0.5})
    assert isinstance(first[0].exit, PercentExit)
    assert isinstance(trailing.trailing_stop.short, TrailingLevel)
    assert steps.stop_steps is not None
    assert isinstance(steps.stop_steps[1].after, TargetHit)


def test_the_clock_gives_minutes_of_the_day() -> None:
    clock = parse_spec(entering_on({"clock": ["22:15", "04:00"], "zone": "UTC"})).entry.long
    assert isinstance(clock, Clock)
    assert (clock.start_minute, clock.end_minute) == (22 * 60 + 15, 4 * 60)


def test_absent_fields_have_the_contracts_defaults() -> None:
    written = parse_spec(long_only()).to_json_dict()
    assert written["on_opposite"] == "reverse"
    assert written["order"] == {"type": "market", "offset_bps": 0, "expires_bars": 1}
    assert written["leverage"] == 1
    for name in ("stop_loss", "take_profit", "trailing_stop", "time_stop_bars", "session", "session_exit_minutes"):
        assert written[name] is None


def test_the_digest_depends_on_content_and_not_on_spelling() -> None:
    spec = strategy()
    shuffled = dict(reversed(spec.items()))
    spelled_out = strategy(
        leverage=1.0, on_opposite="reverse", exit=None, sizing={"type": "fixed_percent", "value": 10.0}
    )
    spelled_out["entry"]["long"] = {"left": {"ref": "rsi_14", "shift": 0}, "op": "<", "right": 30.0}
    other = strategy(leverage=2)
    digest = parse_spec(spec).digest()
    assert digest == parse_spec(shuffled).digest() == parse_spec(spelled_out).digest()
    assert digest != parse_spec(other).digest()


@given(seed=st.integers(0, 2**32), runnable=st.booleans())
@settings(max_examples=60, deadline=None)
def test_random_strategies_are_valid_and_round_trip(seed: int, runnable: bool) -> None:
    spec = assert_round_trip(random_spec(random.Random(seed), runnable=runnable))
    if runnable:
        refuse_unsupported(spec)


def test_equal_seeds_give_equal_strategies() -> None:
    first, second = (random_spec(random.Random(7), runnable=True) for _ in range(2))
    assert first == second


def test_random_strategies_keep_to_the_data_at_hand() -> None:
    for seed in range(20):
        spec = random_spec(random.Random(seed), runnable=True, market="us_equity", symbols=["SPY"], timeframe="1d")
        parsed = parse_spec(spec)
        assert (parsed.market, parsed.symbols, parsed.timeframe) == ("us_equity", ("SPY",), "1d")


def test_the_json_schema_names_every_field_and_refuses_others() -> None:
    schema = json_schema()
    properties = schema["properties"]
    assert isinstance(properties, dict)
    assert set(CONTRACT_EXAMPLE) <= set(properties)
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["version", "name", "market", "symbols", "timeframe", "entry", "sizing"]
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)
    assert all(name.isidentifier() and len(name) < 30 for name in definitions)
    assert definitions["Compare"]["properties"]["op"]["enum"][:2] == [">", ">="]
    assert "not" in definitions["Not"]["properties"]
    assert json.loads(json.dumps(schema)) == schema


def test_the_json_schema_accepts_what_parses_and_refuses_wrong_forms() -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="no JSON Schema validator installed")
    validator = jsonschema.Draft202012Validator(json_schema())
    for path in EXAMPLES:
        validator.validate(json.loads(path.read_text(encoding="utf-8")))
    for seed in range(40):
        validator.validate(random_spec(random.Random(seed), runnable=False))
    for wrong in (
        strategy(version=2),
        strategy(stop_loss={"type": "percent"}),
        entering_on({"left": "close"}),
        strategy(x=1),
    ):
        assert not validator.is_valid(wrong)
