"""Runs uv with the package index that pip is configured for.

uv does not read pip's configuration. Where a company or a mirror is set there, `make install` has to use it as any
`pip install` would, so the settings become uv's own variables; a UV_ variable that is already set wins. Runs on the
interpreter of `.tools/uv`, where pip and uv live and nothing of vibex does.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

# pip's option: uv's variable.
_TRANSLATION = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}
# A lock is made from the default index alone: a partial mirror beside it would narrow the hashes to the files it holds.
_NOT_FOR_LOCKS = {"extra-index-url", "find-links"}


def pip_options(listing: str) -> dict[str, str]:
    """The options in the output of `pip config list`; later sections (the command's own, then the environment) win."""
    options: dict[str, str] = {}
    sections = {"global": 0, "install": 1, ":env:": 2}
    rows = (line.split("=", 1) for line in listing.splitlines() if "=" in line)
    keyed = [(key.rpartition("."), value) for key, value in rows]
    known = [(sections[section], option, value) for (section, _, option), value in keyed if section in sections]
    for _, option, value in sorted(known, key=lambda row: row[0]):
        options[option] = " ".join(str(ast.literal_eval(value)).split())
    return options


def uv_environment(options: Mapping[str, str], environment: Mapping[str, str], *, locking: bool) -> dict[str, str]:
    """The variables to add for uv, none of which is in `environment` already."""
    added = {
        variable: options[option]
        for option, variable in _TRANSLATION.items()
        if option in options and variable not in environment and not (locking and option in _NOT_FOR_LOCKS)
    }
    if "UV_INDEX" in added and "UV_INDEX_STRATEGY" not in environment:
        # As pip does: the best version over all indexes. The hashes in the lock decide what may be installed.
        added["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return added


def main(arguments: list[str]) -> int:
    """Runs uv with `arguments` and gives its exit status."""
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    locking = arguments[:2] == ["pip", "compile"]
    added = uv_environment(pip_options(listing), os.environ, locking=locking)
    uv = Path(sys.executable).with_name("uv")
    return subprocess.run([uv, *arguments], env={**os.environ, **added}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
