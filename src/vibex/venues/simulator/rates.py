"""Funding rates that were recorded: which one is settled when, and how often."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from vibex.venues.simulator.exchange.market import HOUR, FundingRow

# Recorded settlements carry a few ms of jitter; more than this is another settlement.
_NEAR_MS = 60_000


class FundingSeries:
    """`rows` are (time in ms, rate as a fraction), oldest first. `hours` is their commonest distance, None when it is
    not a whole number of hours."""

    def __init__(self, rows: Sequence[tuple[int, Decimal]]) -> None:
        self._times, self._rates = [at for at, _ in rows], [rate for _, rate in rows]
        distances = Counter(round((later - earlier) / HOUR) for earlier, later in pairwise(self._times))
        commonest = distances.most_common(1)[0][0] if distances else 0
        self.hours = commonest or None

    def rate_at(self, boundary_ms: int, otherwise: Decimal) -> Decimal:
        """The rate that was settled at `boundary_ms`; `otherwise` where none was."""
        row = bisect_left(self._times, boundary_ms - _NEAR_MS)
        if row < len(self._times) and self._times[row] <= boundary_ms + _NEAR_MS:
            return self._rates[row]
        return otherwise

    def before(self, now_ms: int) -> list[FundingRow]:
        """What had been settled by `now_ms`, at this very moment included."""
        return [
            FundingRow(time=at, rate=rate)
            for at, rate in zip(self._times, self._rates, strict=True)
            if at <= now_ms + _NEAR_MS
        ]
