"""What the reviewer may know beyond the strategy: bars at hand, and what a run on them did. Implemented above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from vibex.domain import Bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Fee and slippage of one fill in basis points; the values are those of a backtest that was told nothing."""

    fee_bps: float = 10.0
    slippage_bps: float = 5.0

    @property
    def round_trip_percent(self) -> float:
        """What entry and exit cost together, in percent of the position."""
        return 2 * (self.fee_bps + self.slippage_bps) / 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredTrade:
    """One trade of a run on the evidence's bars.

    `entry_ms` is the open of the bar of the entry fill, epoch milliseconds; `return_percent` is net of costs;
    `reason` is why it ended (fill rule 51); `bars_after_stop` counts bars from a stop of the same symbol and side
    to this entry, None when the trade before did not end at a stop.
    """

    symbol: str
    entry_ms: int
    return_percent: float
    reason: str
    bars_after_stop: int | None = None


class Evidence(Protocol):
    """Data at hand and what the strategy did on it."""

    @property
    def bars(self) -> Mapping[str, Bars]:
        """Closed bars by symbol, filter symbols included, of the strategy's timeframe or finer."""
        ...

    @property
    def trades(self) -> Sequence[MeasuredTrade] | None:
        """Trades of a run on `bars`, oldest first; None when nothing was run. Its length is the number of entries."""
        ...

    @property
    def costs(self) -> Costs: ...
