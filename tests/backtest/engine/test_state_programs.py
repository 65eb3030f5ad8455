"""Conditions and levels that read the position's own state, as step programs (`State`, `StepOp`)."""

from __future__ import annotations

import math

from tests.backtest.engine.conftest import Simulate
from tests.backtest.engine.parts import managed, program, state
from tests.backtest.engine.tables import Row, Side, bar, fills, level, long, plan, points, short
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import LevelOp
from vibex.strategy.evaluation.step import Since, State, StepOp, StepProgram

END, SIGNAL = Reason.END_OF_DATA, Reason.SIGNAL


def compare(place: int, op: StepOp, number: float) -> StepProgram:
    return program((StepOp.STATE, 0.0, place), (StepOp.NUMBER, number, 0), (op, 0.0, 0))


def test_an_exit_may_count_the_bars_since_the_entry(simulate: Simulate) -> None:
    """BARS_SINCE_ENTRY is 0 at the close of the fill bar: 2 at the close of row 3. ENTRY_PRICE asks for a position."""
    table = [bar(100, "EL"), bar(101), bar(102), bar(103), bar(104)]
    held = (StepOp.STATE, 0.0, State.ENTRY_PRICE), (StepOp.NUMBER, 0.0, 0), (StepOp.GT, 0.0, 0)
    count = (StepOp.STATE, 0.0, State.BARS_SINCE_ENTRY), (StepOp.NUMBER, 2.0, 0), (StepOp.GE, 0.0, 0)
    rules = state(exit_long=program(*held, *count, (StepOp.ALL, 2.0, 0)))
    assert fills(simulate(plan(table, state=rules))) == [long(1, 101, 4, 104, SIGNAL)]


def test_a_count_without_an_entry_is_infinite_and_an_exit_that_reads_it_voids_entries(simulate: Simulate) -> None:
    """Rule 22 with BARS_SINCE_ENTRY: true on every close before the first entry, so that there is none."""
    rules = state(exit_long=compare(State.BARS_SINCE_ENTRY, StepOp.GE, 2.0))
    assert fills(simulate(plan([bar(100, "EL"), bar(101), bar(102)], state=rules))) == []


def test_a_program_replaces_the_bit_of_its_flag_and_leaves_the_others(simulate: Simulate) -> None:
    """The exit bit of row 1 is cleared by a program that is unknown, the entry bit stays."""
    table = [bar(100, "EL"), bar(101, "xL"), bar(102)]
    rules = state(exit_long=compare(State.LAST_EXIT_PRICE, StepOp.GT, 0.0))
    assert fills(simulate(plan(table, state=rules))) == [long(1, 101, 2, 102, END)]


def test_an_entry_may_wait_after_an_exit(simulate: Simulate) -> None:
    """BARS_SINCE_EXIT is infinite before the first and 0 at the close of the exit bar; 2 in row 3 after row 1."""
    table: list[Row] = [bar(100), (100, 101, 94, 100), bar(100), bar(100), bar(100)]
    rules = state(entry_long=compare(State.BARS_SINCE_EXIT, StepOp.GE, 2.0))
    outcome = simulate(plan(table, side=Side(stop=points(5)), state=rules))
    assert fills(outcome) == [long(1, 100, 1, 95, Reason.STOP_LOSS), long(4, 100, 4, 100, END)]


def test_the_last_exit_price_is_remembered(simulate: Simulate) -> None:
    """LAST_EXIT_PRICE: out at 95; the entry waits for a column above it."""
    table: list[Row] = [bar(100, "EL"), (100, 101, 94, 94), bar(94), bar(96), bar(97)]
    above = program((StepOp.COLUMN, 0.0, 0), (StepOp.STATE, 0.0, State.LAST_EXIT_PRICE), (StepOp.GT, 0.0, 0))
    first = program((StepOp.COLUMN, 0.0, 1), (StepOp.NUMBER, 1.0, 0), (StepOp.EQ, 0.0, 0))
    either = program(
        *((StepOp(op), value, column) for each in (above, first) for op, value, column in zip(
            each.op.tolist(), each.value.tolist(), each.column.tolist(), strict=True
        )),
        (StepOp.ANY, 2.0, 0),
    )  # fmt: skip
    columns = [[100.0, 94.0, 94.0, 96.0, 97.0], [1.0, 0.0, 0.0, 0.0, 0.0]]
    outcome = simulate(plan(table, side=Side(stop=points(5)), columns=columns, state=state(entry_long=either)))
    assert [fill.entry_row for fill in fills(outcome)] == [1, 4]


