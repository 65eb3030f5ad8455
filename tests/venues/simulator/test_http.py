"""The venue over HTTP: paths, answers, weights, bans, and a trade from the first call to the last."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.venues.simulator.wire_kit import START_MS, Wire
from vibex.venues.simulator.exchange import Habits

LIMIT = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01"}
MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01", "newOrderRespType": "RESULT"}


async def test_public_calls_answer_in_the_venues_shape() -> None:
    wire = Wire()
    assert (await wire.public("time")).json() == {"serverTime": START_MS}
    info = (await wire.public("exchangeInfo")).json()
    assert [one["filterType"] for one in info["symbols"][0]["filters"]] == [
        "PRICE_FILTER", "LOT_SIZE", "MARKET_LOT_SIZE", "MAX_NUM_ORDERS", "MAX_NUM_ALGO_ORDERS", "MIN_NOTIONAL",
        "PERCENT_PRICE",
    ]  # fmt: skip
    depth = (await wire.public("depth", symbol="BTCUSDT", limit=5)).json()
    assert Decimal(depth["bids"][0][0]) < Decimal(depth["asks"][0][0])
    klines = (await wire.public("klines", symbol="BTCUSDT", interval="1h", limit=3)).json()
    assert [len(row) for row in klines] == [12, 12, 12]
    assert klines[1][0] - klines[0][0] == 3_600_000
    for name in ("premiumIndex", "ticker/bookTicker", "ticker/24hr", "ticker/price", "openInterest"):
        assert (await wire.public(name, symbol="BTCUSDT")).json()["symbol"] == "BTCUSDT"
    for name in ("fundingInfo", "fundingRate", "trades", "aggTrades"):
        assert isinstance((await wire.public(name, symbol="BTCUSDT")).json(), list)


@pytest.mark.parametrize(
    ("name", "query", "status", "code"),
    [
        ("depth", {}, 400, -1102),
        ("depth", {"symbol": "NOPE"}, 400, -1121),
        ("depth", {"symbol": ""}, 400, -1105),
        ("klines", {"symbol": "BTCUSDT", "interval": "7m"}, 400, -1120),
        ("klines", {"symbol": "BTCUSDT", "interval": "1m", "limit": "x"}, 400, -1100),
        ("balance", {}, 404, None),
        ("order", {"symbol": "BTCUSDT"}, 401, -2014),
    ],
)
async def test_bad_requests_have_the_venues_code(
    name: str, query: dict[str, str], status: int, code: int | None
) -> None:
    answer = await Wire().public(name, **query)
    assert answer.status_code == status
    if code is not None:
        assert answer.json()["code"] == code


async def test_a_round_trip_through_v3_moves_order_position_balance_and_income_together() -> None:
    wire = Wire(noise=0)
    bought = (await wire.v3("POST", "order", **MARKET, newClientOrderId="in-1")).json()
    assert (bought["status"], bought["executedQty"], bought["clientOrderId"]) == ("FILLED", "0.01", "in-1")
    risk = (await wire.v3("GET", "positionRisk", symbol="BTCUSDT")).json()
    assert risk[0]["positionAmt"] == "0.01"
    assert Decimal(risk[0]["liquidationPrice"]) > 0 or Decimal(risk[0]["liquidationPrice"]) == 0
    await wire.v3("POST", "order", **(MARKET | {"side": "SELL"}), reduceOnly="true")
    assert (await wire.v3("GET", "positionRisk", symbol="BTCUSDT")).json()[0]["positionAmt"] == "0"
    trades = (await wire.v3("GET", "userTrades", symbol="BTCUSDT")).json()
    balance = (await wire.v3("GET", "balance")).json()[0]
    moved = sum(Decimal(one["realizedPnl"]) + Decimal(one["commission"]) for one in trades)
    assert Decimal(balance["balance"]) == 10_000 + moved
    assert balance["availableBalance"] == balance["balance"]
    income = (await wire.v3("GET", "income")).json()
    assert sum(Decimal(row["income"]) for row in income) == Decimal(balance["balance"])


async def test_the_same_through_the_older_paths_of_v1() -> None:
    wire = Wire(noise=0)
    assert (await wire.v1("POST", "v1/order", **MARKET)).json()["status"] == "FILLED"
    assert (await wire.v1("GET", "v2/positionRisk", symbol="BTCUSDT")).json()[0]["positionAmt"] == "0.01"
    assert Decimal((await wire.v1("GET", "v2/balance")).json()[0]["balance"]) < 10_000
    assert (await wire.v1("GET", "v4/account")).json()["assets"][0]["asset"] == "USDT"


async def test_an_order_is_placed_queried_changed_listed_and_cancelled() -> None:
    wire = Wire(noise=0)
    mark = Decimal((await wire.public("premiumIndex", symbol="BTCUSDT")).json()["markPrice"])
    price = str((mark * Decimal("0.97")).quantize(Decimal("0.1")))
    lower = str((mark * Decimal("0.96")).quantize(Decimal("0.1")))
    placed = (await wire.v3("POST", "order", **LIMIT, price=price, newClientOrderId="x-1")).json()
    assert placed["status"] == "NEW"
    changed = await wire.v3(
        "PUT", "order", symbol="BTCUSDT", side="BUY", origClientOrderId="x-1", quantity="0.02", price=lower
    )
    assert (changed.json()["orderId"], changed.json()["origQty"]) == (placed["orderId"], "0.02")
    queried = (await wire.v3("GET", "order", symbol="BTCUSDT", orderId=str(placed["orderId"]))).json()
    assert queried["price"] == lower
    assert len((await wire.v3("GET", "openOrders")).json()) == 1
    cancelled = (await wire.v3("DELETE", "order", symbol="BTCUSDT", origClientOrderId="x-1")).json()
    assert cancelled["status"] == "CANCELED"
    again = (await wire.v3("DELETE", "order", symbol="BTCUSDT", origClientOrderId="x-1")).json()
    assert again["code"] == -2011
    assert [one["status"] for one in (await wire.v3("GET", "allOrders", symbol="BTCUSDT")).json()] == ["CANCELED"]


async def test_a_batch_answers_in_order_with_an_error_where_one_was_refused() -> None:
    wire = Wire(noise=0)
    orders = (
        '[{"symbol":"BTCUSDT","side":"BUY","type":"MARKET","quantity":"0.01"},'
        '{"symbol":"BTCUSDT","side":"BUY","type":"MARKET","quantity":"0.01","reduceOnly":true}]'
    )
    answers = (await wire.v3("POST", "batchOrders", batchOrders=orders)).json()
    assert answers[0]["status"] == "NEW"
    assert answers[1]["code"] == -2022


async def test_settings_are_changed_and_read_back() -> None:
    wire = Wire()
    assert (await wire.v3("POST", "leverage", symbol="BTCUSDT", leverage="50")).json()["maxNotionalValue"] == "12000000"
    assert (await wire.v3("POST", "marginType", symbol="BTCUSDT", marginType="ISOLATED")).json()["code"] == 200
    assert (await wire.v3("POST", "marginType", symbol="BTCUSDT", marginType="ISOLATED")).json()["code"] == -4046
    assert (await wire.v3("POST", "positionSide/dual", dualSidePosition="true")).json()["code"] == 200
    assert (await wire.v3("GET", "positionSide/dual")).json() == {"dualSidePosition": True}
    assert len((await wire.v3("GET", "positionRisk", symbol="BTCUSDT")).json()) == 2
    assert (await wire.v3("GET", "leverageBracket", symbol="BTCUSDT")).json()["brackets"][0]["initialLeverage"] == 125
    rates = (await wire.v3("GET", "commissionRate", symbol="BTCUSDT")).json()
    assert (rates["makerCommissionRate"], rates["takerCommissionRate"]) == ("0.0002", "0.0004")
    assert (await wire.v3("POST", "countdownCancelAll", symbol="BTCUSDT", countdownTime="1000")).status_code == 200


async def test_a_listen_key_is_kept_extended_and_closed() -> None:
    wire = Wire()
    key = (await wire.v3("POST", "listenKey")).json()["listenKey"]
    assert key.startswith("sim-")
    assert (await wire.v3("POST", "listenKey")).json()["listenKey"] == key
    wire.clock.advance(3601)
    assert (await wire.v3("PUT", "listenKey")).json()["code"] == -1125
    assert (await wire.v3("POST", "listenKey")).json()["listenKey"] != key
    assert (await wire.v3("DELETE", "listenKey")).json() == {}


@pytest.mark.parametrize("python", [True, False])
async def test_a_capital_boolean_is_read_where_the_venue_does_so_and_refused_elsewhere(python: bool) -> None:
    wire = Wire(habits=Habits(python_booleans=python), noise=0)
    await wire.v3("POST", "order", **MARKET)
    answer = (await wire.v3("POST", "order", **(MARKET | {"side": "SELL"}), reduceOnly="True")).json()
    assert answer.get("reduceOnly") is True if python else answer["code"] == -1130


@pytest.mark.parametrize("refuses", [True, False])
async def test_an_unknown_parameter_is_refused_before_any_effect_or_ignored(refuses: bool) -> None:
    wire = Wire(habits=Habits(refuse_unknown_parameters=refuses), noise=0)
    answer = (await wire.v3("POST", "order", **MARKET, surprise="1")).json()
    held = (await wire.v3("GET", "positionRisk", symbol="BTCUSDT")).json()[0]["positionAmt"]
    assert (answer.get("code"), held) == (-1104, "0") if refuses else (None, "0.01")


async def test_weights_are_counted_then_refused_then_banned_for_growing_times() -> None:
    wire = Wire()
    used = [(await wire.public("depth", symbol="BTCUSDT", limit=1000)).headers["x-mbx-used-weight-1m"] for _ in "12"]
    assert used == ["20", "40"]
    for _ in range(118):
        await wire.public("depth", symbol="BTCUSDT", limit=1000)
    refused = await wire.public("time")
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (429, -1003, "60")
    for _ in range(9):
        assert (await wire.public("time")).status_code == 429
    banned = await wire.public("time")
    assert (banned.status_code, banned.headers["retry-after"]) == (418, "120")
    assert str(START_MS + 120_000) in banned.json()["msg"]
    wire.clock.advance(60)
    assert (await wire.public("time")).status_code == 418
    wire.clock.advance(61)
    assert (await wire.public("time")).status_code == 200


async def test_orders_have_their_own_limit_per_account() -> None:
    wire = Wire(noise=0)
    order = wire.application.limits
    order.order("alice", 1199, START_MS)
    taken = await wire.v3("POST", "order", **MARKET)
    assert taken.headers["x-mbx-order-count-1m"] == "1200"
    refused = await wire.v3("POST", "order", **MARKET)
    assert (refused.status_code, refused.json()["code"]) == (429, -1015)
