"""What execution needs of others: a journal with a fence, ids, the account's state, and a venue that can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from vibex.domain import ClientOrderId, OrderKind
from vibex.execution.facts import Fact
from vibex.risk.states import Threat
from vibex.venues import ReportedFill, ReportedPosition, Venue
from vibex.venues.reports import Vitals


class OrderJournal(Protocol):
    """The account's journal as execution writes it; the lease's fence is checked inside every transaction.

    Both writes raise LeaseLost under a newer lease and StopTrading when nothing can be written.
    """

    async def append_intent(self, fact: Fact, *, opens: bool) -> None:
        """Durable before it returns. With `opens`, raises EntriesStopped when a command forbids entries."""
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

    def report(self, trouble: Threat, words: str) -> None:
        """`trouble` holds from now on; reporting it again is harmless."""
        ...

    def clear(self, trouble: Threat) -> None:
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
