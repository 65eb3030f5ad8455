"""Faults by script: what they do to a request, and scripts that are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.venues.simulator.wire_kit import START_MS, Wire
from vibex.domain.errors import InvalidInput
from vibex.venues.simulator.faults import parse_script, read_script

MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01", "newClientOrderId": "in-1"}


async def _held(wire: Wire) -> str:
    return str((await wire.v3("GET", "positionRisk", symbol="BTCUSDT")).json()[0]["positionAmt"])


@pytest.mark.parametrize(
    ("line", "status", "code", "held"),
    [
        ("error-before method=POST path=order", 503, -1000, "0"),
        ("error-after method=POST path=order status=502", 502, -1000, "0.01"),
        ("timeout method=POST path=order", 408, -1007, "0.01"),
        ("timeout method=POST path=order code=-1006 effect=no", 500, -1006, "0"),
        ("maintenance method=POST path=order", 503, -1016, "0"),
        ("rate-limit method=POST path=order", 429, -1003, "0"),
    ],
)
async def test_a_fault_hits_once_before_or_after_the_effect(line: str, status: int, code: int, held: str) -> None:
    wire = Wire(scenario=line, noise=0)
    answer = await wire.v3("POST", "order", **MARKET)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await _held(wire) == held
    assert (await wire.v3("POST", "order", **(MARKET | {"newClientOrderId": "in-2"}))).status_code == 200


async def test_a_page_instead_of_json() -> None:
    answer = await Wire(scenario="error-before html=yes status=500").public("time")
    assert answer.status_code == 500
    assert answer.text.startswith("<html>")


async def test_a_ban_lasts_as_long_as_told() -> None:
    wire = Wire(scenario="ban ms=180000 nth=2")
    assert (await wire.public("time")).status_code == 200
    assert (await wire.public("time")).status_code == 418
    wire.clock.advance(179)
    assert (await wire.public("time")).status_code == 418
    wire.clock.advance(1.5)
    assert (await wire.public("time")).status_code == 200


async def test_a_new_order_is_not_found_for_a_while() -> None:
    wire = Wire(scenario="order-lag ms=5000 for=100000", noise=0)
    await wire.v3("POST", "order", **MARKET)
    query = {"symbol": "BTCUSDT", "origClientOrderId": "in-1"}
    assert (await wire.v3("GET", "order", **query)).json()["code"] == -2013
    wire.clock.advance(5)
    assert (await wire.v3("GET", "order", **query)).json()["status"] == "FILLED"


async def test_a_clock_step_moves_the_shown_time_and_what_is_accepted() -> None:
    wire = Wire(scenario="clock-step at=1000 ms=12000")
    wire.clock.advance(1)
    assert (await wire.public("time")).json()["serverTime"] == START_MS + 13_000
    assert (await wire.v3("GET", "balance")).json()["code"] == -4225
    assert (await wire.v1("GET", "v2/balance")).json()["code"] == -1021


async def test_a_delay_takes_simulated_time() -> None:
    wire = Wire(scenario="delay ms=2500 path=time")
    assert (await wire.public("time")).json()["serverTime"] == START_MS + 2500


async def test_a_changed_tick_a_shock_a_frozen_feed_a_mode_switch_and_a_trade_by_hand() -> None:
    wire = Wire(
        scenario="""
        tick-size at=1000 symbol=BTCUSDT tick=1     # rules change while trading
        manual-trade at=2000 account=alice symbol=BTCUSDT side=SELL quantity=0.02
        freeze-feed at=3000 for=60000
        price-shock at=3000 symbol=BTCUSDT percent=-20
        """,
        noise=0,
    )
    wire.clock.advance(2)
    info = (await wire.public("exchangeInfo")).json()
    assert info["symbols"][0]["filters"][0]["tickSize"] == "1"
    assert await _held(wire) == "-0.02"
    before = float((await wire.public("premiumIndex", symbol="BTCUSDT")).json()["markPrice"])
    marks = []
    for _ in range(3):
        wire.clock.advance(1)
        marks.append(float((await wire.public("premiumIndex", symbol="BTCUSDT")).json()["markPrice"]))
    assert marks[0] == pytest.approx(before * 0.8, rel=0.01)
    assert len(set(marks)) == 1


async def test_hedge_mode_switched_outside() -> None:
    wire = Wire(scenario="hedge-switch account=alice", noise=0)
    assert (await wire.v3("POST", "order", **MARKET)).json()["code"] == -4061


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("delay ms=1\nexplode now=1", "line 2: unknown fault 'explode'"),
        ("delay", "line 1: delay needs ms="),
        ("delay ms=soon", "line 1: ms=soon is not a number"),
        ("delay ms=1 colour=red", "line 1: delay has no option 'colour'"),
        ("tick-size symbol=BTCUSDT tick=NaN", "line 1: tick=NaN is not a number"),
        ("timeout code=-1", "line 1: code=-1"),
        ("delay 'ms=1", "line 1: No closing quotation"),
    ],
)
def test_a_script_that_is_not_understood_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said.replace("=", ".")) as refused:
        parse_script(text)
    assert refused.value.field == "scenario"


def test_a_script_that_names_what_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidInput, match="line 1: no account bob here"):
        Wire(scenario="hedge-switch account=bob")
    with pytest.raises(InvalidInput, match="cannot read"):
        read_script(Path("/nowhere/at.all"))
