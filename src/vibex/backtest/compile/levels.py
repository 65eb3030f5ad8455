"""Exits of a strategy as level programs for the engine (rules 42, 45)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import assert_never

import numpy as np

from vibex.backtest.engine.plan import NO_LEVEL, LevelOp, LevelProgram
from vibex.domain.arrays import F64
from vibex.strategy.evaluation import Frame
from vibex.strategy.evaluation.columns import ColumnTable
from vibex.strategy.evaluation.stateful import ProgramWriter, holds_state
from vibex.strategy.evaluation.step import StepProgram
from vibex.strategy.spec import (
    AtrExit,
    Exit,
    Farthest,
    LevelExit,
    Nearest,
    Operand,
    PercentExit,
    PointsExit,
    PriceExit,
    RiskMultipleExit,
)

Step = tuple[LevelOp, float, int]


class LevelWriter:
    """Writes exits over one table of columns; operands that move or read the position become `programs`."""

    def __init__(self, columns: ColumnTable) -> None:
        self.columns = columns
        self.state = ProgramWriter(columns)
        self.programs: list[StepProgram] = []

    def level(self, level: Exit | None) -> LevelProgram:
        """The program of `level`; of None, one that does not exist."""
        if level is None:
            return NO_LEVEL
        ops, values, rows = zip(*self._steps(level), strict=True)
        return LevelProgram(
            op=np.array(ops, dtype=np.int64), value=np.array(values, dtype=np.float64), column=np.array(rows, np.int64)
        )

    def atr_row(self, indicator: str | None) -> int:
        """The column of the ATR that an exit measures with; ATR(14) where it names none."""
        if indicator is None:
            return self.columns.price_row("ATR(14)", lambda frame: frame.named("ATR", timeperiod=14))
        return self.columns.price_row(f"reference {indicator}", lambda frame: frame.reference(indicator))

    def _steps(self, level: Exit) -> Iterator[Step]:
        match level:
            case PercentExit(value):
                yield LevelOp.PERCENT, value, -1
            case PointsExit(value):
                yield LevelOp.POINTS, value, -1
            case PriceExit(value):
                yield LevelOp.PRICE, value, -1
            case AtrExit(value, indicator):
                yield LevelOp.ATR, value, self.atr_row(indicator)
            case RiskMultipleExit(value):
                yield LevelOp.RISK_MULTIPLE, value, -1
            case LevelExit(operand, update):
                yield self._computed(operand, moves=update is not None)
            case Nearest(of) | Farthest(of):
                for part in of:
                    yield from self._steps(part)
                yield LevelOp.NEAREST if isinstance(level, Nearest) else LevelOp.FARTHEST, float(len(of)), -1
            case _:
                assert_never(level)

    def _computed(self, operand: Operand, *, moves: bool) -> Step:
        if not moves and not holds_state(operand):
            return LevelOp.LEVEL, 0.0, self.columns.price_row(f"operand {operand!r}", column_of(operand))
        self.programs.append(self.state.operand(operand))
        return LevelOp.PROGRAM, float(len(self.programs) - 1), -1


def moves(level: object) -> bool:
    """Whether any part of `level` is computed anew at every close."""
    match level:
        case LevelExit(update=update):
            return update is not None
        case Nearest(of) | Farthest(of):
            return any(moves(part) for part in of)
        case _:
            return False


def on_close(level: object) -> bool:
    """Whether `level` is compared with the close instead of the bar's extremes."""
    return isinstance(level, LevelExit) and level.trigger is not None


def column_of(operand: Operand) -> Callable[[Frame], F64]:
    return lambda frame: frame.column(operand)
