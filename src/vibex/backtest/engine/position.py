"""What the reference body remembers between bars: the tape of each symbol, its open position, finished trades."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vibex.backtest.engine.levels import rounded_outward
from vibex.backtest.engine.outcome import Reason, TradeColumns
from vibex.backtest.engine.plan import Plan, Trailing


@dataclass(slots=True, kw_only=True)
class Position:
    """One open position and its live levels; prices in quote currency, `quantity` > 0.

    `direction` is +1 for a long and −1 for a short. A level that does not exist lies at an infinite price, so
    that no bar reaches it. `bars` counts the symbol's own closes since the fill, the fill bar is 1 (rule 47).
    """

    direction: int
    entry_row: int
    entry_price: float
    quantity: float
    entry_fee: float
    stop: float
    target: float
    trailing: Trailing
    trailing_value: float  # percent, or the frozen price distance of an ATR trail (rule 35)
    trailing_stop: float
    reference: float  # best price that the trailing stop has seen
    tick: float
    lowest: float
    highest: float
    bars: int = 0

    def tighter_stop(self) -> tuple[float, Reason]:
        """The stop that is reached first and the reason that it gives; at equal levels the stop-loss (rule 46)."""
        if self.trailing and self.direction * self.trailing_stop > self.direction * self.stop:
            return self.trailing_stop, Reason.TRAILING_STOP
        return self.stop, Reason.STOP_LOSS

    def survive(self, low: float, high: float) -> None:
        """Take in a bar with trades that closed nothing, then raise the trailing stop from it (rules 9, 45)."""
        if low < self.lowest:
            self.lowest = low
        if high > self.highest:
            self.highest = high
        if self.trailing:
            self._trail(high if self.direction > 0 else low)

    def _trail(self, best: float) -> None:
        if self.direction * best <= self.direction * self.reference:
            return
        self.reference = best
        raised = rounded_outward(
            trailing_level(self.trailing, self.trailing_value, best, self.direction), self.tick, -self.direction
        )
        if self.direction * raised > self.direction * self.trailing_stop:
            self.trailing_stop = raised

    def gross_at(self, price: float) -> float:
        """Profit before fees when the position is valued at `price`."""
        return (price - self.entry_price) * self.quantity * self.direction


def trailing_level(trailing: Trailing, value: float, reference: float, direction: int) -> float:
    """Where the trailing stop lies behind its reference, not rounded (rule 45)."""
    if trailing == Trailing.PERCENT:
        return reference * (1 - direction * value / 100)
    return reference - direction * value


class Tape:
    """One symbol: its bars as plain lists, what it holds, and its orders that wait for the next open.

    `exit_due` is the reason of a waiting exit; `entry_due` is the direction of a waiting entry, 0 for none, and
    `decision_row` the close on which that entry was decided. `mark` is the last price seen by the account.
    """

    __slots__ = (
        "close", "columns", "decision_row", "entry_due", "exit_due", "flags", "high", "index",
        "last_row", "lot", "low", "mark", "open", "position", "tick",
    )  # fmt: skip

    def __init__(self, plan: Plan, index: int) -> None:
        self.index = index
        self.open: list[float] = plan.open[index].tolist()
        self.high: list[float] = plan.high[index].tolist()
        self.low: list[float] = plan.low[index].tolist()
        self.close: list[float] = plan.close[index].tolist()
        self.flags: list[int] = plan.flags[index].tolist()
        self.columns = plan.columns[index]  # read at entries only
        self.lot = float(plan.lot[index])
        self.tick = float(plan.tick[index])
        self.position: Position | None = None
        self.exit_due: Reason | None = None
        self.entry_due = 0
        self.decision_row = -1
        self.mark = math.nan
        self.last_row = -1

    def at_decision(self, column: int) -> float:
        """A number of `Plan.columns` as it was on the close that decided the waiting entry."""
        return float(self.columns[column, self.decision_row])


class Trade(NamedTuple):
    """One row of `TradeColumns`, fields in the same order."""

    symbol: int
    direction: int
    entry_row: int
    exit_row: int
    entry_price: float
    exit_price: float
    quantity: float
    pnl: float
    fees: float
    bars_held: int
    lowest: float
    highest: float
    reason: Reason


def trade_columns(closed: Sequence[Trade], still_open: Sequence[Trade]) -> TradeColumns:
    """All trades as columns: closed ones by clock row and symbol of their exit, then the open ones by symbol."""
    # The sort is stable: a reversal and the stop of its new position keep their order within one bar.
    rows = [*sorted(closed, key=lambda trade: (trade.exit_row, trade.symbol)), *still_open]

    def integers(name: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array([int(getattr(row, name)) for row in rows], dtype=np.int64)

    def floats(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array([getattr(row, name) for row in rows], dtype=np.float64)

    return TradeColumns(
        symbol=integers("symbol"),
        direction=integers("direction"),
        entry_row=integers("entry_row"),
        exit_row=integers("exit_row"),
        entry_price=floats("entry_price"),
        exit_price=floats("exit_price"),
        quantity=floats("quantity"),
        pnl=floats("pnl"),
        fees=floats("fees"),
        bars_held=integers("bars_held"),
        lowest=floats("lowest"),
        highest=floats("highest"),
        reason=integers("reason"),
    )
