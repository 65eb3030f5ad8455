"""`diary.jsonl`: one entry per line, synced as it is written, set aside by number when it has grown large."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

from vibex.accounts.diary_entry import DiaryEntry
from vibex.domain import InvalidInput
from vibex.domain.json_text import loads

MOST_BYTES = 10 * 1024 * 1024
_ASIDE = re.compile(r"diary\.(\d+)\.jsonl")


class DiaryFile:
    """The diary in `folder`. Files that were set aside are `diary.1.jsonl` (the oldest), `diary.2.jsonl`, …; none is
    ever deleted. A line that a crash left unfinished is cut off when the file is opened."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._most_bytes = most_bytes
        self._cut_unfinished_line()

    @property
    def path(self) -> Path:
        return self._folder / "diary.jsonl"

    def append(self, entry: DiaryEntry) -> None:
        """Write and sync one line. Raises OSError when the disk refuses."""
        line = (json.dumps(entry.to_json(), ensure_ascii=False, allow_nan=False) + "\n").encode()
        if self.path.exists() and 0 < self.path.stat().st_size > self._most_bytes - len(line):
            self.path.rename(self._folder / f"diary.{len(self._aside()) + 1}.jsonl")
        with self.path.open("ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def entries(self) -> Iterator[DiaryEntry]:
        """Every entry, oldest first. Raises InvalidInput naming a line that is none."""
        for path in [*self._aside(), *([self.path] if self.path.exists() else [])]:
            # Not splitlines: a text may hold line separators that are no end of a line here.
            for number, line in enumerate(path.read_text(encoding="utf-8").split("\n")[:-1], start=1):
                try:
                    yield DiaryEntry.from_json(loads(line))
                except ValueError:
                    raise InvalidInput(
                        f"line {number} is no JSON",
                        field=str(path),
                        remedy="set it aside: it is made again from the journal",
                    ) from None

    def _aside(self) -> list[Path]:
        numbered = [(int(found[1]), path) for path in self._folder.iterdir() if (found := _ASIDE.fullmatch(path.name))]
        return [path for _, path in sorted(numbered)]

    def _cut_unfinished_line(self) -> None:
        if not self.path.exists():
            return
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with self.path.open("r+b") as file:
                file.truncate(whole)
