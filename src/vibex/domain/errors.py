"""Every error of the product, ordered by what the caller may do about it.

VibexError
├── InvalidInput        fix the request: what is wrong, which field, what to do (command line: exit 2)
│   ├── InvalidBars     market data that breaks a rule; names the row
│   ├── InvalidSpec     a strategy that breaks its contract; one issue per field
│   └── NotSupported    understood, but this version does not do it; refused by name
├── RetryLater          nothing happened; the same call may succeed later
├── OutcomeUnknown      sent, unanswered: query the venue first, never send again
└── StopTrading         nothing may be sent any more until a person has looked
    ├── LeaseLost       another process writes for this account now, or the lease ran out: send nothing at all
    └── EntriesStopped  a person or a rule stopped the entries of this account; exits go on
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class VibexError(Exception):
    """Root of the tree. `message` says what is wrong; `remedy` what to do about it."""

    def __init__(self, message: str, *, field: str | None = None, remedy: str | None = None) -> None:
        self.message = message
        self.field = field
        self.remedy = remedy
        super().__init__(message)

    def __str__(self) -> str:
        head = f"{self.field}: {self.message}" if self.field else self.message
        return f"{head} ({self.remedy})" if self.remedy else head


class InvalidInput(VibexError):
    """The request cannot be met as it stands; correct `field` and ask again."""


class InvalidBars(InvalidInput):
    """Market data that breaks a rule of `Bars`. `row` counts from 0 and is None when no row is at fault."""

    def __init__(
        self, message: str, *, row: int | None = None, field: str | None = None, remedy: str | None = None
    ) -> None:
        self.row = row
        super().__init__(message, field=field, remedy=remedy)


@dataclass(frozen=True, slots=True)
class SpecIssue:
    """One thing wrong with one field of a strategy, in words."""

    field: str
    message: str


class InvalidSpec(InvalidInput):
    """A strategy that breaks its contract; `issues` has one entry per field, the first is the message."""

    def __init__(self, issues: Sequence[SpecIssue]) -> None:
        if not issues:
            raise ValueError("InvalidSpec needs at least one issue")
        self.issues = tuple(issues)
        more = f" (and {len(self.issues) - 1} more)" if len(self.issues) > 1 else ""
        super().__init__(self.issues[0].message + more, field=self.issues[0].field)


class NotSupported(InvalidInput):
    """Part of the contract that this version refuses by name rather than do by halves."""


class RetryLater(VibexError):
    """Nothing happened. `retry_after_ms` is the venue's or server's wish, None when it gave none."""

    def __init__(self, message: str, *, retry_after_ms: int | None = None, remedy: str | None = None) -> None:
        self.retry_after_ms = retry_after_ms
        super().__init__(message, remedy=remedy)


class OutcomeUnknown(VibexError):
    """A write left this machine and no answer came: reconcile by `client_order_id`, never send it again."""

    def __init__(self, message: str, *, client_order_id: str) -> None:
        self.client_order_id = client_order_id
        super().__init__(message, remedy="query the order by its client order id")


class StopTrading(VibexError):
    """A state in which no entry may be sent until a person has looked."""


class LeaseLost(StopTrading):
    """This process may not write for the account any more: nothing is sent, the venue's stops protect."""


class EntriesStopped(StopTrading):
    """A kill, pause, stop or close command, or a halt, came before the intent of an entry; `reason` names it."""

    def __init__(self, message: str, *, reason: str, remedy: str | None = None) -> None:
        self.reason = reason
        super().__init__(message, remedy=remedy)
