"""What holding a position costs or gives: corporate actions, borrowed shares, funding (rules 13, 14, 63)."""

from __future__ import annotations

from collections.abc import Sequence

from vibex.backtest.engine.account import Account
from vibex.backtest.engine.plan import Carry, Funding
from vibex.backtest.engine.position import Position
from vibex.backtest.engine.tape import Tape

MS_PER_YEAR = 31_536_000_000.0


class Holding:
    """Splits, dividends and borrow fees, applied before anything else in a row."""

    def __init__(self, carry: Carry, time: list[int], tapes: Sequence[Tape], account: Account) -> None:
        self.start: list[list[int]] = carry.start.tolist()
        self.ratio: list[float] = carry.split.tolist()
        self.cash: list[float] = carry.cash.tolist()
        self.borrow_per_year = float(carry.borrow_per_year)
        self.time = time
        self.tapes = tapes
        self.account = account

    def apply(self, row: int) -> None:
        """Only positions carried into the row are touched."""
        for tape in self.tapes:
            position = tape.position
            if position is None:
                continue
            for action in range(self.start[tape.index][row], self.start[tape.index][row + 1]):
                self._act(tape, position, action)
            if position.direction < 0 and self.borrow_per_year > 0 and row > 0:
                years = (self.time[row] - self.time[row - 1]) / MS_PER_YEAR
                self._receive(position, -(position.quantity * tape.mark * self.borrow_per_year * years))

    def _act(self, tape: Tape, position: Position, action: int) -> None:
        ratio, cash = self.ratio[action], self.cash[action]
        if ratio != 1:
            position.split(ratio)
            tape.mark /= ratio
            if tape.order is not None:
                tape.order.rest *= ratio  # NaN where no size is decided yet
        if cash != 0:
            self._receive(position, position.quantity * cash * position.direction)

    def _receive(self, position: Position, amount: float) -> None:
        self.account.balance += amount
        position.carry += amount


class Settlements:
    """Funding payments: longs pay a positive rate on the mark price, shorts receive it."""

    def __init__(self, funding: Funding, tapes: Sequence[Tape], account: Account) -> None:
        self.start: list[list[int]] = funding.start.tolist()
        self.price: list[float] = funding.price.tolist()
        self.rate: list[float] = funding.rate.tolist()
        self.tapes = tapes
        self.account = account

    def charge(self, row: int) -> None:
        """Step (b): on what is held after the fills at the open, in every row."""
        for tape in self.tapes:
            position = tape.position
            if position is None:
                continue
            for k in range(self.start[tape.index][row], self.start[tape.index][row + 1]):
                payment = position.quantity * self.price[k] * self.rate[k] * position.direction
                self.account.balance -= payment
                position.funding -= payment
