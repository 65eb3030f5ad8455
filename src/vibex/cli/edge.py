"""The one place where an error becomes words on stderr and an exit code; stdout stays empty.

2 = the request cannot be met as it stands; 1 = this machine or a defect stood in the way; 130 = interrupted.
"""

from __future__ import annotations

import sys
from typing import Any

import typer
from typer.core import TyperGroup


class Edge(TyperGroup):
    """The root group: runs the command and answers its errors."""

    def main(self, *args: Any, **options: Any) -> Any:
        """As Typer's, with the product's own errors in words. Defects keep their traceback."""
        try:
            return super().main(*args, **options)
        except SystemExit:
            raise
        except _own_errors() as error:
            for line in describe(error):
                typer.echo(line, err=True)
            raise SystemExit(_exit_code(error)) from None


def _own_errors() -> tuple[type[Exception], ...]:
    """Loaded when an error is on its way, not before: help needs no domain."""
    from vibex.domain.errors import VibexError

    return (VibexError, OSError)


def describe(error: Exception) -> list[str]:
    """`error: field: what is wrong`, one line per issue, and `try: remedy`."""
    from vibex.domain.errors import InvalidSpec, VibexError

    if isinstance(error, InvalidSpec):
        return [f"error: {issue.field}: {issue.message}" for issue in error.issues]
    if isinstance(error, VibexError):
        field = f"{error.field}: " if error.field else ""
        return [f"error: {field}{error.message}", *([f"try: {error.remedy}"] if error.remedy else [])]
    if isinstance(error, OSError) and error.filename is not None:
        return [f"error: {error.filename}: {error.strerror}"]
    return [f"error: {error}"]


def _exit_code(error: Exception) -> int:
    from vibex.domain.errors import InvalidInput

    return 2 if isinstance(error, InvalidInput) else 1


def begin() -> None:
    """What every working command does first: compiled code is kept under `VIBEX_HOME`, TA-Lib loads alone."""
    from vibex.analysis.indicators.talib_loading import load_without_data_frames
    from vibex.services import use_compiled_folder
    from vibex.settings import Settings

    use_compiled_folder(Settings().storage)
    load_without_data_frames()


def print_json(value: object) -> None:
    """One JSON object on stdout. Unknown is null; a NaN would be a defect and is refused."""
    import json

    sys.stdout.write(json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n")
