"""Troubles of market and network: wicks, thin books, liquidations, splits, answers of before, margin calls."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from tests.venues.simulator.floor_kit import BTC, D, held, send, venue
from tests.venues.simulator.test_streams import MARKET, _opened, _run
from tests.venues.simulator.wire_kit import START_MS, Wire
from vibex.venues.simulator.exchange.modes import set_leverage
from vibex.venues.simulator.exchange.words import WorkingType
from vibex.venues.simulator.http.signatures import Sent
from vibex.venues.simulator.participants import CrowdSettings
from vibex.venues.simulator.participants.agents import MarketMaker, MomentumTrader


async def test_a_wick_fires_stops_on_the_last_price_and_none_on_the_mark() -> None:
    wire = Wire(scenario="wick symbol=BTCUSDT percent=-5 at=1000", noise=0)
    exchange = wire.simulator.exchange
    mark = exchange.floor.market(BTC).mark
    send(exchange, "alice", "BUY", "0.02")
    trigger = str((mark * D("0.98")).quantize(D(1)))
    by_last = send(exchange, "alice", "SELL", "0.01", kind="STOP_MARKET", stop=trigger, reduce_only=True)
    by_mark = send(
        exchange, "alice", "SELL", "0.01", kind="STOP_MARKET", stop=trigger, working_type=WorkingType.MARK_PRICE
    )  # fmt: skip
    await _run(wire, 2)
    assert by_last.status == "FILLED"
    assert by_mark.status == "NEW"
    assert abs(exchange.floor.market(BTC).mark / mark - 1) < D("0.01")


async def test_a_thin_book_shows_less_for_a_while() -> None:
    wire = Wire(scenario="thin-book symbol=BTCUSDT percent=90 at=1000 for=3000", noise=0)
    book = wire.simulator.exchange.floor.market(BTC).book

    def shown() -> Decimal:
        return sum((quantity for side in book.depth(10) for _, quantity in side), D(0))

    usual = shown()
    await _run(wire, 2)
    assert shown() < usual / 3
    await _run(wire, 4)
    assert shown() > usual / 3


async def test_a_liquidation_and_a_countdown_come_from_outside() -> None:
    scenario = "countdown account=alice symbol=BTCUSDT ms=500\nliquidation account=alice symbol=BTCUSDT at=3000"
    wire = Wire(scenario=scenario, noise=0)
    await wire.v3("POST", "order", **MARKET)
    low = str((wire.simulator.exchange.floor.market(BTC).mark * D("0.97")).quantize(D(1)))
    await wire.v3("POST", "order", symbol=BTC, side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.01", price=low)
    await _run(wire, 1)
    assert (await wire.v3("GET", "openOrders", symbol=BTC)).json() == []
    await _run(wire, 3)
    assert held(wire.simulator.exchange, "alice") == 0
    forced = (await wire.v3("GET", "forceOrders", autoCloseType="LIQUIDATION")).json()
    assert [row["clientOrderId"].startswith("autoclose-") for row in forced] == [True]
    assert (await wire.v3("GET", "forceOrders", autoCloseType="ADL")).json() == []
    assert (await wire.v3("GET", "forceOrders", symbol=BTC, startTime=str(START_MS + 9_000_000))).json() == []


@pytest.mark.parametrize(("line", "status", "holds"), [("truncate", 200, "0.01"), ("duplicate-request", 200, "0.01")])
async def test_a_request_that_goes_wrong_has_its_effect_once(line: str, status: int, holds: str) -> None:
    wire = Wire(scenario=f"{line} method=POST path=order", noise=0)
    answer = await wire.v3("POST", "order", **MARKET)
    assert answer.status_code == status
    if line == "truncate":
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            answer.json()
    assert (await wire.v3("GET", "positionRisk", symbol=BTC)).json()[0]["positionAmt"] == holds


async def test_a_stale_answer_is_the_one_before() -> None:
    wire = Wire(scenario="stale-answer method=GET path=time nth=2")
    first = (await wire.public("time")).json()
    wire.clock.advance(5)
    assert (await wire.public("time")).json() == first
    assert (await wire.public("time")).json() != first


async def test_a_split_takes_requests_and_events_and_ends_connections() -> None:
    wire = Wire(scenario="split at=1000 for=5000", noise=0)
    key = (await wire.v3("POST", "listenKey")).json()["listenKey"]
    socket = await _opened(wire, f"/ws/{key}")
    await _run(wire, 2)
    answer = await wire.application.answer(Sent(method="GET", path="/fapi/v1/ping"))
    assert answer.lost_for_ms == 4000
    send(wire.simulator.exchange, "alice", "BUY", "0.01")
    await _run(wire, 1)
    assert await socket.settle() == []
    await _run(wire, 4)
    assert await socket.settle() == [{"type": "websocket.close"}]
    await socket.close()


async def test_a_margin_call_is_made_once_before_the_liquidation() -> None:
    exchange = venue("a", "b", balance="1000", mark="50000")
    send(exchange, "b", "SELL", "0.3", "50000")
    set_leverage(exchange.floor, exchange.floor.account("a"), BTC, 50)
    send(exchange, "a", "BUY", "0.3", "50000")
    exchange.take_events()
    told = []
    for mark in ("47000", "46930", "46915", "46910", "46905"):
        exchange.set_price(BTC, D(mark))
        told += [event.payload for event in exchange.take_events() if event.account == "a"]
    calls = [one for one in told if one["e"] == "MARGIN_CALL"]
    assert len(calls) == 1
    rows = calls[0]["p"]
    assert isinstance(rows, list)
    assert rows[0]["s"] == BTC
    assert held(exchange, "a") == D("0.3"), "called, not closed"


async def test_a_tried_order_is_checked_and_not_placed() -> None:
    wire = Wire(noise=0)
    assert (await wire.v3("POST", "order/test", **MARKET)).json() == {}
    assert (await wire.v3("POST", "order/test", **(MARKET | {"quantity": "0.0001"}))).json()["code"] == -1111
    assert (await wire.v3("GET", "positionRisk", symbol=BTC)).json()[0]["positionAmt"] == "0"


async def test_the_deleveraging_quantile_is_of_who_holds_something() -> None:
    wire = Wire(noise=0)
    assert (await wire.v3("GET", "adlQuantile", symbol=BTC)).json() == [{"symbol": BTC, "adlQuantile": {"BOTH": 0}}]
    await wire.v3("POST", "order", **MARKET)
    assert (await wire.v3("GET", "adlQuantile")).json()[0]["adlQuantile"]["BOTH"] == 4


async def test_tickers_and_arrays_tell_of_the_day_and_of_liquidations() -> None:
    wire = Wire(scenario="liquidation account=alice symbol=BTCUSDT at=3000", noise=0)
    names = (
        "btcusdt@ticker/btcusdt@miniTicker/!ticker@arr/!miniTicker@arr/!markPrice@arr@1s/!bookTicker/!forceOrder@arr"
    )
    socket = await _opened(wire, "/stream", f"streams={names}")
    await wire.v3("POST", "order", **MARKET)
    await _run(wire, 5)
    heard: dict[str, object] = {}
    for message in await socket.settle():
        heard.setdefault(message["stream"], message["data"])
    assert set(heard) == set(names.split("/"))
    ticker, forced = heard["btcusdt@ticker"], heard["!forceOrder@arr"]
    assert isinstance(ticker, dict)
    assert ticker["e"] == "24hrTicker"
    assert Decimal(ticker["l"]) <= Decimal(ticker["c"]) <= Decimal(ticker["h"])
    assert isinstance(forced, dict)
    assert (forced["o"]["S"], forced["o"]["q"]) == ("SELL", "0.01")
    await socket.close()


async def test_momentum_buys_what_rises() -> None:
    exchange = venue(mark="50000")
    settings = CrowdSettings(momentum=1, lookback=3)
    maker = MarketMaker(exchange, "maker", settings, random.Random(1))
    trader = MomentumTrader(exchange, "momentum", settings, random.Random(1))
    market = exchange.floor.market(BTC)
    for step in range(8):
        price = D(50_000 + 100 * step)
        exchange.set_price(BTC, price)
        maker.step(market, price)
        trader.step(market, price)
    assert held(exchange, "momentum") > 0
    assert all(not one.buyer_is_maker for one in market.tape)
