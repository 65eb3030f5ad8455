"""Turns a fill price into the levels of a position: the stack machine of `LevelProgram`, for the reference body.

At an entry a program that cannot give a level ends the entry: it raises `EntrySkipped` with the reason that is counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vibex.backtest.engine.outcome import Skip
from vibex.backtest.engine.plan import LevelOp, LevelProgram
from vibex.domain.arrays import F64

Steps = tuple[tuple[int, float, int], ...]  # (op, value, column) of a LevelProgram

# Ticks and lots that are whole numbers but for rounding error count as whole.
WHOLE = 1e-9

# Plain integers: members of an enum are slow to look up.
PERCENT, POINTS, ATR, PRICE, LEVEL, RISK_MULTIPLE, NEAREST, FARTHEST, _ = map(int, LevelOp)


class EntrySkipped(Exception):
    """An entry that was due is not made; `skip` says why."""

    def __init__(self, skip: Skip) -> None:
        super().__init__(skip.name)
        self.skip = skip


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a level program reads besides the fill: `columns` (C, T) at the decision `row`, and state programs.

    `program` gives the number of `StateRules.levels[k]`, at an entry as of the fill, later as of the close.
    """

    columns: F64
    row: int
    program: Callable[[int], float]

    def column(self, column: int) -> float:
        return float(self.columns[column, self.row])


class Ticks:
    """The price grid of one symbol: one tick, or one for each price band (`bounds` are the upper ends)."""

    __slots__ = ("bounds", "size", "sizes")

    def __init__(self, size: float, bounds: Sequence[float], sizes: Sequence[float]) -> None:
        self.size = size
        self.bounds = bounds
        self.sizes = sizes

    def at(self, level: float) -> float:
        """The tick at a price that is not rounded yet; 0 where prices are not rounded."""
        if not math.isnan(self.size):
            return self.size
        band = next(place for place, bound in enumerate(self.bounds) if level < bound)
        return self.sizes[band]

    def outward(self, level: float, sign: int) -> float:
        """The level on the grid: down for sign −1, up for +1."""
        return rounded_outward(level, self.at(level), sign)


def steps_of(program: LevelProgram) -> Steps:
    """The program as plain numbers; empty where there is no level."""
    return tuple(zip(program.op.tolist(), program.value.tolist(), program.column.tolist(), strict=True))


def no_program(_level: int) -> float:
    """The state programs of a plan without any."""
    return math.nan


def program_level(steps: Steps, fill: float, sign: int, numbers: Numbers, initial_stop: float) -> float:
    """The price that `steps` give for a `fill`, not rounded (rule 42).

    `sign` is the side of the fill on which the level must lie: +1 above, −1 below. `initial_stop` is NaN where
    there is none. Raises EntrySkipped by the first leaf that has no value or lies on the wrong side.
    """
    stack: list[float] = []
    for step in steps:
        if step[0] in (NEAREST, FARTHEST):
            _choose(stack, step[0] == NEAREST, int(step[1]), fill)
        else:
            stack.append(beyond(fill, _leaf(step, fill, sign, numbers, initial_stop), sign))
    return stack[-1]


def moved_level(steps: Steps, fill: float, sign: int, numbers: Numbers, initial_stop: float) -> float:
    """The same for a level that moves: it may lie on either side, and is NaN where a leaf has no value."""
    stack: list[float] = []
    for step in steps:
        if step[0] in (NEAREST, FARTHEST):
            _choose(stack, step[0] == NEAREST, int(step[1]), fill)
            continue
        try:
            level = _leaf(step, fill, sign, numbers, initial_stop)
        except EntrySkipped:
            return math.nan
        if not math.isfinite(level):
            return math.nan
        stack.append(level)
    return stack[-1]


def _choose(stack: list[float], nearest: bool, count: int, fill: float) -> None:
    """Leave one of the last `count` levels: by its distance from the fill, the first of equals."""
    choices = stack[-count:]
    del stack[-count:]
    choose = min if nearest else max
    stack.append(choose(choices, key=lambda level: abs(level - fill)))


def _leaf(step: tuple[int, float, int], fill: float, sign: int, numbers: Numbers, initial_stop: float) -> float:
    op, value, column = step
    if op == PERCENT:
        return fill * (1 + sign * value / 100)
    if op == POINTS:
        return fill + sign * value
    if op == ATR:
        return fill + sign * atr_distance(value, numbers.column(column))
    if op == PRICE:
        return value
    if op == LEVEL:
        return numbers.column(column)
    if op == RISK_MULTIPLE:
        return fill + value * (fill - initial_stop)  # the stop's side of the fill gives the sign
    return numbers.program(int(value))


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


def whole_lots(quantity: float, lot: float) -> float:
    """The quantity rounded down to the lot (rule 33). Lot 0: as it is."""
    return math.floor(quantity / lot + WHOLE) * lot if lot > 0 else quantity
