"""The parts of a script in the making: its parameters, the functions it copies, and the statements of one function."""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

WIDTH = 100
_TEMPLATES = "vibex.strategy.script.templates"
_LIBRARIES = {
    "math": "import math",
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "ta": "import talib as ta",
}
_OWN_NAMES = ("data", "params", "_", "main", "signals", "orders", "math", "np", "pd", "ta", "vbt")


@cache
def templates() -> dict[str, str]:
    """The source of every function of the templates folder by name, in the order in which they can be defined."""
    found: dict[str, str] = {}
    for name in ("arithmetic", "comparisons", "windows", "channels", "events", "sessions", "higher", "reporting"):
        text = files(_TEMPLATES).joinpath(f"{name}.py").read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                found[node.name] = ast.get_source_segment(text, node) or ""
    return found


@cache
def _names_in(source: str) -> frozenset[str]:
    return frozenset(node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name))


def with_dependencies(wanted: Sequence[str]) -> tuple[str, ...]:
    """`wanted` template functions and all that these call, each once, callees first."""
    known, needed, pending = templates(), set[str](), list(wanted)
    while pending:
        name = pending.pop()
        if name not in needed:
            needed.add(name)
            pending += _names_in(known[name]) & known.keys()
    return tuple(name for name in known if name in needed)


def libraries_of(source: str) -> list[str]:
    """The import lines that `source` needs; a script imports what it uses and nothing else."""
    used = _names_in(source)
    return [line for name, line in _LIBRARIES.items() if name in used]


@cache
def _reserved() -> frozenset[str]:
    return frozenset((*_OWN_NAMES, *templates(), *keyword.kwlist, *keyword.softkwlist, *dir(builtins)))


@dataclass(kw_only=True)
class Script:
    """What the functions of one script share: `params` in order of first use, and the names of copied functions."""

    params: dict[str, float] = field(default_factory=dict)
    helpers: list[str] = field(default_factory=list)

    def helper(self, name: str) -> str:
        """Ask for the template function `name`; gives the name back for the call."""
        if name not in self.helpers:
            self.helpers.append(name)
        return name

    def param(self, wanted: str, value: float, *, whole: bool = False) -> str:
        """The expression that reads a number of the strategy, stored as `wanted` (or `wanted_2` where that differs)."""
        plain = int(value) if float(value).is_integer() and abs(value) < 2**53 else value
        key, number = wanted, 1
        while key in self.params and self.params[key] != plain:
            number += 1
            key = f"{wanted}_{number}"
        self.params[key] = plain
        read = f"params[{quoted(key)}]"
        return f"int({read})" if whole else read


@dataclass(kw_only=True)
class Body:
    """The statements of one function: names with the expression that gives them, () for a line as it is.

    A name is given once and never changed, so that order alone decides.
    """

    statements: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def name(self, wanted: str) -> str:
        """A free local name, `wanted` if possible."""
        name, number = wanted, 1
        while name in self.taken or name in _reserved():
            number += 1
            name = f"{wanted}_" if number == 2 and wanted not in self.taken else f"{wanted}_{number}"
        self.taken.add(name)
        return name

    def let(self, wanted: str, expression: str) -> str:
        """A new local name for `expression`."""
        return self.unpack([wanted], expression)[0]

    def unpack(self, wanted: Sequence[str], expression: str) -> list[str]:
        """New local names for the parts of a tuple."""
        names = tuple(self.name(each) for each in wanted)
        self.statements.append((names, expression))
        return list(names)

    def line(self, text: str) -> None:
        """A comment, an empty line or the return."""
        self.statements.append(((), text))

    def indented(self) -> str:
        """The inside of the function, without names that nothing reads."""
        lines: list[str] = []
        used: set[str] = set()
        for names, text in reversed(self.statements):
            if names and used.isdisjoint(names):
                continue
            if not text.startswith("#"):
                used |= _names_in(text.removeprefix("return "))
            given = ", ".join(name if name in used else "_" for name in names)
            lines.append(wrapped(f"{given} = {text}") if names else text)
        whole = "\n".join(reversed(lines))
        return "\n".join(f"    {line}" if line else "" for line in whole.split("\n"))


def quoted(text: str) -> str:
    """`text` as a literal, in double quotes where that needs no escape."""
    plain = repr(text)
    return plain if set(text) & set("\"'\\") else f'"{plain[1:-1]}"'


def bare(expression: str) -> str:
    """`expression` without brackets around all of it."""
    inside = expression[1:-1]
    return inside if expression == f"({inside})" and _split(inside, ")") == [inside] else expression


def call(function: str, *args: str, **named: str) -> str:
    """The text of a call."""
    return f"{function}({', '.join([*args, *(f'{key}={value}' for key, value in named.items())])})"


def wrapped(statement: str) -> str:
    """`statement` over several lines where it is long: the arguments of its last call, or the terms of a chain."""
    if len(statement) <= WIDTH:
        return statement
    head, equals, value = statement.partition(" = ")
    for operator in (" | ", " & ", " >= ", " > ", " + "):
        terms = _split(value, operator)
        if len(terms) > 1:
            joined = f"\n   {operator}".join(terms)
            return f"{head}{equals}(\n    {joined}\n)"
    function, bracket, rest = value.partition("(")
    inside = rest[:-1]
    if not (bracket and function.replace(".", "").isidentifier() and _split(inside, ")") == [inside]):
        return statement
    arguments = "".join(f"    {part},\n" for part in _split(inside, ", "))
    return f"{head}{equals}{function}(\n{arguments})"


def _split(text: str, separator: str) -> list[str]:
    """`text` at every `separator` that stands outside brackets and quotes."""
    parts, start, depth, quote = [], 0, 0, ""
    for at, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}" and depth > 0:
            depth -= 1
        elif depth == 0 and text.startswith(separator, at) and at >= start:
            parts.append(text[start:at])
            start = at + len(separator)
    parts.append(text[start:])
    return parts
