"""Writes the parts of a strategy that read the position's state as programs of the step function.

A part that holds no state stays a column: it is computed for all bars at once and read by the program as one number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from pydantic import BaseModel

from vibex.domain import NotSupported
from vibex.domain.arrays import F64, I64
from vibex.strategy.evaluation.frame import Frame
from vibex.strategy.evaluation.step import RING_HEADER, Since, State, StepOp, StepProgram
from vibex.strategy.evaluation.truth import is_false, is_true
from vibex.strategy.spec import (
    All,
    Any_,
    AtLeast,
    Compare,
    Condition,
    For,
    Not,
    Number,
    Operand,
    Ref,
    Within,
)
from vibex.strategy.spec.node import walk
from vibex.strategy.spec.references import is_state

_COMPARE = {">": StepOp.GT, ">=": StepOp.GE, "<": StepOp.LT, "<=": StepOp.LE, "==": StepOp.EQ}
_CALC = {
    "add": StepOp.ADD,
    "mul": StepOp.MUL,
    "min": StepOp.MIN,
    "max": StepOp.MAX,
    "sub": StepOp.SUB,
    "div": StepOp.DIV,
    "abs": StepOp.ABS,
}
_STATE = {
    "entry_price": State.ENTRY_PRICE,
    "bars_since_entry": State.BARS_SINCE_ENTRY,
    "bars_since_exit": State.BARS_SINCE_EXIT,
    "targets_hit": State.TARGETS_HIT,
    "last_exit_price": State.LAST_EXIT_PRICE,
}
_COUNTERS = ("bars_since_entry", "bars_since_exit")
_SINCE = {"first": Since.FIRST, "max": Since.MAX, "min": Since.MIN}


class Columns(Protocol):
    """Where a series gets its number among the columns of a run."""

    def row(self, name: str, series: Callable[[Frame], F64]) -> int: ...


def holds_state(part: BaseModel | None) -> bool:
    """Whether anything in or below `part` depends on the position, so that it is no column."""
    return part is not None and any(isinstance(node, Ref) and is_state(node) for _, node in walk(part, ""))


class ProgramWriter:
    """Writes programs over one table of columns; collects the accumulators and rings that they need."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._since: dict[tuple[int, Since], int] = {}
        self._memory: list[float] = []
        self._holds = True

    @property
    def since_column(self) -> I64:
        return np.array([column for column, _ in self._since], dtype=np.int64)

    @property
    def since_kind(self) -> I64:
        return np.array([int(kind) for _, kind in self._since], dtype=np.int64)

    @property
    def memory(self) -> F64:
        """What the rings of one symbol hold before the first bar."""
        return np.array(self._memory, dtype=np.float64)

    def entry(self, condition: Condition) -> StepProgram:
        """An entry condition as a program that leaves 1, 0, or NaN where it is unknown (rule 54)."""
        self._holds = False
        return self._program(lambda steps: self._condition(condition, steps))

    def exit(self, condition: Condition) -> StepProgram:
        """The same for an exit, which speaks of the open position: without one, its counters are missing.

        Otherwise `bars_since_entry >= 10` would stay true after every trade, and an exit that is true voids the
        entry of its close (rule 22): there would be one trade and no other.
        """
        self._holds = True
        return self._program(lambda steps: self._condition(condition, steps))

    def operand(self, operand: Operand) -> StepProgram:
        """`operand` as a program that leaves its value; levels are computed for an open position."""
        self._holds = True
        return self._program(lambda steps: self._operand(operand, steps))

    def _program(self, write: Callable[[_Steps], None]) -> StepProgram:
        steps = _Steps()
        write(steps)
        return steps.program()

    def _condition(self, condition: Condition, steps: _Steps) -> None:
        if not holds_state(condition):
            steps.add(StepOp.COLUMN, column=self._truth_column(condition))
            return
        match condition:
            case All(of) | Any_(of):
                for part in of:
                    self._condition(part, steps)
                steps.add(StepOp.ALL if isinstance(condition, All) else StepOp.ANY, len(of))
            case Not(of=inner):
                self._condition(inner, steps)
                steps.add(StepOp.NOT)
            case AtLeast(count, of):
                for part in of:
                    self._condition(part, steps)
                steps.add(StepOp.AT_LEAST, count, len(of))
            case Within(bars, inner, times):
                self._condition(inner, steps)
                steps.add(StepOp.LAST, times, self._ring(bars))
            case For(bars, inner):
                self._condition(inner, steps)
                steps.add(StepOp.LAST, bars, self._ring(bars))
            case Compare(left, op, right) if op in _COMPARE:
                self._operand(left, steps)
                self._operand(right, steps)
                steps.add(_COMPARE[op])
            case _:
                raise NotSupported(
                    "rising, falling and crosses cannot read the position's state",
                    field="exit",
                    remedy="compare with > or <, or with since_entry",
                )

    def _operand(self, operand: Operand, steps: _Steps) -> None:
        if isinstance(operand, Number):
            steps.add(StepOp.NUMBER, operand.value)
        elif not holds_state(operand):
            steps.add(StepOp.COLUMN, column=self._columns.row(f"operand {operand!r}", _column_of(operand)))
        elif isinstance(operand, Ref):
            self._state(operand, steps)
        else:
            for argument in operand.args:
                self._operand(argument, steps)
            steps.add(_CALC[operand.op], len(operand.args))

    def _state(self, ref: Ref, steps: _Steps) -> None:
        if ref.since_entry is None:
            steps.add(StepOp.STATE, column=_STATE[ref.ref])
            if self._holds and ref.ref in _COUNTERS:
                # entry_price − entry_price: 0 while the side holds a position, missing while it does not.
                steps.add(StepOp.STATE, column=State.ENTRY_PRICE)
                steps.add(StepOp.STATE, column=State.ENTRY_PRICE)
                steps.add(StepOp.SUB, 2)
                steps.add(StepOp.ADD, 2)
        else:
            plain = Ref(ref=ref.ref)
            column = self._columns.row(f"operand {plain!r}", _column_of(plain))
            key = (column, _SINCE[ref.since_entry])
            place = self._since.setdefault(key, len(self._since))
            steps.add(StepOp.STATE, column=State.SINCE + place)
        if ref.times != 1.0:
            steps.add(StepOp.NUMBER, ref.times)
            steps.add(StepOp.MUL, 2)

    def _truth_column(self, condition: Condition) -> int:
        def truth(frame: Frame) -> F64:
            known = np.where(is_false(condition, frame), 0.0, np.nan)
            return np.where(is_true(condition, frame), 1.0, known)

        return self._columns.row(f"condition {condition!r}", truth)

    def _ring(self, bars: int) -> int:
        start = len(self._memory)
        self._memory += [float(bars), 0.0, *[float("nan")] * bars]
        assert len(self._memory) == start + RING_HEADER + bars  # noqa: S101  the layout of `step`
        return start


class _Steps:
    """The steps of one program in the making."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, float, int]] = []

    def add(self, op: StepOp, value: float = 0.0, column: int = -1) -> None:
        self._rows.append((int(op), float(value), int(column)))

    def program(self) -> StepProgram:
        ops, values, columns = zip(*self._rows, strict=True)
        return StepProgram(
            op=np.array(ops, dtype=np.int64),
            value=np.array(values, dtype=np.float64),
            column=np.array(columns, dtype=np.int64),
        )


def _column_of(operand: Operand) -> Callable[[Frame], F64]:
    return lambda frame: frame.column(operand)
