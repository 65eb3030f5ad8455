"""When orders are made, when they fill, what they replace: rules 1, 5, 21–26, 47, 51, 60 and session exits."""

from __future__ import annotations

import pytest

from tests.backtest.engine.conftest import Simulate
from tests.backtest.engine.tables import Row, Side, bar, fills, level, long, plan, points, short
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import LevelOp, Sizing, Trailing

END = Reason.END_OF_DATA


def test_a_decision_on_a_close_fills_at_the_next_open(simulate: Simulate) -> None:
    """Rule 1."""
    table: list[Row] = [(10, 11, 9, 10.5, "EL"), (12, 13, 11, 12.5, "xL"), (14, 15, 13, 13.5)]
    assert fills(simulate(plan(table))) == [long(1, 12, 2, 14, Reason.SIGNAL)]


def test_an_exit_due_at_the_open_beats_the_stop_of_that_bar(simulate: Simulate) -> None:
    """Rules 4, 5."""
    table: list[Row] = [bar(100, "EL"), bar(100, "xL"), (97, 98, 80, 85)]
    outcome = simulate(plan(table, side=Side(stop=points(5))))
    assert fills(outcome) == [long(1, 100, 2, 97, Reason.SIGNAL)]


def test_a_condition_is_a_state_and_does_not_add_to_an_open_position(simulate: Simulate) -> None:
    """Rule 21: the second entry signal changes nothing, levels and time stop are not renewed."""
    table: list[Row] = [bar(100, "EL"), bar(100, "EL"), bar(110, "EL"), bar(120, "EL"), bar(130)]
    outcome = simulate(plan(table, side=Side(stop=points(5)), time_stop_bars=3))
    assert fills(outcome) == [long(1, 100, 4, 130, Reason.TIME_STOP)]
    assert outcome.trades.quantity.tolist() == [1.0]


def test_an_entry_state_that_lasts_enters_again_once_flat(simulate: Simulate) -> None:
    """Rule 21: a level, not an edge."""
    table: list[Row] = [bar(100, "EL"), (100, 101, 90, 95, "EL"), bar(95, "EL"), bar(95)]
    outcome = simulate(plan(table, side=Side(stop=points(5))))
    assert fills(outcome) == [long(1, 100, 1, 95, Reason.STOP_LOSS), long(2, 95, 3, 95, END)]


@pytest.mark.parametrize("signals", ["EL xL", "ES xS", "EL ES", "EL ES xL xS"])
def test_conditions_that_contradict_each_other_enter_nothing(simulate: Simulate, signals: str) -> None:
    """Rules 22, 23."""
    assert fills(simulate(plan([bar(100, signals), bar(100), bar(100)]))) == []


def test_exit_wins_over_entry_and_the_position_is_not_reopened_at_that_open(simulate: Simulate) -> None:
    """Rule 22."""
    table = [bar(100, "EL"), bar(101, "EL xL"), bar(102), bar(103)]
    assert fills(simulate(plan(table))) == [long(1, 101, 2, 102, Reason.SIGNAL)]


@pytest.mark.parametrize("signals", ["EL ES", "ES xS"])
def test_a_voided_entry_does_not_reverse(simulate: Simulate, signals: str) -> None:
    """Rules 23, 24."""
    table = [bar(100, "EL"), bar(101, signals), bar(102), bar(103)]
    assert fills(simulate(plan(table))) == [long(1, 101, 3, 103, END)]


def test_an_exit_counts_while_both_entries_are_true(simulate: Simulate) -> None:
    """Rule 23."""
    table = [bar(100, "EL"), bar(101, "EL ES xL"), bar(102), bar(103)]
    assert fills(simulate(plan(table))) == [long(1, 101, 2, 102, Reason.SIGNAL)]


@pytest.mark.parametrize(("signals", "reason"), [("ES", Reason.REVERSAL), ("ES xL", Reason.SIGNAL)])
def test_the_opposite_entry_reverses_at_one_open(simulate: Simulate, signals: str, reason: Reason) -> None:
    """Rules 24, 51."""
    table = [bar(100, "EL"), bar(101, signals), bar(102), bar(103)]
    assert fills(simulate(plan(table))) == [long(1, 101, 2, 102, reason), short(2, 102, 3, 103, END)]


def test_the_opposite_entry_is_ignored_on_request(simulate: Simulate) -> None:
    """Rule 24: with "ignore" neither the exit nor the entry is made while the position is open."""
    table = [bar(100, "EL"), bar(101, "ES"), bar(102, "ES xL"), bar(103), bar(104)]
    assert fills(simulate(plan(table, reverse=False))) == [long(1, 101, 3, 103, Reason.SIGNAL)]


