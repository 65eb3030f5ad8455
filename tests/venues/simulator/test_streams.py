"""Streams: a local book from differences equals the venue's, user events arrive, keys expire, faults bite."""

from __future__ import annotations

import asyncio
import itertools
import json
from decimal import Decimal
from typing import Any

import pytest

from tests.venues.simulator.wire_kit import Wire

MARKET = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}


class Socket:
    """The client's end of one connection, without a network."""

    def __init__(self, wire: Wire, path: str, query: str = "") -> None:
        self.wire = wire
        self._to_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._to_server.put_nowait({"type": "websocket.connect"})
        scope = {"type": "websocket", "path": path, "query_string": query.encode(), "headers": []}
        self._task = asyncio.ensure_future(
            wire.application(scope, self._to_server.get, self._from_server.put)  # type: ignore[arg-type]
        )

    async def settle(self) -> list[dict[str, Any]]:
        """Let both ends work off what is there; everything the server sent since the last call."""
        for _ in range(20):
            await asyncio.sleep(0)
        found = []
        while not self._from_server.empty():
            message = self._from_server.get_nowait()
            if message["type"] == "websocket.send":
                found.append(json.loads(message["text"]))
            else:
                found.append({"type": message["type"]})
        return found

    def say(self, value: object) -> None:
        self._to_server.put_nowait({"type": "websocket.receive", "text": json.dumps(value)})

    async def close(self) -> None:
        self._to_server.put_nowait({"type": "websocket.disconnect"})
        await self._task


async def _opened(wire: Wire, path: str, query: str = "") -> Socket:
    socket = Socket(wire, path, query)
    assert await socket.settle() == [{"type": "websocket.accept"}]
    return socket


async def _run(wire: Wire, seconds: int) -> None:
    for _ in range(seconds):
        wire.clock.advance(1)
        wire.application.catch_up()


async def test_a_book_built_from_snapshot_and_differences_equals_the_venues() -> None:
    wire = Wire()
    socket = await _opened(wire, "/ws/btcusdt@depth@100ms")
    await _run(wire, 3)
    snapshot = (await wire.public("depth", symbol="BTCUSDT", limit=1000)).json()
    await _run(wire, 20)
    sides = {"b": dict(snapshot["bids"]), "a": dict(snapshot["asks"])}
    last = None
    used = 0
    for event in await socket.settle():
        assert last is None or event["pu"] == last
        last = event["u"]
        if event["u"] <= snapshot["lastUpdateId"]:
            continue
        assert used or event["U"] <= snapshot["lastUpdateId"] + 1
        used += 1
        for side in ("b", "a"):
            for price, quantity in event[side]:
                sides[side].pop(price, None)
                if quantity != "0":
                    sides[side][price] = quantity
    venue = (await wire.public("depth", symbol="BTCUSDT", limit=1000)).json()
    assert used >= 15
    assert sides == {"b": dict(venue["bids"]), "a": dict(venue["asks"])}
    await socket.close()


async def test_a_scripted_gap_shows_in_the_chain_of_ids() -> None:
    wire = Wire(scenario="depth-gap at=3000 symbol=BTCUSDT")
    socket = await _opened(wire, "/ws/btcusdt@depth")
    await _run(wire, 6)
    events = await socket.settle()
    broken = [1 for one, two in itertools.pairwise(events) if two["pu"] != one["u"]]
    assert broken == [1]
    await socket.close()


async def test_combined_streams_are_wrapped_and_commands_answered() -> None:
    wire = Wire()
    socket = await _opened(wire, "/stream", "streams=btcusdt@markPrice@1s/btcusdt@aggTrade")
    await _run(wire, 4)
    names = {event["stream"] for event in await socket.settle()}
    assert names == {"btcusdt@markPrice@1s", "btcusdt@aggTrade"}
    socket.say({"method": "UNSUBSCRIBE", "params": ["btcusdt@aggTrade"], "id": 1})
    socket.say({"method": "SUBSCRIBE", "params": ["btcusdt@kline_1m", "btcusdt@bookTicker"], "id": 2})
    socket.say({"method": "LIST_SUBSCRIPTIONS", "id": 3})
    socket.say({"method": "DANCE", "id": 4})
    answers = await socket.settle()
    assert answers[:2] == [{"result": None, "id": 1}, {"result": None, "id": 2}]
    assert answers[2]["result"] == ["btcusdt@markPrice@1s", "btcusdt@kline_1m", "btcusdt@bookTicker"]
    assert answers[3]["code"] == 2
    await _run(wire, 2)
    events = [event["data"] for event in await socket.settle()]
    assert {event["e"] for event in events} == {"markPriceUpdate", "kline", "bookTicker"}
    kline = next(event["k"] for event in events if event["e"] == "kline")
    assert Decimal(kline["l"]) <= Decimal(kline["c"]) <= Decimal(kline["h"])
    await socket.close()


async def test_the_user_stream_tells_order_then_account_before_the_answer_is_read() -> None:
    wire = Wire(noise=0)
    key = (await wire.v3("POST", "listenKey")).json()["listenKey"]
    socket = await _opened(wire, f"/ws/{key}")
    await wire.v3("POST", "order", **MARKET, newClientOrderId="in-1")
    events = await socket.settle()
    assert [event["e"] for event in events] == ["ORDER_TRADE_UPDATE", "ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE"]
    assert [(event["o"]["c"], event["o"]["x"]) for event in events[:2]] == [("in-1", "NEW"), ("in-1", "TRADE")]
    balance = (await wire.v3("GET", "balance")).json()[0]["balance"]
    assert events[2]["a"]["B"][0]["wb"] == balance
    await socket.close()


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("drop-events", ["TRADE", "ACCOUNT"]),
        ("duplicate-events", ["NEW", "NEW", "TRADE", "ACCOUNT"]),
        ("reorder-events", ["TRADE", "NEW", "ACCOUNT"]),
    ],
)
async def test_events_are_dropped_doubled_and_reordered_by_script(line: str, kinds: list[str]) -> None:
    wire = Wire(scenario=line, noise=0)
    key = (await wire.v3("POST", "listenKey")).json()["listenKey"]
    socket = await _opened(wire, f"/ws/{key}")
    await wire.v3("POST", "order", **MARKET)
    seen = [event["o"]["x"] if "o" in event else "ACCOUNT" for event in await socket.settle()]
    assert seen == kinds
    await socket.close()


async def test_an_expired_key_is_told_once_and_then_nothing_comes_while_the_socket_stays_open() -> None:
    wire = Wire(scenario="expire-listen-key at=2000 account=alice", noise=0)
    key = (await wire.v3("POST", "listenKey")).json()["listenKey"]
    socket = await _opened(wire, f"/ws/{key}")
    await _run(wire, 4)
    await wire.v3("POST", "order", **MARKET)
    assert [event["e"] for event in await socket.settle()] == ["listenKeyExpired"]
    await socket.close()


async def test_too_many_messages_and_a_whole_day_end_a_connection() -> None:
    wire = Wire(noise=0)
    socket = await _opened(wire, "/ws")
    for number in range(11):
        socket.say({"method": "LIST_SUBSCRIPTIONS", "id": number})
    assert (await socket.settle())[-1] == {"type": "websocket.close"}
    other = await _opened(wire, "/ws/btcusdt@aggTrade")
    wire.simulator.exchange.floor.now += 86_400_000
    wire.application.streams.publish()
    assert {"type": "websocket.close"} in await other.settle()
    await other.close()


async def test_a_path_that_is_no_stream_is_turned_away() -> None:
    socket = Socket(Wire(), "/nothing")
    assert await socket.settle() == [{"type": "websocket.close"}]
