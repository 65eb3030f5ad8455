"""Fills entries at the open and inside the bar: who is served, at what price, how much, and what is left waiting."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from vibex.backtest.engine.account import Account
from vibex.backtest.engine.brakes import Brakes
from vibex.backtest.engine.entry import SideEntry
from vibex.backtest.engine.levels import EntrySkipped
from vibex.backtest.engine.outcome import Skip
from vibex.backtest.engine.plan import EntryType, Plan
from vibex.backtest.engine.position import EntryLevels, Position
from vibex.backtest.engine.tape import Order, Tape


class Entries:
    """The entries of a run. An order that cannot be made is gone and counted; one that must wait stays."""

    def __init__(self, plan: Plan, tapes: Sequence[Tape], account: Account, brakes: Brakes | None) -> None:
        self.tapes = tapes
        self.account = account
        self.brakes = brakes
        self.sides = {
            1: SideEntry(plan, plan.long, 1, account),
            -1: SideEntry(plan, plan.short, -1, account),
        }
        self.priority: list[list[int]] = plan.priority.tolist() if plan.priority.size else []
        self.linked = plan.linked

    def in_priority(self, row: int) -> Sequence[Tape]:
        """The symbols in the order in which their entries are served (rule 61)."""
        if not self.priority:
            return self.tapes
        return [self.tapes[index] for index in self.priority[row % len(self.priority)]]

    def fill_at_the_open(self, row: int) -> None:
        """Step (a), second half: every entry is sized from one equity, cash limits them in order (rules 2, 30, 61)."""
        due = [tape for tape in self.in_priority(row) if self._qualifies_at_the_open(tape, row)]
        if not due:
            return
        if self.linked:
            self._fill_pair(due, row)
            return
        equity = self.account.equity_at_the_open(row)
        for tape in due:
            if tape.order is not None:
                self.fill(tape, tape.order, row, tape.open[row], equity, inside=False)

    def _qualifies_at_the_open(self, tape: Tape, row: int) -> bool:
        order = tape.order
        if order is None or not tape.trades(row) or (tape.position is not None and not order.partly_filled):
            return False
        if order.takes_the_open:
            return True
        opened = tape.open[row]
        return order.traded_through(opened) if order.type == EntryType.LIMIT else order.reached_by(opened)

    def fill_inside_the_bar(self, row: int, opened: Callable[[Tape, Position, int, Order], None]) -> None:
        """Step (f): resting entries of flat symbols; `opened` plays the rest of the bar for each (rules 48, 62)."""
        equity = math.nan
        for tape in self.in_priority(row):
            order = tape.order
            if order is None or order.takes_the_open or tape.position is not None or not tape.trades(row):
                continue
            if not self.touches(order, tape.low[row], tape.high[row]):
                continue
            if math.isnan(equity):
                equity = self.account.equity_at_the_open(row)
            position = self.fill(tape, order, row, order.price, equity, inside=True)
            if position is not None:
                opened(tape, position, row, order)

    @staticmethod
    def touches(order: Order, low: float, high: float) -> bool:
        """Whether a bar (or a part of one) with these extremes fills a resting order."""
        worst, best = (low, high) if order.direction > 0 else (high, low)
        return order.traded_through(worst) if order.type == EntryType.LIMIT else order.reached_by(best)

    def fill(self, tape: Tape, order: Order, row: int, base: float, equity: float, *, inside: bool) -> Position | None:
        """Fill what this bar lets through of `order` at `base`, the price before slippage.

        The position that this opened; None where there is none or it was open before.
        """
        if tape.fillable(row, math.inf) <= 0:
            return None
        try:
            if order.partly_filled:
                self._fill_more(tape, order, row, base)
            else:
                free = self.account.free_cash()
                position = self.build(tape, order, row, base, equity, free, inside=inside)
                self.commit(tape, order, position, row)
                return position
        except EntrySkipped as skipped:
            tape.order = None
            if not order.partly_filled:
                self.account.skip(skipped.skip)
        return None

    def build(
        self, tape: Tape, order: Order, row: int, base: float, equity: float, free: float, *, inside: bool
    ) -> Position:
        """The position of a first fill, not booked yet; `order.rest` is set. Raises EntrySkipped."""
        if self.brakes is not None and self.brakes.trades_are_used_up(row):
            raise EntrySkipped(Skip.MAX_TRADES)
        d, account = order.direction, self.account
        side = self.sides[d]
        limit = order.type == EntryType.LIMIT
        maker = limit and inside
        fill = base if limit else account.slipped(d, base)
        dear = base if limit else account.dearest(tape, d, base)
        wanted, levels = side.size(tape, order, row, fill, dear, equity, free, maker=maker)
        quantity = tape.fillable(row, wanted)
        price = base if limit else account.taking_price(tape, row, d, base, quantity)
        position = Position(
            direction=d,
            rules=side.rules,
            ticks=tape.ticks,
            lot=tape.lot,
            entry_row=row,
            decision_row=order.decision_row,
            entry_price=price,
            quantity=quantity,
            entered=quantity,
            fees=account.fee(d, quantity, price, maker=maker),
            lowest=base,
            highest=base,
            reference=price,
            inside_row=row if inside else -1,
        )
        position.set_levels(levels if price == fill else self._levels_or(levels, side, tape, order, row, price))
        order.rest = wanted - quantity
        return position

    @staticmethod
    def _levels_or(
        levels: EntryLevels, side: SideEntry, tape: Tape, order: Order, row: int, price: float
    ) -> EntryLevels:
        """The levels at the price really paid, or those of the size where that price gives none."""
        try:
            return side.levels_at(tape, order.decision_row, row, price)
        except EntrySkipped:
            return levels

    def commit(self, tape: Tape, order: Order, position: Position, row: int) -> None:
        """Book a first fill and let the rest wait."""
        account = self.account
        account.book_entry(tape, position, row, position.quantity, position.entry_price, position.fees)
        tape.order = order if order.rest > 0 else None
        if self.brakes is not None:
            self.brakes.count_entry(row)

    def _fill_more(self, tape: Tape, order: Order, row: int, base: float) -> None:
        """A further fill of the rest, and the levels of the new mean entry price (rules 11, 64)."""
        position = tape.position
        if position is None:
            return
        d, account, limit = order.direction, self.account, order.type == EntryType.LIMIT
        side = self.sides[d]
        quantity = tape.fillable(row, order.rest)
        dear = base if limit else account.dearest(tape, d, base)
        quantity = side.affordable(tape, order, quantity, dear, account.free_cash(), maker=False)
        if not quantity > 0:
            tape.order = None
            return
        price = base if limit else account.taking_price(tape, row, d, base, quantity)
        fee = account.fee(d, quantity, price, maker=False)
        held = position.quantity
        position.entry_price = (position.entry_price * held + price * quantity) / (held + quantity)
        position.quantity = held + quantity
        position.entered += quantity
        position.fees += fee
        account.book_entry(tape, position, row, quantity, price, fee)
        order.rest -= quantity
        if not order.rest > 0:
            tape.order = None
        try:
            position.renew_levels(side.levels_at(tape, order.decision_row, row, position.entry_price))
        except EntrySkipped:
            position.plan_targets()

    def _fill_pair(self, due: Sequence[Tape], row: int) -> None:
        """Both legs or none: a pair waits until both can fill, and one that cannot be made ends both orders."""
        first, other = due[0], due[-1]
        if first is other or first.order is None or other.order is None:
            return
        if first.order.direction == other.order.direction:
            return
        account = self.account
        equity, free = account.equity_at_the_open(row), account.free_cash()
        orders = first.order, other.order
        try:
            one = self.build(first, orders[0], row, first.open[row], equity, free, inside=False)
            free = (free - one.quantity * one.entry_price / account.leverage) - one.fees
            two = self.build(other, orders[1], row, other.open[row], equity, free, inside=False)
        except EntrySkipped as skipped:
            first.order = other.order = None
            account.skip(skipped.skip)
            return
        self.commit(first, orders[0], one, row)
        self.commit(other, orders[1], two, row)
