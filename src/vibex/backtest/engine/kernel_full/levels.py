"""Compiled: where the levels of a position lie, from its mean entry price (rules 35, 42, 45, 64)."""

from __future__ import annotations

import math

import numpy as np

from vibex.backtest.engine.kernel_full.records import Holding
from vibex.backtest.engine.kernel_full.state import answers_at_entry, column_at
from vibex.backtest.engine.kernel_full.world import (
    ANSWERS,
    LEVELS,
    WORD,
    World,
    aim_at,
    bar_at,
    float_at,
    floats,
    goal_at,
    holding_at,
    level_steps,
    rung_at,
    rung_plan_at,
    side_at,
)
from vibex.backtest.engine.kernel_levels import (
    NO_TRAILING,
    TRAIL_ATR,
    TRAIL_LEVEL,
    TRAIL_PERCENT,
    program_level,
    rounded,
)
from vibex.backtest.engine.kernel_records import MISSING_ATR, NONE, WRONG_SIDE_LEVEL, called, compiled, inlined


@compiled
def side_of(direction: int) -> int:
    """The place of a direction in `sides`."""
    return 0 if direction > 0 else 1


@compiled
def tighter(level: float, other: float, d: int) -> float:
    """Of two stops the one that is reached first."""
    return max(level, other) if d > 0 else min(level, other)


@compiled
def tick_at(level: float, s: int, w: World) -> float:
    """The symbol's tick at this price: its own, or the one of the table."""
    tick = bar_at(w.bars, s).tick
    if not math.isnan(tick):
        return tick
    for k in range(w.tick_count):
        if level < float_at(w.ticks, k):
            return float_at(w.ticks, w.tick_count + k)
    return 0.0


@called
def on_grid(level: float, down: bool, s: int, w: World) -> float:
    """The level on the tick grid."""
    return rounded(level, tick_at(level, s, w), down)


@called
def level_of(
    begin: int, end: int, sign: float, fill: float, stop: float, strict: bool, s: int, w: World
) -> tuple[float, int]:
    """What steps[begin:end] give for a fill, numbers of the decision bar; NONE or the Skip."""
    scratch, at = floats(w.scratch, 3, w.scratch_width), holding_at(w.book, s).decided
    numbers = floats(w.columns + WORD * s * w.column_count * w.rows, w.column_count, w.rows)
    steps = level_steps(w.steps, 1, w.step_count)[0]
    return program_level(begin, end, sign, fill, stop, numbers, at, steps, scratch[LEVELS], scratch[ANSWERS], strict)


@called
def order_level(begin: int, end: int, sign: int, fill: float, stop: float, s: int, w: World) -> tuple[float, int]:
    """A level at which an order rests: on the grid, away from the fill, and beyond it there as well."""
    level, skip = level_of(begin, end, sign, fill, stop, True, s, w)
    if skip != NONE:
        return level, skip
    level = on_grid(level, sign < 0, s, w)
    return level, NONE if sign * (level - fill) > 0 else WRONG_SIDE_LEVEL


@called
def place_levels(s: int, slot: int, d: int, fill: float, w: World) -> int:
    """Write the levels of an entry at `fill` into place `slot` of the book; NONE or the Skip."""
    p, side = holding_at(w.book, slot), side_at(w.sides, side_of(d))
    answers_at_entry(s, d, fill, w)
    p.stop = p.floor = p.trail = -d * np.inf
    if side.stop_end > side.stop_begin:
        p.stop, skip = order_level(side.stop_begin, side.stop_end, -d, fill, p.stop, s, w)
        if skip != NONE:
            return skip
    p.first_stop = p.stop
    for k in range(side.goals):
        aim, goal = aim_at(w.aims, side_of(d) * w.goal_width + k), goal_at(w.goals, slot * w.goal_width + k)
        goal.level, skip = order_level(aim.begin, aim.end, d, fill, p.stop, s, w)
        if skip != NONE:
            return skip
    skip = place_trail(s, p, d, fill, w)
    if skip != NONE:
        return skip
    for k in range(side.rungs):
        plan = rung_plan_at(w.rung_plans, side_of(d) * w.rung_width + k)
        if plan.after_end > plan.after_begin:
            level, skip = level_of(plan.after_begin, plan.after_end, d, fill, p.stop, True, s, w)
            if skip != NONE:
                return skip
            rung_at(w.rungs, slot * w.rung_width + k).after = level
        else:
            rung_at(w.rungs, slot * w.rung_width + k).after = d * np.inf
    return NONE


