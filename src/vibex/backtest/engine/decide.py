"""What is ordered on a close: exits with their reason, entries with their price, and what is dropped or refused."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from vibex.backtest.engine.account import Account
from vibex.backtest.engine.brakes import Brakes
from vibex.backtest.engine.management import exit_on_close, move_levels
from vibex.backtest.engine.outcome import Reason, Skip
from vibex.backtest.engine.plan import EntryType, Flag, Plan
from vibex.backtest.engine.position import Position
from vibex.backtest.engine.tape import Order, Tape

ENTRY_BIT: Final = {1: Flag.ENTRY_LONG, -1: Flag.ENTRY_SHORT}
EXIT_BIT: Final = {1: Flag.EXIT_LONG, -1: Flag.EXIT_SHORT}
CONDITIONS: Final = Flag.ENTRY_LONG | Flag.EXIT_LONG | Flag.ENTRY_SHORT | Flag.EXIT_SHORT
CLOSE_MATTERS: Final = CONDITIONS | Flag.SESSION_EXIT
NO_BAR: Final = Flag.NO_BAR


def _entry_direction(conditions: int) -> int:
    """+1 or −1 where a close with these raw conditions enters, 0 where it does not (rules 22, 23)."""
    for direction in (1, -1):
        voids = EXIT_BIT[direction] | ENTRY_BIT[-direction]
        if conditions & ENTRY_BIT[direction] and not conditions & voids:
            return direction
    return 0


GO: Final = tuple(_entry_direction(conditions) for conditions in range(CONDITIONS + 1))


class Decisions:
    """Step (h). `orders_wait`: whether any order waits for the next row."""

    def __init__(self, plan: Plan, tapes: Sequence[Tape], account: Account, brakes: Brakes | None) -> None:
        self.tapes = tapes
        self.account = account
        self.brakes = brakes
        self.reverse = plan.reverse
        self.time_stop_bars = plan.time_stop_bars
        self.order = plan.order if plan.order is not None and plan.order.type != EntryType.MARKET else None
        expire = self.order is not None or plan.volume is not None
        self.expires_bars = plan.order.expires_bars if plan.order is not None and expire else 0
        self.linked = plan.linked
        self.has_state = plan.state is not None
        self.blocked = False
        self.orders_wait = False
        self.legs_due: list[bool] = []

    def decide(self, row: int, equity: float) -> None:
        """Every symbol with a bar sees the account after all events of the bar (rules 1, 25)."""
        if self.linked:
            self.legs_due = [tape.order is not None for tape in self.tapes]
        if self.brakes is not None:
            self.blocked = self.brakes.close(row, equity)
            if self.blocked:
                self._drop_orders()
        self.orders_wait = False
        for tape in self.tapes:
            flags, position = tape.flags[row], tape.position
            if flags & NO_BAR:
                if self.blocked and position is not None and tape.exit_due is None:
                    tape.exit_due = Reason.STOP_LOSS
            elif position is not None or tape.order is not None or self.has_state or flags & CLOSE_MATTERS:
                self._decide_symbol(tape, position, flags, row)
            if tape.exit_due is not None or tape.order is not None:
                self.orders_wait = True

    def _decide_symbol(self, tape: Tape, position: Position | None, flags: int, row: int) -> None:
        state = tape.state
        if position is not None:
            position.bars += 1
        if state is not None:
            flags = state.close(flags, row, tape.own_bars[row], position)
        if tape.order is not None:
            self._age(tape, tape.order)
        if position is not None:
            on_close = None
            rules = position.rules
            if rules.on_close and tape.exit_due is None and tape.trades(row):
                on_close = exit_on_close(tape, position, row)
            if rules.moves:
                move_levels(tape, position)
            if tape.exit_due is None:
                tape.exit_due = self._exit_reason(tape, position, flags, on_close)
        if tape.order is not None or flags & CLOSE_MATTERS:
            self._decide_entry(tape, flags, row)

    def _exit_reason(self, tape: Tape, position: Position, flags: int, on_close: Reason | None) -> Reason | None:
        """The first cause of this close to leave, in the order in which they are named (rules 24, 47, 51)."""
        leaves_session = flags & Flag.SESSION_EXIT
        if flags & EXIT_BIT[position.direction]:
            return Reason.SIGNAL
        if self.reverse and GO[flags & CONDITIONS] == -position.direction and not leaves_session:
            return Reason.REVERSAL
        if self.linked:
            other = self.tapes[1 - tape.index]
            if other.position is None and not self.legs_due[other.index]:
                return Reason.TIME_STOP if other.left_by is None else other.left_by
        if on_close is not None:
            return on_close
        if leaves_session or 0 < self.time_stop_bars <= position.bars:
            return Reason.TIME_STOP
        return Reason.STOP_LOSS if self.blocked else None

    def _decide_entry(self, tape: Tape, flags: int, row: int) -> None:
        """Drop a waiting entry that the close contradicts (rule 60), then order a new one (rules 21 to 24)."""
        if flags & Flag.SESSION_EXIT:
            tape.order = None
            return
        waiting = tape.order
        if waiting is not None and flags & (EXIT_BIT[waiting.direction] | ENTRY_BIT[-waiting.direction]):
            tape.order = None
        go = GO[flags & CONDITIONS]
        if go == 0 or tape.order is not None:
            return
        position = tape.position
        reverses = position is not None and self.reverse and go == -position.direction
        if position is not None and not reverses:
            return
        if self.blocked:
            self.account.skip(Skip.LOSS_LIMIT)
        elif self.brakes is not None and self.brakes.pauses(tape, row, reverses=reverses):
            self.account.skip(Skip.COOLDOWN)
        else:
            tape.order = self._new_order(tape, go, row)

    def _new_order(self, tape: Tape, d: int, row: int) -> Order | None:
        """An order with its price, fixed by this close (rule 62); None, and counted, where the price is missing."""
        rules = self.order
        if rules is None:
            return Order(direction=d, decision_row=row)
        buys_below = rules.type == EntryType.LIMIT
        column = rules.long_column if d > 0 else rules.short_column
        if column >= 0:
            price = float(tape.columns[column, row])
        else:
            price = tape.close[row] * (1 + (-d if buys_below else d) * rules.offset)
        if not math.isfinite(price):
            self.account.skip(Skip.MISSING_LEVEL)
            return None
        tick = tape.ticks.at(price)
        price = tape.ticks.outward(price, -d if buys_below else d)
        return Order(direction=d, decision_row=row, type=rules.type, price=price, tick=tick)

    def _age(self, tape: Tape, order: Order) -> None:
        """Count this close against the life of an order that expires (rules 11, 62)."""
        order.age += 1
        if order.age == self.expires_bars:
            tape.order = None
            if not order.partly_filled:
                self.account.skip(Skip.EXPIRED)

    def _drop_orders(self) -> None:
        for tape in self.tapes:
            if tape.order is not None and not tape.order.partly_filled:
                self.account.skip(Skip.LOSS_LIMIT)
            tape.order = None
