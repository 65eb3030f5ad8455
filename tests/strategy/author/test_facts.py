"""Numbers and assets of the words against those of a strategy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.llm.questions import Clients
from tests.strategy.author.answers import TEXT, Json, drafted, gives, spec
from vibex.strategy.author.facts import Ground, compare
from vibex.strategy.draft import Fact
from vibex.strategy.drafting.figures import Carried, said_as
from vibex.strategy.drafting.parts import value_at
from vibex.strategy.phrases import read
from vibex.testing.model_replies import Reply
from vibex.testing.model_server import ModelServer


def found(strategy: Json, text: str = TEXT, *assumed: str, current: Json | None = None) -> list[tuple[str, str]]:
    """Severity and field of what the comparison finds."""
    reading = read(text)
    partial = None if current is not None else reading.partial
    complete = partial is not None and not [issue for issue in reading.issues if issue.severity != "info"]
    doubts = frozenset(issue.field for issue in reading.issues)
    ground = Ground(
        facts=reading.facts, partial=partial, is_complete=complete, doubts=doubts, current=current, text=text
    )
    return [(issue.severity, issue.field) for issue in compare(strategy, ground, assumed)]


def test_a_faithful_strategy_has_no_findings() -> None:
    assert found(spec()) == []


def test_a_number_that_was_named_and_lost_is_an_error_where_the_reader_places_it() -> None:
    assert ("error", "stop_loss") in found(spec(stop_loss=None))
    assert ("error", "entry") in found(spec(entry={"long": {"left": "rsi_14", "op": "<", "right": 20}}))


def test_numbers_that_changed_places_are_errors() -> None:
    text = "Buy BTC when RSI(14) is below 30 on 4h, sell above 70, stop 2 %, target 4 %"
    right = spec(
        entry={"long": {"left": "rsi_14", "op": "<", "right": 30}},
        exit={"long": {"left": "rsi_14", "op": ">", "right": 70}},
        take_profit={"type": "percent", "value": 4},
    )
    assert found(right, text) == []
    swapped = {**right, "take_profit": right["stop_loss"], "stop_loss": right["take_profit"]}
    assert found(swapped, text) == [("error", "stop_loss"), ("error", "take_profit")]
    turned = {**right, "entry": right["exit"], "exit": right["entry"]}
    assert {("error", "entry.long"), ("error", "exit.long")} <= set(found(turned, text))


def test_where_the_reader_left_words_out_its_places_are_only_doubts() -> None:
    text = TEXT + ", blorp the frobnicated 2 % thing"
    moved = spec(stop_loss=None, trailing_stop={"type": "percent", "value": 2})
    assert not [each for each in found(moved, text) if each[0] == "error"]


def test_a_timeframe_that_the_reader_only_inferred_is_no_ground_truth() -> None:
    weekly = spec(
        symbols=["TSLA"], market="us_equity", timeframe="1d", exit=None, stop_loss=None, time_stop_bars=10,
        entry={"long": {"left": "rsi_14", "op": "<", "right": 30}},
    )  # fmt: skip
    assert found(weekly, "Buy TSLA when RSI(14) < 30, sell after 2 weeks", "timeframe") == []


def test_a_number_that_no_rule_needs_is_a_warning() -> None:
    assert found(spec(), TEXT + ". I lost 743 dollars last week") == [("warning", "text")]


def test_a_default_period_is_carried_though_it_is_not_written() -> None:
    assert found(spec(indicators=[{"id": "rsi_14", "name": "RSI"}])) == []


def test_a_number_that_nobody_named_needs_an_assumption() -> None:
    invented = spec(time_stop_bars=17)
    assert ("warning", "time_stop_bars") in found(invented)
    assert found(invented, TEXT, "time_stop_bars") == []


def test_numbers_that_a_term_implies_are_known_from_the_offline_reading() -> None:
    text = "Buy AAPL on a golden cross, sell on a death cross"
    cross = spec(
        symbols=["AAPL"],
        market="us_equity",
        timeframe="1d",
        indicators=[
            {"id": "fast", "name": "SMA", "params": {"timeperiod": 50}},
            {"id": "slow", "name": "SMA", "params": {"timeperiod": 200}},
        ],
        entry={"long": {"left": "fast", "op": "crosses_above", "right": "slow"}},
        exit={"long": {"left": "fast", "op": "crosses_below", "right": "slow"}},
        stop_loss=None,
    )
    lengths = [("info", "indicators[0].params.timeperiod"), ("info", "indicators[1].params.timeperiod")]
    assert found(cross, text, "timeframe") == lengths
    assert found(cross, text) == [*lengths, ("warning", "timeframe")]
    assert found(cross, text, "timeframe", "indicators") == []


def test_a_pair_of_two_coins_is_not_lost_where_both_are_traded() -> None:
    fact = Fact(kind="asset", value="BTC/ETH", start=0, end=7)
    both = spec(symbols=["BTC/USDT", "ETH/USDT"])
    assert not [i for i in compare(both, Ground(facts=[fact]), ()) if "BTC/ETH" in i.message]
    assert [i for i in compare(spec(), Ground(facts=[fact]), ()) if "BTC/ETH" in i.message]


def test_what_a_model_reads_and_the_reader_does_not_needs_its_assumptions_too() -> None:
    text = "RSIが30を下回ったらBTCを買い、55を上回ったら売り、損切り2%、期間14"
    assert found(spec(), text) == [("warning", "timeframe")]
    assert found(spec(), text, "timeframe") == []


def test_an_asset_that_was_swapped_is_lost_and_invented() -> None:
    assert found(spec(symbols=["ETH/USDT"])) == [("error", "symbols"), ("error", "symbols")]
    assert found(spec(symbols=["BTC-USDT"])) == []
    assert found(spec(symbols=["btcusdt"])) == []


def test_a_side_a_target_or_an_exit_that_nobody_asked_for_is_an_error() -> None:
    short = {"left": "rsi_14", "op": "crosses_above", "right": 55}
    assert ("error", "entry.short") in found(spec(entry={**spec()["entry"], "short": short}))
    assert ("error", "take_profit") in found(spec(take_profit={"type": "percent", "value": 2}))


def test_another_timeframe_than_the_one_that_was_said_is_an_error() -> None:
    assert ("error", "timeframe") in found(spec(timeframe="1h"))
    assert ("error", "timeframe") in found(spec(timeframe=None))


def test_a_change_is_held_against_the_strategy_before() -> None:
    before = spec(take_profit={"type": "percent", "value": 9})
    after = spec(take_profit={"type": "percent", "value": 9}, stop_loss={"type": "percent", "value": 3})
    assert found(after, "make the stop 3 %", current=before) == []
    assert found(before, "make the stop 3 %", current=before) == [("warning", "text")]
    assert ("warning", "leverage") in found({**after, "leverage": 5}, "make the stop 3 %", current=before)


@pytest.mark.parametrize(
    ("said", "carried", "count", "timeframe", "same"),
    [
        (2, 2.0, False, "1h", True),
        (2, 0.02, False, "1h", True),
        (0.5, 50.0, False, "1h", True),
        (20, 0.8, False, "1h", True),
        (5, -5.0, False, "1h", True),
        (2, 8.0, True, "15m", True),
        (2, 8.0, False, "15m", False),
        (3, 21.0, True, "1d", True),
        (30, 20.0, False, "1h", False),
        (14, 140.0, False, "1h", False),
    ],
)
def test_units_of_a_number(said: float, carried: float, count: bool, timeframe: str, same: bool) -> None:
    assert said_as(said, Carried(value=carried, path="x", is_count=count), timeframe) is same


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"indicators": 3, "symbols": "BTC", "entry": []},
        {"indicators": [None, {"name": 7}, {"name": "NOPE", "params": {"a": "b"}}], "symbols": [None, 4]},
        {"market": "moon", "symbols": ["BTC/USDT"], "entry": {"long": {"all": []}}},
    ],
)
def test_a_broken_strategy_is_compared_without_an_exception(broken: Any) -> None:
    fact = Fact(kind="number", value=30.0, start=0, end=2)
    assert isinstance(compare(broken, Ground(facts=[fact], partial=broken, is_complete=True), ()), tuple)


def test_a_path_leads_to_its_value() -> None:
    assert value_at(spec(), "indicators[0].params.timeperiod") == 14
    assert value_at(spec(), "indicators[7].params") is None
    assert value_at(spec(), "entry.long.right.deeper") is None


async def test_a_lost_number_is_put_to_the_model_and_stays_an_issue(clients: Clients) -> None:
    lossy: list[Reply] = [gives(spec(), assumptions=[])] * 2
    async with ModelServer(lossy) as server, clients.of(server) as client:
        authored = await drafted(client, TEXT + ". I lost 743 dollars last week")
    assert len(server.received) == 2, "a warning is put to the model once"
    assert authored.draft.spec is not None
    assert any("743" in issue.message for issue in authored.draft.issues if issue.severity == "warning")
