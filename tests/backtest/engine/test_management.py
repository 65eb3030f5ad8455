"""What happens to levels after the entry: several targets, moving levels, steps, late trails, exits on the close."""

from __future__ import annotations

import math

import pytest

from tests.backtest.engine.conftest import Simulate
from tests.backtest.engine.parts import managed, program, state, step
from tests.backtest.engine.tables import Row, Side, bar, counts, fills, level, long, percent, plan, points, price, short
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import LevelOp, Sizing, Tie, Trailing
from vibex.strategy.evaluation.step import StepOp

END, STOP, TARGET, TRAIL = Reason.END_OF_DATA, Reason.STOP_LOSS, Reason.TAKE_PROFIT, Reason.TRAILING_STOP
SIGNAL, TIME = Reason.SIGNAL, Reason.TIME_STOP
HALVES = managed(targets=[(points(5), 0.5), (points(10), 0.5)])
COLUMN = program((StepOp.COLUMN, 0.0, 0))
READ = level((LevelOp.PROGRAM, 0.0))


def test_each_target_takes_its_share(simulate: Simulate) -> None:
    """Several targets: 5 of 10 units at 105, 5 at 110: 107.5 in the mean."""
    table: list[Row] = [bar(100, "EL"), (100, 105, 99, 104), (104, 110, 103, 109), bar(109)]
    outcome = simulate(plan(table, side=Side(size_value=10.0, management=HALVES)))
    assert fills(outcome) == [long(1, 100, 2, 107.5, TARGET)]
    assert outcome.trades.pnl.tolist() == [75.0]
    assert outcome.equity.tolist() == [10_000, 10_045, 10_075, 10_075]
    assert outcome.fills is not None
    assert outcome.fills.quantity.tolist() == [10.0, 5.0, 5.0]


def test_shares_are_whole_lots_and_the_last_in_the_list_takes_the_rest(simulate: Simulate) -> None:
    """Rule 33: 30 % of 5 lots is 1; the second target, which is nearer, takes 4 and is met first."""
    shares = managed(targets=[(points(10), 0.3), (points(5), 0.7)])
    table: list[Row] = [bar(100, "EL"), (100, 105, 99, 104), (104, 110, 103, 109)]
    outcome = simulate(plan(table, side=Side(size_value=5.0, management=shares), lot=1.0))
    assert outcome.fills is not None
    assert outcome.fills.quantity.tolist() == [5.0, 4.0, 1.0]
    assert outcome.fills.price.tolist() == [100.0, 105.0, 110.0]


def test_a_bar_may_fill_several_targets_nearest_first(simulate: Simulate) -> None:
    """Several targets: both inside one bar, the shorter way first; a gap fills both at their limits."""
    inside: list[Row] = [bar(100, "ES"), (100, 101, 89, 90), bar(90)]
    outcome = simulate(plan(inside, side=Side(size_value=10.0, management=HALVES)))
    assert outcome.fills is not None
    assert outcome.fills.price.tolist() == [100.0, 95.0, 90.0]
    gapped: list[Row] = [bar(100, "ES"), bar(100), (80, 81, 79, 80)]
    outcome = simulate(plan(gapped, side=Side(size_value=10.0, management=HALVES)))
    assert fills(outcome) == [short(1, 100, 2, 92.5, TARGET)]


@pytest.mark.parametrize(
    ("tie", "exits"), [(Tie.STOP_FIRST, [(10.0, 94.0)]), (Tie.TARGET_FIRST, [(5.0, 105.0), (5.0, 94.0)])]
)
def test_a_tie_with_several_targets(simulate: Simulate, tie: Tie, exits: list[tuple[float, float]]) -> None:
    """Rules 8, 49: with the target first, what it leaves is stopped in the same bar, and the stop names the trade."""
    table: list[Row] = [bar(100, "EL"), (100, 106, 94, 100)]
    outcome = simulate(plan(table, side=Side(stop=points(6), size_value=10.0, management=HALVES)), tie=tie)
    assert outcome.fills is not None
    assert list(zip(outcome.fills.quantity[1:], outcome.fills.price[1:], strict=True)) == exits
    assert (outcome.trades.reason.tolist(), outcome.ambiguous_bars) == ([STOP], 1)


