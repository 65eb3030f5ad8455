"""How a bar meets the levels of a position: liquidation, stops and targets (rules 4, 7 to 9, 43 to 50)."""

from __future__ import annotations

import math
from functools import partial

from vibex.backtest.engine.account import Account
from vibex.backtest.engine.detail import SubBars
from vibex.backtest.engine.entries import Entries
from vibex.backtest.engine.levels import WHOLE
from vibex.backtest.engine.liquidation import Liquidations
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import EntryType, Plan, Tie
from vibex.backtest.engine.position import Position, Target
from vibex.backtest.engine.tape import Order, Tape


class BarLevels:
    """Tests every position once in each bar with trades. `ambiguous_bars` counts by rules 48 and 49."""

    def __init__(self, plan: Plan, tie: Tie, account: Account, liquidations: Liquidations | None) -> None:
        self.tie = tie
        self.account = account
        self.liquidations = liquidations
        self.sub_bars = None if plan.detail is None else SubBars(plan.detail)
        self.marked = plan.mark is not None
        self.targets_take = plan.target_takes
        self.ambiguous_bars = 0

    def meet(self, tape: Tape, position: Position, row: int) -> None:
        """Steps (c) to (e): at the open, then at the stop, then at the targets; what is left survives the bar.

        The stop has its level of the bar before (rule 9); a touch is enough (rule 43).
        """
        d = position.direction
        opened, tested = tape.open[row], tape.stop_open[row]
        liquidations = self.liquidations
        liquidation = -d * math.inf if liquidations is None else liquidations.price(tape, position, row)
        if liquidations is not None and d * tested <= d * liquidation:
            liquidations.fill(tape, position, row, opened)
            return
        if tape.exit_due is not None:  # it waits for volume; nothing but its liquidation is left to test
            worst = tape.stop_low[row] if d > 0 else tape.stop_high[row]
            if d * worst <= d * liquidation:
                self._stop_out(tape, position, row, Reason.LIQUIDATION, self._traded(tape, row, liquidation))
            return
        stop, reason = position.tighter_stop()
        if d * tested <= d * stop:  # gapped over: fills at the open (rule 7)
            self._stop_out(tape, position, row, reason, opened)
            return
        through = tape.through
        if d * opened >= d * position.first_target + through:  # gapped over: fills at its limit (rules 7, 44)
            self._take_targets(tape, position, row, opened)
            if tape.position is None:
                return
            if liquidations is not None:
                liquidation = liquidations.price(tape, position, row)
        if d * liquidation > d * stop:  # the nearer to the open; of equals the stop (rule 50)
            stop, reason = liquidation, Reason.LIQUIDATION
        worst, best = (tape.stop_low[row], tape.high[row]) if d > 0 else (tape.stop_high[row], tape.low[row])
        stop_hit, target_hit = d * worst <= d * stop, d * best >= d * position.target + through
        if target_hit and not (stop_hit and self._stop_is_first(tape, position, row, stop)):
            self._take_targets(tape, position, row, best)
            if tape.position is None:
                return
        if stop_hit:
            self._stop_out(tape, position, row, reason, self._traded(tape, row, stop))
            return
        position.survive(tape.low[row], tape.high[row])

    def meet_after_entry(self, tape: Tape, position: Position, row: int, order: Order) -> None:
        """Rule 48: a position opened inside the bar is tested once more against its stop, and sees the close only."""
        d = position.direction
        stop, reason = position.tighter_stop()
        if self.liquidations is not None:
            liquidation = self.liquidations.price(tape, position, row)
            if d * liquidation > d * stop:
                stop, reason = liquidation, Reason.LIQUIDATION
        worst = tape.stop_low[row] if d > 0 else tape.stop_high[row]
        if d * worst <= d * stop and self._stop_follows_fill(tape, row, order, stop):
            self._stop_out(tape, position, row, reason, self._traded(tape, row, stop))
            return
        close = tape.close[row]
        position.lowest, position.highest = min(position.lowest, close), max(position.highest, close)

    def _stop_follows_fill(self, tape: Tape, row: int, order: Order, stop: float) -> bool:
        if self.sub_bars is not None:
            fills = partial(Entries.touches, order)
            known = self.sub_bars.stop_follows_fill(tape.index, row, order.direction, stop, fills)
            if known is not None:
                return known
        self.ambiguous_bars += 1
        # On the way to its stop the price has to pass a limit first; a stop entry may have been triggered after it.
        return order.type == EntryType.LIMIT or self.tie != Tie.TARGET_FIRST

    def _stop_is_first(self, tape: Tape, position: Position, row: int, stop: float) -> bool:
        """Which of stop and nearest target fills when the bar holds both (rules 8, 49)."""
        d = position.direction
        if self.sub_bars is not None:
            known = self.sub_bars.stop_is_first(tape.index, row, d, stop, position.target, tape.through)
            if known is not None:
                return known
        self.ambiguous_bars += 1
        if self.tie == Tie.NEARER_FIRST:
            opened = tape.open[row]
            up, down = tape.high[row] - opened, opened - tape.low[row]
            return not (up < down if d > 0 else down < up)
        return self.tie == Tie.STOP_FIRST

    def _traded(self, tape: Tape, row: int, level: float) -> float:
        """A level that the mark price has reached, at a price at which the bar has traded."""
        return min(max(level, tape.low[row]), tape.high[row]) if self.marked else level

    def _stop_out(self, tape: Tape, position: Position, row: int, reason: Reason, level: float) -> None:
        """Leave at `level`; what the volume does not let through leaves at the next open (rule 11)."""
        if reason == Reason.LIQUIDATION and self.liquidations is not None:
            self.liquidations.fill(tape, position, row, level)
            return
        quantity = tape.fillable(row, position.quantity)
        if quantity > 0:
            self.account.leave(tape, position, row, reason, level, quantity, takes=True)
        if tape.position is not None:
            tape.exit_due = reason

    def _take_targets(self, tape: Tape, position: Position, row: int, reached: float) -> None:
        """Fill every target that `reached` lies beyond, nearest to the entry first."""
        d = position.direction
        for target in position.remaining:
            if d * reached >= d * target.level + tape.through:
                self._take_target(tape, position, row, target)
                if tape.position is None:
                    return
        position.order_targets()

    def _take_target(self, tape: Tape, position: Position, row: int, target: Target) -> None:
        wanted = target.planned - target.filled
        quantity = min(wanted, position.quantity)
        if position.quantity - quantity <= WHOLE * position.entered:
            quantity = position.quantity  # a rounding error is no position
        quantity = tape.fillable(row, quantity)
        gone = quantity > 0 and self.account.leave(
            tape, position, row, Reason.TAKE_PROFIT, target.level, quantity, takes=self.targets_take
        )
        if not gone and max(quantity, 0.0) >= wanted:
            target.hit = True
            position.targets_hit += 1
        elif quantity > 0:
            target.filled += quantity
