"""Progress on stderr while a command works: one moving line on a terminal, nothing where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.status import Status

    from vibex.domain.ports import Progress


class TerminalProgress:
    """The step that is being done; `line` None says nothing."""

    def __init__(self, line: Status | None) -> None:
        self._line = line

    def report(self, done: int, total: int, what: str) -> None:
        if self._line is not None:
            self._line.update(f"{what} ({done} of {total})")

    @property
    def cancelled(self) -> bool:
        """Never: an interrupt ends the process."""
        return False


@contextmanager
def terminal_progress() -> Iterator[Progress]:
    """A progress that is shown until the block ends."""
    if not sys.stderr.isatty():
        yield TerminalProgress(None)
        return
    from rich.console import Console

    with Console(stderr=True).status("starting") as line:
        yield TerminalProgress(line)
