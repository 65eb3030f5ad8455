"""The step function compiled and as it stands in Python: one source, the same bits."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from vibex.backtest.engine.kernel_full.state import compiled_step_value
from vibex.domain.arrays import F64
from vibex.strategy.evaluation.step import RING_HEADER, StepOp, step_value

LEAVES = (StepOp.NUMBER, StepOp.COLUMN, StepOp.STATE)
ONE = (StepOp.ABS, StepOp.NOT)
TWO = (StepOp.SUB, StepOp.DIV, StepOp.GT, StepOp.GE, StepOp.LT, StepOp.LE, StepOp.EQ)
SEVERAL = (StepOp.ADD, StepOp.MUL, StepOp.MIN, StepOp.MAX, StepOp.ALL, StepOp.ANY, StepOp.AT_LEAST)
NUMBERS = (0.0, -0.0, 1.0, -1.5, 0.1, 1e308, -1e308, 5e-324, math.inf, -math.inf, math.nan)
RING = 3


@njit(nogil=True)
def compiled_values(op, value, column, now, states, memory, stack):  # type: ignore[no-untyped-def]
    """What the program leaves at each close; states (closes, S)."""
    out = np.empty(len(states))
    for k in range(len(states)):
        out[k] = compiled_step_value(0, len(op), op, value, column, now[:, k], states[k], memory, stack)
    return out


def random_program(random: np.random.Generator) -> list[tuple[int, float, int]]:
    """Postfix steps that use every operation; two rings of three bars."""
    steps: list[tuple[int, float, int]] = []
    depth, rings = 0, 0
    for _ in range(int(random.integers(1, 14))):
        if depth >= 2 and random.random() < 0.5:
            steps.append(_several(random, depth))
            depth -= int(steps[-1][2] if steps[-1][0] == StepOp.AT_LEAST else max(steps[-1][1], 2)) - 1
        elif depth >= 1 and random.random() < 0.3:
            steps.append((int(random.choice(ONE)), 0.0, -1))
        elif depth >= 1 and rings < 2 and random.random() < 0.3:
            steps.append((int(StepOp.LAST), float(random.integers(1, RING + 1)), rings * (RING_HEADER + RING)))
            rings += 1
        else:
            steps.append((int(random.choice(LEAVES)), float(random.choice(NUMBERS)), int(random.integers(4))))
            depth += 1
    return [*steps, (int(StepOp.ADD), float(depth), -1)]


def _several(random: np.random.Generator, depth: int) -> tuple[int, float, int]:
    if random.random() < 0.5:
        return int(random.choice(TWO)), 0.0, -1
    op, count = int(random.choice(SEVERAL)), int(random.integers(2, depth + 1))
    return (op, float(random.integers(1, count + 1)), count) if op == StepOp.AT_LEAST else (op, float(count), -1)


def test_the_compiled_step_function_gives_the_bits_of_the_python_one() -> None:
    random = np.random.default_rng(11)
    used: set[int] = set()
    for _ in range(400):
        steps = random_program(random)
        used |= {step[0] for step in steps}
        op = np.array([step[0] for step in steps], np.int64)
        value = np.array([step[1] for step in steps], np.float64)
        column = np.array([step[2] for step in steps], np.int64)
        now, states = random.choice(NUMBERS, (4, 8)), random.choice(NUMBERS, (8, 4))
        memory = np.array(([RING, 0.0] + [math.nan] * RING) * 2)
        kept, stack = memory.tolist(), [0.0] * len(steps)
        expected = [
            step_value(
                0,
                len(op),
                op.tolist(),
                value.tolist(),
                column.tolist(),
                now[:, k].tolist(),
                states[k].tolist(),
                kept,
                stack,
            )
            for k in range(8)
        ]
        given = compiled_values(op, value, column, now, states, memory, np.empty(len(steps)))
        assert _bits(given) == _bits(np.array(expected)), steps
        assert _bits(memory) == _bits(np.array(kept)), steps
    assert used == set(map(int, StepOp))


def _bits(values: F64) -> bytes:
    """The bytes, every NaN alike."""
    return np.where(np.isnan(values), np.nan, values).tobytes()
