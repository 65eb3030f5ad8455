"""One number per signed request: microseconds of the venue's time, never used twice by this process."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

# Beyond this the clock must have been set back: the venue refuses nonces far ahead of its time.
_MOST_AHEAD_US = 5_000_000
# The venue looks at its latest 100 per user; ours are kept far longer.
_KEPT = 20_000


class NonceAllocator:
    """One per main wallet and process; safe for tasks and threads.

    The next nonce is max(server time, last + 1). If the last one lies more than 5 s ahead of the venue's time, the
    time was corrected: allocation starts again at the venue's time and leaves out what was used.
    """

    def __init__(self, server_now_us: Callable[[], int]) -> None:
        self._server_now_us = server_now_us
        self._lock = threading.Lock()
        self._last = 0
        self._floor = 0
        self._order: deque[int] = deque()
        self._used: set[int] = set()

    def next(self) -> int:
        with self._lock:
            now = self._server_now_us()
            candidate = max(now, self._last + 1)
            if candidate - now > _MOST_AHEAD_US:
                candidate = now
            candidate = max(candidate, self._floor + 1)
            while candidate in self._used:
                candidate += 1
            self._remember(candidate)
            return candidate

    def _remember(self, nonce: int) -> None:
        self._last = nonce
        self._used.add(nonce)
        self._order.append(nonce)
        if len(self._order) > _KEPT:
            # What is forgotten must stay below the floor, or it could be issued again.
            forgotten = self._order.popleft()
            self._used.discard(forgotten)
            self._floor = max(self._floor, forgotten)
