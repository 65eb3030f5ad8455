"""The fill rules written to be read: one bar after the other, one step of rule 4 after the other.

This body is the law when the two differ; it needs nothing compiled and serves short data directly. A part that the
plan does not have costs nothing.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from vibex.backtest.engine.account import Account
from vibex.backtest.engine.brakes import Brakes
from vibex.backtest.engine.carry import Holding, Settlements
from vibex.backtest.engine.decide import Decisions
from vibex.backtest.engine.entries import Entries
from vibex.backtest.engine.inside import BarLevels
from vibex.backtest.engine.liquidation import Liquidations
from vibex.backtest.engine.outcome import Outcome
from vibex.backtest.engine.plan import EntryType, Flag, Plan, Tie
from vibex.backtest.engine.tape import NOTHING_FILLS, Tape
from vibex.backtest.engine.trade_log import trade_columns

NO_BAR: Final = Flag.NO_BAR


def simulate(plan: Plan, *, tie: Tie = Tie.STOP_FIRST) -> Outcome:
    """Play `plan` from the first to the last clock row; `tie` decides bars that reach stop and target (rules 8, 49)."""
    return _Simulation(plan, tie).run()


class _Simulation:
    """The account and every symbol's tape, moved forward by the steps of rule 4."""

    def __init__(self, plan: Plan, tie: Tie) -> None:
        self.plan = plan
        self.tapes = [Tape(plan, index) for index in range(len(plan.symbols))]
        tapes, account = self.tapes, Account(plan, self.tapes)
        self.account = account
        self.brakes = None if plan.limits is None else Brakes(plan.limits, account.balance)
        self.holding = None if plan.carry is None else Holding(plan.carry, plan.time.tolist(), tapes, account)
        self.settlements = None if plan.funding is None else Settlements(plan.funding, tapes, account)
        self.entries = Entries(plan, tapes, account, self.brakes)
        liquidations = None if plan.liquidation is None else Liquidations(plan.liquidation, tapes, account)
        self.levels = BarLevels(plan, tie, account, liquidations)
        self.decisions = Decisions(plan, tapes, account, self.brakes)
        self.rests = plan.order is not None and plan.order.type != EntryType.MARKET

    def run(self) -> Outcome:
        """Every step of every bar, in the order of rule 4."""
        equity: list[float] = []
        account, decisions = self.account, self.decisions
        for row in range(len(self.plan.time)):
            if self.holding is not None:
                self.holding.apply(row)
            if decisions.orders_wait:
                self.fill_exits_at_the_open(row)
                self.entries.fill_at_the_open(row)
            if self.settlements is not None:
                self.settlements.charge(row)
            if account.holding:
                self.test_stops_and_targets(row)
            if self.rests and decisions.orders_wait:
                self.entries.fill_inside_the_bar(row, self.levels.meet_after_entry)
            worth = self.mark_at_the_close(row) if account.holding else account.balance
            equity.append(worth)
            decisions.decide(row, worth)
        return Outcome(
            equity=np.array(equity, dtype=np.float64),
            trades=trade_columns(account.closed, account.trades_still_open()),
            skipped=account.skipped,
            ambiguous_bars=self.levels.ambiguous_bars,
            unfilled_at_end=sum((tape.exit_due is not None) + (tape.order is not None) for tape in self.tapes),
            cash_cut=account.cash_cut,
            fills=account.fill_rows(),
        )

    def fill_exits_at_the_open(self, row: int) -> None:
        """Step (a), first half: what was ordered beats every stop of the bar (rules 3, 5, 15)."""
        for tape in self.tapes:
            position, reason = tape.position, tape.exit_due
            if reason is None or position is None or tape.flags[row] & NOTHING_FILLS:
                continue
            quantity = tape.fillable(row, position.quantity)
            if quantity > 0:
                self.account.leave(tape, position, row, reason, tape.open[row], quantity, takes=True)

    def test_stops_and_targets(self, row: int) -> None:
        """Steps (c) to (e): the entry bar counts, a bar without trades tests nothing (rules 6, 60)."""
        for tape in self.tapes:
            position = tape.position
            if position is not None and not tape.flags[row] & NOTHING_FILLS:
                self.levels.meet(tape, position, row)

    def mark_at_the_close(self, row: int) -> float:
        """Step (g): equity with each position at its close, the last one where there is no bar (rules 61, 65)."""
        equity = self.account.balance
        for tape in self.tapes:
            position = tape.position
            if position is not None:
                if not tape.flags[row] & NO_BAR:
                    tape.mark = tape.close[row]
                equity += position.gross_at(tape.mark)
        return equity
