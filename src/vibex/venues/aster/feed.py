"""Messages of one subscription across many connections: reconnects with growing pauses, changes over to a new
connection before the venue cuts the old one, and asks when it has heard nothing for a while.

A socket may answer pings and say nothing: only messages count as a sign of life.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from enum import Enum

from vibex.domain import Clock, RetryLater
from vibex.venues.aster.answers import Json, NotJson, read_json
from vibex.venues.aster.sockets import Connection, ConnectionLost
from vibex.venues.events import Interrupted

_REMEMBERED = 512
_MOST_WAITING = 50_000


class Verdict(Enum):
    """What a probe found: ALIVE although silent, DEAD, or ASKED (the answer will be a message)."""

    ALIVE = "alive"
    DEAD = "dead"
    ASKED = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPatience:
    """Seconds. The venue cuts a connection after 24 hours; `change_over_s` lies well before."""

    silence_s: float = 10.0
    change_over_s: float = 23 * 3600.0
    first_pause_s: float = 0.5
    longest_pause_s: float = 60.0


class _Link:
    """One connection and the task that reads it into the common inbox."""

    def __init__(self, connection: Connection, inbox: asyncio.Queue[tuple[_Link, str | None]]) -> None:
        self.connection = connection
        self.why = "connection lost"
        self._inbox = inbox
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            while True:
                self._inbox.put_nowait((self, await self.connection.receive()))
                if self._inbox.qsize() > _MOST_WAITING:
                    raise ConnectionLost("the reader is too slow")
        except ConnectionLost as lost:
            self.why = str(lost)
            self._inbox.put_nowait((self, None))

    async def close(self) -> None:
        self._reader.cancel()
        with suppress(asyncio.CancelledError):
            await self._reader
        await self.connection.close()


class Feed:
    """`dial` opens a connection (and what it needs: a listen key, a subscription); it raises ConnectionLost or
    RetryLater. `probe` is asked after a silence."""

    def __init__(
        self,
        dial: Callable[[], Awaitable[Connection]],
        probe: Callable[[Connection], Awaitable[Verdict]],
        clock: Clock,
        patience: FeedPatience | None = None,
    ) -> None:
        self._dial = dial
        self._probe = probe
        self._clock = clock
        self._patience = patience or FeedPatience()
        self._inbox: asyncio.Queue[tuple[_Link, str | None]] = asyncio.Queue()
        self._current: _Link | None = None
        self._next: _Link | None = None
        self._order: deque[str] = deque()
        self._recent: set[str] = set()
        self._dropped_for: str | None = None
        self._heard_at = 0.0
        self._asked = False
        self._change_at = 0.0

    def drop(self, why: str) -> None:
        """Leave the present connection: its messages cannot be trusted any more. Takes effect before the next one."""
        self._dropped_for = why

    async def messages(self) -> AsyncGenerator[Json | Interrupted, None]:
        """Documents, each once, and every interruption. Ends only when the caller closes it; raises StopTrading when
        `dial` does."""
        try:
            why = "start"
            while True:
                await self._connect()
                yield Interrupted(why=why, resumed=True)
                async with aclosing(self._until_lost()) as documents:
                    async for document in documents:
                        yield document
                why = self._dropped_for or "connection lost"
                yield Interrupted(why=why, resumed=False)
        finally:
            for link in (self._current, self._next):
                if link is not None:
                    await link.close()
            self._current = self._next = None

    async def _until_lost(self) -> AsyncGenerator[Json, None]:
        self._dropped_for = None
        while self._dropped_for is None:
            item = await self._take()
            if item is None:
                await self._on_silence_or_age()
                continue
            link, text = item
            if link is self._next and text is not None:
                await self._change_over()
            if link is not self._current:
                if link is self._next:
                    self._next = None
                continue
            if text is None:
                if self._next is None:
                    self._dropped_for = link.why
                else:
                    await self._change_over()
                continue
            self._heard_at, self._asked = self._clock.monotonic(), False
            document = self._read(text)
            if document is not None:
                yield document

    def _read(self, text: str) -> Json:
        """The document, None for one that the other connection has brought already."""
        if text in self._recent:
            return None
        self._recent.add(text)
        self._order.append(text)
        if len(self._order) > _REMEMBERED:
            self._recent.discard(self._order.popleft())
        try:
            return read_json(text)
        except NotJson:
            self.drop("a message that cannot be read")
            return None

    async def _take(self) -> tuple[_Link, str | None] | None:
        """The next message, None when the time for a probe or a change-over has come."""
        if not self._inbox.empty():
            return self._inbox.get_nowait()
        now = self._clock.monotonic()
        until = min(self._heard_at + self._patience.silence_s, self._change_at)
        receiving = asyncio.create_task(self._inbox.get())
        waiting = asyncio.create_task(self._clock.sleep(max(0.0, until - now)))
        try:
            await asyncio.wait({receiving, waiting}, return_when=asyncio.FIRST_COMPLETED)
            return receiving.result() if receiving.done() else None
        finally:
            receiving.cancel()
            waiting.cancel()

    async def _on_silence_or_age(self) -> None:
        now = self._clock.monotonic()
        if now >= self._change_at:
            self._change_at = self._clock.deadline(self._patience.longest_pause_s)
            if self._next is None:
                with suppress(ConnectionLost, RetryLater):
                    self._next = _Link(await self._dial(), self._inbox)
                    self._change_at = self._clock.deadline(self._patience.change_over_s)
        if now < self._heard_at + self._patience.silence_s or self._current is None:
            return
        try:
            verdict = Verdict.DEAD if self._asked else await self._probe(self._current.connection)
        except ConnectionLost:
            verdict = Verdict.DEAD
        if verdict is Verdict.DEAD:
            self.drop("silent")
        self._asked = verdict is Verdict.ASKED
        self._heard_at = self._clock.monotonic()

    async def _change_over(self) -> None:
        old, self._current, self._next = self._current, self._next, None
        if old is not None:
            await old.close()

    async def _connect(self) -> None:
        for link in (self._current, self._next):
            if link is not None:
                await link.close()
        self._current = self._next = None
        pause = self._patience.first_pause_s
        while self._current is None:
            try:
                self._current = _Link(await self._dial(), self._inbox)
            except (ConnectionLost, RetryLater) as error:
                wished = error.retry_after_ms if isinstance(error, RetryLater) else None
                await self._clock.sleep(max(pause, (wished or 0) / 1000))
                pause = min(pause * 2, self._patience.longest_pause_s)
        self._heard_at, self._asked = self._clock.monotonic(), False
        self._change_at = self._clock.deadline(self._patience.change_over_s)
