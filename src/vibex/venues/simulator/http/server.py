"""Bind to loopback and serve; the ready line is the caller's."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import uvicorn

from vibex.domain.clock import Clock
from vibex.domain.errors import InvalidInput
from vibex.venues.simulator.http.application import Application

LOOPBACK = "127.0.0.1"
TICK_S = 0.1


def listen(port: int) -> socket.socket:
    """A socket on 127.0.0.1:`port` (0: any free one). InvalidInput (field "port") when it is taken."""
    # With the protocol named, asyncio turns off Nagle on accepted connections: else each answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise InvalidInput(
            f"port {port}: {error.strerror}", field="port", remedy="choose another one, or 0 for any free one"
        ) from None
    return listener


async def serve(application: Application, listener: socket.socket, clock: Clock) -> None:
    """Answer until SIGINT or SIGTERM; between requests time goes on, so that streams and countdowns run."""
    config = uvicorn.Config(
        application, log_level="warning", access_log=False, lifespan="on", ws_ping_interval=300, ws_ping_timeout=900
    )
    server = uvicorn.Server(config)
    ticking = asyncio.ensure_future(_tick(application, clock))
    try:
        await server.serve(sockets=[listener])
    finally:
        ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ticking


async def _tick(application: Application, clock: Clock) -> None:
    while True:
        application.catch_up()
        await clock.sleep(TICK_S)
