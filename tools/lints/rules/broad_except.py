"""No handler swallows what it does not know: a bare `except` or one for every exception needs a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.lints.imports import dotted_name, imported_names
from tools.lints.source import Finding, Rule, SourceFile

_BROAD = {"Exception", "BaseException", "builtins.Exception", "builtins.BaseException"}


def _check(file: SourceFile) -> Iterator[Finding]:
    if not file.is_python():
        return
    names = imported_names(file.tree)
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        broad = [
            "except:" if one is None else f"except {ast.unparse(one)}"
            for one in caught
            if one is None or dotted_name(one, names) in _BROAD
        ]
        if broad:
            yield Finding(
                line=node.lineno,
                found=broad[0],
                expected="the exceptions that can be answered here",
                reason="a handler for everything hides defects; only the edge of a task may log, count and go on",
            )


RULE = Rule(code="broad-except", check=_check)
