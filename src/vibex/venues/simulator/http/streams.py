"""Connections of the venue's WebSocket: subscriptions, the user stream, its limits, and faults of events."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from vibex.domain.json_text import loads
from vibex.venues.simulator.exchange.floor import Json, UserEvent
from vibex.venues.simulator.faults import Script
from vibex.venues.simulator.http.answers import Row
from vibex.venues.simulator.http.feeds import Feed
from vibex.venues.simulator.http.listen_keys import ListenKeys
from vibex.venues.simulator.http.overview import Overview
from vibex.venues.simulator.simulator import Simulator

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

DAY_MS = 86_400_000
LARGEST_SUBSCRIPTION = 200
MESSAGES_PER_SECOND = 10


@dataclass(slots=True, eq=False)
class Connection:
    """`outbox` holds what is still to be sent; None in it means: close. `keys` are listen keys, by account."""

    opened: int
    combined: bool
    streams: dict[str, None] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    expired: set[str] = field(default_factory=set)
    outbox: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    heard: deque[int] = field(default_factory=lambda: deque(maxlen=MESSAGES_PER_SECOND))

    def tell(self, stream: str, payload: Json) -> None:
        body: Json = {"stream": stream, "data": payload} if self.combined else payload
        self.outbox.put_nowait(json.dumps(body, separators=(",", ":")))


class Streams:
    """All connections of one venue."""

    def __init__(self, simulator: Simulator, listen_keys: ListenKeys, script: Script) -> None:
        self._simulator, self._keys, self._script = simulator, listen_keys, script
        self._connections: dict[Connection, None] = {}
        markets = simulator.exchange.floor.markets
        self._feeds = [Feed(market, simulator.now_ms) for market in markets.values()]
        self._overview = Overview(self._feeds)
        self._held_back: UserEvent | None = None
        self._was_reachable = True

    async def serve(self, scope: Message, receive: Receive, send: Send) -> None:
        """One connection from handshake to close: `/ws/<stream>[/<stream>…]` or `/stream?streams=a/b`."""
        await receive()
        path = str(scope["path"])
        if self._was_reachable and (path == "/stream" or path.startswith("/ws")):
            await send({"type": "websocket.accept"})
        else:
            await send({"type": "websocket.close", "code": 1008})
            return
        connection = self._open(scope, path)
        sending = asyncio.ensure_future(_drain(connection, send))
        try:
            while True:
                message = await receive()
                if message["type"] == "websocket.disconnect":
                    return
                self._hear(connection, str(message.get("text") or ""))
        finally:
            self._connections.pop(connection, None)
            sending.cancel()

    def publish(self, *, reachable: bool = True) -> None:
        """Send what has happened since the last call to whoever listens. What happens while the venue cannot be
        reached is heard by nobody, and the connections do not outlive it."""
        now = self._simulator.now_ms
        if not reachable:
            self._simulator.exchange.take_events()
            self._was_reachable = False
            return
        if not self._was_reachable:
            self._was_reachable = True
            for connection in self._connections:
                connection.outbox.put_nowait(None)
        for event in self._simulator.exchange.take_events():
            self._tell_user(event)
        self._tell_expired(now)
        wanted = {stream for connection in self._connections for stream in connection.streams}
        for feed in self._feeds:
            for stream, payload in feed.messages(now, wanted):
                if stream in wanted and not self._is_lost(feed, stream):
                    self._tell(stream, payload)
        for stream, overview in self._overview.messages(now, wanted):
            self._tell(stream, overview)
        for connection in list(self._connections):
            if now - connection.opened >= DAY_MS:
                connection.outbox.put_nowait(None)

    def _open(self, scope: Message, path: str) -> Connection:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        names = query.get("streams", [""])[0] if path == "/stream" else path.removeprefix("/ws").lstrip("/")
        connection = Connection(self._simulator.now_ms, combined=path == "/stream")
        for name in filter(None, names.split("/")):
            self._subscribe(connection, name)
        self._connections[connection] = None
        return connection

    def _subscribe(self, connection: Connection, name: str) -> None:
        account = self._keys.account_of(name, self._simulator.now_ms)
        if account is not None:
            connection.keys[account] = name
        else:
            connection.streams[name] = None

    def _hear(self, connection: Connection, text: str) -> None:
        """A command of the client; more than ten a second end the connection."""
        now = self._simulator.now_ms
        heard = connection.heard
        if len(heard) == MESSAGES_PER_SECOND and now - heard[0] < 1000:
            connection.outbox.put_nowait(None)
            return
        heard.append(now)
        try:
            command = loads(text)
        except ValueError:
            command = None
        answer = self._obey(connection, command) if isinstance(command, dict) else _wrong(3, "Invalid JSON")
        connection.outbox.put_nowait(json.dumps(answer, separators=(",", ":")))

    def _obey(self, connection: Connection, command: dict[str, Any]) -> Row:
        names, number = command.get("params", []), command.get("id")
        result: Json = None
        match command.get("method"):
            case "SUBSCRIBE" | "UNSUBSCRIBE" as method:
                if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                    return _wrong(2, "Invalid request: params must be a list of strings")
                if method == "SUBSCRIBE" and len({*connection.streams, *names}) > LARGEST_SUBSCRIPTION:
                    return _wrong(2, f"Invalid request: more than {LARGEST_SUBSCRIPTION} streams")
                for name in names:
                    if method == "SUBSCRIBE":
                        self._subscribe(connection, name)
                    else:
                        connection.streams.pop(name, None)
            case "LIST_SUBSCRIPTIONS":
                result = [*connection.streams, *connection.keys.values()]
            case "SET_PROPERTY" if names[:1] == ["combined"] and len(names) == 2:
                connection.combined = bool(names[1])
            case "GET_PROPERTY":
                result = connection.combined
            case other:
                return _wrong(2, f"Invalid request: unknown variant {other!r}")
        return {"result": result, "id": number}

    def _tell(self, stream: str, payload: Json) -> None:
        for connection in self._connections:
            if stream in connection.streams:
                connection.tell(stream, payload)

    def _tell_user(self, event: UserEvent) -> None:
        """To the live keys of the account, unless a fault drops, doubles or holds the event back."""
        elapsed = self._simulator.now_ms - self._simulator.start_ms
        faults = ("drop-events", "duplicate-events", "reorder-events")
        fault = self._script.next_for_stream(faults, elapsed)
        held, self._held_back = self._held_back, None
        if fault is not None and fault.kind == "reorder-events" and held is None:
            self._held_back = event
            return
        times = 1 if fault is None or fault.kind == "reorder-events" else 0 if fault.kind == "drop-events" else 2
        for one in [event] * times + ([held] if held else []):
            for connection in self._connections:
                key = connection.keys.get(one.account)
                if key is not None and self._keys.is_live(key, self._simulator.now_ms):
                    connection.tell(key, one.payload)

    def _tell_expired(self, now: int) -> None:
        """Once, when a key dies; the connection stays open and says nothing more about that account."""
        for connection in self._connections:
            for key in connection.keys.values():
                if key not in connection.expired and not self._keys.is_live(key, now):
                    connection.expired.add(key)
                    connection.tell(key, {"e": "listenKeyExpired", "E": now})

    def _is_lost(self, feed: Feed, stream: str) -> bool:
        if "@depth" not in stream:
            return False
        elapsed = self._simulator.now_ms - self._simulator.start_ms
        return self._script.next_for_stream(("depth-gap",), elapsed, symbol=feed.market.symbol) is not None


def _wrong(code: int, message: str) -> Row:
    return {"code": code, "msg": message}


async def _drain(connection: Connection, send: Send) -> None:
    while True:
        text = await connection.outbox.get()
        if text is None:
            await send({"type": "websocket.close", "code": 1008})
            return
        await send({"type": "websocket.send", "text": text})
