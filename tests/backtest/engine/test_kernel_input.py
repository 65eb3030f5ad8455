"""What the compiled body refuses: it checks no index while it runs, so all of it is checked before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vibex.backtest.engine import kernel
from vibex.backtest.engine.kernel import simulate
from vibex.backtest.engine.plan import Flag, LevelOp, LevelProgram, Plan, SidePlan, Sizing, Trailing
from vibex.domain.errors import InvalidInput


def program(*steps: tuple[LevelOp, float, int]) -> LevelProgram:
    op, value, column = zip(*steps, strict=True) if steps else ((), (), ())
    return LevelProgram(op=np.array(op, np.int64), value=np.array(value, np.float64), column=np.array(column, np.int64))


SIDE = SidePlan(
    stop=program(),
    target=program(),
    trailing=Trailing.NONE,
    trailing_value=0.0,
    trailing_column=-1,
    sizing=Sizing.FIXED_PERCENT,
    size_value=50.0,
    yardstick=program(),
    cap_percent=float("nan"),
    volatility_column=-1,
)
PRICES = np.array([[100.0, 101.0, 102.0]])
PLAN = Plan(
    symbols=("A",),
    time=np.arange(3, dtype=np.int64),
    open=PRICES,
    high=PRICES,
    low=PRICES,
    close=PRICES,
    flags=np.array([[Flag.ENTRY_LONG, 0, 0]], np.uint8),
    columns=np.empty((1, 0, 3)),
    lot=np.zeros(1),
    tick=np.zeros(1),
    long=SIDE,
    short=SIDE,
    capital=1_000.0,
    leverage=1.0,
    fee_rate=0.0,
    maker_rate=0.0,
    slip=0.0,
    min_notional=0.0,
    reverse=True,
    time_stop_bars=0,
)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("open", np.ones((1, 2))),
        ("close", np.ones(3)),
        ("low", np.ones((1, 3), np.float32)),
        ("flags", np.zeros((1, 3), np.int64)),
        ("flags", np.zeros((1, 0), np.uint8)),
        ("columns", np.ones((1, 3))),
        ("tick", np.ones(2)),
        ("symbols", ("A", "B")),
    ],
)
def test_shape_or_dtype_that_does_not_fit_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        simulate(replace(PLAN, **{field: value}))  # type: ignore[arg-type]
    assert caught.value.field == field


@pytest.mark.parametrize(
    "side",
    [
        replace(SIDE, stop=program((LevelOp.ATR, 2.0, 0))),
        replace(SIDE, stop=program((LevelOp.PERCENT, 2.0, -1), (LevelOp.NEAREST, 2.0, -1))),
        replace(SIDE, target=program((LevelOp.PERCENT, 2.0, -1), (LevelOp.PERCENT, 3.0, -1))),
        replace(SIDE, trailing=Trailing.ATR, trailing_value=2.0),
        replace(SIDE, sizing=Sizing.VOLATILITY_TARGET),
    ],
)
def test_program_or_column_that_does_not_exist_is_refused(side: SidePlan) -> None:
    with pytest.raises(InvalidInput):
        simulate(replace(PLAN, short=side))


def test_strided_arrays_play_like_contiguous_ones() -> None:
    wide = np.repeat(PRICES, 2, axis=1)[:, ::2]
    strided = simulate(replace(PLAN, open=wide, high=wide, low=wide, close=wide))
    assert not wide.flags.c_contiguous
    assert strided.equity.tobytes() == simulate(PLAN).equity.tobytes()


def test_one_compilation_serves_every_plan() -> None:
    simulate(PLAN)
    frozen = PRICES.copy()
    frozen.flags.writeable = False
    simulate(replace(PLAN, open=frozen, long=replace(SIDE, stop=program((LevelOp.PERCENT, 2.0, -1)))))
    assert len(kernel._run.signatures) == 1  # type: ignore[attr-defined]
