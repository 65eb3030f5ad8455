"""Whatever a strategy must not say is refused at the right field, in words."""

# ruff: noqa: E501 - one row per case reads better than one case over ten rows

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibex.domain import InvalidInput, InvalidSpec
from vibex.strategy import StrategySpec, load_spec, parse_spec
from vibex.testing.random_specs import random_spec

from .strategies import CONDITION, INDICATORS, entering_on, long_only, strategy


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in strategy().items() if key != name}


def with_indicator(**indicator: object) -> dict[str, Any]:
    return strategy(indicators=[*INDICATORS, {"id": "x", "name": "SMA"} | indicator])


def comparing(left: object, op: object = ">", right: object = 1) -> dict[str, Any]:
    return entering_on({"left": left, "op": op, "right": right})


def nested(depth: int) -> Any:
    return CONDITION if depth == 1 else {"not": nested(depth - 1)}


def deep_operand(depth: int) -> Any:
    return "close" if depth == 1 else {"abs": deep_operand(depth - 1)}


P = {"type": "percent", "value": 2}
LEVEL = {"type": "level", "value": "low"}
FULL = {"add": ["close"] * 8}

BAD: list[tuple[str, dict[str, Any], str, str]] = [
    # shape
    ("version 2", strategy(version=2), "version", "must be 1"),
    ("version text", strategy(version="1"), "version", "must be 1"),
    ("version true", strategy(version=True), "version", "must be 1"),
    ("version absent", without("version"), "version", "is missing"),
    ("name absent", without("name"), "name", "is missing"),
    ("sizing absent", without("sizing"), "sizing", "is missing"),
    ("name empty", strategy(name=""), "name", "must not be empty"),
    ("name long", strategy(name="x" * 201), "name", "at most 200"),
    ("name control", strategy(name="a\x1b[31m"), "name", "control characters"),
    ("unknown field", strategy(stoploss=P), "stoploss", "did you mean stop_loss"),
    ("archetype", strategy(archetype="momentun"), "archetype", "did you mean momentum"),
    ("market", strategy(market="forex"), "market", "must be one of crypto, us_equity, hk_equity"),
    ("timeframe", strategy(timeframe="2h"), "timeframe", "must be one of 1m"),
    ("symbols text", strategy(symbols="SPY"), "symbols", "must be a list"),
    ("symbols empty", strategy(symbols=[]), "symbols", "at least 1"),
    ("symbols blank", strategy(symbols=[" "]), "symbols[0]", "must be a symbol"),
    ("symbols twice", strategy(symbols=["SPY", "SPY"]), "symbols[1]", "listed twice"),
    ("symbols many", strategy(symbols=[f"S{i}" for i in range(501)]), "symbols", "at most 500"),
    ("leverage text", strategy(leverage="2"), "leverage", "must be a number"),
    ("leverage bool", strategy(leverage=True), "leverage", "must be a number, not true"),
    ("leverage low", strategy(leverage=0.5), "leverage", "at least 1"),
    ("leverage high", strategy(leverage=126), "leverage", "at most 125"),
    ("leverage nan", strategy(leverage=float("nan")), "leverage", "finite"),
    ("leverage huge", strategy(leverage=10**400), "leverage", "too large"),
    ("time stop fraction", strategy(time_stop_bars=1.5), "time_stop_bars", "whole number"),
    ("time stop zero", strategy(time_stop_bars=0), "time_stop_bars", "at least 1"),
    ("on_opposite", strategy(on_opposite="flip"), "on_opposite", "reverse, ignore"),
    ("benchmark", strategy(benchmark="buy and hold"), "benchmark", "buy_and_hold"),
    ("not JSON", strategy(assumptions=[{"field": "x", "value": {1}, "reason": "r"}]), "assumptions[0].value", "JSON"),
    ("surrogate", strategy(name="\ud800"), "name", "half a character"),
    ("key surrogate", strategy(**{"\ud800": 1}), "spec", "not plain text"),
    ("metadata", strategy(metadata={"mood": "good"}), "metadata.mood", "unknown field"),
    # entry and exit
    ("entry absent", without("entry"), "entry", "is missing"),
    ("entry list", strategy(entry=[]), "entry", "must be an object"),
    ("no entry", strategy(entry={"long": None, "short": None}), "entry", "no condition"),
    ("entry side", strategy(entry={"longs": CONDITION}), "entry.longs", "did you mean long"),
    ("exit without entry", long_only(exit={"short": CONDITION}), "exit.short", "no entry"),
    # conditions
    ("condition text", entering_on("rsi < 30"), "entry.long", "must be a condition"),
    ("condition key", entering_on({"alle": [CONDITION]}), "entry.long", "did you mean all"),
    ("all empty", entering_on({"all": []}), "entry.long.all", "at least 1"),
    ("all inner", entering_on({"all": [CONDITION, 3]}), "entry.long.all[1]", "must be a condition"),
    ("op", comparing("close", "=>"), "entry.long.op", "must be one of"),
    ("op misspelt", comparing("close", "cross_above"), "entry.long.op", "did you mean crosses_above"),
    ("right absent", entering_on({"left": "close", "op": ">"}), "entry.long.right", "is missing"),
    ("left bool", comparing(True), "entry.long.left", "must be a number, a reference"),
    ("extra", entering_on({**CONDITION, "times": 2}), "entry.long.times", "known here: left, op, right"),
    ("rising half", comparing("close", "rising", 1.5), "entry.long.right", "whole number"),
    ("rising ref", comparing("close", "rising", "open"), "entry.long.right", "whole number"),
    ("falling zero", comparing("close", "falling", 0), "entry.long.right", "whole number"),
    ("within zero", entering_on({"within": 0, "of": CONDITION}), "entry.long.within", "at least 1"),
    ("within times", entering_on({"within": 2, "of": CONDITION, "times": 3}), "entry.long.times", "only 2 bars"),
    ("for text", entering_on({"for": "3", "of": CONDITION}), "entry.long.for", "whole number"),
    ("votes", entering_on({"at_least": 3, "of": [CONDITION]}), "entry.long.at_least", "3 of 1"),
    ("clock form", entering_on({"clock": ["9:30", "11:30"], "zone": "UTC"}), "entry.long.clock[0]", "time of day"),
    ("clock short", entering_on({"clock": ["09:30"], "zone": "UTC"}), "entry.long.clock[1]", "too few"),
    ("clock zone", entering_on({"clock": ["09:30", "11:30"], "zone": "Mars/Base"}), "entry.long.zone", "time zone"),
    ("clock no zone", entering_on({"clock": ["09:30", "11:30"]}), "entry.long.zone", "is missing"),
    ("clock empty", entering_on({"clock": ["09:30", "09:30"], "zone": "UTC"}), "entry.long.clock", "same time"),
    ("date form", entering_on({"dates": ["01.10.2025", None]}), "entry.long.dates[0]", "2025-10-01"),
    ("date number", entering_on({"dates": [20251001, None]}), "entry.long.dates[0]", "2025-10-01"),
    ("date absent day", entering_on({"dates": [None, "2025-02-30"]}), "entry.long.dates[1]", "2025-10-01"),
    ("dates swapped", entering_on({"dates": ["2025-10-02", "2025-10-01"]}), "entry.long.dates", "backwards"),
    ("condition deep", entering_on(nested(17)), "entry.long", "16 deep"),
    ("condition deeper", entering_on(nested(80)), "entry", "64 deep"),
    ("condition wide", entering_on({"all": [{"any": [CONDITION] * 60}] * 5}), "entry.long", "256 parts"),
    # operands
    ("operand key", comparing({"plus": [1, 2]}), "entry.long.left", "must be a number"),
    ("operand misspelt", comparing({"subb": [1, 2]}), "entry.long.left", "did you mean sub"),
    ("sub three", comparing({"sub": [1, 2, 3]}), "entry.long.left.sub", "at most 2"),
    ("add one", comparing({"add": ["close"]}), "entry.long.left.add", "at least 2"),
    ("mul nine", comparing({"mul": [1] * 9}), "entry.long.left.mul", "at most 8"),
    ("two ops", comparing({"add": [1, 2], "sub": [1, 2]}), "entry.long.left.sub", "unknown field"),
    ("operand inner", comparing({"add": [1, {"abs": None}]}), "entry.long.left.add[1].abs", "must be a number"),
    ("operand deep", comparing(deep_operand(7)), "entry.long.left", "6 deep"),
    ("operand wide", comparing({"add": [FULL, FULL, FULL, FULL]}), "entry.long.left", "32 parts"),
    ("shift negative", comparing({"ref": "close", "shift": -1}), "entry.long.left.shift", "at least 0"),
    ("shift half", comparing({"ref": "close", "shift": 0.5}), "entry.long.left.shift", "whole number"),
    ("times text", comparing({"ref": "close", "times": "2"}), "entry.long.left.times", "must be a number"),
    # references
    ("unknown name", comparing("rsi_15"), "entry.long.left", "did you mean rsi_14"),
    ("unknown output", comparing("bb.top"), "entry.long.left", "bb.upper, bb.middle, bb.lower"),
    ("several outputs", comparing("bb"), "entry.long.left", "say which"),
    ("one output", comparing("rsi_14.rsi"), "entry.long.left", "write rsi_14"),
    ("state in entry", comparing("entry_price"), "entry.long.left", "an entry may use"),
    ("since in entry", comparing({"ref": "high", "since_entry": "max"}), "entry.long.left", "cannot be used in entry"),
    ("state shifted", comparing({"ref": "bars_since_exit", "shift": 1}), "entry.long.left", "cannot be shifted"),
    ("state in cross", comparing("bars_since_exit", "crosses_above"), "entry.long.left", "on the bar before"),
    ("minutes on 1d", comparing("minutes_to_close") | {"timeframe": "1d"}, "entry.long.left", "no meaning on 1d"),
    # indicators
    ("indicator unknown", with_indicator(name="RSII"), "indicators[3].name", "RSI"),
    ("indicator case", with_indicator(name="sma"), "indicators[3].name", "did you mean SMA"),
    ("id form", with_indicator(id="My-SMA"), "indicators[3].id", "lower-case"),
    ("id long", with_indicator(id="x" * 65), "indicators[3].id", "at most 64"),
    ("id twice", with_indicator(id="bb"), "indicators[3].id", "used twice"),
    ("id price", with_indicator(id="close"), "indicators[3].id", "built-in"),
    ("id state", with_indicator(id="entry_price"), "indicators[3].id", "built-in"),
    ("param unknown", with_indicator(params={"period": 3}), "indicators[3].params.period", "timeperiod"),
    ("param range", with_indicator(params={"timeperiod": 0}), "indicators[3].params.timeperiod", "1 to"),
    ("param half", with_indicator(params={"timeperiod": 2.5}), "indicators[3].params.timeperiod", "whole number"),
    ("param text", with_indicator(params={"timeperiod": "abc"}), "indicators[3].params.timeperiod", 'whole number from 1 to 100000, not "abc"'),
    ("param bool", with_indicator(params={"timeperiod": True}), "indicators[3].params.timeperiod", "whole number"),
    ("field unknown", with_indicator(parms={}), "indicators[3].parms", "did you mean params"),
    ("input later", with_indicator(input="x"), "indicators[3].input", "defined later"),
    ("input unknown", with_indicator(input="obv"), "indicators[3].input", "neither"),
    ("input state", with_indicator(input="entry_price"), "indicators[3].input", "cannot be used in an indicator's input"),
    ("timeframe same", with_indicator(timeframe="1h"), "indicators[3].timeframe", "higher"),
    ("timeframe lower", with_indicator(timeframe="5m"), "indicators[3].timeframe", "higher"),
    ("when absent", with_indicator(name="BARS_SINCE", params={"lookback": 5}), "indicators[3].when", "needs a condition"),
    ("when superfluous", with_indicator(when=CONDITION), "indicators[3].when", "takes no condition"),
    ("when state", with_indicator(name="BARS_SINCE", params={"lookback": 5}, when={"left": "bars_since_exit", "op": ">", "right": 1}), "indicators[3].when.left", "cannot be used"),
    ("lookback absent", with_indicator(name="VALUE_WHEN", when=CONDITION), "indicators[3].params.lookback", "needs lookback"),
    ("input2 absent", with_indicator(name="CORREL"), "indicators[3].input2", "two series"),
    ("input2 superfluous", with_indicator(input2="open"), "indicators[3].input2", "one series"),
    ("expr empty", with_indicator(name="EXPR"), "indicators[3].input", "operand"),
    ("ratio alone", with_indicator(name="RATIO"), "indicators[3].name", "pairs"),
    ("opening range daily", with_indicator(name="OPENING_RANGE") | {"timeframe": "1d"}, "indicators[3].name", "intraday"),
    ("indicators many", strategy(indicators=[{"id": f"i{i}", "name": "SMA"} for i in range(65)]), "indicators", "at most 64"),
    ("pairs of one", strategy(archetype="pairs"), "symbols", "exactly two"),
    # exits
    ("exit kind", strategy(stop_loss={"type": "percentage", "value": 2}), "stop_loss", "did you mean percent"),
    ("exit number", strategy(stop_loss=2), "stop_loss", "must be an object whose type"),
    ("exit value", strategy(stop_loss={"type": "percent"}), "stop_loss.value", "is missing"),
    ("exit text", strategy(stop_loss={"type": "percent", "value": "2%"}), "stop_loss.value", "must be a number"),
    ("exit extra", strategy(stop_loss={**P, "indicator": "atr_14"}), "stop_loss.indicator", "unknown field"),
    ("stop negative", long_only(stop_loss={"type": "percent", "value": -2}), "stop_loss.value", "a long's stop_loss must lie below its entry"),
    ("stop zero", strategy(stop_loss={"type": "atr", "value": 0}), "stop_loss.value", "above 0"),
    ("stop 100", long_only(stop_loss={"type": "percent", "value": 100}), "stop_loss.value", "less than 100"),
    ("short target 100", strategy(take_profit={"short": {"type": "percent", "value": 120}}), "take_profit.short.value", "less than 100"),
    ("price shared", strategy(stop_loss={"type": "price", "value": 9}), "stop_loss", "cannot serve both sides"),
    ("level shared", strategy(take_profit={"nearest": [P, LEVEL]}), "take_profit.nearest[1]", "cannot serve both sides"),
    ("price negative", long_only(stop_loss={"type": "price", "value": -9}), "stop_loss.value", "above 0"),
    ("stop over target", long_only(stop_loss={"type": "price", "value": 9}, take_profit={"type": "price", "value": 8}), "stop_loss.value", "must lie below its target"),
    ("short stop under target", strategy(stop_loss={"short": {"type": "price", "value": 8}}, take_profit={"short": {"type": "price", "value": 9}}), "stop_loss.short.value", "must lie above its target"),
    ("atr unknown", strategy(stop_loss={"type": "atr", "value": 2, "indicator": "atr"}), "stop_loss.indicator", "did you mean atr_14"),
    ("atr price", strategy(stop_loss={"type": "atr", "value": 2, "indicator": "close"}), "stop_loss.indicator", "id of an indicator"),
    ("risk multiple stop", strategy(stop_loss={"type": "risk_multiple", "value": 2}), "stop_loss", "take_profit only"),
    ("risk multiple alone", strategy(take_profit={"type": "risk_multiple", "value": 2}), "take_profit", "no stop_loss"),
    ("level state", long_only(stop_loss={"type": "level", "value": "entry_price"}), "stop_loss.value", "fixed on the decision bar"),
    ("level unknown", long_only(stop_loss={"type": "level", "value": {"sub": ["low", "atr"]}}), "stop_loss.value.sub[1]", "did you mean atr_14"),
    ("level update", long_only(stop_loss={**LEVEL, "update": "tick"}), "stop_loss.update", "must be bar"),
    ("nearest empty", strategy(stop_loss={"nearest": []}), "stop_loss.nearest", "at least 1"),
    ("side misspelt", strategy(stop_loss={"long": P, "shrt": P}), "stop_loss.shrt", "did you mean short"),
    ("trailing points", strategy(trailing_stop={"type": "points", "value": 2}), "trailing_stop", "percent, atr, level"),
    ("trailing fixed", long_only(trailing_stop=LEVEL), "trailing_stop.update", '"update": "bar"'),
    ("targets sum", strategy(take_profit=[{**P, "fraction": 0.7}, {**P, "fraction": 0.7}]), "take_profit", "at most 1"),
    ("target fraction", strategy(take_profit=[P]), "take_profit[0].fraction", "is missing"),
    ("target kind", strategy(take_profit=[{"type": "procent", "value": 1, "fraction": 1}]), "take_profit[0]", "did you mean percent"),
    ("target missing", strategy(stop_steps=[{"after": {"target": 2}, "to": P}], take_profit=P), "stop_steps[0].after.target", "does not exist"),
    ("step extra", strategy(stop_steps=[{"after": P, "to": P, "two": 1}]), "stop_steps[0].two", "did you mean to"),
    ("fraction outside list", strategy(take_profit={**P, "fraction": 0.5}), "take_profit.fraction", "unknown field"),
    # sizing, order, session
    ("sizing kind", strategy(sizing={"type": "kelly", "value": 1}), "sizing", "fixed_percent"),
    ("sizing zero", strategy(sizing={"type": "fixed_percent", "value": 0}), "sizing.value", "above 0"),
    ("sizing 101", strategy(sizing={"type": "fixed_percent", "value": 101}), "sizing.value", "at most 100"),
    ("sizing lookback", strategy(sizing={"type": "fixed_percent", "value": 1, "lookback": 3}), "sizing.lookback", "unknown field"),
    ("risk without stop", strategy(sizing={"type": "risk_percent", "value": 1}), "sizing", "add one"),
    ("risk one side", strategy(sizing={"type": "risk_percent", "value": 1}, stop_loss={"long": P}), "sizing", "short side"),
    ("sizing side", strategy(sizing={"long": {"type": "fixed_percent", "value": 1}}), "sizing.short", "no size"),
    ("distance kind", strategy(sizing={"type": "risk_percent", "value": 1, "distance": {"type": "risk_multiple", "value": 1}}), "sizing.distance", "take_profit only"),
    ("market price", strategy(order={"type": "market", "price": {"long": "high", "short": "low"}}), "order.price", "market order"),
    ("market offset", strategy(order={"type": "market", "offset_bps": 5}), "order.offset_bps", "no offset"),
    ("price and offset", strategy(order={"type": "stop", "offset_bps": 5, "price": {"long": 1, "short": 2}}), "order.offset_bps", "exclude"),
    ("price one side", strategy(order={"type": "stop", "price": {"long": "high"}}), "order.price", "order.price.short"),
    ("order expires", strategy(order={"type": "limit", "expires_bars": 0}), "order.expires_bars", "at least 1"),
    ("session zone", strategy(session={"zone": "Nowhere", "open": "09:30", "close": "16:00"}), "session.zone", "time zone"),
    ("session empty", strategy(session={"zone": "UTC", "open": "09:30", "close": "09:30"}), "session.close", "24:00"),
    ("session exit daily", strategy(session_exit_minutes=15, timeframe="1d"), "session_exit_minutes", "inside the session"),
    ("limits", strategy(limits={"max_drawdown_percent": 0}), "limits.max_drawdown_percent", "above 0"),
    ("limits name", strategy(limits={"max_drawdown": 5}), "limits.max_drawdown", "did you mean max_drawdown_percent"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "field", "words"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_strategy_is_refused_at_its_field_in_words(spec: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(InvalidSpec) as refused:
        parse_spec(spec)
    issues = {issue.field: issue.message for issue in refused.value.issues}
    assert field in issues, issues
    assert words in issues[field]
    assert len(issues[field]) < 400
    assert len(refused.value.issues) <= 2, issues


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(InvalidSpec) as refused:
        parse_spec(strategy(leverage=0, name="", symbols=[], stop_loss={"type": "percent", "value": "2"}))
    assert {issue.field for issue in refused.value.issues} == {"leverage", "name", "symbols", "stop_loss.value"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("{'version': 1}", "not JSON"),
        ('{"leverage": NaN}', "NaN is not a JSON number"),
        ("[" * 100_000, "not JSON"),
        ("1" * 10_000, "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (" " * 1_000_001, "larger than"),
    ],
)
def test_text_that_is_no_json_is_refused_with_what_to_do(text: str | bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        parse_spec(text)
    assert refused.value.field == "spec"
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("text", "words"),
    [("[]", "is a JSON object"), ("null", "is a JSON object"), ('{"a": 1, "a": 2}', "'a' is given twice")],
)
def test_json_that_is_no_plain_object_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidSpec, match=words) as refused:
        parse_spec(text)
    assert refused.value.field == "spec"


def test_files_that_cannot_be_read_are_refused_with_what_to_do(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.json", tmp_path, Path("nul\0byte")):
        with pytest.raises(InvalidInput) as refused:
            load_spec(path)
        assert refused.value.field == "spec"
        assert refused.value.remedy


def test_a_file_may_start_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "spec.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(strategy()).encode())
    assert load_spec(file) == parse_spec(strategy())


WORDS = [
    "all",
    "left",
    "op",
    "right",
    "type",
    "value",
    "long",
    "ref",
    "add",
    "percent",
    "close",
    ">",
    "entry",
    "nearest",
]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def must_parse_or_be_refused(source: object) -> None:
    try:
        outcome: StrategySpec | InvalidInput = parse_spec(source)
    except InvalidInput as error:
        outcome = error
    assert isinstance(outcome, StrategySpec) or (outcome.field and outcome.message)


@given(value=JSON_VALUES)
@settings(max_examples=60, deadline=None)
def test_any_json_is_a_strategy_or_refused(value: Any) -> None:
    must_parse_or_be_refused(value)
    must_parse_or_be_refused(json.dumps(value))


@given(seed=st.integers(0, 2**32), value=JSON_VALUES)
@settings(max_examples=100, deadline=None)
def test_a_strategy_with_one_part_replaced_by_any_json_is_a_strategy_or_refused(seed: int, value: Any) -> None:
    rng = random.Random(seed)
    spec = random_spec(rng, runnable=False)
    here: Any = spec
    while True:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        key = rng.choice(keys)
        if isinstance(here[key], dict | list) and here[key] and rng.random() < 0.8:
            here = here[key]
        else:
            break
    if isinstance(here, dict) and rng.random() < 0.3:
        here[rng.choice(WORDS)] = value
    else:
        here[key] = value
    must_parse_or_be_refused(spec)


@given(text=st.text(max_size=40) | st.binary(max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_is_refused_and_never_crashes(text: str | bytes) -> None:
    must_parse_or_be_refused(text)
