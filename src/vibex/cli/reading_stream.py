"""What a model writes, as it writes it: of its JSON answer only the sentences in which it says what it understood.

The rest of the answer is checked before anybody sees it; these sentences are shown as they come, as plain text.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable

_BEGIN = re.compile(r'"reading"\s*:\s*\[')


class ReadingStream:
    """Takes pieces of a JSON answer; `write` gets the letters of the strings in its list `reading`."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self.begin()

    def begin(self) -> None:
        """Another answer follows."""
        self._waiting, self._inside, self._over = "", False, False
        self._text = False
        self.has_written = False

    def hear(self, piece: str) -> None:
        """The next piece of the answer, of any length."""
        if self._over:
            return
        self._waiting += piece
        if not self._inside:
            found = _BEGIN.search(self._waiting)
            if found is None:
                return
            self._inside, self._waiting = True, self._waiting[found.end() :]
        self._drain()

    def _drain(self) -> None:
        said, at = "", 0
        while at < len(self._waiting):
            letter = self._waiting[at]
            if not self._text:
                self._text = letter == '"'
                self._over = letter == "]"
                at += 1
                if self._over:
                    break
                continue
            if letter == "\\":
                length = _escape_length(self._waiting[at : at + 6])
                if length is None:
                    break  # the rest of it is on its way
                said += _unescaped(self._waiting[at : at + length])
                at += length
                continue
            self._text = letter != '"'
            said += letter if self._text else "\n"
            at += 1
        self._waiting = self._waiting[at:]
        self._say(said)

    def _say(self, said: str) -> None:
        shown = "".join(each if each == "\n" or unicodedata.category(each)[0] != "C" else " " for each in said)
        if shown:
            self.has_written = True
            self._write(shown)


def _escape_length(text: str) -> int | None:
    """Letters of the escape at the beginning of `text`; None while it is not complete."""
    needed = 6 if text[1:2] == "u" else 2
    return needed if len(text) >= needed else None


def _unescaped(escape: str) -> str:
    try:
        return str(json.loads(f'"{escape}"')).replace("\n", " ")
    except ValueError:
        return " "
