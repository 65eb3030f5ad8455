"""Compiled: stops, targets, liquidation and trailing of an open position in one bar (rules 7–9, 43–46, 49, 50)."""

from __future__ import annotations

import numpy as np

from vibex.backtest.engine.kernel_full.exits import sell_out, sell_part
from vibex.backtest.engine.kernel_full.levels import side_of, tighter, trail_behind
from vibex.backtest.engine.kernel_full.margin import liquidate, liquidation_price
from vibex.backtest.engine.kernel_full.money import budget
from vibex.backtest.engine.kernel_full.records import Holding
from vibex.backtest.engine.kernel_full.world import World, bar_at, float_at, goal_at, holding_at, rung_at, side_at
from vibex.backtest.engine.kernel_levels import NO_TRAILING, TRAIL_LEVEL
from vibex.backtest.engine.kernel_records import (
    LIQUIDATION,
    NO_FILL,
    NONE,
    STOP_LOSS,
    TAKE_PROFIT,
    TRAILING_STOP,
    called,
    compiled,
    inlined,
)
from vibex.backtest.engine.kernel_trades import target_before_stop

UNKNOWN, STOP_WINS, TARGET_WINS = 0, 1, 2


@compiled
def live_stop(s: int, w: World) -> tuple[float, int]:
    """The tighter of stop and trailing stop that the bar is tested against, and its reason (rule 46)."""
    p = holding_at(w.book, s)
    d, side = p.direction, side_at(w.sides, side_of(p.direction))
    stop = -d * np.inf if side.stop_on_close else p.stop
    trails = p.trailing != NO_TRAILING and p.trail_live and not side.trailing_on_close
    if trails and d * p.trail > d * stop:
        return p.trail, TRAILING_STOP
    return stop, STOP_LOSS


@compiled
def adverse_level(s: int, liquidated_at: float, w: World) -> tuple[float, int]:
    """The level that an adverse move inside the bar reaches first, and its reason (rule 50)."""
    level, reason = live_stop(s, w)
    d = holding_at(w.book, s).direction
    if d * liquidated_at > d * level:
        return liquidated_at, LIQUIDATION
    return level, reason


@called
def leave_at(s: int, level: float, opened: float, reason: int, w: World) -> None:
    """Leave at an adverse level or at the open beyond it."""
    if reason == LIQUIDATION:
        liquidate(s, level, opened, w)
    else:
        sell_out(s, level, opened, reason, w)


@compiled
def traded(s: int, level: float, w: World) -> float:
    """The last price where the adverse series touches `level`: stops fire on the mark and fill on the bar."""
    bar = bar_at(w.bars, s)
    return min(max(level, bar.low), bar.high) if w.rules.by_mark else level


@compiled
def nearest_goal(s: int, beyond: float, after: int, w: World) -> int:
    """The unfilled target nearest to the entry, ties by place, after the one at (`beyond`, `after`); −1 for none."""
    p, found, least = holding_at(w.book, s), -1, np.inf
    for k in range(side_at(w.sides, side_of(p.direction)).goals):
        goal = goal_at(w.goals, s * w.goal_width + k)
        gap = abs(goal.level - p.entry_price)
        passed = gap < beyond or (gap == beyond and k <= after)
        if not goal.done and not passed and gap < least:
            found, least = k, gap
    return found


@compiled
def reaches(s: int, k: int, price: float, w: World) -> bool:
    """Whether `price` has gone through target `k`."""
    d = holding_at(w.book, s).direction
    return d * price >= d * goal_at(w.goals, s * w.goal_width + k).level + bar_at(w.bars, s).through


@inlined
def reaches_any(s: int, price: float, w: World) -> bool:
    """Whether `price` has gone through a target that is not filled."""
    for k in range(side_at(w.sides, side_of(holding_at(w.book, s).direction)).goals):
        if not goal_at(w.goals, s * w.goal_width + k).done and reaches(s, k, price, w):
            return True
    return False


@inlined
def targets_left(s: int, w: World) -> int:
    """How many targets are not filled."""
    left = 0
    for k in range(side_at(w.sides, side_of(holding_at(w.book, s).direction)).goals):
        left += not goal_at(w.goals, s * w.goal_width + k).done
    return left


@called
def fill_goals(s: int, price: float, w: World) -> None:
    """Fill every target that `price` has reached, the nearest first, as far as the bar's volume lets."""
    p, opened = holding_at(w.book, s), bar_at(w.bars, s).open
    side = side_at(w.sides, side_of(p.direction))
    k = nearest_goal(s, -1.0, -1, w)
    while k >= 0 and p.direction != 0:
        goal = goal_at(w.goals, s * w.goal_width + k)
        gap = abs(goal.level - p.entry_price)
        if reaches(s, k, price, w):
            if side.whole and targets_left(s, w) == 1:
                goal.left = p.quantity
            quantity = min(goal.left, p.quantity, budget(s, w))
            if quantity > 0:
                goal.left -= quantity
                sell_part(s, quantity, goal.level, opened, w.rules.target_takes, TAKE_PROFIT, w)
            if not goal.left > 0:
                goal.done = 1
                p.targets_hit += 1
        k = nearest_goal(s, gap, k, w)


