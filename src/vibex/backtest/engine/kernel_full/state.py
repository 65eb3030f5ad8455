"""Compiled: what reads the position's state, the same step function as in Python (`strategy.evaluation.step`)."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import FunctionType
from typing import TypeVar, cast

import numpy as np

from vibex.backtest.engine.kernel_full.world import (
    ANSWERS,
    STACK,
    WORD,
    World,
    accumulator_at,
    float_at,
    floats,
    holding_at,
    integers,
    past_at,
    program_at,
)
from vibex.backtest.engine.kernel_records import called, compiled
from vibex.strategy.evaluation.step import Since, State, step_value

F = TypeVar("F", bound=Callable[..., object])

ENTRY_PRICE, BARS_SINCE_ENTRY, BARS_SINCE_EXIT, TARGETS_HIT, LAST_EXIT_PRICE, SINCE = map(int, State)
FIRST, MAX, MIN = map(int, Since)
CONDITIONS = 4


def compiled_twin(function: F) -> F:
    """The same code, compiled with the functions of its module that it calls."""
    if not isinstance(function, FunctionType):
        raise TypeError(f"{function!r} is not a plain function")
    names = function.__globals__
    callees = {
        name: compiled_twin(names[name])
        for name in function.__code__.co_names
        if isinstance(names.get(name), FunctionType) and names[name].__module__ == function.__module__
    }
    return cast(F, compiled(FunctionType(function.__code__, {**names, **callees}, function.__name__)))


compiled_step_value: Callable[..., float] = compiled_twin(step_value)


@compiled
def column_at(s: int, column: int, row: int, w: World) -> float:
    """A number of `Plan.columns`."""
    return float_at(w.columns, (s * w.column_count + column) * w.rows + row)


@called
def value_of(program: int, s: int, row: int, slot: int, side: int, w: World) -> float:
    """Run one of `programs` with the numbers of `row` and the state vector of a side in place `slot`."""
    found = program_at(w.programs, program)
    ops, columns = integers(w.code_op, 1, w.code_count)[0], integers(w.code_column, 1, w.code_count)[0]
    values = floats(w.code_value, 1, w.code_count)[0]
    now = floats(w.columns + WORD * s * w.column_count * w.rows, w.column_count, w.rows)[:, row]
    memory, stack = floats(w.memory, w.symbols, w.memory_width)[s], floats(w.scratch, 3, w.scratch_width)[STACK]
    state = floats(w.state, 2 * (w.symbols + 1), w.state_width)[2 * slot + side]
    return compiled_step_value(found.begin, found.end, ops, values, columns, now, state, memory, stack)


@called
def tell_counts(s: int, d: int, w: World) -> None:
    """What of the state of side `d` follows from its trades, at the last own close."""
    i = 0 if d > 0 else 1
    p, past = holding_at(w.book, s), past_at(w.past, 2 * s + i)
    state = floats(w.state, 2 * (w.symbols + 1), w.state_width)[2 * s + i]
    held = p.direction == d
    state[ENTRY_PRICE] = p.entry_price if held else np.nan
    state[BARS_SINCE_ENTRY] = float(p.closes - past.entered_at) if past.entered_at > 0 else np.inf
    state[BARS_SINCE_EXIT] = float(p.closes - past.left_at) if past.left_at > 0 else np.inf
    state[TARGETS_HIT] = float(p.targets_hit) if held else np.nan
    state[LAST_EXIT_PRICE] = past.exit_price


@called
def accumulate(s: int, d: int, row: int, w: World) -> None:
    """Take a close into what side `d` keeps of its columns; NaN while it holds nothing. Twice is as good as once."""
    state = floats(w.state, 2 * (w.symbols + 1), w.state_width)[2 * s + (0 if d > 0 else 1)]
    held = holding_at(w.book, s).direction == d
    for k in range(w.since_count):
        if not held:
            state[SINCE + k] = np.nan
            continue
        keeps, kept = accumulator_at(w.since, k), state[SINCE + k]
        number, kind = column_at(s, keeps.column, row, w), keeps.kind
        better = number > kept if kind == MAX else (number < kept if kind == MIN else False)
        if math.isnan(kept) or better:
            state[SINCE + k] = number


@called
def forget(s: int, side: int, w: World) -> None:
    """A new trade begins: what the accumulators kept is gone."""
    floats(w.state, 2 * (w.symbols + 1), w.state_width)[2 * s + side][:] = np.nan


@called
def tell_states(s: int, row: int, w: World) -> None:
    """Both sides' state vectors at this close."""
    for d in (1, -1):
        tell_counts(s, d, w)
        accumulate(s, d, row, w)


@called
def conditions(s: int, flag: int, row: int, w: World) -> int:
    """The flag with the bits that programs give; each of them runs exactly once at a close."""
    for program in range(CONDITIONS):
        bit = 1 << program
        if w.rules.conditions & bit:
            true = value_of(program, s, row, s, program // 2, w) == 1.0
            flag = flag | bit if true else flag & ~bit
    return flag


@called
def answer(s: int, d: int, row: int, slot: int, w: World) -> None:
    """Run the level programs that side `d` asks for, so that level programs find their numbers."""
    side, answers = 0 if d > 0 else 1, floats(w.scratch, 3, w.scratch_width)[ANSWERS]
    for k in range(w.rules.levels):
        program = program_at(w.programs, CONDITIONS + k)
        if program.long_asks if d > 0 else program.short_asks:
            answers[k] = value_of(CONDITIONS + k, s, row, slot, side, w)


@called
def answers_at_entry(s: int, d: int, fill: float, w: World) -> None:
    """The same with the state as an entry at `fill` begins it and the numbers of its decision."""
    if w.rules.levels == 0:
        return
    i = 0 if d > 0 else 1
    p, past = holding_at(w.book, s), past_at(w.past, 2 * s + i)
    state = floats(w.state, 2 * (w.symbols + 1), w.state_width)[2 * w.symbols + i]
    state[ENTRY_PRICE], state[BARS_SINCE_ENTRY], state[TARGETS_HIT] = fill, 0.0, 0.0
    state[BARS_SINCE_EXIT] = float(p.closes + 1 - past.left_at) if past.left_at > 0 else np.inf
    state[LAST_EXIT_PRICE] = past.exit_price
    for k in range(w.since_count):
        state[SINCE + k] = column_at(s, accumulator_at(w.since, k).column, p.decided, w)
    answer(s, d, p.decided, w.symbols, w)


@called
def answers_now(s: int, d: int, row: int, w: World) -> None:
    """The same at a close, after `tell_states`."""
    if w.rules.levels > 0:
        answer(s, d, row, s, w)
