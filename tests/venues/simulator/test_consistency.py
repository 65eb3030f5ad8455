"""Three tellings of one account agree after hundreds of random requests: the user stream, REST queries, the ledger."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from tests.venues.simulator.test_streams import Socket, _opened
from tests.venues.simulator.wire_kit import Wire

D = Decimal


class Replica:
    """An account rebuilt from the events of the user stream alone."""

    def __init__(self) -> None:
        self.wallet, self.position = D(10_000), D(0)
        self.orders: dict[int, tuple[str, Decimal]] = {}
        self.trades: set[int] = set()
        self.told: dict[str, str] = {}

    def hear(self, event: dict[str, Any]) -> None:
        if event["e"] == "ORDER_TRADE_UPDATE":
            order = event["o"]
            self.orders[order["i"]] = (order["X"], D(order["z"]))
            if order["x"] == "TRADE":
                assert order["t"] not in self.trades
                self.trades.add(order["t"])
                self.position += D(order["l"]) * (1 if order["S"] == "BUY" else -1)
                self.wallet += D(order["rp"]) - D(order["n"])
        elif event["e"] == "ACCOUNT_UPDATE":
            if event["a"]["m"] == "FUNDING_FEE":
                self.wallet += D(event["a"]["B"][0]["bc"])
            self.told = {"wallet": event["a"]["B"][0]["wb"]}
            for position in event["a"]["P"]:
                self.told["position"] = position["pa"]

    def open_ids(self) -> set[int]:
        return {number for number, (status, _) in self.orders.items() if status in ("NEW", "PARTIALLY_FILLED")}


async def _send_something(wire: Wire, drawn: random.Random) -> None:
    mark = wire.simulator.exchange.floor.market("BTCUSDT").mark
    side = drawn.choice(["BUY", "SELL"])
    order = {"symbol": "BTCUSDT", "side": side, "quantity": str(D(drawn.randint(1, 60)) / 1000)}
    away = str((mark * D(drawn.randint(9980, 10_020)) / 10_000).quantize(D("0.1")))
    match drawn.randint(0, 6):
        case 0 | 1:
            await wire.v3("POST", "order", **order, type="MARKET")
        case 2 | 3:
            tif = drawn.choice(["GTC", "IOC", "FOK", "GTX", "HIDDEN"])
            await wire.v3("POST", "order", **order, type="LIMIT", timeInForce=tif, price=away)
        case 4:
            await wire.v3("POST", "order", **order, type="STOP_MARKET", stopPrice=away)
        case 5:
            await wire.v3("POST", "order", **order, type="LIMIT", timeInForce="GTC", price=away, reduceOnly="true")
        case _:
            await wire.v3("DELETE", "allOpenOrders", symbol="BTCUSDT")


async def _drain(socket: Socket, replica: Replica) -> None:
    for event in await socket.settle():
        replica.hear(event)


@pytest.mark.parametrize("seed", [1, 2])
async def test_stream_queries_and_ledger_tell_the_same_story(seed: int) -> None:
    wire, drawn, replica = Wire(step_ms=10_000), random.Random(seed), Replica()
    key = (await wire.v3("POST", "listenKey")).json()["listenKey"]
    socket = await _opened(wire, f"/ws/{key}")
    for number in range(150):
        await _send_something(wire, drawn)
        # Long pauses now and then, so that funding is paid on the way; the key is renewed in time.
        wire.clock.advance(1_700 if number % 10 == 9 else drawn.randint(0, 5))
        await wire.v3("PUT", "listenKey")
        await _drain(socket, replica)
    held = (await wire.v3("GET", "positionRisk", symbol="BTCUSDT")).json()[0]["positionAmt"]
    balance = (await wire.v3("GET", "balance")).json()[0]["balance"]
    await _drain(socket, replica)
    trades = (await wire.v3("GET", "userTrades", symbol="BTCUSDT", limit="1000")).json()
    orders = (await wire.v3("GET", "openOrders", symbol="BTCUSDT")).json()
    income = (await wire.v3("GET", "income", limit="1000", startTime="0")).json()
    assert len(trades) > 30
    assert abs(replica.wallet - D(balance)) < D("1e-8")
    assert replica.position == D(held)
    assert replica.trades == {trade["id"] for trade in trades}
    assert replica.open_ids() == {order["orderId"] for order in orders}
    assert abs(sum(D(row["income"]) for row in income) - D(balance)) < D("1e-8")
    assert any(row["incomeType"] == "FUNDING_FEE" for row in income)
    await socket.close()
