"""The venue's side of shared time: it asks its clients whether they are idle, and moves time when everybody is."""

from __future__ import annotations

import hmac
import selectors
import socket
from dataclasses import dataclass

from vibex.venues.simulator.stepped.loop import SteppedLoop, Wait
from vibex.venues.simulator.stepped.wire import Line, LineSocket

_ROUNDS = 2
"""How many rounds must bring nothing before time moves. What one side has sent lies in the other's buffer before a
later question does, unless another processor delivers it: the second round waits for that."""


@dataclass(slots=True)
class _Client:
    line: LineSocket
    trusted: bool = False
    deadline_us: int | None = None


class Keeper:
    """The pace of the venue's loop. Without a client time stands still; `release` lets it run when the venue ends."""

    def __init__(self, loop: SteppedLoop, listener: socket.socket, token: str, *, start_ms: int) -> None:
        self._loop, self._listener, self._token, self._start_ms = loop, listener, token, start_ms
        self._clients: dict[int, _Client] = {}
        self._number = 0
        self._asked: _Client | None = None
        self._to_ask: list[_Client] = []
        self._quiet = 0
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

    def looks(self) -> bool:
        return self._asked is None

    def busy(self) -> None:
        self._stirred = True

    def idle(self, deadline_us: int | None) -> Wait:
        if self._released:
            self._loop.now_us = max(self._loop.now_us, deadline_us or 0)
            return Wait.ANYTHING if deadline_us is None else Wait.AGAIN
        if self._asked is not None:
            return Wait.WORD
        if self._to_ask:
            self._ask(self._to_ask.pop(0))
            return Wait.AGAIN
        trusted = [client for client in self._clients.values() if client.trusted]
        if not trusted:
            return Wait.ANYTHING
        self._quiet = 0 if self._stirred else self._quiet + 1
        self._stirred = False
        if self._quiet < _ROUNDS:
            self._to_ask = trusted
            return Wait.AGAIN
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
        deadline = line.get("deadline_us")
        if client is self._asked and line.get("idle") == self._number:
            client.deadline_us = deadline if isinstance(deadline, int) else None
            self._asked = None

    def _ask(self, client: _Client) -> None:
        """One after the other, so that what they send comes in the same order in every run."""
        self._number += 1
        self._asked = client
        if not client.line.write({"ask": self._number, "now_us": self._loop.now_us}):
            self._drop(client.line.fileno())

    def _jump(self, deadlines: list[int | None]) -> Wait:
        """To the first deadline of anybody; clients hear of it with their next turn."""
        target = min((at for at in deadlines if at is not None), default=None)
        if target is None:
            return Wait.ANYTHING
        self._loop.now_us = max(self._loop.now_us, target)
        self._stirred = True
        return Wait.AGAIN

    def _drop(self, number: int) -> None:
        client = self._clients.pop(number)
        self._loop.forget(number)
        client.line.close()
        self._to_ask = [one for one in self._to_ask if one is not client]
        self._asked = None if self._asked is client else self._asked
        self._stirred = True
