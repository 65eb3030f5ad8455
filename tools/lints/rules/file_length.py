"""A module of the product that is too long to read at night is two modules."""

from __future__ import annotations

from collections.abc import Iterator

from tools.lints.source import Finding, Rule, SourceFile

LONGEST = 450


def _check(file: SourceFile) -> Iterator[Finding]:
    if file.is_python(under="src/") and len(file.lines) > LONGEST:
        yield Finding(
            line=1,
            found=f"{len(file.lines)} lines",
            expected=f"at most {LONGEST}",
            reason="a file that long answers two questions; give each its own",
        )


RULE = Rule(code="file-length", check=_check)
