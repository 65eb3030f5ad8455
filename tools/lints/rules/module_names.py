"""A module is named for what it knows. A name that fits everything gathers everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from tools.lints.source import Finding, Rule, SourceFile

_VAGUE = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers", "base"}
_SUFFIXES = {".py", ".ts", ".tsx"}


def _words(path: PurePosixPath) -> Iterator[str]:
    """The names of the folders and of the module itself, without leading underscores and suffixes."""
    for part in path.parts:
        yield part.partition(".")[0].strip("_").lower()


def _check(file: SourceFile) -> Iterator[Finding]:
    if file.location.suffix not in _SUFFIXES:
        return
    for word in _words(file.location):
        if word in _VAGUE:
            yield Finding(
                line=1,
                found=f"a module or package named {word!r}",
                expected="the noun it is about, or the verb it does",
                reason="nobody can tell from this name what belongs there, so everything will",
            )


RULE = Rule(code="names", check=_check)
