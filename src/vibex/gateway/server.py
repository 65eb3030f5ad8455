"""Serving on this machine: a listening socket on 127.0.0.1, and the server that answers on it until it is stopped."""

from __future__ import annotations

import errno
import os
import socket

import uvicorn

from vibex.domain import InvalidInput
from vibex.gateway.app import create_app
from vibex.monitoring import LogDomain, logger
from vibex.settings import StorageSettings

LOOPBACK = "127.0.0.1"
_SHUTDOWN_S = 5

log = logger(LogDomain.API)


def listen(port: int) -> socket.socket:
    """A socket that listens on 127.0.0.1:`port` (0: any free one); requests wait in it until `serve` answers.

    Raises InvalidInput (field "API_PORT") when the port is taken or may not be used.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        # Without it a restart waits for the connections of the last run; elsewhere it would share a taken port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        raise InvalidInput(
            f"port {port} is taken: another vibex, or another program, listens there"
            if taken
            else f"port {port}: {error.strerror}",
            field="API_PORT",
            remedy=f"stop that program, or choose another port: API_PORT={port + 1 if port < 65535 else 3000} vibex up",
        ) from None
    return listener


def serve(listener: socket.socket, storage: StorageSettings) -> None:
    """Answer until SIGINT or SIGTERM, finish the requests under way, close the socket, then deliver that signal."""
    config = uvicorn.Config(
        create_app(storage),
        lifespan="on",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_SHUTDOWN_S,
    )
    log.info("server started", url=url_of(listener))
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        listener.close()
        log.info("server stopped")


def url_of(listener: socket.socket) -> str:
    return f"http://localhost:{listener.getsockname()[1]}/"
