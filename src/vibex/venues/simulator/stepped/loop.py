"""An asyncio loop whose time is simulated: before it would sleep, it asks its pace whether time may jump."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Protocol, TypeVar, TypeVarTuple

from vibex.domain.clock import SystemClock

if TYPE_CHECKING:
    from _typeshed import HasFileno

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Ready = list[tuple[selectors.SelectorKey, int]]


class Wait(Enum):
    """What a loop with nothing to do waits for: nothing (look again), a word of its pace, or any message."""

    AGAIN = "again"
    WORD = "word"
    ANYTHING = "anything"


class Pace(Protocol):
    """Decides when time moves and whose turn it is. All calls come from the loop's own thread, between two rounds."""

    def looks(self) -> bool:
        """Whether it is this loop's turn to read messages."""
        ...

    def busy(self) -> None:
        """The loop is about to run something."""
        ...

    def idle(self, deadline_us: int | None) -> Wait:
        """Nothing is left to run before `deadline_us` (None: no timer)."""
        ...

    def hear(self, key: selectors.SelectorKey) -> None:
        """A socket of the pace itself is readable."""
        ...


class _OwnSocket:
    """Marks a socket of the pace in the selector, where asyncio puts its callbacks."""


class _Selector(selectors.DefaultSelector):
    """What the loop takes for waiting becomes a question to the pace. Messages are read in the order of their sockets,
    and only in this loop's turn: two runs read the same ones together, however fast the machine is."""

    loop: SteppedLoop

    def __init__(self) -> None:
        super().__init__()
        self._words = selectors.DefaultSelector()
        self._wakeup: int | None = None

    def register(self, fileobj: int | HasFileno, events: int, data: object = None) -> selectors.SelectorKey:
        key = super().register(fileobj, events, data)
        # asyncio's first socket is the one by which threads and signals wake it: it is heard in any turn.
        if self._wakeup is None or isinstance(data, _OwnSocket):
            self._wakeup = key.fd if self._wakeup is None else self._wakeup
            self._words.register(key.fd, events)
        return key

    def unregister(self, fileobj: int | HasFileno) -> selectors.SelectorKey:
        key = super().unregister(fileobj)
        if key.fd == self._wakeup or isinstance(key.data, _OwnSocket):
            self._words.unregister(key.fd)
        return key

    def close(self) -> None:
        super().close()
        self._words.close()

    def select(self, timeout: float | None = None) -> Ready:
        loop, pace = self.loop, self.loop.pace
        if pace is None:
            raise RuntimeError("a stepped loop needs a pace before it runs")
        if timeout is not None and timeout <= 0:
            pace.busy()
            return self._read(pace)
        deadline = None if timeout is None else loop.now_us + max(1, round(timeout * 1e6))
        while True:
            ready = self._read(pace)
            if ready or (deadline is not None and loop.now_us >= deadline):
                pace.busy()
                return ready
            # Work in another thread ends by waking the loop; until then this loop is not idle.
            wait = Wait.WORD if loop.held else pace.idle(deadline)
            if wait is Wait.WORD:
                self._words.select(None)
            elif wait is Wait.ANYTHING:
                super().select(None)

    def _read(self, pace: Pace) -> Ready:
        """What is readable and may be read. Words of the pace are heard first: they may give this loop its turn."""
        found = super().select(0)
        for key, _ in found:
            if isinstance(key.data, _OwnSocket):
                pace.hear(key)
        turn = pace.looks()
        others = [
            (key, mask)
            for key, mask in found
            if not isinstance(key.data, _OwnSocket) and (turn or key.fd == self._wakeup)
        ]
        return sorted(others, key=lambda one: one[0].fd)


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
