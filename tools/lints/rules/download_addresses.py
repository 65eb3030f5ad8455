"""Locks pin versions and hashes, never the place to download from: that is the choice of whoever installs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.lints.source import Finding, Rule, SourceFile

_ADDRESS = re.compile(r"https?://|^\s*(-i|--index-url|--extra-index-url|--find-links|-f)\b")
# npm's lock names home pages and funding pages too; only `resolved` is a download.
_NPM_ADDRESS = re.compile(r'"resolved":\s*"https?://')


def _check(file: SourceFile) -> Iterator[Finding]:
    name = file.location.name
    if name == "uv.lock":
        yield Finding(
            line=1,
            found="uv.lock",
            expected="requirements/*.lock, written by `make lock`",
            reason="that format records download addresses",
        )
        return
    if name == "package-lock.json":
        pattern = _NPM_ADDRESS
    elif name.endswith(".lock") or name == "pnpm-lock.yaml" or file.path.startswith("requirements/"):
        pattern = _ADDRESS
    else:
        return
    for number, text in enumerate(file.lines, start=1):
        if pattern.search(text):
            yield Finding(
                line=number,
                found=text.strip()[:80],
                expected="name, version and hashes only",
                reason="an address in a lock binds everybody to one index; the hashes already say which file is meant",
            )


RULE = Rule(code="no-download-addresses", check=_check)
