"""The comparator calls the same rules the same and different rules different."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest

from tests.strategy.phrases.conditions import alternatives
from tests.strategy.phrases.facts import FactResult, Reading, check_facts, shares
from tests.strategy.phrases.notation import BadNotationError, parse
from tests.strategy.phrases.operands import Reader
from vibex.domain import InvalidInput

Json = Any
NOTATION = Reader(timeframe="1h", symbols=("BTC/USDT",))


def rule(left: Json, op: Json, right: Json) -> Json:
    return {"left": left, "op": op, "right": right}


def spec(**changes: Json) -> Json:
    return {
        "market": "crypto",
        "symbols": ["BTC/USDT"],
        "timeframe": "1h",
        "indicators": [
            {"id": "r", "name": "RSI", "params": {"timeperiod": 14}},
            {"id": "volume_mean", "name": "SMA", "params": {"timeperiod": 20}, "input": "volume"},
            {"id": "trend", "name": "EMA", "params": {"timeperiod": 50}, "timeframe": "4h"},
            {"id": "slow_atr", "name": "ATR", "params": {"timeperiod": 20}},
        ],
        "entry": {"long": rule("r", "<", 30), "short": None},
        "exit": {"long": None, "short": None},
        "stop_loss": {"type": "percent", "value": 2.0},
        "sizing": {"type": "risk_percent", "value": 1.0, "cap_percent": 100},
        "assumptions": [{"field": "sizing", "value": None, "reason": "no size was given"}],
    } | changes


def results(facts: Json, changes: Json | None = None, issues: Json = ()) -> list[FactResult]:
    return check_facts({"outcome": "spec", "facts": facts}, spec(**(changes or {})), issues)


def holds(facts: Json, **changes: Json) -> bool:
    return all(each.ok for each in results(facts, changes))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (rule("RSI()", "<", 30), rule(30, ">", "RSI(14)")),
        (rule("EMA(9)", "crosses_above", "EMA(21)"), rule("EMA(21)", "crosses_below", "EMA(9)")),
        (rule("volume", ">", {"mul": ["SMA(volume,20)", 1.5]}), rule({"div": ["volume", "SMA(volume,20)"]}, ">", 1.5)),
        (rule("close", "<", {"ref": "SMA(20)", "times": 0.97}), rule({"mul": [0.97, "SMA(20)"]}, ">", "close")),
        (rule("close", ">", "DONCHIAN(20):upper"), rule("close", ">", "MAX(high,20)[1]")),
        (rule("MACD():hist", "crosses_above", 0), rule("MACD():macd", "crosses_above", "MACD():signal")),
        (rule("ROC(5)", "<", -5), rule("close", "<", {"mul": [0.95, "close[5]"]})),
        (rule({"abs": {"sub": ["close", "EMA(20)"]}}, "<", 9), rule({"abs": {"sub": ["EMA(20)", "close"]}}, "<", 9)),
        (rule("SUPERTREND():direction", "==", 1), rule("SUPERTREND():direction", ">", 0)),
        (rule("CDLHAMMER()", "==", 100), rule("CDLHAMMER()", ">", 0)),
        (rule("close", "falling", 3), {"for": 3, "of": rule("close[1]", ">", "close")}),
        ({"not": rule("RSI()", ">", 70)}, rule("RSI()", "<=", 70)),
        ({"not": {"any": [rule("RSI()", ">", 70), rule("ADX()", "<", 20)]}},
         {"all": [rule("ADX()", ">=", 20), rule("RSI()", "<=", 70)]}),
        ({"all": [rule("RSI()", "<", 30), {"all": [rule("ADX()", ">", 20)]}]},
         {"all": [rule("ADX()", ">", 20), rule("RSI()", "<", 30)]}),
        (rule("MA(50,matype=1)", ">", "BBANDS(20,2):middle"), rule("EMA(50)", ">", "SMA(20)")),
        (rule("close/SPY", ">", "SMA(200)/SPY"), rule("close/SPY", ">", "SMA(close/SPY,200)")),
        (rule("close", ">", "EMA(50)@1h"), rule("close", ">", "EMA(50)/BTC/USDT")),
        (rule("ZSCORE(RATIO())", "<", -2), rule("ZSCORE({})".format("RATIO(),20"), "<", -2.0000000001)),
        ({"at_least": 2, "of": [rule("RSI()", "<", 30), rule("ADX()", ">", 20)]},
         {"all": [rule("RSI()", "<", 30), rule("ADX()", ">", 20)]}),
    ],
)  # fmt: skip
def test_two_ways_to_write_a_condition_are_the_same(one: Json, other: Json) -> None:
    assert alternatives(one, NOTATION) == alternatives(other, NOTATION)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (rule("RSI()", "<", 30), rule("RSI()", ">", 30)),
        (rule("RSI()", "<", 30), rule("RSI()", "<=", 30)),
        (rule("RSI()", "<", 30), rule("RSI()", "crosses_below", 30)),
        (rule("RSI()", "<", 30), rule("RSI()", "<", 30.0001)),
        (rule("RSI(14)", "<", 30), rule("RSI(13)", "<", 30)),
        (rule("EMA(50)", "<", "close"), rule("EMA(50)@4h", "<", "close")),
        (rule("EMA(50)", "<", "close"), rule("EMA(50)/SPY", "<", "close")),
        (rule("SMA(20)", "<", "close"), rule("SMA(volume,20)", "<", "close")),
        (rule("close", ">", "DONCHIAN(20):upper"), rule("close", ">", "MAX(high,20)")),
        (rule("BBANDS(20,2):upper", "<", "close"), rule("BBANDS(20,2):lower", "<", "close")),
        (rule("CDLENGULFING()", ">", 0), rule("CDLENGULFING()", "<", 0)),
        (rule("close", "rising", 3), rule("close", "rising", 2)),
        ({"within": 5, "of": rule("RSI()", "<", 30)}, {"for": 5, "of": rule("RSI()", "<", 30)}),
        ({"all": [rule("RSI()", "<", 30), rule("ADX()", ">", 20)]},
         {"any": [rule("RSI()", "<", 30), rule("ADX()", ">", 20)]}),
        ({"clock": ["09:30", "11:30"], "zone": "UTC"}, {"clock": ["09:30", "11:30"], "zone": "Asia/Hong_Kong"}),
        (rule({"sub": ["high", "low"]}, ">", "ATR()"), rule({"sub": ["low", "high"]}, ">", "ATR()")),
    ],
)  # fmt: skip
def test_different_conditions_are_different(one: Json, other: Json) -> None:
    assert not alternatives(one, NOTATION) & alternatives(other, NOTATION)


def test_a_fact_may_allow_several_readings_inside_a_group() -> None:
    fact = {"all": [rule("close", ">", "EMA(50)@4h"), {"one_of": [rule("RSI(14)", ["<", "crosses_below"], 30)]}]}
    for op in ("<", "crosses_below"):
        said = {"all": [rule("r", op, 30), rule("trend", "<", "close")]}
        assert holds({"entry_long": fact}, entry={"long": said, "short": None})
    said = {"all": [rule("r", "<=", 30), rule("trend", "<", "close")]}
    assert not holds({"entry_long": fact}, entry={"long": said, "short": None})


def test_an_invented_condition_makes_the_entry_wrong() -> None:
    said = {"all": [rule("r", "<", 30), rule("volume", ">", "volume_mean")]}
    assert not holds({"entry_long": rule("RSI(14)", "<", 30)}, entry={"long": said, "short": None})


def test_indicator_facts_compare_parameters_inputs_and_frames() -> None:
    assert holds({"indicators": [{"name": "SMA", "params": {"timeperiod": 20}, "input": "volume"}]})
    assert holds({"indicators": [{"name": "EMA", "params": {"timeperiod": 50}, "timeframe": "4h"}]})
    assert not holds({"indicators": [{"name": "SMA", "params": {"timeperiod": 20}}]})
    assert not holds({"indicators": [{"name": "EMA", "params": {"timeperiod": 50}}]})


def test_exits_resolve_their_indicator_and_need_no_second_side() -> None:
    atr = {"stop_loss": {"type": "atr", "value": 2, "indicator": "ATR(20)"}}
    assert holds(atr, stop_loss={"type": "atr", "value": 2.0, "indicator": "slow_atr"})
    assert holds(atr, stop_loss={"long": {"type": "atr", "value": 2, "indicator": "slow_atr"}, "short": None})
    assert not holds(atr, stop_loss={"type": "atr", "value": 2})
    assert holds(
        {"stop_loss": {"type": "atr", "value": 2, "indicator": "ATR(14)"}}, stop_loss={"type": "atr", "value": 2}
    )
    level = {"stop_loss": {"type": "level", "value": {"mul": ["EMA(50)@4h", 0.99]}}}
    assert holds(level, stop_loss={"type": "level", "value": {"ref": "trend", "times": 0.99}})
    assert not holds(level, stop_loss={"type": "level", "value": "trend"})


def test_one_target_for_everything_is_a_list_of_one() -> None:
    fact = {"take_profit": {"type": "risk_multiple", "value": 2}}
    assert holds(fact, take_profit=[{"type": "risk_multiple", "value": 2, "fraction": 1}])
    assert not holds(fact, take_profit=[{"type": "risk_multiple", "value": 2, "fraction": 0.5}])


def test_a_size_may_carry_a_cap_that_nobody_named_but_limits_carry_nothing_extra() -> None:
    assert holds({"sizing": {"type": "risk_percent", "value": 1}})
    assert not holds({"sizing": {"type": "fixed_percent", "value": 1}})
    assert not holds(
        {"limits": {"max_trades_per_day": 2}}, limits={"max_trades_per_day": 2, "max_daily_loss_percent": 3}
    )
    assert holds({"limits": {"max_trades_per_day": 2}}, limits={"max_trades_per_day": 2, "cooldown_bars": None})


def test_absent_and_assumed_fields_are_looked_up() -> None:
    assert holds({"absent": ["entry.short", "take_profit", "limits"], "assumed": ["sizing"]})
    assert not holds({"absent": ["stop_loss"]})
    assert not holds({"assumed": ["stop_loss"]})


def test_the_order_of_symbols_matters_for_a_pair_only() -> None:
    fact = {"symbols": ["ETH/USDT", "BTC/USDT"]}
    assert holds(fact, symbols=["BTC/USDT", "ETH/USDT"])
    assert not holds(fact, symbols=["BTC/USDT", "ETH/USDT"], archetype="pairs")


def test_a_wrong_fact_is_flagged_when_an_issue_or_an_assumption_names_its_field() -> None:
    facts = {"stop_loss": {"type": "percent", "value": 3}, "sizing": {"type": "fixed_percent", "value": 3}}
    _, stop, size = results(facts)
    assert (stop.ok, stop.flagged) == (False, False)
    assert (size.ok, size.flagged) == (False, True)
    issue = {"severity": "warning", "field": "stop_loss.value", "message": "two stops were named"}
    assert results(facts, issues=[issue])[1].flagged


def test_a_refusal_needs_an_error_with_a_field_that_names_the_problem() -> None:
    expect = {"outcome": "refuse", "why": ["leverage"]}
    good = {"severity": "error", "field": "leverage", "message": "at most 125"}
    assert all(each.ok for each in check_facts(expect, None, [good]))
    assert not all(each.ok for each in check_facts(expect, None, []))
    assert not all(each.ok for each in check_facts(expect, None, [good | {"field": ""}]))
    assert not all(each.ok for each in check_facts(expect, None, [good | {"severity": "info"}]))
    assert not all(each.ok for each in check_facts(expect, None, [good | {"field": "entry"}]))
    assert not all(each.ok for each in check_facts(expect, spec(), [good]))


def test_an_unreadable_spec_is_wrong_and_never_an_error() -> None:
    facts = {"entry_long": rule("RSI(14)", "<", 30), "sides": ["long"], "stop_loss": {"type": "percent", "value": 2}}
    broken = spec()
    del broken["indicators"], broken["stop_loss"]
    found = check_facts({"outcome": "spec", "facts": facts}, broken, [])
    assert [each.ok for each in found] == [True, False, True, False]


def test_shares_count_facts_sentences_silent_misreads_and_unclear_requests_apart() -> None:
    right, wrong = FactResult(fact="a", ok=True), FactResult(fact="b", ok=False)
    flagged = FactResult(fact="c", ok=False, flagged=True)
    found = shares(
        [
            Reading(kind="short", results=[right, right]),
            Reading(kind="long", results=[right, wrong]),
            Reading(kind="long", results=[right, flagged]),
            Reading(kind="unclear", results=[right]),
            Reading(kind="unclear", results=[flagged]),
        ]
    )
    assert (found.facts, found.sentences, found.silent, found.unclear) == (4 / 6, 1 / 3, 1 / 5, 1 / 2)
    assert math.isnan(shares([]).facts)


def test_checking_changes_nothing() -> None:
    before = spec()
    after = copy.deepcopy(before)
    check_facts({"outcome": "spec", "facts": {"entry_long": rule("RSI(14)", "<", 30)}}, after, [])
    assert after == before


@pytest.mark.parametrize("text", ["RSI", "RSI(14):upper", "BBANDS(20,2)", "close(3)", "RSI(14", "rsi_14", "EMA(50)@4x"])
def test_an_operand_off_the_notation_is_refused(text: str) -> None:
    with pytest.raises((BadNotationError, InvalidInput)):
        parse(text)


@pytest.mark.parametrize("text", ["RSSI(14)", "RSI(0)", "RSI(14.5)", "MACD(12,26,9,colour=3):macd"])
def test_an_operand_off_the_catalogue_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse(text)
