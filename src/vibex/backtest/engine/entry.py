"""Decides what an entry that fills opens: its levels, its size, what cash allows; for the reference body."""

from __future__ import annotations

import math

from vibex.backtest.engine.account import Account
from vibex.backtest.engine.levels import (
    EntrySkipped,
    Numbers,
    Steps,
    atr_distance,
    beyond,
    no_program,
    program_level,
    whole_lots,
)
from vibex.backtest.engine.outcome import Skip
from vibex.backtest.engine.plan import Plan, SidePlan, Sizing, Trailing
from vibex.backtest.engine.position import EntryLevels, trailing_level
from vibex.backtest.engine.side import SideRules
from vibex.backtest.engine.tape import Order, Tape

MOST_CUTS = 64
"""How often a size is cut again while a stepped schedule of fees still asks for more than is left."""


class SideEntry:
    """How entries of one side are made: the rules of a `SidePlan` applied to one fill at a time."""

    def __init__(self, plan: Plan, side: SidePlan, direction: int, account: Account) -> None:
        self.rules = SideRules.of(side)
        self.direction = direction
        self.account = account
        self.leverage = float(plan.leverage)
        self.min_notional = float(plan.min_notional)

    def levels_at(self, tape: Tape, decision_row: int, row: int, fill: float) -> EntryLevels:
        """Every level that a fill gives, in the order in which they are tested (rule 42).

        Raises EntrySkipped by the first that has no value or lies on the wrong side.
        """
        d, rules = self.direction, self.rules
        numbers = self._numbers(tape, decision_row, row, fill)
        stop = self._order_level(rules.stop, tape, fill, -d, numbers, math.nan)
        targets = [self._order_level(target, tape, fill, d, numbers, stop) for target in rules.targets]
        after = program_level(rules.trailing_after, fill, d, numbers, stop) if rules.trailing_after else math.nan
        trailing_value = rules.trailing_value
        if rules.trailing == Trailing.ATR:
            trailing_value = atr_distance(trailing_value, numbers.column(rules.trailing_column))
        return EntryLevels(
            stop=stop,
            targets=targets,
            trailing_after=after,
            trailing_value=trailing_value,
            trailing_stop=self._first_trailing_stop(tape, fill, trailing_value, numbers),
            afters=[
                program_level(step.after, fill, d, numbers, stop) if step.after else math.nan for step in rules.steps
            ],
        )

    def size(
        self, tape: Tape, order: Order, row: int, fill: float, dear: float, equity: float, free: float, *, maker: bool
    ) -> tuple[float, EntryLevels]:
        """The quantity of the whole entry and the levels at `fill`, its price without impact.

        `dear` is the price at which cash must suffice, `equity` the one figure of this open (rule 30), `free` the cash
        that is left (rule 32). Raises EntrySkipped by the first reason in the order of `Skip`.
        """
        if not equity > 0:  # rule 41
            raise EntrySkipped(Skip.NO_EQUITY)
        levels = self.levels_at(tape, order.decision_row, row, fill)
        wanted = self.target_quantity(tape, order.decision_row, row, fill, equity, levels)
        quantity = self.affordable(tape, order, wanted, dear, free, maker=maker)
        if not quantity > 0:
            raise EntrySkipped(Skip.BELOW_LOT)
        if quantity * fill < self.min_notional:
            raise EntrySkipped(Skip.BELOW_MIN_NOTIONAL)
        return quantity, levels

    def affordable(self, tape: Tape, order: Order, quantity: float, dear: float, free: float, *, maker: bool) -> float:
        """The quantity cut to the free cash, then down to the lot (rules 32, 33). An entry that is cut is counted."""
        if not free > 0:
            self._count_cut(order)
            raise EntrySkipped(Skip.NO_FREE_CASH)
        account = self.account
        if account.schedule is None:
            rate = account.maker if maker else account.taker
            affordable = free / (dear * (1 / self.leverage + rate))
            if affordable < quantity:
                self._count_cut(order)
            return whole_lots(min(quantity, affordable), tape.lot)
        affordable = free / (dear / self.leverage)
        if affordable < quantity:
            self._count_cut(order)
        return self._cut_to_fees(tape, order, whole_lots(min(quantity, affordable), tape.lot), dear, free, maker)

    def _cut_to_fees(self, tape: Tape, order: Order, quantity: float, dear: float, free: float, maker: bool) -> float:
        """Less and less until margin and a fee that moves in steps fit; 0 or less when nothing does."""
        for _ in range(MOST_CUTS):
            fee = self.account.fee(self.direction, quantity, dear, maker=maker)
            if quantity * dear / self.leverage + fee <= free:
                break
            self._count_cut(order)
            smaller = whole_lots((free - fee) * self.leverage / dear, tape.lot)
            if tape.lot > 0 and smaller >= quantity:
                smaller = quantity - tape.lot
            quantity = smaller
            if quantity <= 0:
                break
        return quantity

    def _count_cut(self, order: Order) -> None:
        if not order.cut:
            order.cut = True
            self.account.cash_cut += 1

    def _numbers(self, tape: Tape, decision_row: int, row: int, fill: float) -> Numbers:
        """What level programs read at a fill in `row`."""
        state = tape.state
        if state is None:
            return Numbers(tape.columns, decision_row, no_program)
        own_bars = tape.own_bars[row]
        return Numbers(
            tape.columns,
            decision_row,
            lambda level: state.level_at_entry(level, self.direction, decision_row, own_bars, fill),
        )

    def _order_level(
        self, steps: Steps, tape: Tape, fill: float, sign: int, numbers: Numbers, initial_stop: float
    ) -> float:
        """A level at which an order rests, on the tick grid (rule 42); NaN where the side has none."""
        if not steps:
            return math.nan
        level = program_level(steps, fill, sign, numbers, initial_stop)
        return beyond(fill, tape.ticks.outward(level, sign), sign)

    def _first_trailing_stop(self, tape: Tape, fill: float, value: float, numbers: Numbers) -> float:
        """The trailing stop while its reference is the fill price (rule 45); NaN where there is none."""
        d, rules = self.direction, self.rules
        if rules.trailing == Trailing.NONE:
            return math.nan
        if rules.trailing == Trailing.LEVEL:
            return self._order_level(rules.trailing_level, tape, fill, -d, numbers, math.nan)
        level = trailing_level(rules.trailing, value, fill, d)
        return beyond(fill, tape.ticks.outward(level, -d), -d)

    def target_quantity(
        self, tape: Tape, decision_row: int, row: int, fill: float, equity: float, levels: EntryLevels
    ) -> float:
        """The quantity that the sizing asks for, before cash and lot (rules 31, 34, 36)."""
        rules, value = self.rules, self.rules.size_value
        if rules.sizing == Sizing.FIXED_PERCENT:
            quantity = equity * value / 100 * self.leverage / fill
        elif rules.sizing == Sizing.FIXED_NOTIONAL:
            quantity = value / fill
        elif rules.sizing == Sizing.FIXED_QUANTITY:
            quantity = value
        elif rules.sizing == Sizing.VOLATILITY_TARGET:
            quantity = equity * value / self._volatility(tape, decision_row) / fill
        else:
            risk = equity * value / 100 if rules.sizing == Sizing.RISK_PERCENT else value
            quantity = risk / self._risk_distance(tape, decision_row, row, fill, levels)
        if math.isnan(rules.cap_percent):
            return quantity
        return min(quantity, equity * rules.cap_percent / 100 / fill)

    def _volatility(self, tape: Tape, decision_row: int) -> float:
        """Realised volatility in percent a year at the decision bar (rule 36)."""
        volatility = float(tape.columns[self.rules.volatility_column, decision_row])
        if not (math.isfinite(volatility) and volatility > 0):
            raise EntrySkipped(Skip.MISSING_VOLATILITY)
        return volatility

    def _risk_distance(self, tape: Tape, decision_row: int, row: int, fill: float, levels: EntryLevels) -> float:
        """What one unit loses down to the yardstick, else the stop, else the first trailing stop (rule 34)."""
        level = levels.trailing_stop if math.isnan(levels.stop) else levels.stop
        if self.rules.yardstick:
            # A yardstick measures and is no order, so it stays off the tick grid.
            numbers = self._numbers(tape, decision_row, row, fill)
            level = program_level(self.rules.yardstick, fill, -self.direction, numbers, levels.stop)
        distance = abs(fill - level)
        if not distance > 0:
            raise EntrySkipped(Skip.WRONG_SIDE_LEVEL)
        return distance
