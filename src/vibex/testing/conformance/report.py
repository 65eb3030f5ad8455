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
class Difference:
    """In words: what the card expects, what the venue did, and where the manual describes it."""

    expected: str
    seen: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`words`: what was seen instead when it failed, why it was skipped; empty when it passed. `seconds` by the
    session's clock."""

    card: Card
    status: Status
    words: str
    seconds: float

    @property
    def difference(self) -> Difference | None:
        """What differs from the reference; None unless the card failed."""
        if self.status is not Status.FAILED:
            return None
        return Difference(expected=self.card.passes, seen=self.words, where=f"docs/venues.md, {self.card.section}")


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
        """One line per card, under a failed one what differs, and a line of totals."""
        width = max((len(one.card.title) for one in self.results), default=0)
        lines = []
        for one in self.results:
            differs = one.difference
            words = "" if differs is not None else one.words
            lines.append(f"{one.card.number:<4} {one.card.title:<{width}}  {one.status:<7} {words}".rstrip())
            if differs is not None:
                lines += [f"     expected  {differs.expected}", f"     seen      {differs.seen}"]
                lines.append(f"     see       {differs.where}")
        totals = ", ".join(f"{self.count(status)} {status}" for status in Status)
        return "\n".join([*lines, f"{self.venue} {self.symbol}: {totals}"])
