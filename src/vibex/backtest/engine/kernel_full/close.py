"""Compiled: the close of a row: marks, brakes, moving levels, decisions (rules 21–25, 47, 51, 60, 62)."""

from __future__ import annotations

import math

from vibex.backtest.engine.kernel_full.exits import drop_order
from vibex.backtest.engine.kernel_full.levels import level_of, on_grid, side_of, tick_at, tighter
from vibex.backtest.engine.kernel_full.records import LIMIT, MARKET, Holding
from vibex.backtest.engine.kernel_full.state import answers_now, column_at, conditions, tell_states
from vibex.backtest.engine.kernel_full.world import (
    World,
    aim_at,
    bar_at,
    goal_at,
    holding_at,
    int_at,
    rung_at,
    rung_plan_at,
    side_at,
    skip_at,
)
from vibex.backtest.engine.kernel_levels import NO_TRAILING, TRAIL_LEVEL, rounded
from vibex.backtest.engine.kernel_records import (
    COOLDOWN,
    ENTRY,
    ENTRY_LONG,
    ENTRY_SHORT,
    EXIT_LONG,
    EXIT_SHORT,
    EXPIRED,
    LOSS_LIMIT,
    MISSING_LEVEL,
    NO_BAR,
    NO_FILL,
    NONE,
    REVERSAL,
    SESSION_EXIT,
    SIGNAL,
    STOP_LOSS,
    TAKE_PROFIT,
    TIME_STOP,
    TRAILING_STOP,
    called,
    compiled,
    inlined,
)
from vibex.domain.arrays import F64


@inlined
def marked(w: World) -> float:
    """Step (g): equity with every position at its close, at the last one where there is no bar."""
    equity = w.account.balance
    for s in range(w.symbols):
        p, bar = holding_at(w.book, s), bar_at(w.bars, s)
        if p.direction != 0:
            if bar.flag & NO_BAR == 0:
                p.mark = bar.close
            equity += (p.mark - p.entry_price) * p.quantity * p.direction
    return equity


@compiled
def session_begins(row: int, w: World) -> bool:
    """Whether a session other than the row before's begins with this row."""
    return row > 0 and int_at(w.session, row) != int_at(w.session, row - 1)


@called
def brakes(row: int, equity: F64, w: World) -> None:
    """Whether the day's loss or the drawdown forbids entries; then every waiting order is dropped."""
    account, rules = w.account, w.rules
    if session_begins(row, w):
        account.day_start, account.day_blocked = equity[row - 1], 0
    account.peak = max(account.peak, equity[row])
    if rules.max_daily_loss > 0 and equity[row] <= account.day_start * (1 - rules.max_daily_loss):
        account.day_blocked = 1
    if rules.max_drawdown > 0 and equity[row] <= account.peak * (1 - rules.max_drawdown):
        account.halted = 1
    if not braked(w):
        return
    for s in range(w.symbols):
        p = holding_at(w.book, s)
        if p.order != 0:
            skip_at(w.skipped, LOSS_LIMIT).count += not p.order_filled
            drop_order(p, w)


@compiled
def braked(w: World) -> bool:
    """Whether a limit on losses holds."""
    return w.account.day_blocked != 0 or w.account.halted != 0


@compiled
def brake(s: int, w: World) -> None:
    """A limit on losses closes the position, also one whose symbol has no bar at this close."""
    p = holding_at(w.book, s)
    if p.direction != 0 and p.exit_reason == NONE:
        p.exit_reason = STOP_LOSS
        w.account.exits += 1


@inlined
def expire(p: Holding, w: World) -> None:
    """Count the closes that an order has waited for; drop it at the last one."""
    if w.rules.expires_bars == 0 or p.order == 0:
        return
    p.order_age += 1
    if p.order_age >= w.rules.expires_bars:
        skip_at(w.skipped, EXPIRED).count += not p.order_filled
        drop_order(p, w)


