"""What `vibex doctor` looks at: one function per thing, each with the command that mends it."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from vibex.domain import JsonValue, VibexError
from vibex.settings import Settings

LEAST_FREE_MB = 500
MENDS_INSTALL = "pip install --force-reinstall vibex"


class State(StrEnum):
    """`MISSING` is needed and not there; `OPTIONAL` is not there and not needed."""

    OK = "ok"
    MISSING = "missing"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report; `remedy` is the command or setting that mends it."""

    name: str
    state: State
    found: str
    remedy: str | None = None

    def to_json(self) -> dict[str, JsonValue]:
        return asdict(self)


def examine(settings: Settings) -> list[Check]:
    """Every check in order. When the settings cannot be read, nothing that depends on them is asked."""
    checks = [_python(), _installed("ta-lib", "talib"), _installed("numba", "numba")]
    try:
        storage, port = settings.storage, settings.server.port
    except VibexError as error:
        broken = Check("settings", State.MISSING, f"{error.field}: {error.message}", error.remedy)
        return [*checks, broken, *_extras()]
    return [
        *checks,
        Check("settings", State.OK, "read from the environment and ./.env"),
        _writable("home", storage.home),
        _writable("compiled code", Path(os.environ.get("NUMBA_CACHE_DIR", storage.compiled_folder))),
        _disk(storage.home),
        _database(storage.url, storage.home / "vibex.db"),
        _port(port),
        *_extras(),
    ]


def _python() -> Check:
    found = ".".join(str(part) for part in sys.version_info[:3])
    state = State.OK if sys.version_info >= (3, 11) else State.MISSING
    return Check("python", state, found, None if state is State.OK else "install Python 3.11 or newer")


def _installed(distribution: str, module: str) -> Check:
    """Imports the module: a compiled extension may be installed and still not load."""
    try:
        __import__(module)
        return Check(distribution, State.OK, version(distribution))
    except (ImportError, PackageNotFoundError, OSError) as error:
        return Check(distribution, State.MISSING, str(error).splitlines()[0], MENDS_INSTALL)


def _writable(name: str, folder: Path) -> Check:
    existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            return Check(name, State.OK, str(folder) if folder.exists() else f"{folder} (made when needed)")
    except OSError as error:
        remedy = "set VIBEX_HOME to a folder of yours" if name == "home" else "unset NUMBA_CACHE_DIR"
        return Check(name, State.MISSING, f"{existing} cannot be written: {error.strerror}", remedy)


def _disk(folder: Path) -> Check:
    existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    free_mb = shutil.disk_usage(existing).free // 1_000_000
    if free_mb >= LEAST_FREE_MB:
        return Check("disk", State.OK, f"{free_mb:,} MB free")
    return Check("disk", State.MISSING, f"{free_mb:,} MB free, {LEAST_FREE_MB} needed", "free some space")


def _database(url: str, default: Path) -> Check:
    """Reads only: a database that is not there yet is made by the first command that needs it."""
    if url.endswith(str(default)) and not default.exists():
        return Check("database", State.OK, f"{default} (made when needed)")
    import asyncio

    from vibex.store.health import schema_version

    try:
        found = asyncio.run(schema_version(url))
    except VibexError as error:
        return Check("database", State.MISSING, error.message, error.remedy)
    return Check("database", State.OK, f"schema {found}" if found else "empty, filled when needed")


def _port(port: int) -> Check:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        used = probe.connect_ex(("127.0.0.1", port)) == 0
    if not used:
        return Check("port", State.OK, f"{port} is free")
    return Check("port", State.OPTIONAL, f"{port} is in use, perhaps by vibex itself", "API_PORT=3001 vibex up")


def _extras() -> list[Check]:
    return [
        _tool("uv", lambda: shutil.which("uv") is not None, "faster installs", "pip install uv"),
        _tool("node", lambda: shutil.which("node") is not None, "checks of the pages", "install Node.js"),
        _tool("vectorbt", lambda: find_spec("vectorbt") is not None, "a second bench", "pip install vectorbt"),
        _platform(),
    ]


def _tool(name: str, present: Callable[[], bool], purpose: str, remedy: str) -> Check:
    if present():
        return Check(name, State.OK, "installed")
    return Check(name, State.OPTIONAL, f"not installed; {purpose}", remedy)


def _platform() -> Check:
    if sys.platform == "win32":
        return Check("platform", State.OPTIONAL, "Windows: Python scripts as strategies need WSL2", "wsl --install")
    return Check("platform", State.OK, sys.platform)
