"""Numbers by time, and ranges of time: merged, compared, subtracted. No files, no sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from vibex.domain.arrays import F64, I64
from vibex.domain.bars import format_ms
from vibex.domain.errors import InvalidInput

Span = tuple[int, int]
"""A range of times, epoch milliseconds: the first is in it, the second is not."""

# Sources that compute in single precision tell one price in two ways; a changed price differs by more.
_SAME_VALUE = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """`time`, shape (T,), epoch milliseconds rising strictly; `cells`, shape (T, C), one column per number."""

    time: I64
    cells: F64

    def __len__(self) -> int:
        return len(self.time)

    @classmethod
    def of(cls, time: Iterable[int], cells: Sequence[Sequence[float]], columns: int) -> Rows:
        """Rows of plain numbers, put in the order of time; of two with one time the first counts."""
        times = np.fromiter(time, dtype=np.int64)
        table = np.array(cells, dtype=np.float64).reshape(len(times), columns)
        _, first = np.unique(times, return_index=True)
        return cls(time=times[first], cells=table[first])

    def within(self, start_ms: int, end_ms: int) -> Rows:
        """The rows with start ≤ time ≤ end."""
        first, last = np.searchsorted(self.time, [start_ms, end_ms + 1])
        return Rows(time=self.time[first:last], cells=self.cells[first:last])


def merged(parts: Sequence[Rows], columns: int) -> Rows:
    """All rows by time; where two parts have one time, the earlier part counts."""
    if not parts:
        return Rows.of((), (), columns)
    time = np.concatenate([part.time for part in parts])
    _, first = np.unique(time, return_index=True)
    return Rows(time=time[first], cells=np.concatenate([part.cells for part in parts])[first])


def refuse_disagreement(known: Rows, fresh: Rows, names: Sequence[str], remedy: str) -> None:
    """Raises InvalidInput (field "replace") with the first time at which both have rows that differ."""
    _, here, there = np.intersect1d(known.time, fresh.time, assume_unique=True, return_indices=True)
    before, now = known.cells[here], fresh.cells[there]
    differs = ~np.isclose(before, now, rtol=_SAME_VALUE, atol=0.0)
    if not differs.any():
        return
    row = int(np.argmax(differs.any(axis=1)))
    column = int(np.argmax(differs[row]))
    raise InvalidInput(
        f"the source now gives another row for {format_ms(int(known.time[here[row]]))}: {names[column]} "
        f"{now[row, column]:.10g}, kept is {before[row, column]:.10g}",
        field="replace",
        remedy=remedy,
    )


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same times in the fewest spans, by time; empty ones are left out."""
    joined: list[Span] = []
    for start, stop in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((start, stop))
    return tuple(joined)


def missing(wanted: Span, have: Sequence[Span]) -> tuple[Span, ...]:
    """The parts of `wanted` that lie in none of `have`, which is a `union`."""
    open_from, parts = wanted[0], []
    for start, stop in have:
        if stop <= open_from or start >= wanted[1]:
            continue
        parts.append((open_from, start))
        open_from = stop
    parts.append((open_from, wanted[1]))
    return tuple(part for part in parts if part[0] < part[1])


def overlapping(part: Span, known: Rows, have: Sequence[Span]) -> Span:
    """`part` widened by the known row on each side that it adjoins, so that the source shows whether it still tells
    the same; after a split, for example, it does not."""
    start, stop = part
    before = int(np.searchsorted(known.time, start))
    if before and any(first <= known.time[before - 1] and last == start for first, last in have):
        start = int(known.time[before - 1])
    after = int(np.searchsorted(known.time, stop))
    if after < len(known) and any(first == stop and known.time[after] < last for first, last in have):
        stop = int(known.time[after]) + 1
    return start, stop