def test_a_ring_counts_its_last_bars(simulate: Simulate) -> None:
    """LAST: the exit needs 2 of the last 3 columns above 0; one and three rows ago are forgotten in time."""
    table = [bar(100, "EL"), bar(100), bar(100), bar(100), bar(100), bar(100)]
    two_of_three = program((StepOp.COLUMN, 0.0, 0), (StepOp.NUMBER, 0.0, 0), (StepOp.GT, 0.0, 0), (StepOp.LAST, 2.0, 0))
    rules = state(exit_long=two_of_three, memory=[3.0, 0.0, math.nan, math.nan, math.nan])
    made = plan(table, columns=[[1.0, 0.0, 0.0, 1.0, 1.0, 0.0]], state=rules)
    assert fills(simulate(made)) == [long(1, 100, 5, 100, SIGNAL)]


def test_an_accumulator_keeps_the_extreme_since_the_entry(simulate: Simulate) -> None:
    """SINCE: leave when the column is more than 3 below its highest of the trade; 120 before the entry is not in it."""
    table = [bar(100, "EL"), bar(100), bar(100), bar(100), bar(100)]
    fallen = program(
        (StepOp.STATE, 0.0, State.SINCE),
        (StepOp.COLUMN, 0.0, 0),
        (StepOp.SUB, 0.0, 0),
        (StepOp.NUMBER, 3.0, 0),
        (StepOp.GT, 0.0, 0),
    )
    rules = state(exit_long=fallen, since=[(0, Since.MAX)])
    made = plan(table, columns=[[120.0, 104.0, 105.0, 101.0, 0.0]], state=rules)
    assert fills(simulate(made)) == [long(1, 100, 4, 100, SIGNAL)]


def test_the_first_accumulator_is_the_column_of_the_fill_bar(simulate: Simulate) -> None:
    """SINCE of kind FIRST: 7 of row 1, a missing value of row 2 changes nothing."""
    table = [bar(100, "EL"), bar(100), bar(100), bar(100)]
    back = program((StepOp.STATE, 0.0, State.SINCE), (StepOp.NUMBER, 7.0, 0), (StepOp.EQ, 0.0, 0))
    rules = state(exit_long=back, since=[(0, Since.FIRST)])
    made = plan(table, columns=[[1.0, 7.0, math.nan, 9.0]], state=rules)
    assert fills(simulate(made)) == [long(1, 100, 2, 100, SIGNAL)]


def test_a_side_sees_its_own_position_only(simulate: Simulate) -> None:
    """ENTRY_PRICE of the long side is unknown while a short is open."""
    table = [bar(100, "ES"), bar(100), bar(100)]
    rules = state(
        exit_long=compare(State.ENTRY_PRICE, StepOp.GT, 0.0), exit_short=compare(State.TARGETS_HIT, StepOp.GT, 0.0)
    )
    assert fills(simulate(plan(table, state=rules))) == [short(1, 100, 2, 100, END)]


def test_a_level_program_at_the_entry_reads_the_fill_and_the_decision_bar(simulate: Simulate) -> None:
    """PROGRAM: fill 100 less the decision bar's 4, not the fill bar's 9; the accumulator begins with its column."""
    read = program((StepOp.STATE, 0.0, State.ENTRY_PRICE), (StepOp.STATE, 0.0, State.SINCE), (StepOp.SUB, 0.0, 0))
    table: list[Row] = [bar(90, "EL"), (100, 101, 92, 95)]
    rules = state(levels=[read], since=[(0, Since.MIN)])
    made = plan(table, side=Side(stop=level((LevelOp.PROGRAM, 0.0))), columns=[[4.0, 9.0]], state=rules)
    assert fills(simulate(made)) == [long(1, 100, 1, 96, Reason.STOP_LOSS)]


def test_targets_hit_are_counted_for_conditions(simulate: Simulate) -> None:
    """TARGETS_HIT: once the first of two has filled, the rest leaves by signal."""
    table: list[Row] = [bar(100, "EL"), (100, 105, 99, 104), bar(104)]
    halves = managed(targets=[(points(5), 0.5), (points(50), 0.5)])
    rules = state(exit_long=compare(State.TARGETS_HIT, StepOp.GE, 1.0))
    outcome = simulate(plan(table, side=Side(size_value=2.0, management=halves), state=rules))
    assert fills(outcome) == [long(1, 100, 2, 104.5, SIGNAL)]
