"""Every module of the product begins by saying why it exists."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.lints.source import Finding, Rule, SourceFile


def _check(file: SourceFile) -> Iterator[Finding]:
    if file.is_python(under="src/") and not (ast.get_docstring(file.tree) or "").strip():
        yield Finding(
            line=1,
            found="no docstring at the head of the module",
            expected="one sentence: why this file exists",
            reason="the reader decides by it whether to read on",
        )


RULE = Rule(code="room-docstring", check=_check)
