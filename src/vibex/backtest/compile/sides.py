"""Levels and sizes of one side of a strategy, as programs for the engine (rules 31 to 36, 42, 45)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import assert_never

import numpy as np

from vibex.backtest.compile.columns import ColumnTable
from vibex.backtest.engine.plan import LevelOp, LevelProgram, SidePlan, Sizing, Trailing
from vibex.domain import NotSupported
from vibex.domain.arrays import F64
from vibex.strategy.evaluation import Frame
from vibex.strategy.spec import (
    AtrExit,
    Exit,
    Farthest,
    FixedNotional,
    FixedPercent,
    FixedQuantity,
    LevelExit,
    Nearest,
    Operand,
    PercentExit,
    PointsExit,
    PriceExit,
    RiskMultipleExit,
    RiskNotional,
    RiskPercent,
    StrategySpec,
    VolatilityTarget,
)

Step = tuple[LevelOp, float, int]

NO_LEVEL = LevelProgram(op=np.empty(0, np.int64), value=np.empty(0), column=np.empty(0, np.int64))


def compile_side(spec: StrategySpec, columns: ColumnTable, *, long: bool) -> SidePlan:
    """The exits and the size that `spec` gives to entries of one side."""
    stop = _of_side(spec.stop_loss, long)
    target = _of_side(spec.take_profit, long)
    trailing = _of_side(spec.trailing_stop, long)
    size = _of_side(spec.sizing, long)
    if isinstance(target, tuple):
        raise NotSupported("several targets are not run yet", field="take_profit", remedy="use one target")
    kind, value, column = _trailing(trailing, columns)
    return SidePlan(
        stop=_program(stop, columns),
        target=_program(target, columns),
        trailing=kind,
        trailing_value=value,
        trailing_column=column,
        **_sizing(size, columns),
    )


def _of_side(sided: object, long: bool) -> object:
    return None if sided is None else getattr(sided, "long" if long else "short")


def _program(level: object, columns: ColumnTable) -> LevelProgram:
    steps = [] if level is None else list(_steps(level, columns))
    if not steps:
        return NO_LEVEL
    ops, values, rows = zip(*steps, strict=True)
    return LevelProgram(
        op=np.array(ops, dtype=np.int64), value=np.array(values, dtype=np.float64), column=np.array(rows, np.int64)
    )


def _steps(level: Exit, columns: ColumnTable) -> Iterator[Step]:
    match level:
        case PercentExit(value):
            yield LevelOp.PERCENT, value, -1
        case PointsExit(value):
            yield LevelOp.POINTS, value, -1
        case PriceExit(value):
            yield LevelOp.PRICE, value, -1
        case AtrExit(value, indicator):
            yield LevelOp.ATR, value, _atr_row(indicator, columns)
        case RiskMultipleExit(value):
            yield LevelOp.RISK_MULTIPLE, value, -1
        case LevelExit(operand):
            yield LevelOp.LEVEL, 0.0, columns.row(f"level {operand!r}", _column_of(operand))
        case Nearest(of) | Farthest(of):
            for part in of:
                yield from _steps(part, columns)
            yield LevelOp.NEAREST if isinstance(level, Nearest) else LevelOp.FARTHEST, float(len(of)), -1
        case _:
            assert_never(level)


def _trailing(trailing: object, columns: ColumnTable) -> tuple[Trailing, float, int]:
    match trailing:
        case None:
            return Trailing.NONE, 0.0, -1
        case PercentExit(value):
            return Trailing.PERCENT, value, -1
        case AtrExit(value, indicator):
            return Trailing.ATR, value, _atr_row(indicator, columns)
    raise NotSupported("a trailing level is not run yet", field="trailing_stop", remedy="use percent or atr")


def _sizing(size: object, columns: ColumnTable) -> dict[str, object]:
    yardstick: object = None
    cap = float("nan")
    volatility = -1
    match size:
        case FixedPercent():
            kind = Sizing.FIXED_PERCENT
        case FixedNotional():
            kind = Sizing.FIXED_NOTIONAL
        case FixedQuantity():
            kind = Sizing.FIXED_QUANTITY
        case RiskPercent() | RiskNotional():
            kind = Sizing.RISK_PERCENT if isinstance(size, RiskPercent) else Sizing.RISK_NOTIONAL
            yardstick = size.distance
            cap = float("nan") if size.cap_percent is None else size.cap_percent
        case VolatilityTarget(lookback=lookback):
            kind = Sizing.VOLATILITY_TARGET
            volatility = columns.row(f"volatility {lookback}", _volatility_over(lookback))
        case None:  # a side without a size has no entries either: the spec's checks say so
            kind = Sizing.FIXED_QUANTITY
        case _:
            raise AssertionError(size)
    return {
        "sizing": kind,
        "size_value": 0.0 if size is None else size.value,
        "yardstick": _program(yardstick, columns),
        "cap_percent": cap,
        "volatility_column": volatility,
    }


def _atr_row(indicator: str | None, columns: ColumnTable) -> int:
    if indicator is None:
        return columns.row("ATR(14)", lambda frame: frame.named("ATR", timeperiod=14))
    return columns.row(f"reference {indicator}", lambda frame: frame.reference(indicator))


def _column_of(operand: Operand) -> Callable[[Frame], F64]:
    return lambda frame: frame.column(operand)


def _volatility_over(lookback: int) -> Callable[[Frame], F64]:
    return lambda frame: frame.named("ROLLING_VOL", timeperiod=lookback)