@called
def first_in_detail(s: int, level: float, goal: float, w: World) -> int:
    """Which of the two the bars inside this one reach first; UNKNOWN where they do not say (rule 8)."""
    bar, d = bar_at(w.bars, s), holding_at(w.book, s).direction
    adverse, best = (w.detail_low, w.detail_high) if d > 0 else (w.detail_high, w.detail_low)
    for k in range(bar.detail_begin, bar.detail_end):
        stopped = d * float_at(adverse, k) <= d * level
        reached = d * float_at(best, k) >= d * goal + bar.through
        if stopped and reached:
            opened = float_at(w.detail_open, k)
            if d * opened <= d * level:
                return STOP_WINS
            return TARGET_WINS if d * opened >= d * goal + bar.through else UNKNOWN
        if stopped or reached:
            return STOP_WINS if stopped else TARGET_WINS
    return UNKNOWN


@inlined
def target_comes_first(s: int, level: float, goal: float, w: World) -> bool:
    """The order of stop and target in a bar that holds both; counted where it stays unknown (rules 8, 49)."""
    known = first_in_detail(s, level, goal, w)
    if known != UNKNOWN:
        return known == TARGET_WINS
    w.account.ambiguous += 1
    bar = bar_at(w.bars, s)
    return target_before_stop(bar.open, bar.high, bar.low, holding_at(w.book, s).direction, w.rules.tie)


@inlined
def through_the_bar(s: int, w: World) -> None:
    """Test an open position against one bar with trades."""
    p, bar = holding_at(w.book, s), bar_at(w.bars, s)
    d, opened = p.direction, bar.open
    adverse, best = (bar.adverse_low, bar.high) if d > 0 else (bar.adverse_high, bar.low)
    liquidated_at = liquidation_price(s, w)
    if d * bar.adverse_open <= d * liquidated_at:
        liquidate(s, opened, opened, w)
        return
    if p.exit_reason != NONE:
        if d * adverse <= d * liquidated_at:
            liquidate(s, traded(s, liquidated_at, w), opened, w)
        return
    stop, reason = live_stop(s, w)
    if d * bar.adverse_open <= d * stop:
        sell_out(s, opened, opened, reason, w)
        return
    on_close = side_at(w.sides, side_of(d)).target_on_close
    if not on_close and reaches_any(s, opened, w):
        fill_goals(s, opened, w)
        if p.direction == 0:
            return
    near = -1 if on_close else nearest_goal(s, -1.0, -1, w)
    inside(s, near, adverse, best, w)
    if p.direction != 0 and p.exit_reason == NONE:
        survive(s, p, best, w)


@inlined
def inside(s: int, near: int, adverse: float, best: float, w: World) -> None:
    """What neither the open nor a gap has decided; `near` is the nearest target, −1 for none."""
    p, opened = holding_at(w.book, s), bar_at(w.bars, s).open
    d = p.direction
    level, reason = adverse_level(s, liquidation_price(s, w), w)
    stopped, reached = d * adverse <= d * level, near >= 0 and reaches(s, near, best, w)
    if reached and (not stopped or target_comes_first(s, level, goal_at(w.goals, s * w.goal_width + near).level, w)):
        fill_goals(s, best, w)
    if stopped and p.direction != 0:
        leave_at(s, traded(s, level, w), opened, reason, w)


@inlined
def survive(s: int, p: Holding, best: float, w: World) -> None:
    """Take in a bar that the position came through: its extremes, and whatever its best price has reached."""
    d, bar = p.direction, bar_at(w.bars, s)
    p.lowest, p.highest = min(p.lowest, bar.low), max(p.highest, bar.high)
    if p.trailing != NO_TRAILING:
        follow(s, p, d, best, w)
    for k in range(side_at(w.sides, side_of(d)).rungs):
        rung = rung_at(w.rungs, s * w.rung_width + k)
        if d * best >= d * rung.after:
            rung.reached = 1


@inlined
def follow(s: int, p: Holding, d: int, best: float, w: World) -> None:
    """Move the trailing stop behind the best price, never back (rules 9, 45)."""
    began = not p.trail_live and d * best >= d * p.trail_after
    further = d * best > d * p.reference
    if further:
        p.reference = best
    if began:
        p.trail_live = 1
    if p.trailing == TRAIL_LEVEL or not p.trail_live or not (began or further):
        return
    level = trail_behind(s, p, d, w)
    p.trail = level if began else tighter(p.trail, level, d)


@called
def positions_in_their_bars(w: World) -> None:
    """Steps (c) to (e), in symbol order."""
    for s in range(w.symbols):
        if holding_at(w.book, s).direction != 0 and bar_at(w.bars, s).flag & NO_FILL == 0:
            through_the_bar(s, w)