def test_what_the_targets_leave_is_marked_with_their_fills_at_the_end(simulate: Simulate) -> None:
    """Rule 27: half sold at 105, half marked at 103: 104, and 40 of profit."""
    table: list[Row] = [bar(100, "EL"), (100, 105, 99, 104), (104, 104, 102, 103)]
    outcome = simulate(plan(table, side=Side(size_value=10.0, management=HALVES)))
    assert fills(outcome) == [long(1, 100, 2, 104, END)]
    assert outcome.trades.pnl.tolist() == [40.0]


def test_targets_that_do_not_add_up_leave_a_rest_for_other_exits(simulate: Simulate) -> None:
    """Several targets: 40 % and 40 % leave 2 of 10 units, which leave by signal."""
    part = managed(targets=[(points(5), 0.4), (points(6), 0.4)])
    table: list[Row] = [bar(100, "EL"), (100, 106, 99, 104, "xL"), bar(110)]
    outcome = simulate(plan(table, side=Side(size_value=10.0, management=part)))
    assert fills(outcome) == [long(1, 100, 2, (4 * 105 + 4 * 106 + 2 * 110) / 10, SIGNAL)]


def test_every_target_must_be_good_for_the_entry(simulate: Simulate) -> None:
    """Rule 42: the second lies below the fill."""
    wrong = managed(targets=[(points(5), 0.5), (price(99), 0.5)])
    assert counts(simulate(plan([bar(100, "EL"), bar(100)], side=Side(management=wrong)))) == {"WRONG_SIDE_LEVEL": 1}


def test_a_step_moves_the_stop_to_the_entry_once_the_bar_has_reached_its_price(simulate: Simulate) -> None:
    """Stop steps: the high of 105 in row 1 moves the stop to 100 for row 2; a low of 99 in row 1 did not meet it."""
    even = managed(steps=[step(percent(0), after=points(5))])
    table: list[Row] = [bar(100, "EL"), (100, 105, 99, 104), (104, 104, 99.5, 101), bar(101)]
    outcome = simulate(plan(table, side=Side(stop=points(10), management=even)))
    assert fills(outcome) == [long(1, 100, 2, 100, STOP)]
    table[1] = (100, 104.9, 99, 104)
    assert fills(simulate(plan(table, side=Side(stop=points(10), management=even)))) == [long(1, 100, 3, 101, END)]


def test_a_step_works_without_an_initial_stop_and_mirrored_for_a_short(simulate: Simulate) -> None:
    """Stop steps: one point of profit is secured at 99."""
    secured = managed(steps=[step(points(1), after=percent(5))])
    table: list[Row] = [bar(100, "ES"), (100, 101, 95, 96), (96, 99, 95, 98), bar(98)]
    assert fills(simulate(plan(table, side=Side(management=secured)))) == [short(1, 100, 2, 99, STOP)]


def test_a_step_may_wait_for_a_target(simulate: Simulate) -> None:
    """Stop steps: once target 1 has filled, the stop is at the entry."""
    shares = managed(targets=[(points(5), 0.5), (points(10), 0.5)], steps=[step(percent(0), after_target=1)])
    table: list[Row] = [bar(100, "EL"), (100, 105, 99, 104), (104, 104, 99, 101)]
    outcome = simulate(plan(table, side=Side(stop=points(9), size_value=2.0, management=shares)))
    assert fills(outcome) == [long(1, 100, 2, 102.5, STOP)]


