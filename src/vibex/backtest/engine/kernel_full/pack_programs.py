"""From the sides of a `Plan` with parts to the programs and places of its compiled body, everything checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vibex.backtest.engine.kernel_full.checks import check_steps, state_size
from vibex.backtest.engine.kernel_full.records import Accumulator, Aim, ManagedSide, Program, RungPlan
from vibex.backtest.engine.kernel_pack import array, check_columns, check_program
from vibex.backtest.engine.kernel_records import STEP, dtype_of
from vibex.backtest.engine.plan import LevelOp, LevelProgram, Plan, SidePlan, Trailing
from vibex.domain.arrays import F64
from vibex.domain.errors import InvalidInput
from vibex.strategy.evaluation.state_rules import StateRules
from vibex.strategy.evaluation.step import Since, StepOp, StepProgram


class Tray:
    """Level programs one after the other, each known by where it begins and ends."""

    def __init__(self, plan: Plan) -> None:
        self.columns = plan.columns.shape[1]
        self.answers = len(plan.state.levels) if plan.state is not None else 0
        self.programs: list[LevelProgram] = []
        self.end = 0

    def put(self, program: LevelProgram) -> tuple[int, int]:
        check_program(program, self.columns, self.answers)
        self.programs.append(program)
        begin, self.end = self.end, self.end + len(program.op)
        return begin, self.end

    def steps(self) -> NDArray[np.void]:
        packed = np.zeros(self.end, STEP)
        for name in ("op", "value", "column"):
            packed[name] = np.concatenate([getattr(program, name) for program in self.programs])
        return packed


def pack_sides(plan: Plan, tray: Tray) -> tuple[NDArray[np.void], NDArray[np.void], NDArray[np.void]]:
    """Both sides, their targets (2, K) and the steps of their stops (2, M)."""
    pair = (plan.long, plan.short)
    most = max(1, *(len(targets(side)) for side in pair))
    rungs = max(1, *(len(side.management.steps) if side.management else 0 for side in pair))
    sides, aims = np.zeros(2, dtype_of(ManagedSide)), np.zeros((2, most), dtype_of(Aim))
    plans = np.zeros((2, rungs), dtype_of(RungPlan))
    for i, side in enumerate(pair):
        check_columns(side, plan.columns.shape[1])
        packed = sides[i]
        packed["stop_begin"], packed["stop_end"] = tray.put(side.stop)
        packed["yardstick_begin"], packed["yardstick_end"] = tray.put(side.yardstick)
        for name in ("trailing", "trailing_value", "trailing_column", "sizing", "size_value", "cap_percent"):
            packed[name] = getattr(side, name)
        packed["volatility_column"] = side.volatility_column
        packed["goals"] = len(targets(side))
        for k, target in enumerate(targets(side)):
            aims[i, k]["begin"], aims[i, k]["end"] = tray.put(target)
        packed["watched"] = side.trailing == Trailing.LEVEL
        if side.management is not None:
            _pack_management(side, packed, aims[i], plans[i], tray)
        elif side.trailing == Trailing.LEVEL:
            raise InvalidInput("a trailing stop at a level needs the level", field="trailing_level")
    return sides, aims, plans


def targets(side: SidePlan) -> tuple[LevelProgram, ...]:
    """The targets of a side, several or the one."""
    if side.management is not None and side.management.targets:
        return side.management.targets
    return (side.target,) if side.target.exists else ()


def _pack_management(
    side: SidePlan, packed: np.void, aims: NDArray[np.void], plans: NDArray[np.void], tray: Tray
) -> None:
    managed = side.management
    if managed is None:
        return
    packed["shares"], packed["whole"] = len(managed.targets) > 0, sum(managed.fractions.tolist()) >= 1 - 1e-9
    aims["fraction"][: len(managed.targets)] = managed.fractions
    for name in ("stop_moves", "target_moves", "stop_on_close", "target_on_close", "trailing_on_close"):
        packed[name] = getattr(managed, name)
    packed["after_begin"], packed["after_end"] = tray.put(managed.trailing_after)
    packed["trail_begin"], packed["trail_end"] = tray.put(managed.trailing_level)
    packed["watched"] |= managed.stop_moves or managed.target_moves
    packed["rungs"] = len(managed.steps)
    for plan, step in zip(plans, managed.steps, strict=False):
        plan["after_begin"], plan["after_end"] = tray.put(step.after)
        plan["to_begin"], plan["to_end"] = tray.put(step.to)
        plan["after_target"] = step.after_target


def condition_programs(state: StateRules) -> tuple[StepProgram, StepProgram, StepProgram, StepProgram]:
    """In the order of the bits of `Flag`."""
    return state.entry_long, state.exit_long, state.entry_short, state.exit_short


def has_rings(program: StepProgram) -> bool:
    return bool(np.any(program.op == StepOp.LAST))


def pack_state(plan: Plan) -> dict[str, NDArray[Any]]:
    """What of the `World` reads the state or is it; next to nothing where the plan asks for none."""
    state, symbols = plan.state, len(plan.symbols)
    if state is None:
        return {"programs": np.zeros(0, dtype_of(Program)), "state": np.full((symbols + 1, 2, state_size(0)), np.nan)}
    count = len(state.since_column)
    since = np.zeros(count, dtype_of(Accumulator))
    since["column"] = array(state.since_column, "since_column", (count,), np.int64)
    since["kind"] = array(state.since_kind, "since_kind", (count,), np.int64)
    if count and not (since["column"].min() >= 0 and since["column"].max() < plan.columns.shape[1]):
        raise InvalidInput("an accumulator refers to a column that the plan does not have", field="since_column")
    if not set(since["kind"].tolist()) <= set(map(int, Since)):
        raise InvalidInput("an accumulator is none of first, max and min", field="since_kind")
    memory: F64 = array(state.memory, "memory", (len(state.memory),), np.float64)
    conditions = condition_programs(state)
    programs = (*conditions, *state.levels)
    for k, program in enumerate(programs):
        rings = k < len(conditions)
        check_steps(program, plan.columns.shape[1], state_size(count), memory, rings=rings)
    return {
        **_code(programs),
        "programs": _ranges(plan, programs, len(conditions)),
        "since": since,
        "state": np.full((symbols + 1, 2, state_size(count)), np.nan),
        "memory": np.tile(memory, (symbols, 1)),
    }


def _code(programs: Sequence[StepProgram]) -> dict[str, NDArray[Any]]:
    kinds = {"op": np.int64, "value": np.float64, "column": np.int64}
    return {
        f"code_{name}": np.concatenate([getattr(program, name) for program in programs]).astype(kind)
        for name, kind in kinds.items()
    }


def _ranges(plan: Plan, programs: Sequence[StepProgram], conditions: int) -> NDArray[np.void]:
    """Begin and end of each program in the code, and which sides' levels ask for it."""
    ends = np.cumsum([len(program.op) for program in programs])
    ranges = np.zeros(len(programs), dtype_of(Program))
    ranges["begin"][1:], ranges["end"] = ends[:-1], ends
    for name, side in (("long_asks", plan.long), ("short_asks", plan.short)):
        for program in side_programs(side):
            asked = program.value[program.op == LevelOp.PROGRAM].astype(np.int64)
            ranges[name][conditions + asked] = 1
    return ranges


def side_programs(side: SidePlan) -> list[LevelProgram]:
    """Every level program of a side."""
    programs = [side.stop, side.target, side.yardstick]
    if (managed := side.management) is not None:
        programs += [*managed.targets, managed.trailing_after, managed.trailing_level]
        programs += [program for step in managed.steps for program in (step.after, step.to)]
    return programs
