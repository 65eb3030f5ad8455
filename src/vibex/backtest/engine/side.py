"""The rules of one side in the form in which the reference body runs them: programs as tuples, options as flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from vibex.backtest.engine.levels import Steps, steps_of
from vibex.backtest.engine.plan import SidePlan, Sizing, Trailing


class StepRule(NamedTuple):
    """A `StopStep`: reached at the price `after`, or when target number `after_target` has filled."""

    after: Steps
    after_target: int
    to: Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class SideRules:
    """A `SidePlan` and its `Management`; without management there is one target and nothing moves but the trail.

    `fractions` is empty for that one target, which takes all that is held.
    """

    stop: Steps
    targets: tuple[Steps, ...]
    fractions: tuple[float, ...]
    trailing: Trailing
    trailing_value: float
    trailing_column: int
    trailing_after: Steps
    trailing_level: Steps
    steps: tuple[StepRule, ...]
    stop_moves: bool
    target_moves: bool
    stop_on_close: bool
    target_on_close: bool
    trailing_on_close: bool
    sizing: Sizing
    size_value: float
    yardstick: Steps
    cap_percent: float
    volatility_column: int
    moves: bool
    on_close: bool

    @classmethod
    def of(cls, side: SidePlan) -> SideRules:
        managed = side.management
        single = steps_of(side.target)
        targets: tuple[Steps, ...] = (single,) if single else ()
        if managed is not None and managed.targets:
            targets = tuple(steps_of(target) for target in managed.targets)
        steps = managed.steps if managed else ()
        flags = (managed.stop_on_close, managed.target_on_close, managed.trailing_on_close) if managed else (False,) * 3
        moving = managed is not None and (managed.stop_moves or managed.target_moves)
        return cls(
            stop=steps_of(side.stop),
            targets=targets,
            fractions=tuple(managed.fractions.tolist()) if managed and managed.targets else (),
            trailing=side.trailing,
            trailing_value=float(side.trailing_value),
            trailing_column=side.trailing_column,
            trailing_after=steps_of(managed.trailing_after) if managed else (),
            trailing_level=steps_of(managed.trailing_level) if managed else (),
            steps=tuple(StepRule(steps_of(step.after), step.after_target, steps_of(step.to)) for step in steps),
            stop_moves=bool(managed and managed.stop_moves),
            target_moves=bool(managed and managed.target_moves),
            stop_on_close=flags[0],
            target_on_close=flags[1],
            trailing_on_close=flags[2],
            sizing=side.sizing,
            size_value=float(side.size_value),
            yardstick=steps_of(side.yardstick),
            cap_percent=float(side.cap_percent),
            volatility_column=side.volatility_column,
            moves=moving or bool(steps) or side.trailing == Trailing.LEVEL,
            on_close=any(flags),
        )
