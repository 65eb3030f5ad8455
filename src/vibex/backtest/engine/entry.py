"""Builds the position of an entry that fills: its levels, its size, what cash allows; for the reference body."""

from __future__ import annotations

import math

from vibex.backtest.engine.levels import (
    WHOLE,
    EntrySkipped,
    Steps,
    atr_distance,
    beyond,
    program_level,
    rounded_outward,
    steps_of,
)
from vibex.backtest.engine.outcome import Skip
from vibex.backtest.engine.plan import Plan, SidePlan, Sizing, Trailing
from vibex.backtest.engine.position import Position, Tape, trailing_level


class SideEntry:
    """How entries of one side are made: the rules of a `SidePlan` applied to one fill at a time."""

    def __init__(self, plan: Plan, side: SidePlan, direction: int) -> None:
        self.side = side
        self.direction = direction
        self.leverage = float(plan.leverage)
        self.fee_rate = float(plan.fee_rate)
        self.min_notional = float(plan.min_notional)
        self.stop = steps_of(side.stop)
        self.target = steps_of(side.target)
        self.yardstick = steps_of(side.yardstick)

    def position_at(self, tape: Tape, row: int, price: float, fill: float, equity: float, free: float) -> Position:
        """The position that an entry at `fill` opens; `price` is the open before slippage.

        `equity` is the one figure of this open (rule 30), `free` the cash that is left (rule 32). Raises
        EntrySkipped by the first reason in the order of `Skip`.
        """
        if not equity > 0:  # rule 41
            raise EntrySkipped(Skip.NO_EQUITY)
        d = self.direction
        stop = self._order_level(self.stop, tape, fill, -d, math.nan)
        target = self._order_level(self.target, tape, fill, d, stop)
        trailing_value = self._trailing_value(tape)
        trailing_stop = self._first_trailing_stop(tape, fill, trailing_value)
        wanted = self._target_quantity(tape, fill, equity, stop, trailing_stop)
        quantity = self._affordable(wanted, fill, free, tape.lot)
        return Position(
            direction=d,
            entry_row=row,
            entry_price=fill,
            quantity=quantity,
            entry_fee=quantity * fill * self.fee_rate,
            stop=-d * math.inf if math.isnan(stop) else stop,
            target=d * math.inf if math.isnan(target) else target,
            trailing=self.side.trailing,
            trailing_value=trailing_value,
            trailing_stop=trailing_stop,
            reference=fill,
            tick=tape.tick,
            lowest=price,
            highest=price,
        )

    def _order_level(self, steps: Steps, tape: Tape, fill: float, sign: int, initial_stop: float) -> float:
        """A level at which an order rests, on the tick grid (rule 42); NaN where the side has none."""
        if not steps:
            return math.nan
        level = program_level(steps, fill, sign, tape.at_decision, initial_stop)
        return beyond(fill, rounded_outward(level, tape.tick, sign), sign)

    def _trailing_value(self, tape: Tape) -> float:
        """The trail as a percentage, or as a price distance frozen at the decision (rule 35)."""
        if self.side.trailing == Trailing.ATR:
            return atr_distance(self.side.trailing_value, tape.at_decision(self.side.trailing_column))
        return self.side.trailing_value

    def _first_trailing_stop(self, tape: Tape, fill: float, value: float) -> float:
        """The trailing stop while its reference is the fill price (rule 45); NaN where there is none."""
        if self.side.trailing == Trailing.NONE:
            return math.nan
        level = trailing_level(self.side.trailing, value, fill, self.direction)
        return beyond(fill, rounded_outward(level, tape.tick, -self.direction), -self.direction)

    def _target_quantity(self, tape: Tape, fill: float, equity: float, stop: float, trailing_stop: float) -> float:
        """The quantity that the sizing asks for, before cash and lot (rules 31, 34, 36)."""
        side, value = self.side, self.side.size_value
        if side.sizing == Sizing.FIXED_PERCENT:
            quantity = equity * value / 100 * self.leverage / fill
        elif side.sizing == Sizing.FIXED_NOTIONAL:
            quantity = value / fill
        elif side.sizing == Sizing.FIXED_QUANTITY:
            quantity = value
        elif side.sizing == Sizing.VOLATILITY_TARGET:
            quantity = equity * value / self._volatility(tape) / fill
        else:
            risk = equity * value / 100 if side.sizing == Sizing.RISK_PERCENT else value
            quantity = risk / self._risk_distance(tape, fill, stop, trailing_stop)
        if math.isnan(side.cap_percent):
            return quantity
        return min(quantity, equity * side.cap_percent / 100 / fill)

    def _volatility(self, tape: Tape) -> float:
        """Realised volatility in percent a year at the decision bar (rule 36)."""
        volatility = tape.at_decision(self.side.volatility_column)
        if not (math.isfinite(volatility) and volatility > 0):
            raise EntrySkipped(Skip.MISSING_VOLATILITY)
        return volatility

    def _risk_distance(self, tape: Tape, fill: float, stop: float, trailing_stop: float) -> float:
        """What one unit loses down to the yardstick, else the stop, else the first trailing stop (rule 34)."""
        level = trailing_stop if math.isnan(stop) else stop
        if self.yardstick:
            # A yardstick measures and is no order, so it stays off the tick grid.
            level = program_level(self.yardstick, fill, -self.direction, tape.at_decision, stop)
        distance = abs(fill - level)
        if not distance > 0:
            raise EntrySkipped(Skip.WRONG_SIDE_LEVEL)
        return distance

    def _affordable(self, quantity: float, fill: float, free: float, lot: float) -> float:
        """The quantity cut to the free cash, then down to the lot (rules 32, 33)."""
        if not free > 0:
            raise EntrySkipped(Skip.NO_FREE_CASH)
        quantity = min(quantity, free / (fill * (1 / self.leverage + self.fee_rate)))
        if lot > 0:
            quantity = math.floor(quantity / lot + WHOLE) * lot
        if not quantity > 0:
            raise EntrySkipped(Skip.BELOW_LOT)
        if quantity * fill < self.min_notional:
            raise EntrySkipped(Skip.BELOW_MIN_NOTIONAL)
        return quantity
