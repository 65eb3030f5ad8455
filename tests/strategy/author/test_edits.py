"""Changes that need no model, read behind a known rule; what is not understood in full changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.strategy.author.answers import TEXT
from vibex.strategy import StrategySpec
from vibex.strategy.author.edits import read_change
from vibex.strategy.drafting import difference, draft
from vibex.strategy.phrases import read


def strategy(text: str) -> StrategySpec:
    made = draft(read(text)).spec
    assert made is not None
    return made


def changes(text: str, change: str) -> dict[str, Any]:
    """New values by path, without the name."""
    before = strategy(text)
    after = draft(read_change(before, change, read)).spec
    assert after is not None
    return {each.path: each.new for each in difference(before, after) if each.path != "name"}


@pytest.mark.parametrize(
    ("change", "new"),
    [
        ("make the stop 3 %", {"stop_loss.value": 3}),
        ("try it on ETH 1h", {"symbols[0]": "ETH/USDT", "timeframe": "1h"}),
        ("on TSLA daily", {"market": "us_equity", "symbols[0]": "TSLA", "timeframe": "1d"}),
        ("exit after 10 bars", {"time_stop_bars": 10}),
        ("risk 2 % per trade", {"sizing": {"type": "risk_percent", "value": 2}}),
        ("make it 1h", {"timeframe": "1h"}),
        ("sell when RSI(14) is above 70", {"exit.long.op": ">", "exit.long.right": 70}),
        ("Use a 3 % stop instead", {"stop_loss.value": 3}),
        ("can you make the stop loss 5%?", {"stop_loss.value": 5}),
        ("止損改為3%", {"stop_loss.value": 3}),
        ("用3%止損", {"stop_loss.value": 3}),
        ("a 5% target please", {"take_profit": {"type": "percent", "value": 5}}),
        ("use 2x leverage", {"leverage": 2}),
        ("槓桿改為3倍", {"leverage": 3}),
        ("size 5 %", {"sizing": {"type": "fixed_percent", "value": 5}}),
        ("switch to 15m", {"timeframe": "15m"}),
        ("改用1小時", {"timeframe": "1h"}),
        ("use 25 instead of 30", {"entry.long.right": 25}),
        ("set entry.long.right to 20", {"entry.long.right": 20}),
        ("make the stop 3% and use 2x leverage", {"stop_loss.value": 3, "leverage": 2}),
    ],
)
def test_a_change_of_a_field_changes_that_field_alone(change: str, new: dict[str, Any]) -> None:
    assert changes(TEXT, change) == new


@pytest.mark.parametrize(
    "change", ["make it RSI 10 instead of 14", "use RSI 10 instead", "RSI period 10", "RSI改為10", "把RSI由14改為10"]
)
def test_another_period_reaches_the_indicator_its_id_and_every_rule(change: str) -> None:
    after = draft(read_change(strategy(TEXT), change, read)).spec
    assert after is not None
    assert [(each.id, dict(each.params)) for each in after.indicators] == [("rsi_10", {"timeperiod": 10})]
    assert "rsi_14" not in str(after.to_json_dict()["entry"]) + str(after.to_json_dict()["exit"])


def test_a_tighter_stop_in_atrs_replaces_the_percent_stop() -> None:
    found = changes(TEXT, "tighten the stop to 1.5 ATR")
    assert (found["stop_loss"]["type"], found["stop_loss"]["value"]) == ("atr", 1.5)


FILTERED = (
    "Buy BTC when RSI(14) crosses below 30 and volume is above 1.5 times its 20-bar average on the 4h chart, "
    "sell when RSI(14) goes above 55, stop 2 %"
)


@pytest.mark.parametrize("change", ["drop the volume filter", "去掉成交量過濾", "without the volume condition"])
def test_a_dropped_filter_leaves_the_other_conditions_and_takes_its_indicators_along(change: str) -> None:
    after = draft(read_change(strategy(FILTERED), change, read)).spec
    assert after is not None
    assert after.to_json_dict()["entry"] == {
        "long": {"left": "rsi_14", "op": "crosses_below", "right": 30},
        "short": None,
    }
    assert [each.id for each in after.indicators] == ["rsi_14"]


@pytest.mark.parametrize(
    "change",
    ["also require price above the 200 EMA", "only if the close is above the 200 EMA", "另外要求收市價高於200 EMA"],
)
def test_another_condition_is_added_to_those_of_the_entry(change: str) -> None:
    after = draft(read_change(strategy(TEXT), change, read)).spec
    assert after is not None
    assert after.to_json_dict()["entry"] == {
        "long": {
            "all": [
                {"left": "rsi_14", "op": "crosses_below", "right": 30},
                {"left": "close", "op": ">", "right": "ema_200"},
            ]
        },
        "short": None,
    }
    assert [each.id for each in after.indicators] == ["rsi_14", "ema_200"]


def test_the_last_condition_of_an_entry_cannot_be_dropped() -> None:
    assert draft(read_change(strategy(TEXT), "drop the RSI filter", read)).spec is None


def test_a_number_with_two_places_is_asked_about_with_both_readings() -> None:
    twice = strategy("Buy ETH when RSI(14) crosses below 14 on 1h, sell when RSI(14) is above 50, stop 2%")
    asked = draft(read_change(twice, "make it RSI 10 instead of 14", read))
    assert asked.spec is None
    [question] = [issue for issue in asked.issues if issue.options]
    assert question.message.endswith("?")
    answers = [draft(read_change(twice, option.text, read)).spec for option in question.options]
    changed = [{each.path for each in difference(twice, spec)} for spec in answers if spec is not None]
    assert len(changed) == 2
    assert "entry.long.right" in changed[1]
    assert "entry.long.right" not in changed[0]


def test_no_stop_takes_the_stop_out_and_the_size_that_was_assumed_because_of_it() -> None:
    found = changes(TEXT, "no stop")
    assert found["stop_loss"] is None
    assert found["sizing"] == {"type": "fixed_percent", "value": 10}


def test_only_long_takes_the_other_side_out() -> None:
    both = "Buy BTC when RSI(14) crosses below 30, short when RSI(14) crosses above 70, on 4h, stop 2 %"
    found = changes(both, "Only long!")
    assert found == {"entry.short": None}
    assert "entry.long" in changes(both, "only short")


@pytest.mark.parametrize(
    "change", ["use the RSI of 21 minutes instead", "make it better", "remove everything", "stop 3% and go short too"]
)
def test_what_is_not_understood_in_full_changes_nothing_and_says_so(change: str) -> None:
    made = draft(read_change(strategy(TEXT), change, read))
    assert made.spec is None
    assert any(issue.severity == "error" for issue in made.issues)


def test_a_whole_strategy_is_read_as_a_new_one() -> None:
    reading = read_change(strategy(TEXT), "Buy AAPL when RSI(7) is below 20 on 1d, sell above 60", read)
    made = draft(reading).spec
    assert made is not None
    assert made.symbols == ("AAPL",)
    assert made.stop_loss is not None
    assert "stop_loss" in {each.field for each in made.assumptions}


def test_a_removed_stop_stays_out_in_the_next_change() -> None:
    without = draft(read_change(strategy(TEXT), "no stop", read)).spec
    assert without is not None
    after = draft(read_change(without, "make it 1h", read)).spec
    assert after is not None
    assert after.stop_loss is None


def test_names_follow_the_asset_and_assumptions_follow_their_values() -> None:
    before = strategy(TEXT)
    after = draft(read_change(before, "try it on ETH 1h", read)).spec
    assert after is not None
    assert "BTC" not in after.name
    assert "sizing" in {each.field for each in after.assumptions}
    resized = draft(read_change(before, "risk 2 % per trade", read)).spec
    assert resized is not None
    assert "sizing" not in {each.field for each in resized.assumptions}
