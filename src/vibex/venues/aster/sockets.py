"""WebSocket connections of the venue behind a two-verb port, so that feeds are tested without one."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

_MOST_BYTES = 8 << 20


class ConnectionLost(Exception):
    """The connection is gone, or could not be made; `str` says how, without addresses (they hold listen keys)."""


class Connection(Protocol):
    async def receive(self) -> str:
        """The next message. Raises ConnectionLost."""
        ...

    async def send(self, text: str) -> None:
        """Raises ConnectionLost."""
        ...

    async def close(self) -> None: ...


Connect = Callable[[str], Awaitable[Connection]]
"""Opens a URL. Raises ConnectionLost."""


class _WebSocket:
    """A connection of the websockets library, whose errors are replaced by one of ours."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def receive(self) -> str:
        try:
            message = await self._socket.recv()
        except _gone() as error:
            raise ConnectionLost(f"connection lost ({type(error).__name__})") from None
        return message if isinstance(message, str) else message.decode(errors="replace")

    async def send(self, text: str) -> None:
        try:
            await self._socket.send(text)
        except _gone() as error:
            raise ConnectionLost(f"connection lost ({type(error).__name__})") from None

    async def close(self) -> None:
        await self._socket.close()


def connector(*, direct: bool) -> Connect:
    """Real connections; `direct` passes by the proxies of the environment, as loopback must."""

    async def open_url(url: str) -> Connection:
        from websockets.asyncio.client import connect

        # Its debug lines repeat the address, and with it the listen key.
        logging.getLogger("websockets").setLevel(logging.INFO)
        try:
            socket = await connect(
                url,
                open_timeout=10,
                ping_interval=20,
                ping_timeout=20,
                close_timeout=2,
                max_size=_MOST_BYTES,
                proxy=None if direct else True,
            )
        except _gone() as error:
            raise ConnectionLost(f"cannot connect ({type(error).__name__})") from None
        return _WebSocket(socket)

    return open_url


def _gone() -> tuple[type[Exception], ...]:
    from websockets.exceptions import WebSocketException

    # A time-out of connecting is an OSError.
    return (WebSocketException, OSError, EOFError)
