"""What a rule reads and what it gives back: a file of the tree, and a finding in it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath


@dataclass(frozen=True)
class SourceFile:
    """One text file; `path` is relative to the repository's root, with forward slashes."""

    path: str
    text: str

    @property
    def location(self) -> PurePosixPath:
        return PurePosixPath(self.path)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of a Python file; SyntaxError when it does not parse."""
        return ast.parse(self.text, filename=self.path)

    def is_python(self, *, under: str = "") -> bool:
        return self.path.endswith(".py") and self.path.startswith(under)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A broken rule: `line` counts from 1; `found`, `expected` and `reason` are the three parts of the message."""

    line: int
    found: str
    expected: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`code` names the rule in messages and in `# lint: skip=<code> <reason>`."""

    code: str
    check: Callable[[SourceFile], Iterator[Finding]]
