"""Refuses a plan whose parts do not fit it: compiled code checks no index and no shape while it runs."""

from __future__ import annotations

import numpy as np

from vibex.backtest.costs.arithmetic import SIZE
from vibex.backtest.engine.kernel_pack import array
from vibex.backtest.engine.parts import EntryType
from vibex.backtest.engine.plan import Management, Plan, SidePlan, Trailing
from vibex.domain.arrays import F64, I64
from vibex.domain.errors import InvalidInput
from vibex.strategy.evaluation.step import RING_HEADER, State, StepOp, StepProgram

ONE = (StepOp.ABS, StepOp.NOT, StepOp.LAST)
SEVERAL = (StepOp.ADD, StepOp.MUL, StepOp.MIN, StepOp.MAX, StepOp.ALL, StepOp.ANY)


def starts(given: I64, name: str, shape: tuple[int, ...], total: int) -> I64:
    """Where the events of each symbol and row begin, ascending within what there is of them."""
    start: I64 = array(given, name, shape, np.int64)
    flat = start.reshape(shape[0], -1) if start.ndim > 1 else start.reshape(1, -1)
    if np.any(flat[:, 0] < 0) or np.any(flat[:, -1] > total) or np.any(flat[:, 1:] < flat[:, :-1]):
        raise InvalidInput(f"must ascend within 0 and {total}", field=name)
    return start


def at_least(value: float, least: float, name: str) -> None:
    """A number of the plan that is finite and not below `least`."""
    if not (np.isfinite(value) and value >= least):
        raise InvalidInput(f"is {value}, must be at least {least:g}", field=name)


def check_plan(plan: Plan) -> None:
    """What no array's shape says."""
    symbols = len(plan.symbols)
    if len(plan.schedule) not in (0, SIZE):
        raise InvalidInput(f"has {len(plan.schedule)} numbers, must have {SIZE}", field="schedule")
    if plan.tick_bounds.shape != plan.tick_sizes.shape or plan.tick_bounds.ndim != 1:
        raise InvalidInput("bounds and sizes of the ticks differ in number", field="tick_bounds")
    if np.isnan(plan.tick).any() and not (len(plan.tick_bounds) and plan.tick_bounds[-1] == np.inf):
        raise InvalidInput("a tick of the table needs one whose last bound is infinite", field="tick_bounds")
    if plan.linked and (symbols != 2 or plan.volume is not None or _order_type(plan) != EntryType.MARKET):
        raise InvalidInput("a pair has two symbols, market orders and no volume cap", field="linked")
    if plan.priority.size and np.any(np.sort(plan.priority, axis=1) != np.arange(symbols)):
        raise InvalidInput("each row must name every symbol once", field="priority")
    _check_order(plan)
    _check_numbers(plan)
    for side in (plan.long, plan.short):
        if side.management is not None:
            _check_management(side, side.management)


def _order_type(plan: Plan) -> EntryType:
    return plan.order.type if plan.order is not None else EntryType.MARKET


def _check_order(plan: Plan) -> None:
    order = plan.order
    if order is None:
        return
    for name in ("long_column", "short_column"):
        column = getattr(order, name)
        if not -1 <= column < plan.columns.shape[1]:
            raise InvalidInput(f"refers to column {column} of {plan.columns.shape[1]}", field=name)
    if order.type != EntryType.MARKET or plan.volume is not None:
        at_least(order.expires_bars, 1, "expires_bars")


def _check_numbers(plan: Plan) -> None:
    if plan.volume is not None:
        at_least(plan.volume.cap, 0.0, "cap")
        at_least(plan.volume.impact, 0.0, "impact")
    if plan.carry is not None:
        at_least(plan.carry.borrow_per_year, 0.0, "borrow_per_year")
        if np.any(~(plan.carry.split > 0)):
            raise InvalidInput("a split must be above 0", field="split")
    if plan.liquidation is not None:
        at_least(plan.liquidation.fee_rate, 0.0, "liquidation.fee_rate")
    if plan.limits is not None:
        for name in ("max_trades", "cooldown_bars", "max_daily_loss", "max_drawdown"):
            at_least(getattr(plan.limits, name), 0, name)
    if np.any(~(plan.target_through >= 0)):
        raise InvalidInput("must be at least 0", field="target_through")


def _check_management(side: SidePlan, managed: Management) -> None:
    if managed.targets and side.target.exists:
        raise InvalidInput("several targets replace the one target of the side", field="target")
    if managed.fractions.shape != (len(managed.targets),) or not all(target.exists for target in managed.targets):
        raise InvalidInput("each target needs a level and a fraction", field="fractions")
    if np.any(~(managed.fractions > 0)) or managed.fractions.sum() > 1 + 1e-9:
        raise InvalidInput("the fractions must be above 0 and make up at most 1", field="fractions")
    if side.trailing == Trailing.LEVEL and not managed.trailing_level.exists:
        raise InvalidInput("a trailing stop at a level needs the level", field="trailing_level")
    if not all(step.to.exists for step in managed.steps):
        raise InvalidInput("a step of the stop must say where to", field="steps")


def check_steps(program: StepProgram, columns: int, states: int, memory: F64, *, rings: bool) -> None:
    """As `check_program` for a step program; `states` numbers of state, rings only where it runs once a close."""
    if not len(program.op) == len(program.value) == len(program.column):
        raise InvalidInput("op, value and column differ in length", field="program")
    depth = 0
    for op, value, column in zip(program.op, program.value, program.column, strict=True):
        taken = _taken(int(op), float(value), int(column))
        if not 0 <= taken <= depth:
            raise InvalidInput(f"takes {taken} of {depth} numbers", field="program")
        limit = {StepOp.COLUMN: columns, StepOp.STATE: states}.get(StepOp(op))
        if limit is not None and not 0 <= column < limit:
            raise InvalidInput(f"refers to number {column} of {limit}", field="columns")
        if op == StepOp.LAST:
            if not rings:
                raise InvalidInput("a level remembers nothing", field="program")
            _check_ring(int(column), memory)
        depth += 1 - taken
    if program.exists and depth != 1:
        raise InvalidInput(f"leaves {depth} numbers, must leave one", field="program")


def _taken(op: int, value: float, column: int) -> int:
    """How many numbers the step takes from the stack."""
    if not 0 <= op <= StepOp.LAST:
        raise InvalidInput(f"has no operation {op}", field="program")
    if op <= StepOp.STATE:
        return 0
    if op in ONE:
        return 1
    if op in SEVERAL:
        return int(value) if value >= 1 else -1
    return column if op == StepOp.AT_LEAST else 2


def _check_ring(start: int, memory: F64) -> None:
    room = len(memory) - RING_HEADER - start
    length = memory[start] if 0 <= start < len(memory) else np.nan
    if not (1 <= length <= room and 0 <= memory[start + 1] < length):
        raise InvalidInput(f"the ring at {start} does not fit a memory of {len(memory)}", field="memory")


def state_size(accumulators: int) -> int:
    """How many numbers a side's state has."""
    return int(State.SINCE) + accumulators
