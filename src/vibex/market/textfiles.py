"""Files that a user names: opened with errors that say what to do."""

from __future__ import annotations

from pathlib import Path

from vibex.domain.errors import InvalidInput


def refuse_unreadable(path: Path, field: str) -> None:
    """Raises InvalidInput with `field` when `path` is missing, a folder, empty or not readable."""
    try:
        if path.is_dir():
            raise InvalidInput(f"{path} is a folder", field=field, remedy="name one file in it")
        with path.open("rb") as file:
            if not file.read(1):
                raise InvalidInput(f"{path} is empty", field=field, remedy="write it again or name another file")
    except FileNotFoundError:
        raise InvalidInput(f"there is no file {path}", field=field, remedy="check the path") from None
    except PermissionError:
        raise InvalidInput(f"{path} may not be read", field=field, remedy="check the file's permissions") from None
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}", field=field, remedy="check the path") from error


def read_text(path: Path, field: str) -> str:
    """The file as UTF-8 text, without a byte order mark. Raises InvalidInput with `field`."""
    refuse_unreadable(path, field)
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(f"{path} is no UTF-8 text", field=field, remedy="save it as UTF-8") from None
