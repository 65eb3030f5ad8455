"""The crossover job with every rule of the engine switched on, and with those that hold state: what the rules cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vibex.backtest.engine.plan import (
    NO_LEVEL,
    Carry,
    Detail,
    EntryOrder,
    EntryType,
    Funding,
    LevelOp,
    LevelProgram,
    LimitRules,
    Liquidation,
    Management,
    MarkPrices,
    Plan,
    StateRules,
    StopStep,
    Trailing,
    VolumeRules,
)
from vibex.domain.arrays import F64, I64
from vibex.strategy.evaluation.step import NO_STEPS, State, StepOp, StepProgram

DAY, FUNDING_BARS, INNER_BARS, SLOW = 1_440, 480, 2, 1_000


def percent(value: float) -> LevelProgram:
    """A level `value` percent away from the fill."""
    return LevelProgram(op=np.array([LevelOp.PERCENT]), value=np.array([value]), column=np.array([-1]))


def with_levels(made: Plan) -> Plan:
    """The same with a stop 2 % and a target 4 % away."""
    side = replace(made.long, stop=percent(2.0), target=percent(4.0))
    return replace(made, long=side, short=side)


def with_state(made: Plan) -> Plan:
    """Two targets, a step of the stop, a late trailing stop; out once the slow mean is above the entry price."""
    sums = np.cumsum(made.close, axis=1)
    mean = np.full_like(made.close, np.nan)
    mean[:, SLOW:] = (sums[:, SLOW:] - sums[:, :-SLOW]) / SLOW
    side = replace(
        made.long, stop=percent(2.0), trailing=Trailing.PERCENT, trailing_value=3.0, management=_management()
    )
    columns = mean[:, np.newaxis]
    # Fees that leave the account alive: a ruined one has nothing more to compute.
    return replace(made, long=side, short=side, state=_state(), columns=columns, fee_rate=1e-5, maker_rate=1e-5)


def with_every_rule(made: Plan) -> Plan:
    """That, and limit entries, a volume cap, funding, mark prices, brackets, borrow, brakes and bars inside bars."""
    symbols, rows = made.flags.shape
    order = EntryOrder(type=EntryType.LIMIT, offset=2e-4, expires_bars=20, long_column=-1, short_column=-1)
    random = np.random.default_rng(3)
    volume = random.lognormal(16, 1, (symbols, rows))
    return replace(
        with_state(made),
        order=order,
        volume=VolumeRules(volume=volume, cap=0.1, impact=0.1),
        mark=MarkPrices(open=made.open * 1.0001, high=made.high * 1.0001, low=made.low * 1.0001),
        funding=_funding(symbols, rows),
        liquidation=Liquidation(
            start=2 * np.arange(symbols + 1),
            floor=np.tile([0.0, 1e7], symbols),
            rate=np.tile([0.004, 0.01], symbols),
            amount=np.tile([0.0, 6e4], symbols),
            isolated=False,
            fee_rate=0.005,
        ),
        detail=_detail(made),
        carry=Carry(
            borrow_per_year=0.01,
            start=np.zeros((symbols, rows + 1), np.int64),
            split=np.empty(0),
            cash=np.empty(0),
        ),
        limits=LimitRules(
            session=np.arange(rows) // DAY, max_trades=40, cooldown_bars=5, max_daily_loss=0.05, max_drawdown=0.9
        ),
        maker_rate=made.fee_rate / 2,
        slip=1e-6,
    )


def _management() -> Management:
    return Management(
        targets=(percent(2.0), percent(4.0)),
        fractions=np.array([0.5, 0.5]),
        stop_moves=False,
        target_moves=False,
        stop_on_close=False,
        target_on_close=False,
        trailing_on_close=False,
        trailing_after=percent(1.5),
        trailing_level=NO_LEVEL,
        steps=(StopStep(after=percent(1.0), after_target=0, to=percent(0.0)),),
    )


def _state() -> StateRules:
    caught_up = _program((StepOp.COLUMN, 0.0, 0), (StepOp.STATE, 0.0, State.ENTRY_PRICE), (StepOp.GT, 0.0, -1))
    none: I64 = np.empty(0, np.int64)
    return StateRules(
        entry_long=NO_STEPS,
        exit_long=caught_up,
        entry_short=NO_STEPS,
        exit_short=NO_STEPS,
        levels=(),
        since_column=none,
        since_kind=none,
        memory=np.empty(0),
    )


def _program(*steps: Sequence[float]) -> StepProgram:
    op, value, column = zip(*steps, strict=True)
    return StepProgram(op=np.array(op, np.int64), value=np.array(value, np.float64), column=np.array(column, np.int64))


def _funding(symbols: int, rows: int) -> Funding:
    """A settlement every eight hours of minutes."""
    start: I64 = np.tile(np.arange(rows + 1) // FUNDING_BARS, (symbols, 1))
    count = int(start[0, -1])
    start += count * np.arange(symbols)[:, np.newaxis]
    return Funding(start=start, price=np.full(count * symbols, 100.0), rate=np.full(count * symbols, 1e-5))


def _detail(made: Plan) -> Detail:
    """Two bars inside each: the first takes the high, the second the low."""
    symbols, rows = made.flags.shape
    start = INNER_BARS * np.arange(rows + 1) + INNER_BARS * rows * np.arange(symbols)[:, np.newaxis]

    def pairs(first: F64, second: F64) -> F64:
        both: F64 = np.stack([first, second], axis=2)
        return both.reshape(-1)

    middle = np.clip((made.open + made.close) / 2, made.low, made.high)
    return Detail(
        start=start,
        open=pairs(made.open, middle),
        high=pairs(made.high, np.maximum(middle, made.close)),
        low=pairs(np.minimum(made.open, middle), made.low),
    )
