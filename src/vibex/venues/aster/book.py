"""A local order book out of one snapshot and a chain of differences; it says when the chain is broken.

The venue's rule: differences that end before the snapshot are dropped, the first one used spans it, and from then on
each names the last id of the one before.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from decimal import Decimal
from enum import Enum

from vibex.venues.aster.wire import WireDepth
from vibex.venues.aster.wire_events import DepthEvent
from vibex.venues.reports import BookLevel

_MOST_BUFFERED = 5000


class Step(Enum):
    """What a difference did to the book."""

    WAITING = "waiting"
    IGNORED = "ignored"
    APPLIED = "applied"
    BROKEN = "broken"


class _Side:
    """Levels by price, with the prices in rising order."""

    def __init__(self) -> None:
        self.quantities: dict[Decimal, Decimal] = {}
        self.prices: list[Decimal] = []

    def replace(self, levels: list[tuple[Decimal, Decimal]]) -> None:
        self.quantities = {price: quantity for price, quantity in levels if quantity > 0}
        self.prices = sorted(self.quantities)

    def change(self, levels: list[tuple[Decimal, Decimal]]) -> None:
        for price, quantity in levels:
            known = price in self.quantities
            if quantity > 0:
                self.quantities[price] = quantity
                if not known:
                    insort(self.prices, price)
            elif known:
                del self.quantities[price]
                del self.prices[bisect_left(self.prices, price)]


class LocalBook:
    """One symbol's book. Without a snapshot it keeps differences (`WAITING`); `BROKEN` empties it."""

    def __init__(self) -> None:
        self.reset()

    @property
    def is_whole(self) -> bool:
        """Whether the book may be used: a snapshot, and the difference that spans it."""
        return self._chained

    @property
    def last_id(self) -> int | None:
        return self._last_id

    def reset(self) -> None:
        """Forget everything."""
        self._bids, self._asks = _Side(), _Side()
        self._waiting: list[DepthEvent] = []
        self._last_id: int | None = None
        self._chained = False

    def load(self, snapshot: WireDepth) -> Step:
        """Start from `snapshot` and play what was kept. BROKEN: the snapshot is older than the differences; take
        another."""
        waiting = self._waiting
        self.reset()
        self._bids.replace(snapshot.bids)
        self._asks.replace(snapshot.asks)
        self._last_id = snapshot.last_update_id
        step = Step.WAITING
        for event in waiting:
            step = self.apply(event)
            if step is Step.BROKEN:
                self._waiting = waiting[-_MOST_BUFFERED:]
                return step
        return step

    def apply(self, event: DepthEvent) -> Step:
        if self._last_id is None:
            self._waiting.append(event)
            del self._waiting[:-_MOST_BUFFERED]
            return Step.WAITING
        if not self._chained:
            if event.last_id < self._last_id:
                return Step.IGNORED
            if event.first_id > self._last_id:
                return self._broken()
        elif event.last_id <= self._last_id:
            return Step.IGNORED
        elif event.previous_id != self._last_id:
            return self._broken()
        self._bids.change(event.bids)
        self._asks.change(event.asks)
        self._last_id, self._chained = event.last_id, True
        if self._bids.prices and self._asks.prices and self._bids.prices[-1] >= self._asks.prices[0]:
            return self._broken()
        return Step.APPLIED

    def bids(self, depth: int) -> tuple[BookLevel, ...]:
        """Highest price first."""
        return tuple(BookLevel(price, self._bids.quantities[price]) for price in self._bids.prices[: -depth - 1 : -1])

    def asks(self, depth: int) -> tuple[BookLevel, ...]:
        """Lowest price first."""
        return tuple(BookLevel(price, self._asks.quantities[price]) for price in self._asks.prices[:depth])

    def _broken(self) -> Step:
        self.reset()
        return Step.BROKEN
