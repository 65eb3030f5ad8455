"""Announces inside one process that rows exist: whoever listens fetches them from the journal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from vibex.domain import AccountId

_PATIENCE = 1000
"""Announcements that a listener may lie behind before its oldest are dropped; it catches up by seq."""


class ProcessEventBus:
    """The `EventBus` of one process."""

    def __init__(self) -> None:
        self._listeners: dict[asyncio.Queue[tuple[AccountId, int]], AccountId | None] = {}

    async def announce(self, account_id: AccountId, seq: int) -> None:
        for queue, wanted in self._listeners.items():
            if wanted is None or wanted == account_id:
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait((account_id, seq))

    def announcements(self, account_id: AccountId | None) -> AsyncIterator[tuple[AccountId, int]]:
        """From the moment of this call on, until the iterator is closed."""
        queue: asyncio.Queue[tuple[AccountId, int]] = asyncio.Queue(_PATIENCE)
        self._listeners[queue] = account_id
        return self._listen(queue)

    async def _listen(self, queue: asyncio.Queue[tuple[AccountId, int]]) -> AsyncIterator[tuple[AccountId, int]]:
        try:
            while True:
                yield await queue.get()
        finally:
            del self._listeners[queue]
