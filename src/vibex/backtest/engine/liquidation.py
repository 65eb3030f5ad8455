"""When the venue closes a position: the liquidation price by maintenance-margin brackets, and what it leaves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vibex.backtest.engine.account import Account
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import Flag, Liquidation
from vibex.backtest.engine.position import Position
from vibex.backtest.engine.tape import Tape


class Bracket(NamedTuple):
    """At a notional from `floor` on, maintenance = notional × `rate` − `amount`."""

    floor: float
    rate: float
    amount: float


class Liquidations:
    """The maintenance margin of one account, cross or isolated (rules 13, 50)."""

    def __init__(self, rules: Liquidation, tapes: Sequence[Tape], account: Account) -> None:
        brackets = [
            Bracket(*numbers)
            for numbers in zip(rules.floor.tolist(), rules.rate.tolist(), rules.amount.tolist(), strict=True)
        ]
        start: list[int] = rules.start.tolist()
        self.brackets = [brackets[start[tape.index] : start[tape.index + 1]] for tape in tapes]
        self.isolated = rules.isolated
        self.fee_rate = float(rules.fee_rate)
        self.tapes = tapes
        self.account = account

    def price(self, tape: Tape, position: Position, row: int) -> float:
        """Where the position is liquidated while nothing else of the account moves; infinitely far when nowhere.

        It solves collateral + (p − entry) × quantity × d = maintenance at p, bracket by bracket.
        """
        d, quantity = position.direction, position.quantity
        brackets = self.brackets[tape.index]
        if not brackets:
            return -d * math.inf
        collateral = self._margin(position) if self.isolated else self._cross_collateral(tape, row)
        value = quantity * position.entry_price
        level = math.nan
        for place, bracket in enumerate(brackets):
            level = (value - d * (collateral + bracket.amount)) / (quantity * (1 - d * bracket.rate))
            if place + 1 == len(brackets) or quantity * level < brackets[place + 1].floor:
                break
        return level if math.isfinite(level) and level > 0 else -d * math.inf

    def fill(self, tape: Tape, position: Position, row: int, level: float) -> None:
        """Close all of it at `level`: taker fee, liquidation fee, slippage; no more is lost than its collateral."""
        account, side, quantity = self.account, -position.direction, position.quantity
        price = account.slipped(side, level)
        fee = account.fee(side, quantity, price, maker=False) + quantity * price * self.fee_rate
        gross = (price - position.entry_price) * quantity * position.direction
        most = max(self._margin(position) if self.isolated else self._equity_without(tape, row), 0.0)
        net = gross - fee
        if net < -most:
            net = -most
            gross = net + fee
        account.book_exit(tape, position, row, Reason.LIQUIDATION, level, quantity, price, gross, fee, net)

    def _margin(self, position: Position) -> float:
        return position.quantity * position.entry_price / self.account.leverage

    def _equity_without(self, tape: Tape, row: int) -> float:
        """The balance and the profit of every other position at this row's open marks."""
        equity = self.account.balance
        for other, position in self._others(tape):
            equity += position.gross_at(self._mark(other, row))
        return equity

    def _cross_collateral(self, tape: Tape, row: int) -> float:
        """The same less what the other positions must keep themselves."""
        collateral = self._equity_without(tape, row)
        for other, position in self._others(tape):
            collateral -= self._maintenance(other.index, position.quantity * self._mark(other, row))
        return collateral

    def _others(self, tape: Tape) -> Iterator[tuple[Tape, Position]]:
        return ((other, other.position) for other in self.tapes if other is not tape and other.position is not None)

    @staticmethod
    def _mark(tape: Tape, row: int) -> float:
        return tape.mark if tape.flags[row] & Flag.NO_BAR else tape.stop_open[row]

    def _maintenance(self, symbol: int, notional: float) -> float:
        held = None
        for bracket in self.brackets[symbol]:
            if bracket.floor <= notional:
                held = bracket
        return 0.0 if held is None else notional * held.rate - held.amount
