"""An asyncio loop whose time is simulated: before it would sleep, it asks its pace whether time may jump."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol, TypeVar, TypeVarTuple

from vibex.domain.clock import SystemClock

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Ready = list[tuple[selectors.SelectorKey, int]]


class Pace(Protocol):
    """Decides when time moves. All calls come from the loop's own thread, between two of its rounds."""

    def busy(self) -> None:
        """The loop is about to run something."""
        ...

    def idle(self, deadline_us: int | None) -> bool:
        """Nothing is ready before `deadline_us` (None: no timer). True when the loop should look at its timers again;
        False to wait for a message."""
        ...

    def hear(self, key: selectors.SelectorKey) -> None:
        """A socket of the pace itself is readable."""
        ...


class _OwnSocket:
    """Marks a socket of the pace in the selector, where asyncio puts its callbacks."""


class _Selector(selectors.DefaultSelector):
    """Waits for nothing but messages; what the loop takes for waiting becomes a question to the pace."""

    loop: SteppedLoop

    def select(self, timeout: float | None = None) -> Ready:
        loop, pace = self.loop, self.loop.pace
        if pace is None:
            raise RuntimeError("a stepped loop needs a pace before it runs")
        if timeout is not None and timeout <= 0:
            pace.busy()
            return self._apart(super().select(0), pace)
        deadline = None if timeout is None else loop.now_us + max(1, round(timeout * 1e6))
        ready = self._apart(super().select(0), pace)
        while not ready:
            if deadline is not None and loop.now_us >= deadline:
                break
            # Work in another thread ends by waking the loop, so there is nothing to ask while it runs.
            if not loop.held and pace.idle(deadline):
                break
            ready = self._apart(super().select(None), pace)
        pace.busy()
        return ready

    @staticmethod
    def _apart(found: Ready, pace: Pace) -> Ready:
        """`found` without the pace's own sockets, which are served at once."""
        others = []
        for key, mask in found:
            if isinstance(key.data, _OwnSocket):
                pace.hear(key)
            else:
                others.append((key, mask))
        return others


class SteppedLoop(asyncio.SelectorEventLoop):
    """`now_us` is the loop's time in whole microseconds since its start; `held` counts work that goes on elsewhere
    (threads, a disk) and keeps time from moving."""

    def __init__(self) -> None:
        selector = _Selector()
        selector.loop = self
        self.now_us = 0
        self.held = 0
        self.pace: Pace | None = None
        self.watched = selector
        super().__init__(selector)
        # One tick of `now_us`: a timer of this very moment is due.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self.now_us / 1e6

    def watch(self, socket: int) -> None:
        """Let the pace hear when the file descriptor `socket` is readable."""
        self.watched.register(socket, selectors.EVENT_READ, _OwnSocket())

    def forget(self, socket: int) -> None:
        self.watched.unregister(socket)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Time stands while this is open: for work in threads that asyncio does not know of."""
        self.held += 1
        try:
            yield
        finally:
            self.held -= 1

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        """As in asyncio; counted as work while it lasts."""
        self.held += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._released)
        return future

    def _released(self, _: asyncio.Future[T]) -> None:
        self.held -= 1


class LoopClock:
    """The clock of a `SteppedLoop`; `start` is the UTC time at the loop's zero."""

    def __init__(self, loop: SteppedLoop, start: datetime) -> None:
        self.loop, self.start = loop, start
        self._sleeper = SystemClock()

    def now(self) -> datetime:
        return self.start + timedelta(microseconds=self.loop.now_us)

    def monotonic(self) -> float:
        return self.loop.time()

    async def sleep(self, seconds: float) -> None:
        """asyncio's own sleep, which this loop measures in simulated time."""
        await self._sleeper.sleep(seconds)

    def deadline(self, seconds: float) -> float:
        return self.monotonic() + seconds