def test_a_target_without_a_whole_lot_counts_as_hit_when_it_is_reached(simulate: Simulate) -> None:
    """Stop steps: a tenth of 5 lots is none; reaching 105 sells nothing and still moves the stop."""
    shares = managed(targets=[(points(5), 0.1), (points(20), 0.9)], steps=[step(percent(0), after_target=1)])
    table: list[Row] = [bar(100, "EL"), (100, 105, 99, 104), (104, 104, 99, 101)]
    outcome = simulate(plan(table, side=Side(size_value=5.0, management=shares), lot=1.0))
    assert fills(outcome) == [long(1, 100, 2, 100, STOP)]
    assert outcome.fills is not None
    assert outcome.fills.quantity.tolist() == [5.0, 5.0]


def test_a_step_never_loosens_the_stop(simulate: Simulate) -> None:
    """Stop steps: 10 below the entry is looser than the stop at 95."""
    loose = managed(steps=[step(points(-10), after=points(1))])
    table: list[Row] = [bar(100, "EL"), (100, 102, 99, 101), (101, 101, 94, 96)]
    outcome = simulate(plan(table, side=Side(stop=points(5), management=loose)))
    assert fills(outcome) == [long(1, 100, 2, 95, STOP)]


def test_a_moving_stop_follows_its_program_at_each_close_from_the_next_bar(simulate: Simulate) -> None:
    """Moving levels: 95 at the decision, 97 after row 1, down to 96 after row 2: it may loosen."""
    side = Side(stop=READ, management=managed(moves="stop"))
    columns = [[95.0, 97.0, 96.0, 96.0]]
    rules = state(levels=[COLUMN])
    hit: list[Row] = [bar(100, "EL"), (100, 101, 95.5, 100), (100, 101, 97, 100), bar(100)]
    assert fills(simulate(plan(hit, side=side, columns=columns, state=rules))) == [long(1, 100, 2, 97, STOP)]
    later: list[Row] = [bar(100, "EL"), (100, 101, 95.5, 100), (100, 101, 97.5, 100), (100, 101, 96, 100)]
    assert fills(simulate(plan(later, side=side, columns=columns, state=rules))) == [long(1, 100, 3, 96, STOP)]


def test_a_moving_level_without_a_value_stays_and_may_lie_on_either_side(simulate: Simulate) -> None:
    """Moving levels: missing after row 1; above the market after row 2, so that the next open leaves."""
    side = Side(stop=READ, management=managed(moves="stop"))
    table: list[Row] = [bar(100, "EL"), bar(100), bar(100), bar(100)]
    made = plan(table, side=side, columns=[[95.0, math.nan, 105.0, 0.0]], state=state(levels=[COLUMN]))
    assert fills(simulate(made)) == [long(1, 100, 3, 100, STOP)]


def test_a_moving_stop_is_no_looser_than_what_steps_have_secured(simulate: Simulate) -> None:
    """Moving levels: the program says 90, the step has said 100."""
    secured = managed(moves="stop", steps=[step(percent(0), after=points(2))])
    table: list[Row] = [bar(100, "EL"), (100, 102, 99, 101), (101, 102, 100.5, 101), (101, 102, 99, 101)]
    made = plan(table, side=Side(stop=READ, management=secured), columns=[[90.0] * 4], state=state(levels=[COLUMN]))
    assert fills(simulate(made)) == [long(1, 100, 3, 100, STOP)]


def test_a_moving_target_is_tested_from_the_next_bar(simulate: Simulate) -> None:
    """Moving levels: 110 at the decision, 103 after row 1, though the high of row 1 was 104."""
    side = Side(target=READ, management=managed(moves="target"))
    table: list[Row] = [bar(100, "EL"), (100, 104, 99, 100), (100, 103, 99, 100)]
    made = plan(table, side=side, columns=[[110.0, 103.0, 1.0]], state=state(levels=[COLUMN]))
    assert fills(simulate(made)) == [long(1, 100, 2, 103, TARGET)]


