"""Scripted connections, and a clock that waits until it is told to go on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.venues.aster.keys import NOON
from vibex.domain import JsonValue
from vibex.venues.aster.sockets import ConnectionLost


class WaitingClock:
    """`sleep` really waits, until `advance` has brought the time."""

    def __init__(self) -> None:
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return NOON.astimezone(UTC) + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    def deadline(self, seconds: float) -> float:
        return self._elapsed + seconds

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._elapsed + seconds, future))
        await future

    async def advance(self, seconds: float) -> None:
        """Bring the time forward and let everything that waited for it run."""
        self._elapsed += seconds
        due = [future for at, future in self._sleepers if at <= self._elapsed]
        self._sleepers = [(at, future) for at, future in self._sleepers if at > self._elapsed]
        for future in due:
            if not future.done():
                future.set_result(None)
        await settle()


async def settle() -> None:
    """Let every task that can run do so."""
    for _ in range(50):
        await asyncio.sleep(0)


async def until(met: Callable[[], bool]) -> None:
    """Turn the loop until `met`; for effects that have real HTTP or a real socket on their way."""
    for _ in range(200_000):
        if met():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to that")


class FakeConnection:
    def __init__(self) -> None:
        self._inbox: asyncio.Queue[str | None] = asyncio.Queue()
        self.sent: list[str] = []
        self.times_closed = 0

    def says(self, document: JsonValue) -> None:
        self._inbox.put_nowait(json.dumps(document))

    def says_text(self, text: str) -> None:
        self._inbox.put_nowait(text)

    def breaks(self) -> None:
        self._inbox.put_nowait(None)

    async def receive(self) -> str:
        message = await self._inbox.get()
        if message is None:
            raise ConnectionLost("broken by the test")
        return message

    async def send(self, text: str) -> None:
        self.sent.append(text)

    async def close(self) -> None:
        self.times_closed += 1


class FakeVenueSockets:
    """Hands out connections and remembers them. `fails` is how many of the next attempts find nobody."""

    def __init__(self) -> None:
        self.opened: list[FakeConnection] = []
        self.urls: list[str] = []
        self.fails = 0

    async def connect(self, url: str) -> FakeConnection:
        self.urls.append(url)
        if self.fails:
            self.fails -= 1
            raise ConnectionLost("nobody there")
        self.opened.append(FakeConnection())
        return self.opened[-1]

    @property
    def last(self) -> FakeConnection:
        return self.opened[-1]