def test_a_reversal_is_sized_from_the_equity_after_its_exit(simulate: Simulate) -> None:
    """Rules 4, 24, 30: the exit of the same open has already paid its loss."""
    table = [bar(100, "EL"), bar(100, "ES"), bar(50), bar(50)]
    side = Side(sizing=Sizing.FIXED_PERCENT, size_value=100.0)
    outcome = simulate(plan(table, side=side, capital=1_000.0))
    assert outcome.trades.quantity.tolist() == [10.0, 10.0]  # 1000 / 100, then (1000 − 500) / 50


def test_a_position_closed_at_an_open_is_reentered_two_opens_later_at_the_earliest(simulate: Simulate) -> None:
    """Rule 25: the decision of close i sees all events of bar i."""
    table = [bar(100, "EL"), bar(101, "xL"), bar(102, "EL"), bar(103), bar(104)]
    assert fills(simulate(plan(table))) == [long(1, 101, 2, 102, Reason.SIGNAL), long(3, 103, 4, 104, END)]


@pytest.mark.parametrize(("signals", "unfilled"), [("", 0), ("xL", 1), ("ES", 2)])
def test_orders_without_a_later_bar_are_counted_and_no_trades(simulate: Simulate, signals: str, unfilled: int) -> None:
    """Rule 26."""
    outcome = simulate(plan([bar(100, "EL"), bar(101, signals)]))
    assert outcome.unfilled_at_end == unfilled
    assert fills(outcome) == [long(1, 101, 1, 101, END)]
    assert simulate(plan([bar(100), bar(101, "EL")])).unfilled_at_end == 1


@pytest.mark.parametrize("bars", [1, 2, 3])
def test_a_time_stop_holds_exactly_n_bars(simulate: Simulate, bars: int) -> None:
    """Rule 47: the fill bar is bar 1; the exit is due at the open after bar n."""
    table = [bar(100, "EL"), bar(101), bar(102), bar(103), bar(104)]
    outcome = simulate(plan(table, time_stop_bars=bars))
    assert fills(outcome) == [long(1, 101, 1 + bars, 101 + bars, Reason.TIME_STOP)]
    assert outcome.trades.bars_held.tolist() == [bars]


@pytest.mark.parametrize(
    ("signals", "reason"), [("xL", Reason.SIGNAL), ("ES", Reason.REVERSAL), ("ES xL", Reason.SIGNAL)]
)
def test_causes_that_meet_on_one_close_are_named_signal_reversal_time(
    simulate: Simulate, signals: str, reason: Reason
) -> None:
    """Rules 47, 51."""
    table = [bar(100, "EL"), bar(101, signals), bar(102)]
    assert fills(simulate(plan(table, time_stop_bars=1)))[0] == long(1, 101, 2, 102, reason)


def test_a_bar_without_trades_fills_nothing_and_tests_no_level(simulate: Simulate) -> None:
    """Rule 60: orders wait, no stop is hit, no trailing reference moves, the extremes do not count."""
    table: list[Row] = [
        bar(100, "EL"),
        (50, 50, 50, 50, "NT"),  # the entry waits
        bar(100),
        (100, 150, 10, 100, "NT"),  # neither stop nor trail sees this
        (100, 101, 96, 100, "xL"),
        (100, 100, 100, 100, "NT"),  # the exit waits
        bar(99),
    ]
    side = Side(stop=points(20), trailing=Trailing.PERCENT, trailing_value=5.0)
    outcome = simulate(plan(table, side=side))
    assert fills(outcome) == [long(2, 100, 6, 99, Reason.SIGNAL)]
    assert (outcome.trades.lowest[0], outcome.trades.highest[0]) == (96.0, 101.0)


def test_a_bar_without_trades_is_marked_decides_and_counts_for_the_time_stop(simulate: Simulate) -> None:
    """Rule 60."""
    table: list[Row] = [bar(100, "EL"), bar(100), (103, 103, 103, 103, "NT"), bar(104)]
    outcome = simulate(plan(table, time_stop_bars=2))
    assert fills(outcome) == [long(1, 100, 3, 104, Reason.TIME_STOP)]
    assert outcome.equity.tolist() == [10_000.0, 10_000.0, 10_003.0, 10_004.0]
    assert fills(simulate(plan([bar(100, "EL NT"), bar(101)]))) == [long(1, 101, 1, 101, END)]