@inlined
def cause_on_close(s: int, p: Holding, close: float, w: World) -> int:
    """The level that is compared with the close and reached by it, as a reason; NONE."""
    d, side = p.direction, side_at(w.sides, side_of(p.direction))
    if side.stop_on_close and d * close <= d * p.stop:
        return STOP_LOSS
    trails = side.trailing_on_close and p.trailing != NO_TRAILING and p.trail_live
    if trails and d * close <= d * p.trail:
        return TRAILING_STOP
    if side.target_on_close:
        for k in range(side.goals):
            goal = goal_at(w.goals, s * w.goal_width + k)
            if not goal.done and d * close >= d * goal.level:
                return TAKE_PROFIT
    return NONE


@called
def move_levels(s: int, p: Holding, row: int, w: World) -> None:
    """Levels whose program runs at every close, then the steps of the stop; all live from the next bar."""
    d, i = p.direction, side_of(p.direction)
    side, entry, first = side_at(w.sides, i), p.entry_price, p.first_stop
    answers_now(s, d, row, w)
    if side.stop_moves and side.stop_end > side.stop_begin:
        level, missing = level_of(side.stop_begin, side.stop_end, -d, entry, first, False, s, w)
        if missing == NONE:
            level = tighter(on_grid(level, d > 0, s, w), p.floor, d)
            if level != p.stop:
                p.stop, p.stop_moved = level, 1
    if side.target_moves:
        for k in range(side.goals):
            aim = aim_at(w.aims, i * w.goal_width + k)
            level, missing = level_of(aim.begin, aim.end, d, entry, first, False, s, w)
            if missing == NONE:
                goal_at(w.goals, s * w.goal_width + k).level = on_grid(level, d < 0, s, w)
    for k in range(side.rungs):
        climb(s, p, k, w)
    if p.trailing == TRAIL_LEVEL:
        level, missing = level_of(side.trail_begin, side.trail_end, -d, entry, first, False, s, w)
        if missing == NONE:
            p.trail = tighter(p.trail, on_grid(level, d > 0, s, w), d)


@inlined
def climb(s: int, p: Holding, k: int, w: World) -> None:
    """Apply one step of the stop when it is reached: it tightens the stop and the floor below it."""
    d, i = p.direction, side_of(p.direction)
    plan, rung = rung_plan_at(w.rung_plans, i * w.rung_width + k), rung_at(w.rungs, s * w.rung_width + k)
    if 0 < plan.after_target <= p.targets_hit:
        rung.reached = 1
    if not rung.reached or rung.applied:
        return
    level, missing = level_of(plan.to_begin, plan.to_end, d, p.entry_price, p.first_stop, False, s, w)
    if missing != NONE:
        return
    rung.applied = 1
    level = on_grid(level, d > 0, s, w)
    if d * level > d * p.stop:
        p.stop, p.stop_moved = level, 1
    p.floor = tighter(p.floor, level, d)


@inlined
def goes(flag: int) -> int:
    """The direction that a close with this flag enters, 0 for none (rules 22, 23)."""
    if flag & SESSION_EXIT:
        return 0
    if flag & ENTRY_LONG and not flag & (ENTRY_SHORT | EXIT_LONG):
        return 1
    if flag & ENTRY_SHORT and not flag & (ENTRY_LONG | EXIT_SHORT):
        return -1
    return 0


