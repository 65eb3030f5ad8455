"""Words of a strategy as comments of a script: one line, printable, never code."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from vibex.strategy.spec import StrategySpec

_LONGEST = 600
_LINE = 96


def plain(text: str) -> str:
    """`text` on one line: control characters, line ends and marks that reverse text become spaces."""
    cleaned = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(cleaned.split())[:_LONGEST]


def comment(label: str, text: str) -> Iterator[str]:
    """Comment lines with `text` after its `label`."""
    yield from (f"# {line}" for line in textwrap.wrap(f"{label}: {plain(text)}", _LINE, subsequent_indent="  "))


def preamble(spec: StrategySpec) -> Iterator[str]:
    """What a reader should know of the strategy, in its author's words."""
    yield from comment("Name", spec.name)
    yield from comment("Trades", f"{', '.join(spec.symbols)} on {spec.timeframe} bars ({spec.market})")
    if spec.metadata.expected_conditions:
        yield from comment("Meant for", spec.metadata.expected_conditions)
    for risk in spec.metadata.risk_assumptions:
        yield from comment("Risk", risk)
    for assumption in spec.assumptions:
        yield from comment("Assumed", f"{assumption.field}, {assumption.reason}")
    yield from comment("Digest of the strategy", spec.digest())
