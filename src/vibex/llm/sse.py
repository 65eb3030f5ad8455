"""Server-sent events out of bytes (WHATWG HTML §9.2), as far as model endpoints use them: `data` and comments."""

from __future__ import annotations


class EventReader:
    """Collects bytes into events. Lines end at LF or CRLF only: other separators may stand inside JSON strings."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[str] = []

    def feed(self, received: bytes) -> list[str]:
        """The data of every event that `received` completes. Raises UnicodeDecodeError for what is no UTF-8."""
        *lines, self._rest = (self._rest + received).split(b"\n")
        events = []
        for line in lines:
            line = line.removesuffix(b"\r")
            if not line and self._data:
                events.append("\n".join(self._data))
                self._data = []
            elif line.startswith(b"data:"):
                self._data.append(line[5:].removeprefix(b" ").decode())
        return events

    def finish(self) -> list[str]:
        """What an endpoint leaves that ends its stream without the last blank line."""
        return self.feed(b"\n\n")
