"""Time as a parameter: the `Clock` port, and the one place that reads the machine's clock."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Now, monotonic seconds, sleep, deadline. Nothing else in the product reads or waits for time."""

    def now(self) -> datetime:
        """The present as an aware UTC datetime."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, from an arbitrary start."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; 0 or less yields once."""
        ...

    def deadline(self, seconds: float) -> float:
        """The monotonic time that lies `seconds` ahead."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))

    def deadline(self, seconds: float) -> float:
        return self.monotonic() + seconds


class ManualClock:
    """A clock that moves only when told to: `advance` and `sleep` jump, nothing waits."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware UTC time")
        self._start = start.astimezone(UTC)
        self._elapsed = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        self.advance(max(0.0, seconds))
        await asyncio.sleep(0)

    def deadline(self, seconds: float) -> float:
        return self._elapsed + seconds

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("time does not go back")
        self._elapsed += seconds
