"""The step function: what holds a position's state is computed one close at a time, here and nowhere else.

Conditions and levels that hold no state are columns. Those that read `entry_price`, `bars_since_entry` and the like
become a `StepProgram`, a small stack machine in postfix order. Both engine bodies, paper and live trading run it
with `step_value`, which is plain Python on lists and compiles as it stands on arrays.
"""

from __future__ import annotations

import math
from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from vibex.domain.arrays import F64, I64


class StepOp(IntEnum):
    """One step. `n` operands are taken from the stack and one number is left; true is 1, false 0, unknown NaN.

    NUMBER value · COLUMN the series `column` at this close · STATE `state[column]`.
    ADD MUL MIN MAX of n = value operands, from left to right · SUB DIV of two · ABS NOT of one.
    GT GE LT LE EQ of two: unknown with a missing side. ALL ANY of n = value · AT_LEAST value of n = column.
    LAST: the operand goes into the ring at `memory[column]`; true on at least `value` of its last bars.
    """

    NUMBER = 0
    COLUMN = 1
    STATE = 2
    ADD = 3
    MUL = 4
    MIN = 5
    MAX = 6
    SUB = 7
    DIV = 8
    ABS = 9
    NOT = 10
    GT = 11
    GE = 12
    LT = 13
    LE = 14
    EQ = 15
    ALL = 16
    ANY = 17
    AT_LEAST = 18
    LAST = 19


class State(IntEnum):
    """Where `state` holds what, per symbol and side; the accumulators of `since_entry` follow from SINCE on.

    ENTRY_PRICE, TARGETS_HIT and the accumulators are NaN while the side holds no position. BARS_SINCE_ENTRY is 0 at
    the close of the fill bar, BARS_SINCE_EXIT 0 at the close of the bar that ended the position; both count the
    symbol's own bars and are +inf before the first. LAST_EXIT_PRICE is the price of the fill that ended it, NaN
    before the first.
    """

    ENTRY_PRICE = 0
    BARS_SINCE_ENTRY = 1
    BARS_SINCE_EXIT = 2
    TARGETS_HIT = 3
    LAST_EXIT_PRICE = 4
    SINCE = 5


class Since(IntEnum):
    """What a `since_entry` accumulator keeps of its column: bars without a value change nothing."""

    FIRST = 0
    MAX = 1
    MIN = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StepProgram:
    """Steps in postfix order, arrays of shape (K,); K = 0 means that there is none. See `StepOp` for the fields."""

    op: I64
    value: F64
    column: I64

    @property
    def exists(self) -> bool:
        return len(self.op) > 0


NO_STEPS = StepProgram(op=np.empty(0, np.int64), value=np.empty(0), column=np.empty(0, np.int64))

# Plain integers: faster to compare in Python, and compiled code reads no class attributes.
NUMBER, COLUMN, STATE, ADD, MUL, MIN, MAX, SUB, DIV, ABS, NOT = map(int, list(StepOp)[:11])
GT, GE, LT, LE, EQ, ALL, ANY, AT_LEAST, LAST = map(int, list(StepOp)[11:])

RING_HEADER = 2
"""A ring in `memory` is its length, the place of the next write, then that many values, NaN at first."""


def step_value(
    begin: int,
    end: int,
    ops: Sequence[int],
    values: Sequence[float],
    columns: Sequence[int],
    now: Sequence[float],
    state: Sequence[float],
    memory: MutableSequence[float],
    stack: MutableSequence[float],
) -> float:
    """Run steps begin..end of `ops`, `values`, `columns` and return what they leave.

    `now` holds every column at this close, `state` as in `State`. `memory` is written by LAST, so a program with
    rings runs exactly once at each close. `stack` is scratch of at least `end - begin` numbers.
    """
    depth = 0
    for k in range(begin, end):
        op = ops[k]
        if op <= STATE:
            if op == NUMBER:
                stack[depth] = values[k]
            elif op == COLUMN:
                stack[depth] = now[columns[k]]
            else:
                stack[depth] = state[columns[k]]
            depth += 1
        elif op <= MAX:
            first = depth - int(values[k])
            total = stack[first]
            for j in range(first + 1, depth):
                total = _two(op, total, stack[j])
            stack[first] = total
            depth = first + 1
        elif op <= DIV or GT <= op <= EQ:
            depth -= 1
            stack[depth - 1] = _two(op, stack[depth - 1], stack[depth])
        elif op == ABS:
            stack[depth - 1] = abs(stack[depth - 1])
        elif op == NOT:
            stack[depth - 1] = 1.0 - stack[depth - 1]
        elif op == LAST:
            stack[depth - 1] = _of_last(columns[k], values[k], stack[depth - 1], memory)
        else:
            count = columns[k] if op == AT_LEAST else int(values[k])
            needed = values[k] if op == AT_LEAST else (1.0 if op == ANY else values[k])
            depth -= count
            stack[depth] = _votes(stack, depth, count, needed)
            depth += 1
    return stack[0]


def _two(op: int, left: float, right: float) -> float:
    """Arithmetic: NaN in, NaN out; x/0 and overflow of finite numbers give NaN. Comparisons: 1, 0 or unknown."""
    if math.isnan(left) or math.isnan(right):
        return math.nan
    if op == GT:
        return 1.0 if left > right else 0.0
    if op == GE:
        return 1.0 if left >= right else 0.0
    if op == LT:
        return 1.0 if left < right else 0.0
    if op == LE:
        return 1.0 if left <= right else 0.0
    if op == EQ:
        return 1.0 if left == right else 0.0
    if op == MIN:
        return min(left, right)
    if op == MAX:
        return max(left, right)
    if op == DIV and right == 0.0:
        return math.nan
    if op == ADD:
        result = left + right
    elif op == MUL:
        result = left * right
    elif op == SUB:
        result = left - right
    else:
        result = left / right
    if math.isinf(result) and math.isfinite(left) and math.isfinite(right):
        return math.nan
    return result


def _votes(truths: Sequence[float], first: int, count: int, needed: float) -> float:
    """True when `needed` of `count` truths are true, false when so many are false that they cannot be."""
    yes, no = 0, 0
    for k in range(first, first + count):
        if truths[k] == 1.0:
            yes += 1
        elif truths[k] == 0.0:
            no += 1
    if yes >= needed:
        return 1.0
    return 0.0 if no > count - needed else math.nan


def _of_last(start: int, needed: float, truth: float, memory: MutableSequence[float]) -> float:
    """Put `truth` into the ring at `start` and count what it holds."""
    length, place = int(memory[start]), int(memory[start + 1])
    memory[start + RING_HEADER + place] = truth
    memory[start + 1] = float((place + 1) % length)
    return _votes(memory, start + RING_HEADER, length, needed)
