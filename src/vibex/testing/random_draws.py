"""What the random plans share: a seeded stream of choices, the price grid, and the columns that a plan has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from vibex.backtest.engine.plan import LevelOp, LevelProgram

T = TypeVar("T")
LevelStep = tuple[LevelOp, float, int]

GRID = 0.5
"""Prices are whole multiples of it (times the plan's scale), so that levels and extremes meet exactly."""

ATR_COLUMN, LOW_COLUMN, HIGH_COLUMN, VOLATILITY_COLUMN = range(4)


class Draw:
    """One seed's stream of choices."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.rng.integers(len(choices)))]

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)


def level_program(steps: Sequence[LevelStep]) -> LevelProgram:
    """Postfix steps (op, value, column) as a program; none of them: no level."""
    return LevelProgram(
        op=np.array([step[0] for step in steps], dtype=np.int64),
        value=np.array([step[1] for step in steps], dtype=np.float64),
        column=np.array([step[2] for step in steps], dtype=np.int64),
    )
