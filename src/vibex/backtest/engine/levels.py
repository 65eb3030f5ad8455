"""Turns a fill price into the levels of a position: the stack machine of `LevelProgram`, for the reference body.

A program that cannot give a level ends the entry: it raises `EntrySkipped` with the reason that is counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from vibex.backtest.engine.outcome import Skip
from vibex.backtest.engine.plan import LevelOp, LevelProgram

Steps = tuple[tuple[int, float, int], ...]  # (op, value, column) of a LevelProgram
AtDecision = Callable[[int], float]  # row of Plan.columns -> its number at the close of the decision bar

# Ticks and lots that are whole numbers but for rounding error count as whole.
WHOLE = 1e-9


class EntrySkipped(Exception):
    """An entry that was due is not made; `skip` says why."""

    def __init__(self, skip: Skip) -> None:
        super().__init__(skip.name)
        self.skip = skip


def steps_of(program: LevelProgram) -> Steps:
    """The program as plain numbers; empty where there is no level."""
    return tuple(zip(program.op.tolist(), program.value.tolist(), program.column.tolist(), strict=True))


def program_level(steps: Steps, fill: float, sign: int, at_decision: AtDecision, initial_stop: float) -> float:
    """The price that `steps` give for a `fill`, not rounded (rule 42).

    `sign` is the side of the fill on which the level must lie: +1 above, −1 below. `initial_stop` is NaN where
    there is none. Raises EntrySkipped by the first leaf that has no value or lies on the wrong side.
    """
    stack: list[float] = []
    for op, value, column in steps:
        if op in (LevelOp.NEAREST, LevelOp.FARTHEST):
            count = int(value)
            choices = stack[-count:]
            del stack[-count:]
            choose = min if op == LevelOp.NEAREST else max  # both keep the first of equals
            stack.append(choose(choices, key=lambda level: abs(level - fill)))
        else:
            level = _leaf(op, value, column, fill, sign, at_decision, initial_stop)
            stack.append(beyond(fill, level, sign))
    return stack[-1]


def _leaf(
    op: int, value: float, column: int, fill: float, sign: int, at_decision: AtDecision, initial_stop: float
) -> float:
    if op == LevelOp.PERCENT:
        return fill * (1 + sign * value / 100)
    if op == LevelOp.POINTS:
        return fill + sign * value
    if op == LevelOp.ATR:
        return fill + sign * atr_distance(value, at_decision(column))
    if op == LevelOp.PRICE:
        return value
    if op == LevelOp.LEVEL:
        return at_decision(column)
    return fill + value * (fill - initial_stop)  # RISK_MULTIPLE: the stop's side of the fill gives the sign


def atr_distance(multiple: float, atr: float) -> float:
    """`multiple` × the ATR of the decision bar, a price distance; raises EntrySkipped without an ATR (rule 35)."""
    if not (math.isfinite(atr) and atr > 0):
        raise EntrySkipped(Skip.MISSING_ATR)
    return multiple * atr


def beyond(fill: float, level: float, sign: int) -> float:
    """The level itself; raises EntrySkipped where it is missing or not beyond the fill on its side (rule 42)."""
    if not math.isfinite(level):
        raise EntrySkipped(Skip.MISSING_LEVEL)
    if not sign * (level - fill) > 0:
        raise EntrySkipped(Skip.WRONG_SIDE_LEVEL)
    return level


def rounded_outward(level: float, tick: float, sign: int) -> float:
    """The level on the tick grid, moved away from the fill: down for sign −1, up for +1. Tick 0: as it is."""
    if tick == 0:
        return level
    if sign < 0:
        return math.floor(level / tick + WHOLE) * tick
    return math.ceil(level / tick - WHOLE) * tick
