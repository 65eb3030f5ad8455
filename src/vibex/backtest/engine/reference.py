"""The fill rules written to be read: one bar after the other, one method for each step of rule 4.

This body is the law when the two differ; it needs nothing compiled and serves short data directly.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from vibex.backtest.engine.entry import SideEntry
from vibex.backtest.engine.levels import EntrySkipped
from vibex.backtest.engine.outcome import Outcome, Reason, Skip
from vibex.backtest.engine.plan import Flag, Plan
from vibex.backtest.engine.position import Position, Tape, Trade, trade_columns

NOTHING_FILLS: Final = Flag.NO_TRADES | Flag.NO_BAR
ENTRY_BIT: Final = {1: Flag.ENTRY_LONG, -1: Flag.ENTRY_SHORT}
EXIT_BIT: Final = {1: Flag.EXIT_LONG, -1: Flag.EXIT_SHORT}
CONDITIONS: Final = Flag.ENTRY_LONG | Flag.EXIT_LONG | Flag.ENTRY_SHORT | Flag.EXIT_SHORT


def _entry_direction(conditions: int) -> int:
    """+1 or −1 where a close with these raw conditions enters, 0 where it does not (rules 22, 23)."""
    for direction in (1, -1):
        voids = EXIT_BIT[direction] | ENTRY_BIT[-direction]
        if conditions & ENTRY_BIT[direction] and not conditions & voids:
            return direction
    return 0


GO: Final = tuple(_entry_direction(conditions) for conditions in range(CONDITIONS + 1))


def simulate(plan: Plan, *, target_first: bool = False) -> Outcome:
    """Play `plan` from the first to the last clock row.

    With `target_first`, a bar that reaches stop and target inside fills the target (rules 8, 49).
    """
    return _Simulation(plan, target_first).run()


class _Simulation:
    """The account and every symbol's tape, moved forward by the steps of rule 4."""

    def __init__(self, plan: Plan, target_first: bool) -> None:
        self.plan = plan
        self.target_first = target_first
        self.tapes = [Tape(plan, index) for index in range(len(plan.symbols))]
        self.entries = {1: SideEntry(plan, plan.long, 1), -1: SideEntry(plan, plan.short, -1)}
        self.balance = float(plan.capital)
        self.fee_rate = float(plan.fee_rate)
        self.buy, self.sell = 1 + float(plan.slip), 1 - float(plan.slip)
        self.leverage = float(plan.leverage)
        self.orders_wait = False
        self.closed: list[Trade] = []
        self.skipped: dict[Skip, int] = {}
        self.ambiguous_bars = 0

    def run(self) -> Outcome:
        """Every step of every bar, in the order of rule 4."""
        equity: list[float] = []
        for row in range(len(self.plan.time)):
            if self.orders_wait:
                self.fill_exits_at_the_open(row)
                self.fill_entries_at_the_open(row)
            self.test_stops_and_targets(row)
            equity.append(self.mark_at_the_close(row))
            self.decide_on_the_close(row)
        return Outcome(
            equity=np.array(equity, dtype=np.float64),
            trades=trade_columns(self.closed, self.trades_still_open()),
            skipped=self.skipped,
            ambiguous_bars=self.ambiguous_bars,
            unfilled_at_end=sum((tape.exit_due is not None) + (tape.entry_due != 0) for tape in self.tapes),
        )

    def fill_exits_at_the_open(self, row: int) -> None:
        """Step (a), first half: signal, reversal and time exits beat every stop of the bar (rules 3, 5, 15)."""
        for tape in self.tapes:
            if tape.exit_due is None or tape.position is None or tape.flags[row] & NOTHING_FILLS:
                continue
            reason, tape.exit_due = tape.exit_due, None
            self.close(tape, tape.position, row, reason, tape.open[row], takes_liquidity=True)

    def fill_entries_at_the_open(self, row: int) -> None:
        """Step (a), second half: every entry is sized from one equity, cash limits them in order (rules 2, 30, 61)."""
        due = [tape for tape in self.tapes if tape.entry_due and not tape.flags[row] & NOTHING_FILLS]
        if not due:
            return
        for tape in self.tapes:
            if not tape.flags[row] & Flag.NO_BAR:
                tape.mark = tape.open[row]
        equity = self.equity()
        for tape in due:
            direction, tape.entry_due = tape.entry_due, 0
            price = tape.open[row]
            fill = price * (self.buy if direction > 0 else self.sell)
            try:
                position = self.entries[direction].position_at(tape, row, price, fill, equity, self.free_cash())
            except EntrySkipped as skipped:
                self.skipped[skipped.skip] = self.skipped.get(skipped.skip, 0) + 1
                continue
            self.balance -= position.entry_fee  # rule 39
            tape.position = position

    def test_stops_and_targets(self, row: int) -> None:
        """Steps (d) and (e): the entry bar counts, a bar without trades tests nothing (rules 6, 60)."""
        for tape in self.tapes:
            position = tape.position
            if position is None or tape.flags[row] & NOTHING_FILLS:
                continue
            if not self.leave_inside_the_bar(tape, position, row):
                position.survive(tape.low[row], tape.high[row])

    def leave_inside_the_bar(self, tape: Tape, position: Position, row: int) -> bool:
        """Whether the bar takes the position out: at the open, then at the stop, then at the target.

        The stop has its level of the bar before (rule 9); a touch is enough (rule 43).
        """
        d, target, opened = position.direction, position.target, tape.open[row]
        stop, stop_reason = position.tighter_stop()
        if d * opened <= d * stop:  # gapped over: fills at the open (rule 7)
            return self.close(tape, position, row, stop_reason, opened, takes_liquidity=True)
        if d * opened >= d * target:  # gapped over: fills at its limit (rules 7, 44)
            return self.close(tape, position, row, Reason.TAKE_PROFIT, target, takes_liquidity=False)
        worst, best = (tape.low[row], tape.high[row]) if d > 0 else (tape.high[row], tape.low[row])
        stop_hit, target_hit = d * worst <= d * stop, d * best >= d * target
        if stop_hit and target_hit:  # rules 8, 49
            self.ambiguous_bars += 1
            stop_hit = not self.target_first
        if stop_hit:
            return self.close(tape, position, row, stop_reason, stop, takes_liquidity=True)
        if target_hit:
            return self.close(tape, position, row, Reason.TAKE_PROFIT, target, takes_liquidity=False)
        return False

    def mark_at_the_close(self, row: int) -> float:
        """Step (g): equity with each position at its close, the last one where there is no bar (rules 61, 65)."""
        for tape in self.tapes:
            if not tape.flags[row] & Flag.NO_BAR:
                tape.mark = tape.close[row]
                tape.last_row = row
        return self.equity()

    def decide_on_the_close(self, row: int) -> None:
        """Step (h): every symbol with a bar sees the account after all events of the bar (rules 1, 25)."""
        self.orders_wait = False
        for tape in self.tapes:
            flags = tape.flags[row]
            if not flags & Flag.NO_BAR:
                if tape.position is not None:
                    tape.position.bars += 1
                    self.decide_exit(tape, tape.position, flags)
                self.decide_entry(tape, flags, row)
            if tape.exit_due is not None or tape.entry_due:
                self.orders_wait = True

    def decide_exit(self, tape: Tape, position: Position, flags: int) -> None:
        """Order the exit of an open position and name its first cause; an order that waits keeps its reason.

        The causes of one close are named signal, reversal, time stop (rules 24, 47, 51).
        """
        if tape.exit_due is not None:
            return
        leaves_session = flags & Flag.SESSION_EXIT
        limit = self.plan.time_stop_bars
        if flags & EXIT_BIT[position.direction]:
            tape.exit_due = Reason.SIGNAL
        elif self.plan.reverse and GO[flags & CONDITIONS] == -position.direction and not leaves_session:
            tape.exit_due = Reason.REVERSAL
        elif leaves_session or 0 < limit <= position.bars:
            tape.exit_due = Reason.TIME_STOP

    def decide_entry(self, tape: Tape, flags: int, row: int) -> None:
        """Drop a waiting entry that the close contradicts (rule 60), then order a new one (rules 21 to 24)."""
        if flags & Flag.SESSION_EXIT:
            tape.entry_due = 0
            return
        waiting = tape.entry_due
        if waiting and flags & (EXIT_BIT[waiting] | ENTRY_BIT[-waiting]):
            tape.entry_due = 0
        go = GO[flags & CONDITIONS]
        if go == 0 or tape.entry_due:
            return
        position = tape.position
        reverses = position is not None and self.plan.reverse and go == -position.direction
        if position is None or reverses:
            tape.entry_due = go
            tape.decision_row = row

    def close(
        self, tape: Tape, position: Position, row: int, reason: Reason, level: float, *, takes_liquidity: bool
    ) -> bool:
        """Fill the exit at `level`, moved by slippage where it takes liquidity, and book it (rules 37, 38, 39)."""
        price = level
        if takes_liquidity:
            price *= self.sell if position.direction > 0 else self.buy
        fee = position.quantity * price * self.fee_rate
        gross = position.gross_at(price)
        self.balance += gross - fee
        opened = tape.open[row]  # seen by the position on its way out; on the entry bar it is the entry itself
        position.lowest = min(position.lowest, opened, level)
        position.highest = max(position.highest, opened, level)
        self.closed.append(self.trade(tape, position, row, reason, price, gross, position.entry_fee + fee))
        tape.position = None
        return True

    def trades_still_open(self) -> list[Trade]:
        """Open positions as trades at the last close, without exit fee or slippage (rule 27)."""
        trades: list[Trade] = []
        for tape in self.tapes:
            position = tape.position
            if position is not None:
                position.bars -= 1  # the last own close is the exit's own bar
                gross = position.gross_at(tape.mark)
                trades.append(
                    self.trade(tape, position, tape.last_row, Reason.END_OF_DATA, tape.mark, gross, position.entry_fee)
                )
        return trades

    def trade(
        self, tape: Tape, position: Position, row: int, reason: Reason, price: float, gross: float, fees: float
    ) -> Trade:
        """A position as a row of the trade log (rules 28, 39)."""
        return Trade(
            symbol=tape.index,
            direction=position.direction,
            entry_row=position.entry_row,
            exit_row=row,
            entry_price=position.entry_price,
            exit_price=price,
            quantity=position.quantity,
            pnl=gross - fees,
            fees=fees,
            bars_held=position.bars,
            lowest=position.lowest,
            highest=position.highest,
            reason=reason,
        )

    def equity(self) -> float:
        """The balance and every open position at its mark, in symbol order."""
        equity = self.balance
        for tape in self.tapes:
            if tape.position is not None:
                equity += tape.position.gross_at(tape.mark)
        return equity

    def free_cash(self) -> float:
        """The balance less the margin of the open positions; unrealised profit is no cash (rule 32)."""
        free = self.balance
        for tape in self.tapes:
            position = tape.position
            if position is not None:
                free -= position.quantity * position.entry_price / self.leverage
        return free
