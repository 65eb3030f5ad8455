"""Reads one JSON value, also where it is broken in one of the ways that have a single reading; says which.

The ways are those of the contract: single quotes (with Python's None, True and False), trailing commas, comments, and
words in another letter case. Objects keep repeated keys, numbers keep their digits, NaN and Infinity are a value of
their own that no arithmetic accepts. Work and depth are bounded by the length of the text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

DEEPEST = 32
"""Brackets inside one another; a decision in a tool call's envelope needs seven."""
_LONGEST_NUMBER = 400

_BLANK = re.compile(r"[ \t\r\n]*")
_COMMENT = re.compile(r"//[^\n]*|#[^\n]*|/\*.*?\*/", re.DOTALL)
_STRING = {
    '"': re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"', re.DOTALL),
    "'": re.compile(r"'[^'\\\x00-\x1f]*(?:\\.[^'\\\x00-\x1f]*)*'", re.DOTALL),
}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.+-])", re.ASCII)
_WORD = re.compile(r"-?[A-Za-z]+(?![\w.+-])", re.ASCII)
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "none": None}
_NOT_FINITE = {"nan", "-nan", "infinity", "-infinity", "inf", "-inf"}


class Unreadable(Exception):
    """There is no single reading; the message says why, without repeating the text."""


class Truncated(Unreadable):
    """The text ends before the value does."""


@dataclass(frozen=True, slots=True)
class NotFinite:
    """NaN or an infinity, or a number that nothing here can hold."""


@dataclass(frozen=True, slots=True)
class Members:
    """An object: its members in order, repeated keys included."""

    pairs: tuple[tuple[str, Value], ...]


Value = Members | list["Value"] | str | Decimal | NotFinite | bool | None


class BrokenJson:
    """A reader over one text; `repairs` collects what was read otherwise than it stood, in order, without repeats."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.repairs: dict[str, None] = {}

    def value(self, at: int, depth: int = 0) -> tuple[Value, int]:
        """The value that begins at `at`, and where it ends. Raises Unreadable."""
        if depth > DEEPEST:
            raise Unreadable("it is nested too deep")
        match self._letter(at):
            case "{":
                return self._object(at, depth)
            case "[":
                return self._list(at, depth)
            case '"' | "'":
                return self._string(at)
            case _:
                return self._bare(at)

    def skip_blank(self, at: int) -> int:
        """The next place that is neither white space nor comment."""
        while True:
            found = _BLANK.match(self.text, at)
            at = found.end() if found else at
            comment = _COMMENT.match(self.text, at)
            if comment is None:
                if self.text.startswith("/*", at):
                    raise Truncated("it is truncated inside a comment")
                return at
            self._repaired("comments")
            at = comment.end()

    def _object(self, at: int, depth: int) -> tuple[Value, int]:
        pairs: list[tuple[str, Value]] = []
        at = self.skip_blank(at + 1)
        while self._letter(at) != "}":
            if self.text[at] not in _STRING:
                raise Unreadable("a key stands without quotes" if self.text[at].isalpha() else "an object is broken")
            key, at = self._string(at)
            at = self.skip_blank(at)
            if self._letter(at) != ":":
                raise Unreadable("a key has no value")
            value, at = self.value(self.skip_blank(at + 1), depth + 1)
            pairs.append((key, value))
            at = self._after_part(at, "}")
        return Members(tuple(pairs)), at + 1

    def _list(self, at: int, depth: int) -> tuple[Value, int]:
        values: list[Value] = []
        at = self.skip_blank(at + 1)
        while self._letter(at) != "]":
            value, at = self.value(at, depth + 1)
            values.append(value)
            at = self._after_part(at, "]")
        return values, at + 1

    def _after_part(self, at: int, end: str) -> int:
        """Behind the comma that follows a part, or at the closing bracket."""
        at = self.skip_blank(at)
        letter = self._letter(at)
        if letter == end:
            return at
        if letter != ",":
            raise Unreadable("a comma or a closing bracket is missing")
        at = self.skip_blank(at + 1)
        if self._letter(at) == end:
            self._repaired("trailing commas")
        return at

    def _string(self, at: int) -> tuple[str, int]:
        quote = self.text[at]
        found = _STRING[quote].match(self.text, at)
        if found is None:
            if self._ends(quote, at + 1):
                raise Unreadable("a text holds a raw line break or control character")
            raise Truncated("it is truncated inside a text")
        inner = found[0][1:-1]
        if quote == "'":
            self._repaired("single quotes")
            inner = re.sub(r"""\\(.)|(")""", _in_double_quotes, inner, flags=re.DOTALL)
        try:
            text: str = json.loads(f'"{inner}"')
        except ValueError:
            raise Unreadable("a text holds an unknown escape") from None
        return text.encode("utf-8", "replace").decode(), found.end()

    def _ends(self, quote: str, at: int) -> bool:
        """Whether an unescaped quote follows."""
        return re.compile(rf"[^{quote}\\]*(?:\\.[^{quote}\\]*)*{quote}", re.DOTALL).match(self.text, at) is not None

    def _bare(self, at: int) -> tuple[Value, int]:
        number = _NUMBER.match(self.text, at)
        if number:
            self._refuse_open_end(number.end())
            return _decimal(number[0]), number.end()
        word = _WORD.match(self.text, at)
        folded = word[0].lower() if word else ""
        if word is None or (folded not in _CONSTANTS and folded not in _NOT_FINITE):
            if at < len(self.text) and re.match(r"[-\w.+]*\Z", self.text[at : at + 20]):
                raise Truncated("it is truncated inside a value")
            raise Unreadable("a value is no JSON")
        self._refuse_open_end(word.end())
        if folded in _NOT_FINITE:
            return NotFinite(), word.end()
        if word[0] != folded or folded == "none":
            self._repaired("letter case of true, false or null")
        return _CONSTANTS[folded], word.end()

    def _refuse_open_end(self, at: int) -> None:
        """A number or word at the very end of the text may have lost its rest."""
        if at >= len(self.text):
            raise Truncated("it is truncated inside a value")

    def _letter(self, at: int) -> str:
        if at >= len(self.text):
            raise Truncated("it is truncated")
        return self.text[at]

    def _repaired(self, what: str) -> None:
        self.repairs.setdefault(what)


def _in_double_quotes(found: re.Match[str]) -> str:
    if found[2]:
        return '\\"'
    return "'" if found[1] == "'" else found[0]


def _decimal(digits: str) -> Decimal | NotFinite:
    if len(digits) > _LONGEST_NUMBER:
        return NotFinite()
    try:
        return Decimal(digits)
    except InvalidOperation:
        return NotFinite()
