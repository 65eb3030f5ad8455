"""Time comes from the `Clock` port: live, paper and simulated trading share code if none reads the machine's clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.lints.imports import dotted_name, imported_names
from tools.lints.source import Finding, Rule, SourceFile

_HOME = "src/vibex/domain/clock.py"
_TIME = ("time", "monotonic", "perf_counter", "process_time")
_FORBIDDEN = {
    "asyncio.sleep",
    "time.sleep",
    *(f"time.{name}{suffix}" for name in _TIME for suffix in ("", "_ns")),
    *(f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")),
    "datetime.date.today",
    *(f"pandas.Timestamp.{name}" for name in ("now", "utcnow", "today")),
}


def _check(file: SourceFile) -> Iterator[Finding]:
    if not file.is_python(under="src/") or file.path == _HOME:
        return
    names = imported_names(file.tree)
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        name = dotted_name(node, names)
        if name in _FORBIDDEN:
            yield Finding(
                line=node.lineno,
                found=name,
                expected="a Clock argument (vibex.domain.clock): now, monotonic, sleep, deadline",
                reason="code that reads or waits for the machine's time can be neither simulated nor tested at speed",
            )


RULE = Rule(code="clock", check=_check)
