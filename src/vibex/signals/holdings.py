"""What a strategy has to know of its account: what it has held since the anchor, and what the account was worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Protocol

import numpy as np

from vibex.domain import AccountId, InvalidInput
from vibex.domain.arrays import F64, I64
from vibex.domain.money import to_float
from vibex.strategy.evaluation import Episode


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityMark:
    """The account's equity, open profit included, at a moment."""

    at: datetime
    equity: Decimal

    @property
    def at_ms(self) -> int:
        return round(self.at.timestamp() * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """`episodes` by symbol since the anchor, the open one included; `equity` in time order.

    The first mark is the equity with which the deployment began, the last that of now; between them limits on losses
    need one at each close, and a close without one counts with the mark before. Raises InvalidInput without any mark.
    """

    episodes: Mapping[str, Sequence[Episode]]
    equity: Sequence[EquityMark]

    def __post_init__(self) -> None:
        if not self.equity:
            raise InvalidInput(
                "the account's equity is not known",
                field="equity",
                remedy="record it when the strategy is deployed and at each close",
            )
        if any(later.at < earlier.at for earlier, later in pairwise(self.equity)):
            raise InvalidInput("marks of equity are not in time order", field="equity")

    @property
    def first_equity(self) -> float:
        return to_float(self.equity[0].equity)

    @property
    def equity_now(self) -> float:
        return to_float(self.equity[-1].equity)

    def equity_at(self, moments: I64) -> F64:
        """The last mark at or before each of `moments` (epoch ms), the first where there is none."""
        times = np.array([mark.at_ms for mark in self.equity], dtype=np.int64)
        values: F64 = np.array([to_float(mark.equity) for mark in self.equity])
        at: I64 = np.maximum(np.searchsorted(times, moments, side="right") - 1, 0)
        return values[at]


class AccountRecord(Protocol):
    """Where holdings are kept: the journal of an account."""

    async def holdings(self, account_id: AccountId, symbols: Sequence[str], since: datetime) -> Holdings:
        """What was held of `symbols` and what the account was worth, from `since` to now."""
        ...
