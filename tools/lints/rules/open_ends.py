"""An open end in a comment or a docstring names the issue that closes it, as `#123`."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

from tools.lints.source import Finding, Rule, SourceFile

_MARK = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
_ISSUE = re.compile(r"#\d+")
_COMMENT = re.compile(r"(?:#|//|/\*|<!--|--\s)(?P<text>.*)")
_OTHER_CODE = {".ts", ".tsx", ".js", ".css", ".sh", ".sql", ".toml", ".yaml", ".yml", ".ini", ".html"}


def _check(file: SourceFile) -> Iterator[Finding]:
    if file.is_python():
        remarks = _python_remarks(file)
    elif file.location.suffix in _OTHER_CODE or file.location.name in {"Makefile", "Dockerfile"}:
        remarks = _comments(file)
    else:
        return
    for number, text in remarks:
        mark = _MARK.search(text)
        if mark and not _ISSUE.search(text):
            yield Finding(
                line=number,
                found=f"{mark[0]} without an issue",
                expected=f"{mark[0]} #<issue number>: …, or the work itself",
                reason="an open end that no issue holds is forgotten",
            )


def _python_remarks(file: SourceFile) -> Iterator[tuple[int, str]]:
    """Lines of comments and of strings that stand alone as statements; other strings are data."""
    at_start = True
    for token in tokenize.generate_tokens(io.StringIO(file.text).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and at_start):
            for offset, text in enumerate(token.string.splitlines()):
                yield token.start[0] + offset, text
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            at_start = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)


def _comments(file: SourceFile) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(file.lines, start=1):
        comment = _COMMENT.search(line)
        if comment:
            yield number, comment[0]


RULE = Rule(code="open-ends", check=_check)
