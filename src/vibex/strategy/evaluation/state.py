"""What state programs see and say: counters and accumulators of one symbol, each side for itself (`State`)."""

from __future__ import annotations

import math
from typing import Protocol

from vibex.domain.arrays import F64
from vibex.domain.signals import Flag
from vibex.strategy.evaluation.state_rules import StateRules
from vibex.strategy.evaluation.step import Since, State, StepProgram, step_value

ENTRY_PRICE, BARS_SINCE_ENTRY, BARS_SINCE_EXIT, TARGETS_HIT, LAST_EXIT_PRICE, SINCE = map(int, State)
MAX, MIN = int(Since.MAX), int(Since.MIN)


class Held(Protocol):
    """What programs ask of an open position: `direction` +1 or −1, its mean entry price, how many targets filled."""

    @property
    def direction(self) -> int: ...

    @property
    def entry_price(self) -> float: ...

    @property
    def targets_hit(self) -> int: ...


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
    """What one side remembers: its `State` vector, and the counts of own bars at its last entry and exit."""

    __slots__ = ("entered_at", "left_at", "vector")

    def __init__(self, accumulators: int) -> None:
        self.entered_at = -math.inf
        self.left_at = -math.inf
        self.vector = [math.nan] * (SINCE + accumulators)


class SymbolState:
    """The state programs of one symbol, as of the close that `close` was told last."""

    def __init__(self, rules: StateRules, columns: F64) -> None:
        self.rows: list[list[float]] = columns.T.tolist()
        self.now: list[float] = []
        self.memory: list[float] = rules.memory.tolist()
        self.levels = [Program(level) for level in rules.levels]
        columns_and_kinds = zip(rules.since_column.tolist(), rules.since_kind.tolist(), strict=True)
        self.since = [(SINCE + place, column, kind) for place, (column, kind) in enumerate(columns_and_kinds)]
        self.sides = {d: SideMemory(len(self.since)) for d in (1, -1)}
        asked = (
            (Flag.ENTRY_LONG, 1, rules.entry_long),
            (Flag.EXIT_LONG, 1, rules.exit_long),
            (Flag.ENTRY_SHORT, -1, rules.entry_short),
            (Flag.EXIT_SHORT, -1, rules.exit_short),
        )
        self.conditions = [(bit, self.sides[d], Program(program)) for bit, d, program in asked if program.exists]
        self.asking = [side for side in self.sides.values() if any(side is asker for _, asker, _ in self.conditions)]

    def entered(self, d: int, own_bars: int) -> None:
        """The first fill of a trade: its accumulators begin."""
        self.sides[d].entered_at = own_bars

    def left(self, d: int, own_bars: int, price: float) -> None:
        """The fill that ended a trade: the side holds nothing."""
        side = self.sides[d]
        side.left_at = own_bars
        side.vector = [math.nan] * len(side.vector)
        side.vector[LAST_EXIT_PRICE] = price

    def close(self, flags: int, row: int, own_bars: int, position: Held | None) -> int:
        """Take in a close. Its flags with the bits that state programs give; each program runs once."""
        now = self.now = self.rows[row]
        for side in self.asking:
            side.vector[BARS_SINCE_ENTRY] = own_bars - side.entered_at
            side.vector[BARS_SINCE_EXIT] = own_bars - side.left_at
        if position is not None:
            self._hold(self.sides[position.direction], own_bars, position)
        for bit, side, program in self.conditions:
            true = program.run(now, side.vector, self.memory) == 1.0
            flags = flags | bit if true else flags & ~bit
        return flags

    def _hold(self, side: SideMemory, own_bars: int, position: Held) -> None:
        vector = side.vector
        vector[BARS_SINCE_ENTRY] = own_bars - side.entered_at
        vector[BARS_SINCE_EXIT] = own_bars - side.left_at
        vector[ENTRY_PRICE] = position.entry_price
        vector[TARGETS_HIT] = float(position.targets_hit)
        for place, column, kind in self.since:
            value, kept = self.now[column], vector[place]
            if math.isnan(kept) or (kind == MAX and value > kept) or (kind == MIN and value < kept):
                vector[place] = value

    def level_now(self, level: int, d: int) -> float:
        """A level program at the close."""
        return self.levels[level].run(self.now, self.sides[d].vector, self.memory)

    def level_at_entry(self, level: int, d: int, decision_row: int, own_bars: int, fill: float) -> float:
        """A level program as of a fill, on the columns of the decision bar."""
        side, now = self.sides[d], self.rows[decision_row]
        state = [fill, 0.0, own_bars - side.left_at, 0.0, side.vector[LAST_EXIT_PRICE]]
        return self.levels[level].run(now, [*state, *(now[column] for _, column, _ in self.since)], self.memory)
