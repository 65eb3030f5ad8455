"""Optional parts of a plan in the words of a table: events by row, sub-bars, brackets, state programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from vibex.backtest.engine.plan import (
    NO_LEVEL,
    Carry,
    Detail,
    EntryOrder,
    EntryType,
    Funding,
    LevelProgram,
    LimitRules,
    Liquidation,
    Management,
    MarkPrices,
    StateRules,
    StopStep,
    VolumeRules,
)
from vibex.domain.arrays import F64, I64
from vibex.strategy.evaluation.step import NO_STEPS, StepOp, StepProgram

Op = tuple[StepOp, float, int]


def floats(values: Sequence[float]) -> F64:
    return np.array(values, np.float64)


def order(type_: EntryType, offset: float = 0.02, *, expires: int = 9, long: int = -1, short: int = -1) -> EntryOrder:
    """Entries that rest `offset` away from the decision close, or at the columns `long` and `short`."""
    return EntryOrder(type=type_, offset=offset, expires_bars=expires, long_column=long, short_column=short)


def volume(*rows: float, cap: float = 0.5, impact: float = 0.0) -> VolumeRules:
    """The volume of each bar of one symbol."""
    return VolumeRules(volume=floats(rows)[np.newaxis], cap=cap, impact=impact)


def starts(rows: int, counts: Mapping[int, int]) -> I64:
    """Offsets (1, rows + 1) of `counts[row]` events in each row of one symbol."""
    return np.concatenate([[0], np.cumsum([counts.get(row, 0) for row in range(rows)])])[np.newaxis].astype(np.int64)


def funding(rows: int, settlements: Mapping[int, tuple[float, float]]) -> Funding:
    """One settlement (mark price, rate) in each row that has one."""
    values = [settlements[row] for row in sorted(settlements)]
    return Funding(
        start=starts(rows, dict.fromkeys(settlements, 1)),
        price=floats([each[0] for each in values]),
        rate=floats([each[1] for each in values]),
    )


def marks(*rows: tuple[float, float, float]) -> MarkPrices:
    """Open, high and low of the mark price of one symbol."""
    table = np.array(rows, np.float64)
    return MarkPrices(
        open=table[np.newaxis, :, 0].copy(), high=table[np.newaxis, :, 1].copy(), low=table[np.newaxis, :, 2].copy()
    )


def brackets(
    *rows: tuple[float, float, float], isolated: bool = True, fee_rate: float = 0.0, symbols: int = 1
) -> Liquidation:
    """Brackets (floor, rate, amount), the same for each symbol."""
    table = np.array(rows * symbols, np.float64).reshape(-1, 3)
    return Liquidation(
        start=np.arange(symbols + 1, dtype=np.int64) * len(rows),
        floor=table[:, 0].copy(),
        rate=table[:, 1].copy(),
        amount=table[:, 2].copy(),
        isolated=isolated,
        fee_rate=fee_rate,
    )


def sub_bars(rows: int, inside: Mapping[int, Sequence[tuple[float, float, float]]]) -> Detail:
    """Open, high and low of the sub-bars of each row that has some."""
    table = np.array([each for row in sorted(inside) for each in inside[row]], np.float64).reshape(-1, 3)
    return Detail(
        start=starts(rows, {row: len(each) for row, each in inside.items()}),
        open=table[:, 0].copy(),
        high=table[:, 1].copy(),
        low=table[:, 2].copy(),
    )


def carry(rows: int, actions: Mapping[int, tuple[float, float]], borrow_per_year: float = 0.0) -> Carry:
    """One action (split, cash per share) in each row that has one."""
    values = [actions[row] for row in sorted(actions)]
    return Carry(
        borrow_per_year=borrow_per_year,
        start=starts(rows, dict.fromkeys(actions, 1)),
        split=floats([each[0] for each in values]),
        cash=floats([each[1] for each in values]),
    )


def limits(
    session: Sequence[int], *, trades: int = 0, cooldown: int = 0, daily_loss: float = 0.0, drawdown: float = 0.0
) -> LimitRules:
    return LimitRules(
        session=np.array(session, np.int64),
        max_trades=trades,
        cooldown_bars=cooldown,
        max_daily_loss=daily_loss,
        max_drawdown=drawdown,
    )


def managed(
    *,
    targets: Sequence[tuple[LevelProgram, float]] = (),
    moves: str = "",
    on_close: str = "",
    trailing_after: LevelProgram = NO_LEVEL,
    trailing_level: LevelProgram = NO_LEVEL,
    steps: Sequence[StopStep] = (),
) -> Management:
    """`targets` with their fractions; `moves` and `on_close` name stop, target, trailing."""
    return Management(
        targets=tuple(each[0] for each in targets),
        fractions=floats([each[1] for each in targets]),
        stop_moves="stop" in moves,
        target_moves="target" in moves,
        stop_on_close="stop" in on_close,
        target_on_close="target" in on_close,
        trailing_on_close="trailing" in on_close,
        trailing_after=trailing_after,
        trailing_level=trailing_level,
        steps=tuple(steps),
    )


def step(to: LevelProgram, *, after: LevelProgram = NO_LEVEL, after_target: int = 0) -> StopStep:
    return StopStep(after=after, after_target=after_target, to=to)


def program(*ops: Op) -> StepProgram:
    """A state program from (op, value, column) in postfix order."""
    return StepProgram(
        op=np.array([int(each[0]) for each in ops], np.int64),
        value=floats([each[1] for each in ops]),
        column=np.array([int(each[2]) for each in ops], np.int64),
    )


def state(
    *,
    entry_long: StepProgram = NO_STEPS,
    exit_long: StepProgram = NO_STEPS,
    entry_short: StepProgram = NO_STEPS,
    exit_short: StepProgram = NO_STEPS,
    levels: Sequence[StepProgram] = (),
    since: Sequence[tuple[int, int]] = (),
    memory: Sequence[float] = (),
) -> StateRules:
    """`since` are (column, kind) of the accumulators."""
    return StateRules(
        entry_long=entry_long,
        exit_long=exit_long,
        entry_short=entry_short,
        exit_short=exit_short,
        levels=tuple(levels),
        since_column=np.array([each[0] for each in since], np.int64),
        since_kind=np.array([int(each[1]) for each in since], np.int64),
        memory=floats(memory),
    )
