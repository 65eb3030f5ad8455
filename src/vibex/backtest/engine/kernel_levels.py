"""Compiled: the levels of an entry and its quantity, both from the real fill price (rules 6, 31–36, 42)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from vibex.backtest.engine.kernel_records import (
    BELOW_LOT,
    BELOW_MIN_NOTIONAL,
    MISSING_ATR,
    MISSING_LEVEL,
    MISSING_VOLATILITY,
    NO_FREE_CASH,
    NONE,
    WRONG_SIDE_LEVEL,
    Account,
    Position,
    Rules,
    Side,
    Step,
    compiled,
)
from vibex.backtest.engine.plan import LevelOp, Sizing, Trailing
from vibex.domain.arrays import F64

PERCENT, POINTS, ATR, PRICE, LEVEL, RISK_MULTIPLE, NEAREST, FARTHEST, PROGRAM = map(int, LevelOp)
NO_TRAILING, TRAIL_PERCENT, TRAIL_ATR, TRAIL_LEVEL = map(int, Trailing)
FIXED_PERCENT, FIXED_NOTIONAL, FIXED_QUANTITY, RISK_PERCENT, RISK_NOTIONAL, VOLATILITY_TARGET = map(int, Sizing)


class Stops(Protocol):
    """A position's stop and trailing stop."""

    stop: float
    trail: float


class Leverage(Protocol):
    """Rules that name the leverage."""

    @property
    def leverage(self) -> float: ...


@compiled
def rounded(level: float, tick: float, down: bool) -> float:
    """To the tick, `down` or up; tick 0 leaves the level as it is."""
    if not tick > 0:
        return level
    steps: float = np.floor(level / tick + 1e-9) if down else np.ceil(level / tick - 1e-9)
    return steps * tick


@compiled
def chosen(stack: F64, begin: int, end: int, fill: float, nearest: bool) -> float:
    """Of stack[begin:end] the level nearest to (farthest from) the fill, the first of equals."""
    best: float = stack[begin]
    for k in range(begin + 1, end):
        gap, best_gap = abs(stack[k] - fill), abs(best - fill)
        if gap < best_gap if nearest else gap > best_gap:
            best = stack[k]
    return best


@compiled
def program_level(
    begin: int,
    end: int,
    sign: float,
    fill: float,
    stop: float,
    numbers: F64,
    at: int,
    steps: Sequence[Step],
    stack: F64,
    answers: F64,
    strict: bool,
) -> tuple[float, int]:
    """Run steps[begin:end] with column `at` of `numbers` (C, T), the decision bar.

    The level, and NONE or the Skip that the first failing leaf names. `answers` are the values of the state's
    programs. A level that is not `strict` may lie on either side of the fill.
    """
    depth = 0
    for k in range(begin, end):
        op, value, column = steps[k].op, steps[k].value, steps[k].column
        if op in (NEAREST, FARTHEST):
            first = depth - int(value)
            stack[first] = chosen(stack, first, depth, fill, op == NEAREST)
            depth = first + 1
            continue
        number = numbers[column, at] if column >= 0 else np.nan
        if op == PERCENT:
            level = fill * (1 + sign * value / 100)
        elif op == POINTS:
            level = fill + sign * value
        elif op == ATR:
            if not (math.isfinite(number) and number > 0):
                return np.nan, MISSING_ATR
            level = fill + sign * (value * number)
        elif op == PRICE:
            level = value
        elif op == LEVEL:
            level = number
        elif op == PROGRAM:
            level = answers[int(value)]
        else:
            level = fill + value * (fill - stop)
        if not math.isfinite(level):
            return np.nan, MISSING_LEVEL
        if strict and not sign * (level - fill) > 0:
            return np.nan, WRONG_SIDE_LEVEL
        stack[depth] = level
        depth += 1
    return stack[0], NONE


@compiled
def trail_level(p: Position, d: int, tick: float) -> float:
    """Where the trailing stop stands for the present reference (rule 45)."""
    if p.trailing == TRAIL_PERCENT:
        return rounded(p.reference * p.trail_gap, tick, d > 0)
    return rounded(p.reference - d * p.trail_gap, tick, d > 0)


