"""Only risk approves: `ApprovedEntry` is constructed in `vibex/risk/` and nowhere else in the product."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.lints.imports import dotted_name, imported_names
from tools.lints.source import Finding, Rule, SourceFile


def _check(file: SourceFile) -> Iterator[Finding]:
    if not file.is_python(under="src/") or file.path.startswith("src/vibex/risk/"):
        return
    names = imported_names(file.tree)
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Call):
            continue
        name = dotted_name(node.func, names) or ""
        if name.rpartition(".")[2] == "ApprovedEntry":
            yield Finding(
                line=node.lineno,
                found="ApprovedEntry(…)",
                expected="an approval that vibex.risk has returned",
                reason="an order that can open a position exists only after the risk rules have passed it",
            )


RULE = Rule(code="approved-entry", check=_check)
