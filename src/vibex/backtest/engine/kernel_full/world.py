"""Where everything lies that compiled code with parts works on: a record, so that a step takes a symbol and a world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import numba
from numba import types

from vibex.backtest.engine.kernel_full.memory import records_of, tables_of, values_of
from vibex.backtest.engine.kernel_full.records import (
    Accumulator,
    Aim,
    Bar,
    Bracket,
    Fill,
    FullRules,
    Goal,
    Holding,
    ManagedSide,
    Past,
    Program,
    Purse,
    Rung,
    RungPlan,
    SkipCount,
)
from vibex.backtest.engine.kernel_records import STEP, Step, Trade, dtype_of
from vibex.domain.arrays import F64, I64, U8

WORD = 8
LEVELS, ANSWERS, STACK = 0, 1, 2
"""Rows of `World.scratch`: the stack of level programs, what the state's programs gave, the stack of those."""


class World(Protocol):
    """Addresses of lists, and their lengths where they are needed. N symbols, T rows, C columns.

    Place N of the book, the goals, the rungs and the state is for trying an entry.
    """

    rules: FullRules
    account: Purse
    symbols: int
    rows: int
    open: int  # series (N, T) of float64, flags of uint8
    high: int
    low: int
    close: int
    flags: int
    adverse_open: int
    adverse_high: int
    adverse_low: int
    volume: int
    columns: int  # (N, C, T)
    column_count: int
    time: int  # (T,)
    session: int  # (T,)
    funding_start: int  # (N, T + 1)
    funding_price: int
    funding_rate: int
    carry_start: int  # (N, T + 1)
    carry_split: int
    carry_cash: int
    detail_start: int  # (N, T + 1)
    detail_open: int  # of the bars inside bars
    detail_high: int
    detail_low: int
    detail_count: int
    priority: int  # (P, N)
    priority_count: int
    equity: int  # (T,)
    book: int  # (N + 1,) Holding
    bars: int  # (N,) Bar
    past: int  # (N, 2) Past
    goals: int  # (N + 1, K) Goal
    goal_width: int
    rungs: int  # (N + 1, M) Rung
    rung_width: int
    sides: int  # (2,) ManagedSide
    aims: int  # (2, K) Aim
    rung_plans: int  # (2, M) RungPlan
    steps: int  # Step
    step_count: int
    code_op: int  # step programs
    code_value: int
    code_column: int
    code_count: int
    programs: int  # (4 + levels,) Program
    since: int  # (A,) Accumulator
    since_count: int
    state: int  # (N + 1, 2, SINCE + A)
    state_width: int
    memory: int  # (N, M)
    memory_width: int
    scratch: int  # (3, …)
    scratch_width: int
    schedule: int
    schedule_count: int
    ticks: int  # (2, B): bounds and sizes
    tick_count: int
    brackets: int  # Bracket
    skipped: int  # SkipCount of each Skip
    trades: int
    trade_room: int
    fills: int
    fill_room: int


WORLD: Final = dtype_of(World)

holding_at: Callable[[int, int], Holding] = records_of(Holding)
bar_at: Callable[[int, int], Bar] = records_of(Bar)
past_at: Callable[[int, int], Past] = records_of(Past)
goal_at: Callable[[int, int], Goal] = records_of(Goal)
rung_at: Callable[[int, int], Rung] = records_of(Rung)
side_at: Callable[[int, int], ManagedSide] = records_of(ManagedSide)
aim_at: Callable[[int, int], Aim] = records_of(Aim)
rung_plan_at: Callable[[int, int], RungPlan] = records_of(RungPlan)
program_at: Callable[[int, int], Program] = records_of(Program)
accumulator_at: Callable[[int, int], Accumulator] = records_of(Accumulator)
bracket_at: Callable[[int, int], Bracket] = records_of(Bracket)
skip_at: Callable[[int, int], SkipCount] = records_of(SkipCount)
trade_at: Callable[[int, int], Trade] = records_of(Trade)
fill_at: Callable[[int, int], Fill] = records_of(Fill)
float_at: Callable[[int, int], float] = values_of(types.float64)
int_at: Callable[[int, int], int] = values_of(types.int64)
byte_at: Callable[[int, int], int] = values_of(types.uint8)
floats: Callable[[int, int, int], F64] = tables_of(types.float64)
integers: Callable[[int, int, int], I64] = tables_of(types.int64)
flag_bytes: Callable[[int, int, int], U8] = tables_of(types.uint8)
level_steps: Callable[[int, int, int], Sequence[Sequence[Step]]] = tables_of(numba.from_dtype(STEP))