@called
def decide(s: int, flag: int, cause: int, orphan: int, w: World) -> None:
    """What the close of an own bar orders. `cause`: of the levels on the close; `orphan`: of a pair's other leg."""
    p, rules = holding_at(w.book, s), w.rules
    go, session = goes(flag), flag & SESSION_EXIT
    if p.order != 0:
        against = flag & ((EXIT_LONG | ENTRY_SHORT) if p.order > 0 else (EXIT_SHORT | ENTRY_LONG))
        if against or session:
            drop_order(p, w)
    turn = rules.reverse and go == -p.direction
    if p.direction != 0:
        if p.exit_reason == NONE:
            if flag & (EXIT_LONG if p.direction > 0 else EXIT_SHORT):
                p.exit_reason = SIGNAL
            elif turn:
                p.exit_reason = REVERSAL
            elif orphan != NONE:
                p.exit_reason = orphan
            elif cause != NONE:
                p.exit_reason = cause
            elif session or 0 < rules.time_stop_bars <= p.bars:
                p.exit_reason = TIME_STOP
            elif braked(w):
                p.exit_reason = STOP_LOSS
            w.account.exits += p.exit_reason != NONE
        if not turn:
            return
    if go != 0 and p.order == 0:
        order(s, p, go, w)


@called
def order(s: int, p: Holding, go: int, w: World) -> None:
    """Send the entry that this close has decided, or count why it is not sent."""
    rules, row = w.rules, w.account.row
    if braked(w):
        skip_at(w.skipped, LOSS_LIMIT).count += 1
        return
    rests = p.last_exit > 0 and p.closes - p.last_exit < rules.cooldown_bars
    if rests or (rules.cooldown_bars > 0 and p.direction != 0):
        skip_at(w.skipped, COOLDOWN).count += 1
        return
    if rules.order_type != MARKET:
        level = resting_price(s, go, row, w)
        if not math.isfinite(level):
            skip_at(w.skipped, MISSING_LEVEL).count += 1
            return
        p.order_tick = tick_at(level, s, w)
        p.order_price = rounded(level, p.order_tick, (rules.order_type == LIMIT) == (go > 0))
    p.order, p.order_row, p.order_type = go, row, rules.order_type
    p.order_age = p.order_filled = 0
    w.account.orders += 1


@inlined
def resting_price(s: int, go: int, row: int, w: World) -> float:
    """The price of a resting entry at its decision, before the tick."""
    rules = w.rules
    column = rules.long_column if go > 0 else rules.short_column
    if column >= 0:
        return column_at(s, column, row, w)
    away = -go * rules.offset if rules.order_type == LIMIT else go * rules.offset
    return bar_at(w.bars, s).close * (1 + away)


@compiled
def orphaned(s: int, w: World) -> int:
    """Why a leg of a pair must go: the reason of the other leg's end, TIME_STOP without one; NONE."""
    if not w.rules.linked:
        return NONE
    p, other = holding_at(w.book, s), holding_at(w.book, 1 - s)
    if p.direction == 0 or other.direction != 0 or other.order != 0:
        return NONE
    return TIME_STOP if other.last_reason == NONE else other.last_reason


@inlined
def close_symbol(s: int, row: int, orphan: int, w: World) -> None:
    """Step (h) for one symbol with a bar."""
    p, bar, rules = holding_at(w.book, s), bar_at(w.bars, s), w.rules
    p.closes += 1
    flag = bar.flag
    if rules.state:
        tell_states(s, row, w)
        flag = conditions(s, flag, row, w)
    if p.direction == 0 and p.order == 0 and flag & ENTRY == 0:
        return
    expire(p, w)
    cause = NONE
    if p.direction != 0:
        p.bars += 1
        side = side_at(w.sides, side_of(p.direction))
        if flag & NO_FILL == 0:
            cause = cause_on_close(s, p, bar.close, w)
        if side.rungs > 0 or side.watched:
            move_levels(s, p, row, w)
    decide(s, flag, cause, orphan, w)


@called
def close_row(row: int, equity: F64, w: World) -> None:
    """Steps (g) and (h)."""
    equity[row] = marked(w)
    if w.rules.limits:
        brakes(row, equity, w)
    first, second = orphaned(0, w), orphaned(w.symbols - 1, w)
    for s in range(w.symbols):
        if bar_at(w.bars, s).flag & NO_BAR == 0:
            close_symbol(s, row, first if s == 0 else second, w)
        elif braked(w):
            brake(s, w)