@pytest.mark.parametrize("signals", ["xL", "ES xS", "EL ES"])
def test_a_waiting_entry_is_dropped_when_a_later_close_contradicts_it(simulate: Simulate, signals: str) -> None:
    """Rule 60, on the raw conditions."""
    table: list[Row] = [bar(100, "EL"), bar(100, f"NT {signals}"), bar(101), bar(102)]
    outcome = simulate(plan(table))
    assert fills(outcome) == []
    assert outcome.unfilled_at_end == 0


def test_a_dropped_entry_gives_way_to_the_opposite_one_on_the_same_close(simulate: Simulate) -> None:
    """Rule 60: the symbol is flat, so the opposite entry is decided as usual."""
    table: list[Row] = [bar(100, "EL"), bar(100, "NT ES"), bar(101), bar(102)]
    assert fills(simulate(plan(table))) == [short(2, 101, 3, 102, END)]


def test_an_entry_signal_of_its_side_does_not_renew_a_waiting_entry(simulate: Simulate) -> None:
    """Rules 35, 60: the decision bar stays the first one, and with it the frozen ATR."""
    table: list[Row] = [bar(100, "EL"), bar(100, "NT EL"), (100, 101, 94, 100), bar(100)]
    side = Side(stop=level((LevelOp.ATR, 1.0, 0)))
    outcome = simulate(plan(table, side=side, columns=[[5.0, 50.0, 50.0, 50.0]]))
    assert fills(outcome) == [long(2, 100, 2, 95, Reason.STOP_LOSS)]


def test_a_waiting_exit_keeps_its_reason_and_can_gain_a_reversal_entry(simulate: Simulate) -> None:
    """Rules 24, 60: the time stop waits; the opposite entry of a later close joins it at the same open."""
    table: list[Row] = [bar(100, "EL"), bar(101), bar(101, "NT xL"), bar(101, "NT ES"), bar(102), bar(103)]
    outcome = simulate(plan(table, time_stop_bars=1))
    assert fills(outcome)[0] == long(1, 101, 4, 102, Reason.TIME_STOP)
    assert fills(outcome)[1][:3] == (-1, 4, 102)


def test_a_waiting_exit_never_gains_an_entry_of_its_own_side(simulate: Simulate) -> None:
    """Rules 22, 60: nor does an opposite entry join it when reversals are ignored."""
    table: list[Row] = [bar(100, "EL"), bar(101, "xL"), bar(101, "NT EL"), bar(102), bar(103)]
    assert fills(simulate(plan(table))) == [long(1, 101, 3, 102, Reason.SIGNAL)]
    table[2] = bar(101, "NT ES")
    assert fills(simulate(plan(table, reverse=False))) == [long(1, 101, 3, 102, Reason.SIGNAL)]


def test_a_waiting_reversal_entry_is_dropped_and_the_exit_stays(simulate: Simulate) -> None:
    """Rule 60: the long comes back while the reversal waits; only the exit is left."""
    table: list[Row] = [bar(100, "EL"), bar(101, "ES"), bar(101, "NT EL"), bar(102), bar(103)]
    assert fills(simulate(plan(table))) == [long(1, 101, 3, 102, Reason.REVERSAL)]


@pytest.mark.parametrize(("signals", "reason"), [("SE", Reason.TIME_STOP), ("SE xL", Reason.SIGNAL)])
def test_a_session_exit_leaves_at_the_next_open(simulate: Simulate, signals: str, reason: Reason) -> None:
    """Session exit: named like a time stop unless the exit condition is true."""
    table = [bar(100, "EL"), bar(101, signals), bar(102), bar(103)]
    assert fills(simulate(plan(table))) == [long(1, 101, 2, 102, reason)]


def test_a_session_exit_enters_and_reverses_nothing_and_drops_a_waiting_entry(simulate: Simulate) -> None:
    """Session exit: every entry of this close is off, an older one that waits as well."""
    assert fills(simulate(plan([bar(100, "EL SE"), bar(101), bar(102)]))) == []
    assert fills(simulate(plan([bar(100, "EL"), bar(100, "NT SE"), bar(101)]))) == []
    reversing = [bar(100, "EL"), bar(101, "ES SE"), bar(102), bar(103)]
    assert fills(simulate(plan(reversing))) == [long(1, 101, 2, 102, Reason.TIME_STOP)]
    waiting = [bar(100, "EL"), bar(101, "ES"), bar(101, "NT SE"), bar(102), bar(103)]
    assert fills(simulate(plan(waiting))) == [long(1, 101, 3, 102, Reason.REVERSAL)]
