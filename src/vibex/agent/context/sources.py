"""Where the facts come from: two small ports beside `domain.ports.BarHistory`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from vibex.agent.context.account import AccountView
from vibex.agent.context.readings import Missing, Reading
from vibex.domain import AccountId


class MarketSource(Protocol):
    """What a market says beside its bars, as it was known at `at`; nothing newer may be given."""

    async def price(self, symbol: str, at: datetime) -> Reading | Missing:
        """The mid of bid and ask, or where no quote is known the mark price."""
        ...

    async def mid_prices(self, symbol: str, since: datetime, at: datetime) -> Sequence[Reading] | Missing:
        """Recorded mids of bid and ask in since..at, oldest first; as many as there are."""
        ...

    async def funding_rate(self, symbol: str, at: datetime) -> Reading | Missing:
        """The rate next due, a fraction of the notional that longs pay (negative: receive)."""
        ...

    async def open_interest(self, symbol: str, since: datetime, at: datetime) -> Sequence[Reading] | Missing:
        """Open interest in base units, recorded in since..at, oldest first."""
        ...


class AccountSource(Protocol):
    """Everything that is known of an account."""

    async def read(self, account_id: AccountId, at: datetime) -> AccountView:
        """As it stands at `at`. Raises RetryLater when it cannot be read now."""
        ...
