"""What a strategy says of one side: its levels, its management and its size (rules 31 to 36, 42 to 45)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

import numpy as np

from vibex.backtest.compile.levels import LevelWriter, moves, on_close
from vibex.backtest.engine.plan import NO_LEVEL, LevelProgram, Management, SidePlan, Sizing, StopStep, Trailing
from vibex.strategy.evaluation.columns import Series
from vibex.strategy.spec import (
    AtrExit,
    Exit,
    FixedNotional,
    FixedPercent,
    FixedQuantity,
    LevelExit,
    PercentExit,
    RiskNotional,
    RiskPercent,
    StrategySpec,
    Target,
    TargetHit,
    TrailingStop,
    VolatilityTarget,
)
from vibex.strategy.spec import Sizing as SpecSizing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Size:
    """The sizing part of a `SidePlan`."""

    kind: Sizing
    value: float
    yardstick: Exit | None = None
    cap_percent: float = float("nan")
    volatility_column: int = -1


def compile_side(spec: StrategySpec, writer: LevelWriter, *, long: bool) -> SidePlan:
    """The exits and the size that `spec` gives to entries of one side."""
    side = "long" if long else "short"
    stop: Exit | None = getattr(spec.stop_loss, side, None)
    target: Exit | tuple[Target, ...] | None = getattr(spec.take_profit, side, None)
    trail: TrailingStop | None = getattr(spec.trailing_stop, side, None)
    trailing, trailing_value, trailing_column = _trailing(trail, writer)
    size = _sizing(getattr(spec.sizing, side), writer)
    return SidePlan(
        stop=writer.level(stop),
        target=NO_LEVEL if isinstance(target, tuple) else writer.level(target),
        trailing=trailing,
        trailing_value=trailing_value,
        trailing_column=trailing_column,
        sizing=size.kind,
        size_value=size.value,
        yardstick=writer.level(size.yardstick),
        cap_percent=size.cap_percent,
        volatility_column=size.volatility_column,
        management=_management(spec, stop, target, trail, writer),
    )


def _management(
    spec: StrategySpec,
    stop: Exit | None,
    target: Exit | tuple[Target, ...] | None,
    trail: TrailingStop | None,
    writer: LevelWriter,
) -> Management | None:
    """None where the position has fixed levels and a plain trail only: the engine passes over such bars fastest."""
    targets = target if isinstance(target, tuple) else ()
    after = None if trail is None else trail.after
    plain = not (targets or spec.stop_steps or after or isinstance(trail, LevelExit))
    if plain and not any(moves(level) or on_close(level) for level in (stop, target, trail)):
        return None
    return Management(
        targets=tuple(writer.level(each.exit) for each in targets),
        fractions=np.array([each.fraction for each in targets], dtype=np.float64),
        stop_moves=moves(stop),
        target_moves=moves(target),
        stop_on_close=on_close(stop),
        target_on_close=on_close(target),
        trailing_on_close=on_close(trail),
        trailing_after=writer.level(after),
        trailing_level=_trailing_level(trail, writer),
        steps=tuple(
            StopStep(
                after=NO_LEVEL if isinstance(step.after, TargetHit) else writer.level(step.after),
                after_target=step.after.target if isinstance(step.after, TargetHit) else 0,
                to=writer.level(step.to),
            )
            for step in spec.stop_steps or ()
        ),
    )


def _trailing_level(trail: TrailingStop | None, writer: LevelWriter) -> LevelProgram:
    return writer.level(trail) if isinstance(trail, LevelExit) else NO_LEVEL


def _trailing(trail: TrailingStop | None, writer: LevelWriter) -> tuple[Trailing, float, int]:
    match trail:
        case None:
            return Trailing.NONE, 0.0, -1
        case PercentExit(value):
            return Trailing.PERCENT, value, -1
        case AtrExit(value, indicator):
            return Trailing.ATR, value, writer.atr_row(indicator)
        case LevelExit():
            return Trailing.LEVEL, 0.0, -1
    assert_never(trail)


def _sizing(size: SpecSizing | None, writer: LevelWriter) -> _Size:
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
            row = writer.columns.row(f"volatility {size.lookback}", _volatility_over(size.lookback))
            return _Size(kind=Sizing.VOLATILITY_TARGET, value=size.value, volatility_column=row)
        case RiskPercent() | RiskNotional():
            return _Size(
                kind=Sizing.RISK_PERCENT if isinstance(size, RiskPercent) else Sizing.RISK_NOTIONAL,
                value=size.value,
                yardstick=size.distance,
                cap_percent=float("nan") if size.cap_percent is None else size.cap_percent,
            )
    assert_never(size)


def _volatility_over(lookback: int) -> Series:
    return lambda frame: frame.named("ROLLING_VOL", timeperiod=lookback)