def test_a_level_trail_only_tightens(simulate: Simulate) -> None:
    """Rule 45 with Trailing.LEVEL: 95, then 98, then a column of 90 that changes nothing."""
    side = Side(trailing=Trailing.LEVEL, management=managed(trailing_level=READ))
    table: list[Row] = [bar(100, "EL"), bar(100), bar(100), (100, 100, 97, 98)]
    made = plan(table, side=side, columns=[[95.0, 98.0, 90.0, 0.0]], state=state(levels=[COLUMN]))
    assert fills(simulate(made)) == [long(1, 100, 3, 98, TRAIL)]


def test_a_late_trail_is_off_until_its_price_is_reached(simulate: Simulate) -> None:
    """Rule 45: the trail of 5 % would have been met at 95; after 110 it lies at 104.5, live in the next bar."""
    side = Side(trailing=Trailing.PERCENT, trailing_value=5.0, management=managed(trailing_after=points(10)))
    table: list[Row] = [bar(100, "EL"), (100, 109, 94, 100), (100, 110, 94, 106), (106, 107, 104.5, 105), bar(105)]
    assert fills(simulate(plan(table, side=side))) == [long(1, 100, 3, 104.5, TRAIL)]
    assert fills(simulate(plan(table[:3], side=side)))[0].reason == END


def test_the_first_level_of_a_late_trail_sizes_the_risk(simulate: Simulate) -> None:
    """Rule 34: 5 to the trail, though it is not live yet."""
    side = Side(
        trailing=Trailing.PERCENT,
        trailing_value=5.0,
        sizing=Sizing.RISK_NOTIONAL,
        size_value=100.0,
        management=managed(trailing_after=points(10)),
    )
    assert simulate(plan([bar(100, "EL"), bar(100)], side=side)).trades.quantity.tolist() == [20.0]


@pytest.mark.parametrize(("on_close", "reason"), [("stop", STOP), ("trailing", TRAIL), ("target", TARGET)])
def test_a_level_on_the_close_ignores_extremes_and_leaves_at_the_next_open(
    simulate: Simulate, on_close: str, reason: Reason
) -> None:
    """Exits on the close: row 1 spikes to both sides, row 2 closes beyond; the market order fills in row 3."""
    close = 107.0 if on_close == "target" else 94.0
    beyond: Row = (100, max(100.0, close), min(100.0, close), close)
    table: list[Row] = [bar(100, "EL"), (100, 120, 80, 100), beyond, (96, 97, 95, 96)]
    side = {
        "stop": Side(stop=points(5), management=managed(on_close="stop")),
        "target": Side(target=points(5), management=managed(on_close="target")),
        "trailing": Side(
            trailing=Trailing.ATR, trailing_value=1.0, trailing_column=0, management=managed(on_close="trailing")
        ),
    }[on_close]
    outcome = simulate(plan(table, side=side, columns=[[25.0, 1.0, 1.0, 1.0]], slip=0.0, fee_rate=0.01, maker_rate=0.0))
    assert fills(outcome) == [long(1, 100, 3, 96, reason)]
    assert outcome.trades.fees.tolist() == pytest.approx([1.96])


@pytest.mark.parametrize(("signals", "reason"), [("xL", SIGNAL), ("ES", Reason.REVERSAL), ("", STOP), ("SE", STOP)])
def test_a_level_on_the_close_is_named_after_signal_and_reversal_and_before_time(
    simulate: Simulate, signals: str, reason: Reason
) -> None:
    """Rule 51."""
    table: list[Row] = [bar(100, "EL"), (100, 101, 90, 94, signals), bar(96)]
    side = Side(stop=points(5), management=managed(on_close="stop"))
    assert fills(simulate(plan(table, side=side, time_stop_bars=1)))[0] == long(1, 100, 2, 96, reason)


def test_a_close_without_trades_triggers_nothing(simulate: Simulate) -> None:
    """Rule 60."""
    table: list[Row] = [bar(100, "EL"), bar(100), (90, 90, 90, 90, "NT"), bar(100)]
    side = Side(stop=points(5), management=managed(on_close="stop"))
    assert fills(simulate(plan(table, side=side))) == [long(1, 100, 3, 100, END)]
