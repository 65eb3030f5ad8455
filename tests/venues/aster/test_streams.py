"""Streams across cuts, silences, gaps and lapsed keys: nothing is lost without being announced."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

import pytest

from tests.venues.aster.contracts import D
from tests.venues.aster.keys import NOON_MS, agent
from tests.venues.aster.scripted import ScriptedVenue, error, gives
from tests.venues.aster.sockets import FakeVenueSockets, WaitingClock, settle, until
from vibex.domain import InvalidInput, JsonValue, StopTrading, Timeframe
from vibex.venues.aster.config import local_config
from vibex.venues.aster.feed import Feed, FeedPatience, Verdict
from vibex.venues.aster.listen_key import ListenKeys
from vibex.venues.aster.sockets import Connection, connector
from vibex.venues.aster.streams import MarketStream, stream_name
from vibex.venues.aster.symbols import SymbolNames
from vibex.venues.aster.transport import Transport
from vibex.venues.aster.user_stream import UserStream
from vibex.venues.events import (
    AccountChanged,
    BookChanged,
    BookLost,
    Channel,
    Interrupted,
    Quote,
    Subscription,
)

T = TypeVar("T")
START = Interrupted(why="start", resumed=True)


class Reader(Generic[T]):
    """Collects what an async iterator gives, in the background."""

    def __init__(self, source: AsyncIterator[T]) -> None:
        self.seen: list[T] = []
        self._task = asyncio.create_task(self._read(source))

    async def _read(self, source: AsyncIterator[T]) -> None:
        async for item in source:
            self.seen.append(item)

    async def stop(self) -> BaseException | None:
        self._task.cancel()
        (outcome,) = await asyncio.gather(self._task, return_exceptions=True)
        return outcome


@pytest.fixture
def clock() -> WaitingClock:
    return WaitingClock()


@pytest.fixture
def sockets() -> FakeVenueSockets:
    return FakeVenueSockets()


def feed_of(
    sockets: FakeVenueSockets, clock: WaitingClock, verdict: Verdict = Verdict.ALIVE, **patience: float
) -> tuple[Feed, list[Connection]]:
    probed: list[Connection] = []

    async def probe(connection: Connection) -> Verdict:
        probed.append(connection)
        return verdict

    async def dial() -> Connection:
        return await sockets.connect("")

    return Feed(dial, probe, clock, FeedPatience(**patience)), probed


async def test_a_lost_connection_is_announced_and_made_again(sockets: FakeVenueSockets, clock: WaitingClock) -> None:
    feed, _ = feed_of(sockets, clock)
    reader = Reader(feed.messages())
    await settle()
    sockets.last.says({"n": 1})
    await settle()
    sockets.fails = 2
    sockets.last.breaks()
    await settle()
    assert reader.seen == [START, {"n": 1}, Interrupted(why="broken by the test", resumed=False)]
    await clock.advance(0.5)
    assert len(sockets.opened) == 1
    await clock.advance(1.0)
    sockets.last.says({"n": 2})
    await settle()
    assert reader.seen[3:] == [Interrupted(why="broken by the test", resumed=True), {"n": 2}]
    assert sockets.opened[0].times_closed
    await reader.stop()
    assert sockets.last.times_closed


async def test_the_connection_is_changed_over_before_the_venue_cuts_it(
    sockets: FakeVenueSockets, clock: WaitingClock
) -> None:
    feed, _ = feed_of(sockets, clock, silence_s=1e9)
    reader = Reader(feed.messages())
    await settle()
    await clock.advance(23 * 3600)
    old, new = sockets.opened
    old.says({"n": 1})
    await settle()
    assert old.times_closed == 0
    new.says({"n": 1})
    new.says({"n": 2})
    await settle()
    assert old.times_closed == 1
    assert reader.seen == [START, {"n": 1}, {"n": 2}]
    await clock.advance(23 * 3600)
    assert len(sockets.opened) == 3
    await reader.stop()


async def test_a_cut_during_the_change_over_loses_nothing(sockets: FakeVenueSockets, clock: WaitingClock) -> None:
    feed, _ = feed_of(sockets, clock, silence_s=1e9)
    reader = Reader(feed.messages())
    await settle()
    await clock.advance(23 * 3600)
    sockets.opened[0].breaks()
    await settle()
    sockets.opened[1].says({"n": 1})
    await settle()
    assert reader.seen == [START, {"n": 1}]
    await reader.stop()


async def test_silence_is_probed_and_a_dead_connection_dropped(sockets: FakeVenueSockets, clock: WaitingClock) -> None:
    feed, probed = feed_of(sockets, clock, Verdict.DEAD, silence_s=10)
    reader = Reader(feed.messages())
    await settle()
    await clock.advance(6)
    sockets.last.says({"n": 1})
    await settle()
    await clock.advance(6)
    assert probed == []
    await clock.advance(4)
    assert len(probed) == 1
    assert reader.seen[2:] == [Interrupted(why="silent", resumed=False), Interrupted(why="silent", resumed=True)]
    await reader.stop()


async def test_a_question_that_stays_unanswered_means_a_dead_connection(
    sockets: FakeVenueSockets, clock: WaitingClock
) -> None:
    feed, probed = feed_of(sockets, clock, Verdict.ASKED, silence_s=10)
    reader = Reader(feed.messages())
    await settle()
    await clock.advance(10)
    sockets.last.says({"result": []})
    await settle()
    await clock.advance(10)
    assert len(sockets.opened) == 1
    await clock.advance(10)
    assert (len(probed), len(sockets.opened)) == (2, 2)
    await reader.stop()


async def test_a_message_that_cannot_be_read_interrupts(sockets: FakeVenueSockets, clock: WaitingClock) -> None:
    feed, _ = feed_of(sockets, clock)
    reader = Reader(feed.messages())
    await settle()
    sockets.last.says_text('{"e": "ORDER_TRADE_UP')
    await settle()
    assert [item.resumed for item in reader.seen if isinstance(item, Interrupted)] == [True, False, True]
    await reader.stop()


@pytest.fixture
async def venue() -> AsyncIterator[ScriptedVenue]:
    async with ScriptedVenue(time_ms=NOON_MS) as venue:
        yield venue


@pytest.fixture
async def transport(venue: ScriptedVenue, clock: WaitingClock) -> AsyncIterator[Transport]:
    transport = Transport(local_config(venue.url, agent()), clock)
    yield transport
    await transport.close()


def user_stream(transport: Transport, sockets: FakeVenueSockets, clock: WaitingClock) -> UserStream:
    return UserStream(ListenKeys(transport), sockets.connect, "ws://127.0.0.1:1", SymbolNames(), clock)


def key(name: str) -> JsonValue:
    return {"listenKey": name}


WALLET: JsonValue = {
    "e": "ACCOUNT_UPDATE",
    "E": NOON_MS,
    "T": NOON_MS,
    "a": {"m": "FUNDING_FEE", "B": [{"a": "USDT", "wb": "99.5", "cw": "99.5", "bc": "-0.5"}], "P": []},
}


async def has_asked(venue: ScriptedVenue, count: int) -> None:
    """Until the venue was asked so often and the answer has had its effect."""
    await until(lambda: len(venue.requests) >= count)
    for _ in range(40):
        await settle()


async def test_account_events_come_over_the_key_that_was_made(
    venue: ScriptedVenue, transport: Transport, sockets: FakeVenueSockets, clock: WaitingClock
) -> None:
    venue.script = [gives(key("k1"))]
    reader = Reader(user_stream(transport, sockets, clock).events())
    await has_asked(venue, 1)
    sockets.last.says(WALLET)
    await settle()
    assert sockets.urls == ["ws://127.0.0.1:1/ws/k1"]
    assert reader.seen[0] == START
    changed = reader.seen[1]
    assert isinstance(changed, AccountChanged)
    assert (changed.reason, changed.wallets[0].change) == ("FUNDING_FEE", D("-0.5"))
    await reader.stop()


async def test_a_lapsed_key_behind_live_pings_is_found_within_ten_seconds(
    venue: ScriptedVenue, transport: Transport, sockets: FakeVenueSockets, clock: WaitingClock
) -> None:
    venue.script = [gives(key("k1")), gives(key("k1")), gives(key("k2")), gives(key("k2"))]
    reader = Reader(user_stream(transport, sockets, clock).events())
    await has_asked(venue, 1)
    await clock.advance(5)
    await has_asked(venue, 2)
    assert reader.seen == [START]
    await clock.advance(5)
    await has_asked(venue, 4)
    assert [item.resumed for item in reader.seen if isinstance(item, Interrupted)] == [True, False, True]
    assert sockets.urls[-1].endswith("/ws/k2")
    await reader.stop()


async def test_a_key_that_the_venue_calls_expired_is_replaced_at_once(
    venue: ScriptedVenue, transport: Transport, sockets: FakeVenueSockets, clock: WaitingClock
) -> None:
    venue.script = [gives(key("k1")), gives(key("k2"))]
    reader = Reader(user_stream(transport, sockets, clock).events())
    await has_asked(venue, 1)
    sockets.last.says({"e": "listenKeyExpired", "E": NOON_MS})
    await has_asked(venue, 2)
    assert sockets.urls[-1].endswith("/ws/k2")
    assert isinstance(reader.seen[-1], Interrupted)
    await reader.stop()


async def test_a_busy_stream_renews_its_key_long_before_it_lapses(
    venue: ScriptedVenue, transport: Transport, sockets: FakeVenueSockets, clock: WaitingClock
) -> None:
    venue.script = [gives(key("k1")), error(-1001, "internal", 500), gives({})]
    reader = Reader(user_stream(transport, sockets, clock).events())
    await has_asked(venue, 1)
    for minute in range(41):
        sockets.last.says({"e": "ACCOUNT_CONFIG_UPDATE", "E": minute, "T": minute})
        await settle()
        clock._elapsed += 60
    await has_asked(venue, 3)
    assert [request.method for request in venue.requests] == ["POST", "PUT", "PUT"]
    assert len(sockets.opened) == 1
    await reader.stop()


async def test_keys_that_are_not_accepted_end_the_stream_with_a_reason(
    venue: ScriptedVenue, transport: Transport, sockets: FakeVenueSockets, clock: WaitingClock
) -> None:
    venue.script = [error(-2015, "Invalid API-key", 401)]
    with pytest.raises(StopTrading):
        await anext(user_stream(transport, sockets, clock).events())


BOOK = Subscription(channel=Channel.BOOK, symbol="BTC/USDT")


def difference(first: int, last: int, previous: int, bid: str, quantity: str = "1") -> JsonValue:
    return {
        "stream": "btcusdt@depth@100ms",
        "data": {
            "e": "depthUpdate",
            "E": NOON_MS + last,
            "s": "BTCUSDT",
            "U": first,
            "u": last,
            "pu": previous,
            "b": [[bid, quantity]],
            "a": [],
        },
    }


async def test_a_gap_in_the_differences_makes_the_book_unusable_until_a_new_snapshot(
    venue: ScriptedVenue, transport: Transport, sockets: FakeVenueSockets, clock: WaitingClock
) -> None:
    snapshot: JsonValue = {"lastUpdateId": 100, "bids": [["10", "1"]], "asks": [["20", "2"]]}
    later: JsonValue = {"lastUpdateId": 205, "bids": [["11", "1"]], "asks": [["19", "2"]]}
    venue.script = [gives(snapshot), gives(later)]
    stream = MarketStream([BOOK], transport, sockets.connect, "ws://127.0.0.1:1", SymbolNames(), clock)
    reader = Reader(stream.events())
    await settle()
    sockets.last.says(difference(90, 99, 89, "9"))
    await has_asked(venue, 1)
    sockets.last.says(difference(100, 110, 99, "12"))
    sockets.last.says(difference(111, 120, 110, "12", "0"))
    await settle()
    books = [item.book for item in reader.seen if isinstance(item, BookChanged)]
    assert [(book.update_id, book.bids[0].price) for book in books] == [(110, D(12)), (120, D(10))]
    await clock.advance(1.5)
    sockets.last.says(difference(130, 140, 129, "13"))
    sockets.last.says(difference(200, 204, 140, "13"))
    await has_asked(venue, 2)
    sockets.last.says(difference(205, 210, 204, "14"))
    await settle()
    assert [type(item) for item in reader.seen[3:]] == [BookLost, BookChanged]
    last = reader.seen[-1]
    assert isinstance(last, BookChanged)
    assert [level.price for level in last.book.bids] == [D(14), D(11)]
    await reader.stop()


def test_each_channel_has_its_stream() -> None:
    named = {
        channel: stream_name(
            Subscription(
                channel=channel,
                symbol="1000BONK/USDT",
                timeframe=Timeframe.M5 if channel is Channel.BARS else None,
            )
        ).removeprefix("1000bonkusdt@")
        for channel in Channel
    }
    assert named == {
        Channel.TRADES: "aggTrade",
        Channel.MARK_PRICE: "markPrice@1s",
        Channel.BARS: "kline_5m",
        Channel.QUOTE: "bookTicker",
        Channel.BOOK: "depth@100ms",
    }
    with pytest.raises(InvalidInput):
        stream_name(Subscription(channel=Channel.BARS, symbol="BTC/USDT"))


async def test_a_real_socket_brings_events_and_survives_a_cut(transport: Transport, clock: WaitingClock) -> None:
    from websockets.asyncio.server import ServerConnection, serve

    paths: list[str] = []

    async def handle(socket: ServerConnection) -> None:
        assert socket.request is not None
        paths.append(socket.request.path)
        event = {"e": "bookTicker", "u": len(paths), "s": "BTCUSDT", "b": "1", "B": "2", "a": "3", "A": "4"}
        await socket.send(json.dumps({"stream": "btcusdt@bookTicker", "data": event}))
        if len(paths) > 1:
            await socket.wait_closed()

    async with serve(handle, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        stream = MarketStream(
            [Subscription(channel=Channel.QUOTE, symbol="BTC/USDT")],
            transport,
            connector(direct=True),
            f"ws://127.0.0.1:{port}",
            SymbolNames(),
            clock,
        )
        reader = Reader(stream.events())
        await until(lambda: len(reader.seen) >= 5)
        await reader.stop()
    assert paths == ["/stream?streams=btcusdt@bookTicker"] * 2
    assert [type(item) for item in reader.seen] == [Interrupted, Quote, Interrupted, Interrupted, Quote]
