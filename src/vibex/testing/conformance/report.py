"""What became of the cards: passed, failed or skipped, in words, and a table to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from vibex.testing.conformance.card import Card


class Status(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`words`: why it failed or was skipped; empty when it passed. `seconds` by the session's clock."""

    card: Card
    status: Status
    words: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Results in the order of the cards."""

    venue: str
    symbol: str
    results: Sequence[Result]

    def count(self, status: Status) -> int:
        return sum(one.status is status for one in self.results)

    @property
    def passed(self) -> bool:
        """No card failed; skipped ones do not count as failures."""
        return self.count(Status.FAILED) == 0

    def table(self) -> str:
        """One line per card, and a line of totals."""
        width = max((len(one.card.title) for one in self.results), default=0)
        lines = [
            f"{one.card.number:<4} {one.card.title:<{width}}  {one.status:<7} {one.words}".rstrip()
            for one in self.results
        ]
        totals = ", ".join(f"{self.count(status)} {status}" for status in Status)
        return "\n".join([*lines, f"{self.venue} {self.symbol}: {totals}"])
