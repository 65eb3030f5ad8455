"""Runs the rules over files and honours the skips written on the lines."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.lints.registry import RULES
from tools.lints.source import Finding, Rule, SourceFile

_SKIP = re.compile(r"lint: skip=(?P<code>[a-z-]+)(?P<reason>[^\n]*)")


def tracked_files(root: Path) -> Iterator[SourceFile]:
    """The text files that git tracks or would add; binary files and those deleted in the work tree are left out."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for path in sorted(set(listing.split("\0")) - {""}):
        file = root / path
        if not file.is_file():
            continue
        try:
            yield SourceFile(path, file.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue


def judge(file: SourceFile, rules: Iterable[Rule] = RULES) -> Iterator[tuple[str, Finding]]:
    """The findings of `rules` in `file` with their codes, less those skipped on their own line with a reason."""
    for rule in rules:
        try:
            findings = list(rule.check(file))
        except SyntaxError as error:
            yield (
                "syntax",
                Finding(
                    line=error.lineno or 1,
                    found=error.msg,
                    expected="a file that parses",
                    reason="rules read the syntax tree",
                ),
            )
            return
        for finding in findings:
            skip = _skip(file, finding.line, rule.code)
            if skip is None:
                yield rule.code, finding
            elif not skip:
                yield (
                    rule.code,
                    Finding(
                        line=finding.line,
                        found=f"skip={rule.code} without a reason",
                        expected=f"# lint: skip={rule.code} <reason>",
                        reason="the next reader has to know why the rule does not hold here",
                    ),
                )


def _skip(file: SourceFile, line: int, code: str) -> str | None:
    """The reason given on `line` for skipping `code`: None when it does not skip, empty when no reason stands there."""
    text = file.lines[line - 1] if line <= len(file.lines) else ""
    for match in _SKIP.finditer(text):
        if match["code"] == code:
            return match["reason"].strip()
    return None
