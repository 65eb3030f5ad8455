"""JSON lines over a socket between a venue that keeps the time and its clients.

Client: `{"token": …}`. Venue: `{"now_us": …, "start_ms": …}`, or `{"error": …}` and the end. From then on the venue
says `{"ask": n, "now_us": …}` when it has nothing left to do: it is the client's turn to read what the venue has sent
and to run its timers. The client answers `{"idle": n, "deadline_us": … or null}` when all that is left to it is to
wait, with its next deadline, and reads nothing before the next question. Times are microseconds since the venue's
start.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping

from vibex.domain.json_text import loads

Line = Mapping[str, int | str | None]

_LONGEST = 4096


class LineSocket:
    """One end of the clock's connection. `read` never waits, `write` waits for room in the kernel's buffer."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection
        self._rest = b""

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def write(self, line: Line) -> bool:
        """False when the other side is gone."""
        self._socket.setblocking(True)
        try:
            self._socket.sendall(json.dumps(line, separators=(",", ":")).encode() + b"\n")
        except OSError:
            return False
        return True

    def read(self, *, wait: bool = False) -> list[Line] | None:
        """The lines that have come; None when the other side is gone or does not keep to the form."""
        self._socket.setblocking(wait)
        try:
            received = self._socket.recv(65_536)
        except BlockingIOError:
            return []
        except OSError:
            return None
        if not received:
            return None
        *whole, self._rest = (self._rest + received).split(b"\n")
        if len(self._rest) > _LONGEST:
            return None
        try:
            lines = [loads(line.decode()) for line in whole]
        except ValueError:
            return None
        return lines if all(isinstance(line, dict) for line in lines) else None
