"""Random management of positions and random state programs: what reads or moves a position after its entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from vibex.backtest.engine.plan import (
    NO_LEVEL,
    LevelOp,
    LevelProgram,
    Management,
    Plan,
    SidePlan,
    StateRules,
    StopStep,
    Trailing,
)
from vibex.domain.arrays import F64
from vibex.strategy.evaluation.step import NO_STEPS, Since, State, StepOp, StepProgram
from vibex.testing.random_draws import ATR_COLUMN, GRID, HIGH_COLUMN, LOW_COLUMN, Draw, LevelStep, level_program

FRACTIONS = ([1.0], [0.5], [0.5, 0.5], [0.25, 0.25, 0.5], [0.3, 0.3], [0.1, 0.6, 0.3])
ACCUMULATORS = 3
LEVELS = 4
"""Level programs of a plan: the even ones lie mostly below the entry, the odd ones above."""

Op = tuple[StepOp, float, int]


class ManagementDraw(Draw):
    """Adds management and state to a plan; `program` draws a plain level program as the plain sides have."""

    def __init__(self, seed: int, scale: float, program: Callable[..., LevelProgram]) -> None:
        super().__init__(seed)
        self.scale = scale
        self.grid = GRID * scale
        self.plain_program = program
        self.memory: list[float] = []
        self.with_state = False

    def add_to(self, plan: Plan, *, wanted: bool, state: bool) -> Plan:
        """The plan with the wanted parts; level programs that read state need both."""
        self.with_state = state
        if wanted:
            plan = replace(plan, long=self._managed(plan.long, 1), short=self._managed(plan.short, -1))
        return replace(plan, state=self._state()) if state else plan

    def _managed(self, side: SidePlan, d: int) -> SidePlan:
        if self.chance(0.1):
            return side
        several = self.chance(0.6)
        if self.with_state and self.chance(0.5):
            side = replace(side, stop=self._level(-d, with_stop=False))
        with_stop = side.stop.exists
        fractions = self.pick(FRACTIONS) if several else []
        targets = tuple(self._level(d, with_stop=with_stop) for _ in fractions)
        if several:
            side = replace(side, target=NO_LEVEL)
        trails_level = self.chance(0.25)
        if trails_level:
            side = replace(side, trailing=Trailing.LEVEL, trailing_column=-1)
        trails = side.trailing != Trailing.NONE
        management = Management(
            targets=targets,
            fractions=np.array(fractions, np.float64),
            stop_moves=with_stop and self.chance(0.4),
            target_moves=(several or side.target.exists) and self.chance(0.4),
            stop_on_close=with_stop and self.chance(0.2),
            target_on_close=(several or side.target.exists) and self.chance(0.2),
            trailing_on_close=trails and self.chance(0.2),
            trailing_after=self._after(with_stop) if trails and self.chance(0.4) else NO_LEVEL,
            trailing_level=self._level(-d, with_stop=False) if trails_level else NO_LEVEL,
            steps=tuple(self._step(d, with_stop, len(targets)) for _ in range(self.pick((0, 0, 1, 2, 3)))),
        )
        return replace(side, management=management)

    def _level(self, sign: int, *, with_stop: bool) -> LevelProgram:
        """A level on the side of `sign`, in half of the plans with state one that reads it."""
        if not (self.with_state and self.chance(0.5)):
            return self.plain_program(self.scale, sign, with_stop=with_stop)
        read = (LevelOp.PROGRAM, float(self.pick((0, 2)) + (sign > 0)), -1)
        if self.chance(0.6):
            return level_program([read])
        other: LevelStep = (LevelOp.PERCENT, self.pick((2.5, 5.0)), -1)
        choose = self.pick((LevelOp.NEAREST, LevelOp.FARTHEST))
        return level_program([read, other, (choose, 2.0, -1)])

    def _after(self, with_stop: bool) -> LevelProgram:
        leaves: list[LevelStep] = [
            (LevelOp.PERCENT, self.pick((1.0, 2.5, 5.0)), -1),
            (LevelOp.POINTS, self.pick((1, 2, 4)) * self.grid, -1),
            (LevelOp.ATR, 1.0, ATR_COLUMN),
        ]
        if with_stop:
            leaves.append((LevelOp.RISK_MULTIPLE, self.pick((0.5, 1.0)), -1))
        return level_program([self.pick(leaves)])

    def _step(self, d: int, with_stop: bool, targets: int) -> StopStep:
        by_target = targets > 0 and self.chance(0.4)
        leaves: list[LevelStep] = [
            (LevelOp.PERCENT, self.pick((-2.5, 0.0, 0.0, 1.0)), -1),
            (LevelOp.POINTS, self.pick((-2, 0, 1)) * self.grid, -1),
            (LevelOp.ATR, -1.0, ATR_COLUMN),
            (LevelOp.LEVEL, 0.0, LOW_COLUMN if d > 0 else HIGH_COLUMN),
        ]
        if self.with_state:
            leaves.append((LevelOp.PROGRAM, float(self.pick((0, 2)) + (d < 0)), -1))
        return StopStep(
            after=NO_LEVEL if by_target else self._after(with_stop),
            after_target=int(self.rng.integers(1, targets + 1)) if by_target else 0,
            to=level_program([self.pick(leaves)]),
        )

    def _state(self) -> StateRules:
        self.memory = []
        some = [self._condition() if self.chance(0.6) else NO_STEPS for _ in range(4)]
        kinds = [int(self.pick(tuple(Since))) for _ in range(ACCUMULATORS)]
        return StateRules(
            entry_long=some[0],
            exit_long=some[1],
            entry_short=some[2],
            exit_short=some[3],
            levels=tuple(self._state_level(1 if k % 2 else -1) for k in range(LEVELS)),
            since_column=np.array([self.pick((LOW_COLUMN, HIGH_COLUMN)) for _ in kinds], np.int64),
            since_kind=np.array(kinds, np.int64),
            memory=np.array(self.memory, np.float64),
        )

    def _condition(self) -> StepProgram:
        """Two or three comparisons, joined; some with a ring, a denial or a vote."""
        number = self.pick((1, 2, 3))
        ops: list[Op] = []
        for _ in range(number):
            ops += self._comparison()
            if self.chance(0.3):
                length = self.pick((1, 2, 3, 5))
                ops.append((StepOp.LAST, float(self.rng.integers(1, length + 1)), len(self.memory)))
                self.memory += [float(length), 0.0, *[np.nan] * length]
            if self.chance(0.2):
                ops.append((StepOp.NOT, 0.0, 0))
        joined: tuple[Op, ...] = (
            (StepOp.ALL, float(number), 0),
            (StepOp.ANY, float(number), 0),
            (StepOp.AT_LEAST, 1.0 + (number > 1), number),
        )
        return _steps([*ops, self.pick(joined)])

    def _comparison(self) -> list[Op]:
        compare = (self.pick((StepOp.GT, StepOp.GE, StepOp.LT, StepOp.LE, StepOp.EQ)), 0.0, 0)
        if self.chance(0.4):
            counted = self.pick((State.BARS_SINCE_ENTRY, State.BARS_SINCE_EXIT, State.TARGETS_HIT))
            return [(StepOp.STATE, 0.0, counted), (StepOp.NUMBER, float(self.pick((0, 1, 3))), 0), compare]
        return [*self._price(), *self._price(), compare]

    def _price(self) -> list[Op]:
        place = self.pick((State.ENTRY_PRICE, State.LAST_EXIT_PRICE, *range(State.SINCE, State.SINCE + ACCUMULATORS)))
        if self.chance(0.5):
            return [(StepOp.COLUMN, 0.0, self.pick((LOW_COLUMN, HIGH_COLUMN)))]
        return [(StepOp.STATE, 0.0, int(place))]

    def _state_level(self, sign: int) -> StepProgram:
        """The entry price or an extreme since then, some way off, in half of the draws bounded by a column."""
        place = self.pick((State.ENTRY_PRICE, State.ENTRY_PRICE, *range(State.SINCE, State.SINCE + ACCUMULATORS)))
        away = (StepOp.ADD, 2.0, 0) if sign > 0 else (StepOp.SUB, 0.0, 0)
        ops: list[Op] = [
            (StepOp.STATE, 0.0, int(place)),
            (StepOp.NUMBER, self.pick((1, 2, 5)) * self.grid, 0),
            away,
        ]
        if self.chance(0.3):
            ops += [
                (StepOp.STATE, 0.0, State.BARS_SINCE_ENTRY),
                (StepOp.NUMBER, self.grid / 2, 0),
                (StepOp.MUL, 2.0, 0),
            ]
            ops.append((StepOp.SUB, 0.0, 0) if sign > 0 else (StepOp.ADD, 2.0, 0))
        if self.chance(0.5):
            bound = self.pick((StepOp.MIN, StepOp.MAX))
            ops += [(StepOp.COLUMN, 0.0, HIGH_COLUMN if sign > 0 else LOW_COLUMN), (bound, 2.0, 0)]
        return _steps(ops)


def _steps(ops: list[Op]) -> StepProgram:
    value: F64 = np.array([op[1] for op in ops], np.float64)
    return StepProgram(
        op=np.array([int(op[0]) for op in ops], np.int64),
        value=value,
        column=np.array([int(op[2]) for op in ops], np.int64),
    )
