"""The venue's time, read through round trips and carried by the monotonic clock, so that a step of the machine's clock
changes no nonce."""

from __future__ import annotations

from vibex.domain import Clock


class ServerClock:
    """The venue's time is taken to be that of the middle of a round trip; the error is at most half of it.

    Before the first reading the machine's own clock stands in.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._server_at_us = round(clock.now().timestamp() * 1e6)
        self._monotonic_at = clock.monotonic()
        self._read_at: float | None = None
        self._uncertainty_s: float | None = None

    def observe(self, *, server_ms: int, sent: float, received: float) -> None:
        """`sent` and `received` are monotonic seconds around a request that `server_ms` answered."""
        self._monotonic_at = (sent + received) / 2
        self._server_at_us = server_ms * 1000
        self._uncertainty_s = (received - sent) / 2
        self._read_at = received

    def now_us(self) -> int:
        """Microseconds of the venue's epoch time."""
        return self._server_at_us + round((self._clock.monotonic() - self._monotonic_at) * 1e6)

    def now_ms(self) -> int:
        return self.now_us() // 1000

    @property
    def age_s(self) -> float | None:
        """Seconds since the last reading, None before the first."""
        return None if self._read_at is None else self._clock.monotonic() - self._read_at

    @property
    def uncertainty_s(self) -> float | None:
        return self._uncertainty_s

    @property
    def skew_s(self) -> float | None:
        """How far the machine's clock is ahead of the venue's, None before the first reading. Above 1 s warn, above 5 s
        hold entries: bars and approvals are dated by the machine."""
        if self._read_at is None:
            return None
        return self._clock.now().timestamp() - self.now_us() / 1e6
