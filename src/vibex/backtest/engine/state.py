"""What state programs see and say: counters and accumulators of one symbol, each side for itself (`State`)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from vibex.backtest.engine.plan import Flag, StateRules
from vibex.domain.arrays import F64
from vibex.strategy.evaluation.step import Since, StepProgram, step_value

if TYPE_CHECKING:
    from vibex.backtest.engine.position import Position


class Program:
    """A `StepProgram` as lists, with a stack of its own."""

    __slots__ = ("columns", "length", "ops", "stack", "values")

    def __init__(self, program: StepProgram) -> None:
        self.ops: list[int] = program.op.tolist()
        self.values: list[float] = program.value.tolist()
        self.columns: list[int] = program.column.tolist()
        self.length = len(self.ops)
        self.stack = [0.0] * self.length

    def run(self, now: list[float], state: list[float], memory: list[float]) -> float:
        return step_value(0, self.length, self.ops, self.values, self.columns, now, state, memory, self.stack)


class SideMemory:
    """What one side of a symbol remembers; bars are counts of the symbol's own bars."""

    __slots__ = ("entered_at", "exit_price", "left_at", "since")

    def __init__(self, accumulators: int) -> None:
        self.entered_at = -math.inf
        self.left_at = -math.inf
        self.exit_price = math.nan
        self.since = [math.nan] * accumulators


class SymbolState:
    """The state programs of one symbol."""

    def __init__(self, rules: StateRules, columns: F64) -> None:
        self.rows: list[list[float]] = columns.T.tolist()
        self.memory: list[float] = rules.memory.tolist()
        self.levels = [Program(level) for level in rules.levels]
        self.since = list(zip(rules.since_column.tolist(), rules.since_kind.tolist(), strict=True))
        self.sides = {d: SideMemory(len(self.since)) for d in (1, -1)}
        asked = (
            (Flag.ENTRY_LONG, 1, rules.entry_long),
            (Flag.EXIT_LONG, 1, rules.exit_long),
            (Flag.ENTRY_SHORT, -1, rules.entry_short),
            (Flag.EXIT_SHORT, -1, rules.exit_short),
        )
        self.conditions = [(bit, d, Program(program)) for bit, d, program in asked if program.exists]
        self.asking = {d for _, d, _ in self.conditions}

    def entered(self, d: int, own_bars: int) -> None:
        side = self.sides[d]
        side.entered_at = own_bars
        side.since = [math.nan] * len(self.since)

    def left(self, d: int, own_bars: int, price: float) -> None:
        side = self.sides[d]
        side.left_at, side.exit_price = own_bars, price

    def accumulate(self, d: int, row: int) -> None:
        """Take this close into the accumulators of the side that holds the position."""
        since, now = self.sides[d].since, self.rows[row]
        for place, (column, kind) in enumerate(self.since):
            value, kept = now[column], since[place]
            if math.isnan(value):
                continue
            if math.isnan(kept) or (kind == Since.MAX and value > kept) or (kind == Since.MIN and value < kept):
                since[place] = value

    def flags_at(self, flags: int, row: int, own_bars: int, position: Position | None) -> int:
        """The flags of a close with the bits that state programs give; each program runs once."""
        vectors = {d: self._at_the_close(d, own_bars, position) for d in self.asking}
        now = self.rows[row]
        for bit, d, program in self.conditions:
            true = program.run(now, vectors[d], self.memory) == 1.0
            flags = flags | bit if true else flags & ~bit
        return flags

    def level_now(self, level: int, d: int, row: int, own_bars: int, position: Position) -> float:
        """A level program at the close of `row`."""
        return self.levels[level].run(self.rows[row], self._at_the_close(d, own_bars, position), self.memory)

    def level_at_entry(self, level: int, d: int, decision_row: int, own_bars: int, fill: float) -> float:
        """A level program as of a fill, on the columns of the decision bar."""
        side, now = self.sides[d], self.rows[decision_row]
        state = [
            fill,
            0.0,
            float(own_bars - side.left_at),
            0.0,
            side.exit_price,
            *(now[column] for column, _ in self.since),
        ]
        return self.levels[level].run(now, state, self.memory)

    def _at_the_close(self, d: int, own_bars: int, position: Position | None) -> list[float]:
        side = self.sides[d]
        held = position is not None and position.direction == d
        return [
            position.entry_price if held and position is not None else math.nan,
            float(own_bars - side.entered_at),
            float(own_bars - side.left_at),
            float(position.targets_hit) if held and position is not None else math.nan,
            side.exit_price,
            *(side.since if held else [math.nan] * len(self.since)),
        ]
