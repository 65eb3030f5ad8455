"""The venue's side of shared time: it asks its clients whether they are idle, and moves time when everybody is."""

from __future__ import annotations

import hmac
import selectors
import socket
from collections.abc import Iterator
from dataclasses import dataclass

from vibex.venues.simulator.stepped.loop import SteppedLoop
from vibex.venues.simulator.stepped.wire import Line, LineSocket

_ROUNDS = 2
"""How often all must have said that they are idle with nothing happening in between. What one side has sent lies in the
other's buffer before a later question does, but another processor may deliver it: the second round waits for that."""


@dataclass(slots=True)
class _Client:
    line: LineSocket
    trusted: bool = False
    answered: int = 0
    deadline_us: int | None = None


class Keeper:
    """The pace of the venue's loop. Without a client time stands still; `release` lets it run when the venue ends."""

    def __init__(self, loop: SteppedLoop, listener: socket.socket, token: str, *, start_ms: int) -> None:
        self._loop, self._listener, self._token, self._start_ms = loop, listener, token, start_ms
        self._clients: dict[int, _Client] = {}
        self._number = 0
        self._round = 0
        self._stirred = True
        self._released = False
        listener.setblocking(False)
        loop.watch(listener.fileno())
        loop.pace = self

    def release(self) -> None:
        """The venue is ending: what is left to wait for is waited for in no time."""
        self._released = True
        for number in list(self._clients):
            self._drop(number)

    def busy(self) -> None:
        self._stirred = True

    def idle(self, deadline_us: int | None) -> bool:
        if self._released:
            self._loop.now_us = max(self._loop.now_us, deadline_us or 0)
            return deadline_us is not None
        trusted = list(self._trusted())
        if not trusted:
            return False
        if self._stirred:
            self._round = 0
            self._ask()
            return False
        if any(client.answered != self._number for client in trusted):
            return False
        if self._round < _ROUNDS:
            self._ask()
            return False
        return self._jump([deadline_us, *(client.deadline_us for client in trusted)])

    def hear(self, key: selectors.SelectorKey) -> None:
        if key.fd == self._listener.fileno():
            connection, _ = self._listener.accept()
            self._clients[connection.fileno()] = _Client(LineSocket(connection))
            self._loop.watch(connection.fileno())
            return
        client = self._clients[key.fd]
        lines = client.line.read()
        if lines is None:
            self._drop(key.fd)
            return
        for line in lines:
            self._obey(key.fd, client, line)

    def _obey(self, number: int, client: _Client, line: Line) -> None:
        if not client.trusted:
            if not hmac.compare_digest(str(line.get("token", "")).encode(), self._token.encode()):
                client.line.write({"error": "the token is not the one of the ready line"})
                self._drop(number)
                return
            client.trusted = True
            self._stirred = True
            client.line.write({"now_us": self._loop.now_us, "start_ms": self._start_ms})
            return
        answered, deadline = line.get("idle"), line.get("deadline_us")
        if isinstance(answered, int):
            client.answered = answered
            client.deadline_us = deadline if isinstance(deadline, int) else None

    def _trusted(self) -> Iterator[_Client]:
        return (client for client in self._clients.values() if client.trusted)

    def _ask(self) -> None:
        self._stirred = False
        self._number += 1
        self._round += 1
        self._tell({"ask": self._number, "now_us": self._loop.now_us})

    def _jump(self, deadlines: list[int | None]) -> bool:
        """To the first deadline of anybody; clients hear of it before anything that happens then."""
        target = min((at for at in deadlines if at is not None), default=None)
        if target is None:
            return False
        self._loop.now_us = max(self._loop.now_us, target)
        self._stirred = True
        self._tell({"now_us": self._loop.now_us})
        return True

    def _tell(self, line: Line) -> None:
        for number, client in list(self._clients.items()):
            if client.trusted and not client.line.write(line):
                self._drop(number)

    def _drop(self, number: int) -> None:
        client = self._clients.pop(number)
        self._loop.forget(number)
        client.line.close()
        self._stirred = True