@compiled
def place_levels(
    p: Position, d: int, fill: float, tick: float, numbers: F64, at: int, side: Side, steps: Sequence[Step], stack: F64
) -> int:
    """Write stop, target and trailing stop of an entry of direction `d` into `p`; NONE or the Skip."""
    p.stop, p.target, p.trail = -d * np.inf, d * np.inf, -d * np.inf
    if side.stop_end > side.stop_begin:
        level, skip = program_level(
            side.stop_begin, side.stop_end, -d, fill, p.stop, numbers, at, steps, stack, stack, True
        )
        p.stop = rounded(level, tick, d > 0)
        if skip != NONE:
            return skip
        if not d * (fill - p.stop) > 0:
            return WRONG_SIDE_LEVEL
    if side.target_end > side.target_begin:
        level, skip = program_level(
            side.target_begin, side.target_end, d, fill, p.stop, numbers, at, steps, stack, stack, True
        )
        p.target = rounded(level, tick, d < 0)
        if skip != NONE:
            return skip
        if not d * (p.target - fill) > 0:
            return WRONG_SIDE_LEVEL
    p.trailing = side.trailing
    if side.trailing == NO_TRAILING:
        return NONE
    p.reference = fill
    if side.trailing == TRAIL_PERCENT:
        p.trail_gap = 1 - d * side.trailing_value / 100
    else:
        atr = numbers[side.trailing_column, at]
        if not (math.isfinite(atr) and atr > 0):
            return MISSING_ATR
        p.trail_gap = side.trailing_value * atr
    p.trail = trail_level(p, d, tick)
    return NONE if d * (fill - p.trail) > 0 else WRONG_SIDE_LEVEL


@compiled
def wanted(
    p: Stops,
    d: int,
    fill: float,
    equity: float,
    numbers: F64,
    at: int,
    side: Side,
    steps: Sequence[Step],
    stack: F64,
    answers: F64,
    rules: Leverage,
) -> tuple[float, int]:
    """The quantity that the sizing rule asks for, before cap, cash and lot; NONE or the Skip."""
    sizing, value = side.sizing, side.size_value
    if sizing == FIXED_PERCENT:
        return ((equity * value / 100) * rules.leverage) / fill, NONE
    if sizing == FIXED_NOTIONAL:
        return value / fill, NONE
    if sizing == FIXED_QUANTITY:
        return value, NONE
    if sizing == VOLATILITY_TARGET:
        volatility = numbers[side.volatility_column, at]
        if not (math.isfinite(volatility) and volatility > 0):
            return 0.0, MISSING_VOLATILITY
        return (equity * value / volatility) / fill, NONE
    level = p.stop if side.stop_end > side.stop_begin else p.trail
    if side.yardstick_end > side.yardstick_begin:
        level, skip = program_level(
            side.yardstick_begin, side.yardstick_end, -d, fill, p.stop, numbers, at, steps, stack, answers, True
        )
        if skip != NONE:
            return 0.0, skip
    distance = abs(fill - level)
    if not distance > 0:
        return 0.0, WRONG_SIDE_LEVEL
    risk = equity * value / 100 if sizing == RISK_PERCENT else value
    return risk / distance, NONE


@compiled
def affordable(
    quantity: float, fill: float, equity: float, free: float, lot: float, side: Side, rules: Rules, account: Account
) -> tuple[float, int]:
    """Cap, cut to the free cash, round to the lot (rules 32, 33); NONE or the Skip."""
    if not math.isnan(side.cap_percent):
        quantity = min(quantity, (equity * side.cap_percent / 100) / fill)
    if not free > 0:
        account.cash_cut += 1
        return 0.0, NO_FREE_CASH
    most = free / (fill * rules.margin)
    if most < quantity:
        account.cash_cut += 1
        quantity = most
    if lot > 0:
        quantity = np.floor(quantity / lot + 1e-9) * lot
    if not quantity > 0:
        return 0.0, BELOW_LOT
    if quantity * fill < rules.min_notional:
        return 0.0, BELOW_MIN_NOTIONAL
    return quantity, NONE
