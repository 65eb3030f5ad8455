"""Levels and sizes of one side of a strategy, as programs for the engine (rules 31 to 36, 42, 45)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
    TrailingStop,
    VolatilityTarget,
)
from vibex.strategy.spec import Sizing as SpecSizing

Step = tuple[LevelOp, float, int]

NO_LEVEL = LevelProgram(op=np.empty(0, np.int64), value=np.empty(0), column=np.empty(0, np.int64))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Size:
    """The sizing part of a `SidePlan`."""

    kind: Sizing
    value: float
    yardstick: Exit | None = None
    cap_percent: float = float("nan")
    volatility_column: int = -1


def compile_side(spec: StrategySpec, columns: ColumnTable, *, long: bool) -> SidePlan:
    """The exits and the size that `spec` gives to entries of one side."""
    side = "long" if long else "short"
    target = None if spec.take_profit is None else getattr(spec.take_profit, side)
    if isinstance(target, tuple):
        raise NotSupported("several targets are not run yet", field="take_profit", remedy="use one target")
    trailing, trailing_value, trailing_column = _trailing(getattr(spec.trailing_stop, side, None), columns)
    size = _sizing(getattr(spec.sizing, side), columns)
    return SidePlan(
        stop=_program(getattr(spec.stop_loss, side, None), columns),
        target=_program(target, columns),
        trailing=trailing,
        trailing_value=trailing_value,
        trailing_column=trailing_column,
        sizing=size.kind,
        size_value=size.value,
        yardstick=_program(size.yardstick, columns),
        cap_percent=size.cap_percent,
        volatility_column=size.volatility_column,
    )


def _program(level: Exit | None, columns: ColumnTable) -> LevelProgram:
    if level is None:
        return NO_LEVEL
    ops, values, rows = zip(*_steps(level, columns), strict=True)
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


def _trailing(trailing: TrailingStop | None, columns: ColumnTable) -> tuple[Trailing, float, int]:
    match trailing:
        case None:
            return Trailing.NONE, 0.0, -1
        case PercentExit(value):
            return Trailing.PERCENT, value, -1
        case AtrExit(value, indicator):
            return Trailing.ATR, value, _atr_row(indicator, columns)
    raise NotSupported("a trailing level is not run yet", field="trailing_stop", remedy="use percent or atr")


def _sizing(size: SpecSizing | None, columns: ColumnTable) -> _Size:
    match size:
        case None:  # a side without a size has no entries either: the spec's checks say so
            return _Size(kind=Sizing.FIXED_QUANTITY, value=0.0)
        case FixedPercent():
            return _Size(kind=Sizing.FIXED_PERCENT, value=size.value)
        case FixedNotional():
            return _Size(kind=Sizing.FIXED_NOTIONAL, value=size.value)
        case FixedQuantity():
            return _Size(kind=Sizing.FIXED_QUANTITY, value=size.value)
        case VolatilityTarget():
            row = columns.row(f"volatility {size.lookback}", _volatility_over(size.lookback))
            return _Size(kind=Sizing.VOLATILITY_TARGET, value=size.value, volatility_column=row)
        case RiskPercent() | RiskNotional():
            return _Size(
                kind=Sizing.RISK_PERCENT if isinstance(size, RiskPercent) else Sizing.RISK_NOTIONAL,
                value=size.value,
                yardstick=size.distance,
                cap_percent=float("nan") if size.cap_percent is None else size.cap_percent,
            )
    assert_never(size)


def _atr_row(indicator: str | None, columns: ColumnTable) -> int:
    if indicator is None:
        return columns.row("ATR(14)", lambda frame: frame.named("ATR", timeperiod=14))
    return columns.row(f"reference {indicator}", lambda frame: frame.reference(indicator))


def _column_of(operand: Operand) -> Callable[[Frame], F64]:
    return lambda frame: frame.column(operand)


def _volatility_over(lookback: int) -> Callable[[Frame], F64]:
    return lambda frame: frame.named("ROLLING_VOL", timeperiod=lookback)
