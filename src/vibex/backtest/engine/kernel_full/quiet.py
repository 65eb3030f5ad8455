"""Compiled: the rows of a lone symbol in which nothing can happen, which are nearly all of them.

Bounds are wide of the rules: a row that might touch anything ends the stretch, and the full step judges it.
"""

from __future__ import annotations

import numpy as np

from vibex.backtest.engine.kernel_full.levels import side_of, tighter
from vibex.backtest.engine.kernel_full.margin import liquidation_price
from vibex.backtest.engine.kernel_full.records import EVENT
from vibex.backtest.engine.kernel_full.state import (
    BARS_SINCE_ENTRY,
    BARS_SINCE_EXIT,
    CONDITIONS,
    accumulate,
    tell_counts,
    value_of,
)
from vibex.backtest.engine.kernel_full.world import (
    World,
    flag_bytes,
    floats,
    goal_at,
    holding_at,
    rung_at,
    rung_plan_at,
    side_at,
)
from vibex.backtest.engine.kernel_levels import NO_TRAILING
from vibex.backtest.engine.kernel_records import (
    ENTRY,
    ENTRY_LONG,
    ENTRY_SHORT,
    EXIT_LONG,
    EXIT_SHORT,
    NO_BAR,
    NO_FILL,
    SESSION_EXIT,
    called,
    compiled,
    inlined,
)
from vibex.domain.arrays import F64


@inlined
def flat_rows(row: int, equity: F64, w: World) -> int:
    """Write the balance until an entry signal or an event; the first other row."""
    p, balance, begin = holding_at(w.book, 0), w.account.balance, row
    flags = flag_bytes(w.flags, 1, w.rows)[0]
    while row < len(flags) and flags[row] & (ENTRY | NO_BAR | EVENT) == 0:
        equity[row] = balance
        row += 1
    p.closes += row - begin
    return row


@inlined
def best_bound(d: int, w: World) -> float:
    """The nearest price in the position's favour that changes anything."""
    p, bound = holding_at(w.book, 0), d * np.inf
    side = side_at(w.sides, side_of(d))
    for k in range(side.goals):
        if not goal_at(w.goals, 0 * w.goal_width + k).done:
            bound = tighter_best(bound, goal_at(w.goals, 0 * w.goal_width + k).level, d)
    for k in range(side.rungs):
        if not rung_at(w.rungs, 0 * w.rung_width + k).reached:
            bound = tighter_best(bound, rung_at(w.rungs, 0 * w.rung_width + k).after, d)
    if p.trailing != NO_TRAILING:
        bound = tighter_best(bound, np.nextafter(p.reference, d * np.inf), d)
        if not p.trail_live:
            bound = tighter_best(bound, p.trail_after, d)
    return bound


@compiled
def tighter_best(level: float, other: float, d: int) -> float:
    """Of two levels in the position's favour the nearer one."""
    return tighter(level, other, -d)


@inlined
def unsettled(d: int, w: World) -> bool:
    """Whether the close of every row may move a level of the position."""
    side = side_at(w.sides, side_of(d))
    for k in range(side.rungs):
        rung, plan = rung_at(w.rungs, 0 * w.rung_width + k), rung_plan_at(w.rung_plans, side_of(d) * w.rung_width + k)
        if (rung.reached or 0 < plan.after_target <= holding_at(w.book, 0).targets_hit) and not rung.applied:
            return True
    return side.watched != 0 or (d < 0 and w.rules.borrow_per_year > 0)


@inlined
def held_rows(row: int, end: int, equity: F64, w: World) -> int:
    """Mark the position until something may happen; the first such row."""
    p, rules, account = holding_at(w.book, 0), w.rules, w.account
    d, balance, entry_price, quantity = p.direction, account.balance, p.entry_price, p.quantity
    own, opposite = (EXIT_LONG, ENTRY_SHORT) if d > 0 else (EXIT_SHORT, ENTRY_LONG)
    asked = own | (opposite if rules.reverse else 0)
    busy = NO_FILL | SESSION_EXIT | EVENT | (asked & ~rules.conditions)
    asked &= rules.conditions
    watches = asked != 0 or w.since_count > 0
    worst = tighter(tighter(p.stop, p.trail, d), liquidation_price(0, w), d)
    best = best_bound(d, w)
    lower, upper = (worst, best) if d > 0 else (best, worst)
    least, most = -np.inf, np.inf
    if rules.limits:
        most = account.peak
        if rules.max_daily_loss > 0:
            least = account.day_start * (1 - rules.max_daily_loss)
        if rules.max_drawdown > 0:
            least = max(least, account.peak * (1 - rules.max_drawdown))
    lowest, highest, begin = p.lowest, p.highest, row
    flags, close = flag_bytes(w.flags, 1, w.rows)[0], floats(w.close, 1, w.rows)[0]
    low, high = floats(w.low, 1, w.rows)[0], floats(w.high, 1, w.rows)[0]
    adverse_low, adverse_high = floats(w.adverse_low, 1, w.rows)[0], floats(w.adverse_high, 1, w.rows)[0]
    state = floats(w.state, 2, w.state_width)
    if watches:
        tell_counts(0, 1, w)
        tell_counts(0, -1, w)
    while row < end:
        if flags[row] & busy or low[row] <= lower or high[row] >= upper:
            break
        if rules.by_mark and (adverse_low[row] <= lower or adverse_high[row] >= upper):
            break
        value = balance + (close[row] - entry_price) * quantity * d
        if value <= least or value > most:
            break
        if watches:
            one_close_later(state)
            accumulate(0, d, row, w)
            if condition_holds(asked, row, w):
                break
        if low[row] < lowest:
            lowest = low[row]
        if high[row] > highest:
            highest = high[row]
        equity[row] = value
        p.closes += 1
        row += 1
    if row > begin:
        p.lowest, p.highest, p.mark = lowest, highest, close[row - 1]
        p.bars += row - begin
    return row


@inlined
def one_close_later(state: F64) -> None:
    """Both sides' states count one more bar."""
    for side in range(2):
        state[side, BARS_SINCE_ENTRY] += 1.0
        state[side, BARS_SINCE_EXIT] += 1.0


@inlined
def condition_holds(asked: int, row: int, w: World) -> bool:
    """Whether a program makes this close leave or turn. None of them has memory, so it may be asked twice."""
    for program in range(CONDITIONS):
        if asked & (1 << program) and value_of(program, 0, row, 0, program // 2, w) == 1.0:
            return True
    return False


@called
def quiet_rows(row: int, equity: F64, w: World) -> int:
    """Pass over the rows of a lone symbol in which nothing can fill and nothing is decided; the first other row."""
    p, rules = holding_at(w.book, 0), w.rules
    if rules.rings:
        return row
    if p.direction == 0:
        return row if rules.conditions & ENTRY else flat_rows(row, equity, w)
    if unsettled(p.direction, w):
        return row
    end = w.rows
    if rules.time_stop_bars > 0:
        end = max(row, min(end, row + rules.time_stop_bars - p.bars - 1))
    return held_rows(row, end, equity, w)
