"""From a `Plan` to the records and arrays of the compiled body, checked: compiled code checks nothing itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vibex.backtest.engine.kernel_records import SIDE, STEP, Rules, Tape
from vibex.backtest.engine.parts import Tie
from vibex.backtest.engine.plan import LevelOp, LevelProgram, Plan, SidePlan, Sizing, Trailing
from vibex.domain.errors import InvalidInput


def pack_tape(plan: Plan) -> Tape:
    """The market data, checked."""
    if plan.flags.ndim != 2 or 0 in plan.flags.shape:
        raise InvalidInput(f"is {plan.flags.shape}, must be (N, T), both above 0", field="flags")
    symbols, rows = plan.flags.shape
    if len(plan.symbols) != symbols or plan.time.shape != (rows,):
        raise InvalidInput(
            f"{len(plan.symbols)} symbols on a clock of {plan.time.shape} do not fit flags of {plan.flags.shape}",
            field="symbols",
        )
    if plan.columns.ndim != 3:
        raise InvalidInput(f"has shape {plan.columns.shape}, must be (N, C, T)", field="columns")
    return Tape(
        open=array(plan.open, "open", (symbols, rows), np.float64),
        high=array(plan.high, "high", (symbols, rows), np.float64),
        low=array(plan.low, "low", (symbols, rows), np.float64),
        close=array(plan.close, "close", (symbols, rows), np.float64),
        flags=array(plan.flags, "flags", (symbols, rows), np.uint8),
        columns=array(plan.columns, "columns", (symbols, plan.columns.shape[1], rows), np.float64),
        lot=array(plan.lot, "lot", (symbols,), np.float64),
        tick=array(plan.tick, "tick", (symbols,), np.float64),
    )


def array(given: NDArray[Any], name: str, shape: tuple[int, ...], dtype: type[np.generic]) -> NDArray[Any]:
    """Contiguous and read-only, so that the types, and with them the compilation, are always the same."""
    if given.shape != shape:
        raise InvalidInput(f"has shape {given.shape}, must be {shape}", field=name)
    if given.dtype != dtype:
        raise InvalidInput(f"is {given.dtype}, must be {np.dtype(dtype)}", field=name, remedy="convert it first")
    result = np.require(given, dtype, ["C", "A"]).view()
    result.flags.writeable = False
    return result


def pack_steps(plan: Plan) -> NDArray[np.void]:
    """All programs one after the other."""
    programs = [program for side in (plan.long, plan.short) for program in (side.stop, side.target, side.yardstick)]
    for program in programs:
        check_program(program, plan.columns.shape[1])
    steps = np.zeros(sum(len(program.op) for program in programs), STEP)
    for name in ("op", "value", "column"):
        steps[name] = np.concatenate([getattr(program, name) for program in programs])
    return steps


def pack_sides(plan: Plan) -> NDArray[np.void]:
    """Both sides; the programs as ranges of `pack_steps`."""
    sides = np.zeros(2, SIDE)
    begin = 0
    for packed, side in zip(sides, (plan.long, plan.short), strict=True):
        for name in ("stop", "target", "yardstick"):
            end = begin + len(getattr(side, name).op)
            packed[f"{name}_begin"], packed[f"{name}_end"] = begin, end
            begin = end
        for name in ("trailing", "trailing_value", "trailing_column", "sizing", "size_value", "cap_percent"):
            packed[name] = getattr(side, name)
        packed["volatility_column"] = side.volatility_column
        check_columns(side, plan.columns.shape[1])
    return sides


def check_columns(side: SidePlan, count: int) -> None:
    """Compiled code does not check an index, so a column must exist where one is needed."""
    needs = (
        (side.trailing == Trailing.ATR, side.trailing_column),
        (side.sizing == Sizing.VOLATILITY_TARGET, side.volatility_column),
    )
    if any(used and not 0 <= column < count for used, column in needs):
        raise InvalidInput("a side refers to a column that the plan does not have", field="columns")


def check_program(program: LevelProgram, columns: int, answers: int = 0) -> None:
    """Nor does it check the stack: a program must never take more levels than there are, and leave one.

    `answers`: how many programs of a state there are to refer to.
    """
    if not len(program.op) == len(program.value) == len(program.column):
        raise InvalidInput("op, value and column differ in length", field="program")
    depth = 0
    for op, value, column in zip(program.op, program.value, program.column, strict=True):
        if not 0 <= op <= LevelOp.PROGRAM:
            raise InvalidInput(f"has no operation {op}", field="program")
        if op in (LevelOp.NEAREST, LevelOp.FARTHEST):
            if not 1 <= value <= depth:
                raise InvalidInput(f"takes {value} of {depth} levels", field="program")
            depth -= int(value)
        elif op in (LevelOp.ATR, LevelOp.LEVEL) and not 0 <= column < columns:
            raise InvalidInput(f"refers to column {column} of {columns}", field="columns")
        elif op == LevelOp.PROGRAM and not 0 <= value < answers:
            raise InvalidInput(f"refers to program {value:g} of {answers}", field="program")
        depth += 1
    if program.exists and depth != 1:
        raise InvalidInput(f"leaves {depth} levels, must leave one", field="program")


def pack_rules(plan: Plan, tie: Tie) -> Rules:
    """The plan's numbers with their Python types fixed, for they decide the compilation."""
    return Rules(
        leverage=float(plan.leverage),
        margin=1 / float(plan.leverage) + float(plan.fee_rate),
        fee_rate=float(plan.fee_rate),
        maker_rate=float(plan.maker_rate),
        buy=1 + float(plan.slip),
        sell=1 - float(plan.slip),
        min_notional=float(plan.min_notional),
        reverse=bool(plan.reverse),
        time_stop_bars=int(plan.time_stop_bars),
        tie=int(tie),
    )
