"""The compiled body with parts: what it refuses before it runs, and what is its own: quiet rows, growing lists."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from tests.backtest.engine.parts import (
    brackets,
    carry,
    funding,
    limits,
    managed,
    marks,
    order,
    state,
    step,
    sub_bars,
    volume,
)
from tests.backtest.engine.parts import program as steps
from tests.backtest.engine.scaling import assert_equal
from tests.backtest.engine.tables import Side, bar, level, percent, plan
from vibex.backtest.engine import kernel, reference
from vibex.backtest.engine.kernel_full import play
from vibex.backtest.engine.plan import EntryType, LevelOp, Plan, Tie, Trailing
from vibex.domain.arrays import I64
from vibex.domain.errors import InvalidInput
from vibex.strategy.evaluation.step import Since, StepOp, StepProgram
from vibex.testing.random_plans import random_full_plan

ROWS = 4
TABLE = [bar(100, "EL"), bar(100), bar(101), bar(102)]
PLAN = plan(TABLE)
ONE = (StepOp.NUMBER, 1.0, -1)


def side(made: Plan, **words: object) -> Plan:
    """The plan with a long side of these words."""
    return replace(made, long=Side(**words).plan())  # type: ignore[arg-type]


REFUSED: list[tuple[str, Callable[[], Plan]]] = [
    ("schedule", lambda: replace(PLAN, schedule=np.ones(3))),
    ("tick_bounds", lambda: replace(PLAN, tick=np.array([np.nan]), tick_bounds=np.ones(1), tick_sizes=np.ones(1))),
    ("target_through", lambda: replace(PLAN, target_through=np.zeros(2))),
    ("target_through", lambda: replace(PLAN, target_through=np.array([-0.5]))),
    ("priority", lambda: replace(PLAN, priority=np.array([[1]]))),
    ("linked", lambda: replace(PLAN, linked=True)),
    ("expires_bars", lambda: replace(PLAN, order=order(EntryType.LIMIT, expires=0))),
    ("long_column", lambda: replace(PLAN, order=order(EntryType.STOP, long=0))),
    ("volume", lambda: replace(PLAN, volume=volume(1, 2, 3))),
    ("cap", lambda: replace(PLAN, volume=volume(1, 2, 3, 4, cap=-0.1))),
    ("impact", lambda: replace(PLAN, volume=volume(1, 2, 3, 4, impact=np.nan))),
    ("mark.open", lambda: replace(PLAN, mark=marks((1, 1, 1)))),
    ("funding.start", lambda: replace(PLAN, funding=funding(ROWS - 1, {1: (1.0, 0.1)}))),
    ("funding.start", lambda: replace(PLAN, funding=replace(funding(ROWS, {1: (1.0, 0.1)}), start=_descending()))),
    ("funding.start", lambda: replace(PLAN, funding=replace(funding(ROWS, {}), start=np.full((1, ROWS + 1), 9)))),
    ("funding.rate", lambda: replace(PLAN, funding=replace(funding(ROWS, {1: (1.0, 0.1)}), rate=np.ones(2)))),
    ("liquidation.floor", lambda: replace(PLAN, liquidation=brackets((0, 0.1, 0), (0, 0.2, 0)))),
    ("liquidation.floor", lambda: replace(PLAN, liquidation=brackets((5, 0.1, 0)))),
    ("liquidation.start", lambda: replace(PLAN, liquidation=brackets((0, 0.1, 0), symbols=2))),
    ("detail.high", lambda: replace(PLAN, detail=replace(sub_bars(ROWS, {1: [(1, 1, 1)]}), high=np.ones(2)))),
    ("split", lambda: replace(PLAN, carry=carry(ROWS, {1: (0.0, 1.0)}))),
    ("borrow_per_year", lambda: replace(PLAN, carry=carry(ROWS, {}, borrow_per_year=-0.1))),
    ("limits.session", lambda: replace(PLAN, limits=limits([0, 1]))),
    ("cooldown_bars", lambda: replace(PLAN, limits=limits([0] * ROWS, cooldown=-1))),
    ("fractions", lambda: side(PLAN, management=managed(targets=[(percent(1), 0.6), (percent(2), 0.6)]))),
    ("fractions", lambda: side(PLAN, management=managed(targets=[(level(), 0.6)]))),
    ("target", lambda: side(PLAN, target=percent(1), management=managed(targets=[(percent(1), 0.6)]))),
    ("steps", lambda: side(PLAN, management=managed(steps=[step(level(), after=percent(1))]))),
    ("trailing_level", lambda: side(PLAN, trailing=Trailing.LEVEL)),
    ("trailing_level", lambda: side(PLAN, trailing=Trailing.LEVEL, management=managed())),
    ("program", lambda: side(PLAN, stop=level((LevelOp.PROGRAM, 0.0)))),
    ("program", lambda: replace(PLAN, state=state(exit_long=steps((StepOp.GT, 0.0, -1))))),
    ("program", lambda: replace(PLAN, state=state(exit_long=steps((StepOp.ADD, 0.0, -1))))),
    (
        "program",
        lambda: replace(PLAN, state=state(exit_long=steps(ONE, ONE))),
    ),
    ("program", lambda: replace(PLAN, state=state(levels=[steps(ONE, (StepOp.LAST, 1.0, 0))]))),
    ("columns", lambda: replace(PLAN, state=state(exit_long=steps((StepOp.COLUMN, 0.0, 0))))),
    ("columns", lambda: replace(PLAN, state=state(exit_long=steps((StepOp.STATE, 0.0, 5))))),
    ("memory", lambda: replace(PLAN, state=state(exit_long=_ring(), memory=[3, 0, 0]))),
    ("memory", lambda: replace(PLAN, state=state(exit_long=_ring(), memory=[1, 1, 0]))),
    ("since_column", lambda: replace(PLAN, state=state(since=[(0, Since.MAX)]))),
    ("since_kind", lambda: replace(plan(TABLE, columns=[[1.0] * ROWS]), state=state(since=[(0, 7)]))),
]


def _descending() -> I64:
    return np.array([[0, 1, 0, 1, 1]])


def _ring() -> StepProgram:
    return steps(ONE, (StepOp.LAST, 1.0, 0))


@pytest.mark.parametrize(("field", "made"), REFUSED)
def test_a_part_that_does_not_fit_is_refused_by_name(field: str, made: Callable[[], Plan]) -> None:
    with pytest.raises(InvalidInput) as caught:
        kernel.simulate(made())
    assert caught.value.field == field


def test_quiet_rows_of_a_lone_symbol_give_the_bits_of_the_row_by_row_body() -> None:
    held = 0
    for seed in range(40):
        drawn = random_full_plan(50_000 + seed, symbols=1, rows=250)
        outcome = kernel.simulate(drawn, tie=Tie(seed % 3))
        assert_equal(reference.simulate(drawn, tie=Tie(seed % 3)), outcome)
        held += int(outcome.trades.bars_held.sum())
    assert held > 500


def test_lists_that_are_too_short_grow_and_the_run_goes_on() -> None:
    """Every row ends a trade and most rows fill twice, far beyond the first room of both lists."""
    rows = [(100.0, 103.0, 99.0, 100.0, "EL")] * 3_000
    side = Side(management=managed(targets=[(percent(1), 0.5), (percent(2), 0.5)]))
    made = plan(rows, side=side)
    outcome = kernel.simulate(made)
    assert outcome.fills is not None
    assert (len(outcome.trades), len(outcome.fills)) == (2_999, 3 * 2_999)
    assert_equal(reference.simulate(made), outcome)


def test_one_compilation_serves_every_plan_with_parts() -> None:
    for seed in range(60):
        kernel.simulate(random_full_plan(seed))
    assert len(play._run.signatures) == 1  # type: ignore[attr-defined]


def test_threads_do_not_share_the_world() -> None:
    drawn = [random_full_plan(seed, symbols=2, rows=400) for seed in range(8)]
    alone = [kernel.simulate(each) for each in drawn]
    with ThreadPoolExecutor(4) as pool:
        for one, other in zip(alone, pool.map(kernel.simulate, drawn), strict=True):
            assert_equal(one, other)
