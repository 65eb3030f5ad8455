"""What may be asked of the venue this minute: weight per address, orders per account, and a part kept for exits.

Ordinary calls may use 60 % of each budget, reconciliation 80 %, cancels and exits all of it. The windows are the
venue's fixed minutes; its own counts in the answers' headers win when they are higher, which is also how several
accounts on one address learn of each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from vibex.domain import Clock

_BAN_END = re.compile(r"until\s+(\d{13})")
_FIRST_BAN_S = 120.0
_LONGEST_BAN_S = 3 * 86_400.0


class Purpose(Enum):
    """What a call is for; the value is the share of a budget that it may use up."""

    ORDINARY = 0.6
    RECONCILE = 0.8
    EXIT = 1.0


@dataclass(slots=True)
class _Window:
    length_ms: int
    limit: int
    number: int = -1
    used: int = 0

    def enter(self, now_ms: int) -> None:
        number = now_ms // self.length_ms
        if number != self.number:
            self.number, self.used = number, 0

    def wait_s(self, now_ms: int) -> float:
        return (self.length_ms - now_ms % self.length_ms) / 1000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` in each `seconds`."""

    count: int
    seconds: int


@dataclass(slots=True)
class RateBudget:
    """Counts what is sent. Times come from the venue's clock (`server_now_ms`), pauses from the monotonic one."""

    clock: Clock
    server_now_ms: Callable[[], int]
    weight: Limit = Limit(2400, 60)
    orders: tuple[Limit, ...] = (Limit(1200, 60), Limit(300, 10))
    _weights: _Window = field(init=False)
    _orders: list[_Window] = field(init=False)
    _quiet_until: float = field(init=False, default=0.0)
    _banned_until: float = field(init=False, default=0.0)
    _next_ban_s: float = field(init=False, default=_FIRST_BAN_S)

    def __post_init__(self) -> None:
        self._weights = _Window(self.weight.seconds * 1000, self.weight.count)
        self._orders = [_Window(limit.seconds * 1000, limit.count) for limit in self.orders]

    def adopt(self, weight: Limit | None, orders: tuple[Limit, ...]) -> None:
        """Take over the limits that the venue publishes; what was used so far in the running windows stays counted."""
        if weight is not None and weight != self.weight:
            self.weight = weight
            self._weights = _Window(weight.seconds * 1000, weight.count, self._weights.number, self._weights.used)
        if orders and set(orders) != set(self.orders):
            before = {window.length_ms: window for window in self._orders}
            self.orders = orders
            self._orders = []
            for limit in orders:
                old = before.get(limit.seconds * 1000, _Window(0, 0))
                self._orders.append(_Window(limit.seconds * 1000, limit.count, old.number, old.used))

    def spend(self, weight: int, orders: int, purpose: Purpose) -> float:
        """0 when the call may go, which is counted at once; otherwise the seconds to wait, and nothing is counted."""
        wait = self.blocked_s(purpose)
        now_ms = self.server_now_ms()
        wanted = [(self._weights, weight), *((window, orders) for window in self._orders)]
        for window, amount in wanted:
            window.enter(now_ms)
            if amount and window.used + amount > window.limit * purpose.value:
                wait = max(wait, window.wait_s(now_ms))
        if wait > 0:
            return wait
        for window, amount in wanted:
            window.used += amount
        return 0.0

    def blocked_s(self, purpose: Purpose) -> float:
        """Seconds for which the venue has asked for silence: after a ban from everybody, after a 429 from all but
        exits."""
        until = self._banned_until if purpose is Purpose.EXIT else max(self._banned_until, self._quiet_until)
        return max(0.0, until - self.clock.monotonic())

    @property
    def is_banned(self) -> bool:
        return self._banned_until > self.clock.monotonic()

    @property
    def used_share(self) -> float:
        """Of the weight of this minute; above 0.8 shed polling."""
        self._weights.enter(self.server_now_ms())
        return self._weights.used / self._weights.limit

    def observe(self, headers: Mapping[str, str]) -> None:
        """Take over the venue's counts (header names in lower case)."""
        now_ms = self.server_now_ms()
        for window in (self._weights, *self._orders):
            window.enter(now_ms)
            name = "x-mbx-used-weight" if window is self._weights else "x-mbx-order-count"
            text = headers.get(f"{name}-{_span(window.length_ms)}", "")
            if text.isascii() and text.isdigit():
                window.used = max(window.used, int(text[:9]))

    def too_many(self, retry_after_s: float | None) -> float:
        """After a 429: silence, exits excepted, until the next minute or as long as the venue says. Returns seconds."""
        wait = self._weights.wait_s(self.server_now_ms()) if retry_after_s is None else retry_after_s
        self._quiet_until = max(self._quiet_until, self.clock.deadline(wait))
        return wait

    def banned(self, message: str, retry_after_s: float | None) -> float:
        """After a 418: silence from everybody until the time in the message, else as long as the header says, else a
        time that doubles with each ban. Returns seconds."""
        end = _BAN_END.search(message)
        if end:
            wait = max(0.0, (int(end[1]) - self.server_now_ms()) / 1000)
        elif retry_after_s is not None:
            wait = retry_after_s
        else:
            wait = self._next_ban_s
        self._next_ban_s = min(_LONGEST_BAN_S, self._next_ban_s * 2)
        self._banned_until = max(self._banned_until, self.clock.deadline(min(wait, _LONGEST_BAN_S)))
        return wait


def _span(length_ms: int) -> str:
    return f"{length_ms // 60_000}m" if length_ms % 60_000 == 0 else f"{length_ms // 1000}s"
