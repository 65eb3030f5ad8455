"""The ports that more than one room stands behind: small Protocols, implemented elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from vibex.domain.bars import Bars
from vibex.domain.clock import Clock
from vibex.domain.decision import Decision
from vibex.domain.event import Event
from vibex.domain.ids import AccountId
from vibex.domain.timeframe import Timeframe

__all__ = ["BarHistory", "Clock", "DecisionMaker", "EventBus", "Journal", "MarketFeed", "Progress"]


class DecisionMaker(Protocol):
    """A model, a strategy, an ensemble or a person: turns the present state into wishes."""

    @property
    def name(self) -> str:
        """Stands as `maker` on every decision."""
        ...

    async def decide(self, account_id: AccountId, symbols: Sequence[str], at: datetime) -> Sequence[Decision]:
        """At most one decision per symbol, made on data no later than `at`."""
        ...


class BarHistory(Protocol):
    """Closed bars of the past."""

    async def bars(self, symbol: str, timeframe: Timeframe, start: datetime, end: datetime) -> Bars:
        """Bars that opened in start ≤ open ≤ end and are closed. Raises InvalidInput for an unknown symbol."""
        ...


class MarketFeed(Protocol):
    """Prices as they come."""

    async def last_price(self, symbol: str) -> tuple[Decimal, datetime]:
        """The last traded price and the venue's time of it; how old it may be is the caller's question."""
        ...

    def closed_bars(self, symbol: str, timeframe: Timeframe) -> AsyncIterator[Bars]:
        """One batch of newly closed bars at a time, without holes, until the caller stops."""
        ...


class EventBus(Protocol):
    """Announces after commit that rows exist; readers fetch the rows themselves."""

    async def announce(self, account_id: AccountId, seq: int) -> None: ...

    def announcements(self, account_id: AccountId | None) -> AsyncIterator[tuple[AccountId, int]]:
        """From now on; None means every account. A slow reader may miss some and must catch up by `seq`."""
        ...


class Journal(Protocol):
    """Durable facts of one account, in order, written before the wire."""

    async def append(self, events: Sequence[Event]) -> int:
        """Write all or none in one transaction; the last `seq`. Raises StopTrading when it cannot be written."""
        ...

    def read(self, account_id: AccountId, since: int) -> AsyncIterator[Event]:
        """Events with seq > since, in order."""
        ...


class Progress(Protocol):
    """How far a long job is, and whether it was told to stop."""

    def report(self, done: int, total: int, what: str) -> None:
        """`done` of `total` units of `what`; called often, must be cheap."""
        ...

    @property
    def cancelled(self) -> bool: ...
