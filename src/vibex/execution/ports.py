"""What execution needs of others: a journal with a fence, ids, the account's state, and a venue that can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from vibex.domain import ClientOrderId, OrderKind, StopTrading
from vibex.execution.facts import Fact
from vibex.venues import ReportedFill, ReportedPosition, Venue
from vibex.venues.reports import Vitals


class Trouble(StrEnum):
    """What execution finds out and the account's state depends on; the names are those of the risk room's threats."""

    CLOCK = "clock"
    FEED = "feed"
    MISMATCH = "mismatch"
    STORE = "store"
    LIQUIDATED = "liquidated"
    LEASE = "lease"
    KILLED = "killed"
    BEHAVIOUR = "behaviour"


class Fenced(StopTrading):
    """Another process holds the account under a newer lease: nothing may be sent, exits included."""


class EntryBarred(StopTrading):
    """A command (kill, pause, stop) was written before this entry's intent: the entry is not sent."""


class OrderJournal(Protocol):
    """The account's journal as execution writes it; the lease's fence is checked inside every transaction.

    All methods raise Fenced under a newer lease and StopTrading when nothing can be written.
    """

    async def append_intent(self, fact: Fact, *, opens: bool) -> None:
        """Durable before it returns. With `opens`, raises EntryBarred when a command forbids entries."""
        ...

    async def append(self, facts: Sequence[Fact]) -> None:
        """All or none."""
        ...

    async def read(self) -> Sequence[Fact]:
        """Everything from the beginning, in order."""
        ...


class IdSource(Protocol):
    def next(self, kind: OrderKind) -> ClientOrderId:
        """An id that was never used before. Raises InvalidInput when the lease has no more."""
        ...


class StateGate(Protocol):
    """The account's trading state (ACTIVE, REDUCING, HALTED), asked before every entry; exits never ask."""

    def refusal(self) -> str | None:
        """Why no entry may be sent now; None when it may."""
        ...

    def report(self, trouble: Trouble, words: str) -> None:
        """`trouble` holds from now on; reporting it again is harmless."""
        ...

    def clear(self, trouble: Trouble) -> None:
        """`trouble` is over as far as execution can see; what a person has to leave stays."""
        ...


class TradedVenue(Venue, Protocol):
    """A venue with what trading needs beyond the port."""

    async def fills(self, symbol: str, start: datetime, end: datetime) -> Sequence[ReportedFill]:
        """Every execution of the account in start..end, oldest first."""
        ...

    async def position(self, symbol: str) -> ReportedPosition | None:
        """The net position, flat or not, with leverage and margin mode; None where the account is in hedge mode."""
        ...

    def vitals(self) -> Vitals: ...
