"""One symbol of the reference body: its bars as plain lists, what it holds, and its orders that wait."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vibex.backtest.engine.levels import Ticks, whole_lots
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import EntryType, Flag, Plan
from vibex.strategy.evaluation.state import SymbolState

if TYPE_CHECKING:
    from vibex.backtest.engine.position import Position

NOTHING_FILLS = Flag.NO_TRADES | Flag.NO_BAR


@dataclass(slots=True, kw_only=True)
class Order:
    """An entry that waits for an open, or rests at its price (rules 10, 11, 62).

    `direction` +1 or −1; `decision_row` the close that decided it; `price` on the tick grid and its `tick`, NaN for a
    market order; `age` own closes since the decision; `rest` the quantity still wanted, NaN until a first fill has
    decided the size; `cut` whether cash has made it smaller.
    """

    direction: int
    decision_row: int
    type: EntryType = EntryType.MARKET
    price: float = math.nan
    tick: float = 0.0
    age: int = 0
    rest: float = math.nan
    cut: bool = False

    @property
    def partly_filled(self) -> bool:
        return not math.isnan(self.rest)

    @property
    def takes_the_open(self) -> bool:
        """A market order, or the rest of a stop order that was triggered: it fills at whatever the open is."""
        return self.type == EntryType.MARKET or (self.type == EntryType.STOP and self.partly_filled)

    def traded_through(self, price: float) -> bool:
        """Whether `price` is beyond the limit by one tick; without a tick, beyond it at all (rule 10)."""
        if self.direction > 0:
            return price < self.price if self.tick == 0 else price <= self.price - self.tick
        return price > self.price if self.tick == 0 else price >= self.price + self.tick

    def reached_by(self, price: float) -> bool:
        """Whether the stop order is triggered at `price`."""
        return self.direction * price >= self.direction * self.price


class Tape:
    """One symbol. `exit_due` is the reason of a waiting exit, `order` the entry that waits or rests.

    `mark` is the last price at which the account valued the position. `stop_open`, `stop_high`, `stop_low` are what
    stops and liquidation are tested on: the mark prices, or the bars themselves. `own_bars[row]` counts
    the symbol's bars up to that row; `left_at` is that count at its last exit, −inf before the first, `left_by` the
    reason.
    """

    __slots__ = (
        "cap", "close", "columns", "exit_due", "flags", "high", "index", "left_at", "left_by", "lot", "low", "mark",
        "open", "order", "own_bars", "position", "state", "stop_high", "stop_low", "stop_open", "taken", "taken_row",
        "through", "ticks", "volume",
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
        self.ticks = Ticks(float(plan.tick[index]), plan.tick_bounds.tolist(), plan.tick_sizes.tolist())
        self.through = float(plan.target_through[index]) if plan.target_through.size else 0.0
        self.stop_open, self.stop_high, self.stop_low = self.open, self.high, self.low
        if plan.mark is not None:
            self.stop_open = plan.mark.open[index].tolist()
            self.stop_high = plan.mark.high[index].tolist()
            self.stop_low = plan.mark.low[index].tolist()
        self.volume: list[float] | None = None if plan.volume is None else plan.volume.volume[index].tolist()
        self.cap = 0.0 if plan.volume is None else float(plan.volume.cap)
        self.taken, self.taken_row = 0.0, -1
        self.state = None if plan.state is None else SymbolState(plan.state, plan.columns[index])
        self.position: Position | None = None
        self.exit_due: Reason | None = None
        self.order: Order | None = None
        self.mark = math.nan
        self.own_bars: list[int] = np.cumsum(plan.flags[index] & Flag.NO_BAR == 0).tolist()
        self.left_at = -math.inf
        self.left_by: Reason | None = None

    def trades(self, row: int) -> bool:
        """Whether anything can fill in this row (rules 12, 60)."""
        return not self.flags[row] & NOTHING_FILLS

    def fillable(self, row: int, quantity: float) -> float:
        """How much of `quantity` this bar's volume still lets through, in whole lots; 0 when nothing (rule 11)."""
        if self.volume is None:
            return quantity
        taken = self.taken if self.taken_row == row else 0.0
        budget = whole_lots(self.cap * self.volume[row] - taken, self.lot)
        return min(quantity, budget) if budget > 0 else 0.0

    def take(self, row: int, quantity: float) -> None:
        """Note what own fills have used of this bar's volume."""
        self.taken = quantity + (self.taken if self.taken_row == row else 0.0)
        self.taken_row = row

    def last_own_row(self) -> int:
        """The last clock row on which the symbol has a bar."""
        return next(row for row in reversed(range(len(self.flags))) if not self.flags[row] & Flag.NO_BAR)