@inlined
def place_trail(s: int, p: Holding, d: int, fill: float, w: World) -> int:
    """The trailing stop at its first level, and what must be reached before it is live."""
    side = side_at(w.sides, side_of(d))
    p.trailing, p.trail_live, p.trail_after, p.reference = side.trailing, 1, d * np.inf, fill
    if side.trailing == NO_TRAILING:
        return NONE
    if side.after_end > side.after_begin:
        p.trail_after, skip = level_of(side.after_begin, side.after_end, d, fill, p.stop, True, s, w)
        p.trail_live = 0
        if skip != NONE:
            return skip
    if holding_at(w.book, s).order_filled:
        return NONE
    if side.trailing == TRAIL_LEVEL:
        p.trail, skip = order_level(side.trail_begin, side.trail_end, -d, fill, p.stop, s, w)
        return skip
    if side.trailing == TRAIL_PERCENT:
        p.trail_gap = 1 - d * side.trailing_value / 100
    else:
        atr = column_at(s, side.trailing_column, holding_at(w.book, s).decided, w)
        if not (math.isfinite(atr) and atr > 0):
            return MISSING_ATR
        p.trail_gap = side.trailing_value * atr
    p.trail = trail_behind(s, p, d, w)
    return NONE if d * (fill - p.trail) > 0 else WRONG_SIDE_LEVEL


@compiled
def trail_behind(s: int, p: Holding, d: int, w: World) -> float:
    """Where the trailing stop stands for the present reference (rule 45)."""
    level = p.reference - d * p.trail_gap if p.trailing == TRAIL_ATR else p.reference * p.trail_gap
    return on_grid(level, d > 0, s, w)


@called
def place_anew(s: int, w: World) -> None:
    """Measure the levels from the present mean entry price; all stay where one of them could not be (rule 64).

    Only the first fill places the trailing stop, and a stop that has been moved stays.
    """
    p, spare = holding_at(w.book, s), w.symbols
    q, d = holding_at(w.book, spare), p.direction
    if place_levels(s, spare, d, p.entry_price, w) != NONE:
        return
    p.first_stop, p.trail_after = q.first_stop, q.trail_after
    if not p.stop_moved:
        p.stop = q.stop
    if not p.order_filled:
        p.trail, p.trail_gap, p.reference = q.trail, q.trail_gap, q.reference
    side = side_at(w.sides, side_of(d))
    for k in range(side.goals):
        goal_at(w.goals, s * w.goal_width + k).level = goal_at(w.goals, spare * w.goal_width + k).level
    for k in range(side.rungs):
        rung_at(w.rungs, s * w.rung_width + k).after = rung_at(w.rungs, spare * w.rung_width + k).after


@called
def share_out(s: int, w: World) -> None:
    """How much each target takes: its fraction of what was entered in whole lots, the last one what is left."""
    p = holding_at(w.book, s)
    i, lot, others = side_of(p.direction), bar_at(w.bars, s).lot, 0.0
    side = side_at(w.sides, i)
    for k in range(side.goals):
        goal = goal_at(w.goals, s * w.goal_width + k)
        if not side.shares:
            goal.left = np.inf
            continue
        goal.left = aim_at(w.aims, i * w.goal_width + k).fraction * p.entered
        if lot > 0:
            goal.left = np.floor(goal.left / lot + 1e-9) * lot
        if side.whole and k == side.goals - 1:
            goal.left = p.entered - others
        others += goal.left
