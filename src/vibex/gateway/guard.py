"""What every request passes: it must be addressed to this machine, carries an id, and gets the security headers.

A page on another site can make its own name resolve to 127.0.0.1 and then read this server as its own origin (DNS
rebinding). Its requests still carry that name in `Host`, so any name but this machine's is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vibex.domain import Clock, new_id
from vibex.gateway.problems import problem
from vibex.monitoring import LogDomain, logger

CORRELATION_HEADER = "X-Correlation-ID"

_LOCAL_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.IGNORECASE | re.ASCII)
_CORRELATION_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Defaults: a route that needs another policy sets its own."""

log = logger(LogDomain.API)


class Guard:
    """ASGI middleware around the whole application. HEAD is answered as GET without its body."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        correlation_id = self._correlation_id(_values(scope, b"x-correlation-id"))
        scope.setdefault("state", {})["correlation_id"] = correlation_id
        app: ASGIApp = self._app
        if not _is_local(_values(scope, b"host")):
            log.warning("request refused", path=scope["path"], reason="addressed to another host")
            app = problem(
                421,
                "Host: this server answers only at localhost, 127.0.0.1 and [::1]",
                instance=scope["path"],
                correlation_id=correlation_id,
            )
        without_body = scope["method"] == "HEAD"
        if without_body:
            scope = {**scope, "method": "GET"}

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers[CORRELATION_HEADER] = correlation_id
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                log.debug("request answered", method=scope["method"], path=scope["path"], status=message["status"])
            elif without_body and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            await app(scope, receive, send_guarded)

    def _correlation_id(self, given: Sequence[str]) -> str:
        """The caller's own id when it is harmless in a log, else a new one."""
        return given[0] if len(given) == 1 and _CORRELATION_ID.fullmatch(given[0]) else new_id(self._clock)


def _is_local(hosts: Sequence[str]) -> bool:
    return len(hosts) == 1 and _LOCAL_HOST.fullmatch(hosts[0]) is not None


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]
