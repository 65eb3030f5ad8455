"""The client's half of stepped time: a clock and an event loop that share the simulated venue's time.

    ready = json.loads(first line of `vibex sim --clock stepped`)
    stepped.run(trade, ready["clock"], ready["token"])        # async def trade(clock: Clock) -> T

Inside, every sleep and every time-out of every asyncio library is a deadline of the venue's clock: waiting costs no
real time, and the same run gives the same messages. Work in asyncio's own threads and statements of aiosqlite hold time
still; for other threads there is `SteppedLoop.holding`.
"""

from __future__ import annotations

import asyncio
import selectors
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

from vibex.domain import Clock, InvalidInput, StopTrading
from vibex.venues.simulator.stepped import Line, LineSocket, LoopClock, SteppedLoop, Wait

T = TypeVar("T")


class Follower:
    """The pace of a client's loop: it follows the venue's time and says when it is idle."""

    def __init__(self, loop: SteppedLoop, line: LineSocket) -> None:
        self._loop, self._line = loop, line
        self._number = 0
        self._has_turn = False
        self._is_lost = False
        loop.watch(line.fileno())
        loop.pace = self

    def looks(self) -> bool:
        return self._has_turn

    def busy(self) -> None:
        return

    def idle(self, deadline_us: int | None) -> Wait:
        if self._is_lost:
            raise StopTrading("the venue that keeps the time is gone", remedy="look at what `vibex sim` printed")
        if self._has_turn:
            self._has_turn = False
            self._line.write({"idle": self._number, "deadline_us": deadline_us})
        return Wait.WORD

    def hear(self, key: selectors.SelectorKey) -> None:
        lines = self._line.read()
        if lines is None:
            self._is_lost = True
            self._loop.forget(key.fd)
            return
        self.obey(lines)

    def obey(self, lines: Sequence[Line]) -> None:
        for line in lines:
            number, now = line.get("ask"), line.get("now_us")
            if isinstance(number, int) and isinstance(now, int):
                self._number, self._loop.now_us, self._has_turn = number, now, True


def run(main: Callable[[Clock], Awaitable[T]], address: str, token: str) -> T:
    """`main` on a loop that shares the time of the venue at `address` (`127.0.0.1:PORT`); its result.

    Raises InvalidInput when nothing listens there or the token is refused, StopTrading when the venue ends meanwhile.
    """
    line = _connect(address)
    try:
        line.write({"token": token})
        lines = line.read(wait=True) or [{"error": "no answer"}]
        welcome = lines[0]
        now, start = welcome.get("now_us"), welcome.get("start_ms")
        if not isinstance(now, int) or not isinstance(start, int):
            raise InvalidInput(str(welcome.get("error", "not a venue's clock")), field="clock")
        loop = SteppedLoop()
        loop.now_us = now
        # The first question may have come together with the welcome.
        Follower(loop, line).obey(lines[1:])
        clock = LoopClock(loop, datetime.fromtimestamp(start / 1000, UTC))
        with asyncio.Runner(loop_factory=lambda: loop) as runner, _counted_statements(loop):
            return runner.run(_await(main(clock)))
    finally:
        line.close()


def _connect(address: str) -> LineSocket:
    host, _, port = address.rpartition(":")
    try:
        return LineSocket(socket.create_connection((host, int(port)), timeout=30))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"no clock at {address}: {error}", field="clock") from None


async def _await(awaited: Awaitable[T]) -> T:
    return await awaited


@contextmanager
def _counted_statements(loop: SteppedLoop) -> Iterator[None]:
    """aiosqlite works in threads of its own: a statement, and with it an fsync, holds time still."""
    with suppress(ImportError):
        from aiosqlite.core import Connection

        # The one door to its threads, and not a public one.
        plain = Connection._execute  # noqa: SLF001

        async def held(self: Connection, *args: Any, **named: Any) -> Any:
            with loop.holding():
                return await plain(self, *args, **named)  # type: ignore[no-untyped-call]

        Connection._execute = held  # type: ignore[method-assign]  # noqa: SLF001
        try:
            yield
        finally:
            Connection._execute = plain  # type: ignore[method-assign]  # noqa: SLF001
        return
    yield
