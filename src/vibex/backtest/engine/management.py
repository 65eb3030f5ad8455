"""What the close does to the levels of an open position: exits on the close, moving levels, steps, a level trail."""

from __future__ import annotations

import math
from functools import partial

from vibex.backtest.engine.levels import Numbers, moved_level, no_program
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.position import Position
from vibex.backtest.engine.tape import Tape


def exit_on_close(tape: Tape, position: Position, row: int) -> Reason | None:
    """The first level with `…_on_close` that the close has reached; the exit fills at the next open."""
    d, rules, close = position.direction, position.rules, tape.close[row]
    if rules.stop_on_close and d * close <= d * position.stop:
        return Reason.STOP_LOSS
    if rules.trailing_on_close and position.trails and d * close <= d * position.trailing_stop:
        return Reason.TRAILING_STOP
    if rules.target_on_close and any(d * close >= d * target.level for target in position.remaining):
        return Reason.TAKE_PROFIT
    return None


def move_levels(tape: Tape, position: Position) -> None:
    """Levels as of this close, live from the next bar: the stop, the targets, stop steps, then a level trail."""
    d, rules, entry = position.direction, position.rules, position.entry_price
    numbers = position.numbers
    if numbers is None:
        state = tape.state
        program = no_program if state is None else partial(state.level_now, d=d)
        numbers = position.numbers = Numbers(tape.columns, position.decision_row, program)
    if rules.stop_moves:
        level = moved_level(rules.stop, entry, -d, numbers, math.nan)
        if math.isfinite(level):
            _set_stop(position, max(d * tape.ticks.outward(level, -d), d * position.floor) * d)
    if rules.target_moves:
        for target, steps in zip(position.targets, rules.targets, strict=True):
            level = moved_level(steps, entry, d, numbers, position.initial_stop)
            if math.isfinite(level):
                target.level = tape.ticks.outward(level, d)
        position.order_targets()
    for step in position.steps:
        reached = step.reached or 0 < step.after_target <= position.targets_hit
        if step.applied or not reached:
            continue
        level = moved_level(step.to, entry, d, numbers, position.initial_stop)
        if math.isfinite(level):
            level = tape.ticks.outward(level, -d)
            step.applied = True
            position.floor = max(d * level, d * position.floor) * d
            if d * level > d * position.stop:
                _set_stop(position, level)
    if rules.trailing_level:
        level = moved_level(rules.trailing_level, entry, -d, numbers, math.nan)
        if math.isfinite(level):
            position.tighten_trail(tape.ticks.outward(level, -d))


def _set_stop(position: Position, level: float) -> None:
    if level != position.stop:
        position.stop, position.stop_moved = level, True
