"""The memory of one account as files that people read and edit; every version that was replaced is kept.

    <folder>/lessons.jsonl    a head line with the format's version, then one closed trade a line, oldest first
    <folder>/notes.md         the person's own notes for the model, free text; read, never written
    <folder>/history/         earlier versions of lessons.jsonl, numbered, and `latest` as it was last written here

A line that cannot be read is reported and left as it is. After an edit by hand the version before it is in `history`;
so is the whole file before its older half leaves it, which happens at `MOST_LINES`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vibex.agent.memory.document import read_line, write_line
from vibex.agent.memory.trade import Lesson
from vibex.domain import AccountId, InvalidInput
from vibex.domain.json_text import loads

FORMAT = "vibex-memory"
VERSION = 1
MOST_BYTES = 8 << 20
"""A larger file is refused: it was not written here."""
MOST_LINES = 2_000
LONGEST_NOTES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """The lessons that could be read, and a sentence for each line that could not."""

    lessons: tuple[Lesson, ...]
    unreadable: tuple[str, ...]


class MemoryFiles:
    """Reads anew at each call, so that an edit counts from the next decision on. One writer at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "lessons.jsonl"
        self._history = folder / "history"

    @classmethod
    def of_account(cls, home: Path, account: AccountId) -> MemoryFiles:
        """The memory of `account` under `VIBEX_HOME`."""
        return cls(home / "accounts" / account / "memory")

    def read(self) -> Remembered:
        """Everything that is remembered. Raises InvalidInput for a file of another format or a newer version."""
        text = self._text()
        if text is None:
            return Remembered(lessons=(), unreadable=())
        head, *lines = text.split("\n")
        _check_head(head, self._file)
        lessons, unreadable, seen = [], [], set[str]()
        for number, line in enumerate(lines, start=2):
            if not line.strip():
                continue
            try:
                lesson = read_line(line)
            except InvalidInput as error:
                unreadable.append(f"{self._file.name} line {number}: {error}")
                continue
            if lesson.trade.id not in seen:
                lessons.append(lesson)
                seen.add(lesson.trade.id)
        return Remembered(lessons=tuple(lessons), unreadable=tuple(unreadable))

    def add(self, lessons: Iterable[Lesson]) -> int:
        """Append the trades that are not there yet; how many were. What a person wrote stays as it is."""
        known = {lesson.trade.id for lesson in self.read().lessons}
        new = {lesson.trade.id: lesson for lesson in lessons if lesson.trade.id not in known}
        if not new:
            return 0
        text = self._text() or json.dumps({"format": FORMAT, "version": VERSION}) + "\n"
        self._keep_before_edit(text)
        head, *lines = text.split("\n")
        lines = [*(line for line in lines if line.strip()), *(write_line(lesson) for lesson in new.values())]
        if len(lines) > MOST_LINES:
            self._number(text)
            lines = lines[-MOST_LINES // 2 :]
        self._write("\n".join((head, *lines)) + "\n")
        return len(new)

    def notes(self) -> str:
        """The person's notes, at most 20,000 characters; empty where there are none."""
        try:
            with (self._folder / "notes.md").open(encoding="utf-8", errors="replace") as file:
                return file.read(LONGEST_NOTES)
        except FileNotFoundError:
            return ""

    def _text(self) -> str | None:
        try:
            if self._file.stat().st_size > MOST_BYTES:
                raise InvalidInput(
                    f"has more than {MOST_BYTES >> 20} MiB", field=str(self._file), remedy="move older lines elsewhere"
                )
            return self._file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            raise InvalidInput("is no UTF-8 text", field=str(self._file)) from None

    def _keep_before_edit(self, text: str) -> None:
        """Number the version that was last written here, where a person has changed it since."""
        latest = self._history / "latest"
        if latest.exists() and (written := latest.read_text(encoding="utf-8")) != text:
            self._number(written)

    def _number(self, text: str) -> None:
        """Keep `text` under the next number."""
        self._history.mkdir(parents=True, exist_ok=True)
        numbers = [int(found[1]) for path in self._history.iterdir() if (found := re.match(r"(\d+)\.jsonl", path.name))]
        (self._history / f"{max(numbers, default=0) + 1:04d}.jsonl").write_text(text, encoding="utf-8")

    def _write(self, text: str) -> None:
        """Replace the file as a whole, on disk before it takes its name; then note what was written."""
        self._history.mkdir(parents=True, exist_ok=True)
        for path in (self._file, self._history / "latest"):
            fresh = path.with_name(path.name + ".new")
            with fresh.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)


def _check_head(line: str, file: Path) -> None:
    try:
        head = loads(line)
    except ValueError:
        head = None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise InvalidInput(
            f"does not begin with the head of a {FORMAT} file",
            field=str(file),
            remedy=f'put {{"format": "{FORMAT}", "version": {VERSION}}} back into its first line',
        )
    if head.get("version") != VERSION:
        raise InvalidInput(f"is of version {head.get('version')}, this is {VERSION}", field=str(file))
