"""Bind and serve: the trading port, the control port beside it, and time that goes on between requests."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Mapping
from types import FrameType

import uvicorn

from vibex.domain.clock import Clock
from vibex.domain.errors import InvalidInput
from vibex.venues.simulator.http.application import Application, Message, Receive, Send
from vibex.venues.simulator.http.control import Control
from vibex.venues.simulator.stepped import Keeper, SteppedLoop

LOOPBACK = "127.0.0.1"
TICK_S = 0.1


def listen(port: int, host: str = LOOPBACK) -> socket.socket:
    """A socket on `host`:`port` (0: any free one). InvalidInput (field "port") when it is taken."""
    # With the protocol named, asyncio turns off Nagle on accepted connections: else each answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise InvalidInput(
            f"{host}:{port}: {error.strerror or error}",
            field="port",
            remedy="choose another one, or 0 for any free one",
        ) from None
    return listener


def address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"{host}:{port}"


def serve(
    application: Application,
    control: Control,
    clock: Clock,
    *,
    trading: socket.socket,
    controlling: socket.socket,
    loop: SteppedLoop | None = None,
    keeper: Keeper | None = None,
) -> None:
    """Answer until SIGINT or SIGTERM. With a `loop` and its `keeper` time is stepped, else it is the clock's."""
    doors = _Doors({trading.getsockname()[1]: application, controlling.getsockname()[1]: control})
    config = uvicorn.Config(
        doors,
        log_level="warning",
        access_log=False,
        lifespan="on",
        ws_ping_interval=300,
        ws_ping_timeout=900,
        # A venue keeps idle connections longer than its clients do, so that none dies under a request.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=2,
        date_header=False,
    )
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    server = _Server(config, keeper)
    with asyncio.Runner(loop_factory=(lambda: loop) if loop else None) as runner:
        runner.run(_serve(server, application, clock, [trading, controlling], stepped=loop is not None))


async def _serve(
    server: _Server, application: Application, clock: Clock, sockets: list[socket.socket], *, stepped: bool
) -> None:
    ticking = asyncio.ensure_future(_tick(application, clock, stepped=stepped))
    try:
        await server.serve(sockets=sockets)
    finally:
        ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ticking


async def _tick(application: Application, clock: Clock, *, stepped: bool) -> None:
    """Between requests time goes on, so that streams and countdowns run. In stepped time there is nothing to see
    before the next thing happens, and every wake-up costs a question to the clients."""
    while True:
        application.catch_up()
        await clock.sleep(application.simulator.ms_to_next() / 1000 if stepped else TICK_S)


def _is_news(record: logging.LogRecord) -> bool:
    """An answer that is lost on purpose is no news."""
    return "without completing response" not in record.getMessage()


class _Server(uvicorn.Server):
    """Waits for its end without a look at the watch ten times a second: stepped time would step through each."""

    def __init__(self, config: uvicorn.Config, keeper: Keeper | None) -> None:
        super().__init__(config)
        self._keeper = keeper
        self._ending = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        if not self.should_exit:
            await self._ending.wait()
        if self._keeper is not None:
            self._keeper.release()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._ending.set)


class _Doors:
    """One server, a port for each application."""

    def __init__(self, by_port: Mapping[int, Application | Control]) -> None:
        self._by_port = by_port
        self._first = next(iter(by_port.values()))

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        server = scope.get("server")
        application = self._first if server is None else self._by_port[server[1]]
        await application(scope, receive, send)
