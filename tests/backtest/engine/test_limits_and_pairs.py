"""Brakes of the whole strategy, and two symbols that are the legs of one pair."""

from __future__ import annotations

import pytest

from tests.backtest.engine.conftest import Simulate
from tests.backtest.engine.parts import limits, order
from tests.backtest.engine.tables import GAP, Row, Side, bar, counts, fills, long, plan, points, short
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import EntryType, Sizing

END, STOP, SIGNAL = Reason.END_OF_DATA, Reason.STOP_LOSS, Reason.SIGNAL


def test_a_session_has_so_many_entries_over_all_symbols(simulate: Simulate) -> None:
    """max_trades: one in session 0, so the second symbol's is dropped and counted; session 1 has its own."""
    table = [bar(100, "EL"), bar(100, "xL"), bar(100, "EL"), bar(100)]
    made = plan(table, table, limits=limits([0, 0, 1, 1], trades=1))
    outcome = simulate(made)
    assert outcome.trades.symbol.tolist() == [0, 0]
    assert outcome.trades.entry_row.tolist() == [1, 3]
    assert counts(outcome) == {"MAX_TRADES": 2}


@pytest.mark.parametrize(("bars", "entry"), [(1, 4), (2, 5)])
def test_a_pause_follows_each_exit(simulate: Simulate, bars: int, entry: int) -> None:
    """cooldown_bars: out at the open of row 2 by signal; its close is 0 bars since, that of row 3 one bar."""
    table = [bar(100, "EL"), bar(100, "xL"), bar(100, "EL"), bar(100, "EL"), bar(100, "EL"), bar(100)]
    outcome = simulate(plan(table, limits=limits([0] * 6, cooldown=bars)))
    assert [fill.entry_row for fill in fills(outcome)] == [1, entry]
    assert counts(outcome) == {"COOLDOWN": bars}


def test_a_pause_makes_an_exit_of_a_reversal(simulate: Simulate) -> None:
    """cooldown_bars: the long leaves, the short is not made, and counted."""
    table = [bar(100, "EL"), bar(100, "ES"), bar(100), bar(100)]
    outcome = simulate(plan(table, limits=limits([0] * 4, cooldown=1)))
    assert fills(outcome) == [long(1, 100, 2, 100, Reason.REVERSAL)]
    assert counts(outcome) == {"COOLDOWN": 1}


def test_a_lost_day_closes_positions_and_enters_nothing_until_the_next_session(simulate: Simulate) -> None:
    """max_daily_loss: 10 units lose 500 of 10,000 by the close of row 1; rows 1 and 2 decide nothing."""
    table: list[Row] = [bar(100, "EL"), (100, 100, 50, 50, "EL"), bar(60, "EL"), bar(60, "EL"), bar(60)]
    made = plan(table, side=Side(size_value=10.0), limits=limits([0, 0, 0, 1, 1], daily_loss=0.05))
    outcome = simulate(made)
    assert fills(outcome) == [long(1, 100, 2, 60, STOP), long(4, 60, 4, 60, END)]
    assert counts(outcome) == {"LOSS_LIMIT": 1}  # row 1 holds a position, so only row 2 would have decided


def test_the_day_begins_with_the_equity_of_the_session_before(simulate: Simulate) -> None:
    """max_daily_loss: 400 in one session and 400 in the next are each below 5 %."""
    table: list[Row] = [bar(100, "EL"), (100, 100, 60, 60), (60, 60, 20, 20), bar(20)]
    made = plan(table, side=Side(size_value=10.0), limits=limits([0, 0, 1, 1], daily_loss=0.05))
    assert fills(simulate(made))[0].reason == END


def test_a_drawdown_ends_the_run_for_ever(simulate: Simulate) -> None:
    """max_drawdown: from the peak of 11,000, not from the capital, and no later session changes it."""
    table: list[Row] = [bar(100, "EL"), bar(200), bar(90), bar(90, "EL"), bar(90)]
    made = plan(table, side=Side(size_value=10.0), limits=limits([0, 1, 2, 3, 4], drawdown=0.1))
    outcome = simulate(plan(table, side=Side(size_value=10.0)))
    assert outcome.equity.tolist() == [10_000, 10_000, 8_900, 8_900, 8_900]
    outcome = simulate(made)
    assert fills(outcome) == [long(1, 200, 3, 90, STOP)]
    assert counts(outcome) == {"LOSS_LIMIT": 1}


def test_a_blocked_close_drops_the_orders_that_wait(simulate: Simulate) -> None:
    """max_daily_loss: the second symbol's limit order is dropped and counted, though it has no bar in that row."""
    falls: list[Row] = [bar(100, "EL"), (100, 100, 40, 40), bar(40)]
    rests: list[Row] = [bar(100, "EL"), GAP, (100, 100, 50, 100)]
    made = plan(
        falls,
        rests,
        side=Side(size_value=10.0),
        order=order(EntryType.LIMIT, 0.0),
        limits=limits([0] * 3, daily_loss=0.05),
    )
    outcome = simulate(made)
    assert outcome.trades.symbol.tolist() == [0]
    assert counts(outcome) == {"LOSS_LIMIT": 1}


def test_the_brake_names_an_exit_only_when_nothing_else_does(simulate: Simulate) -> None:
    """Rule 51: the exit signal of the same close comes first."""
    table: list[Row] = [bar(100, "EL"), (100, 100, 40, 40, "xL"), bar(40)]
    made = plan(table, side=Side(size_value=10.0), limits=limits([0] * 3, daily_loss=0.05))
    assert fills(simulate(made))[0].reason == SIGNAL


def test_both_legs_of_a_pair_enter_at_one_open(simulate: Simulate) -> None:
    """Pairs: the first waits for a bar in which the second trades too."""
    one = [bar(100, "EL"), bar(100), bar(101)]
    other = [bar(50, "ES"), bar(50, "NT"), bar(51)]
    assert fills(simulate(plan(one, other, linked=True))) == [long(2, 101, 2, 101, END), short(2, 51, 2, 51, END)]


def test_a_leg_alone_is_not_entered(simulate: Simulate) -> None:
    """Pairs: nor are two of one direction."""
    one = [bar(100, "EL"), bar(100), bar(100)]
    assert fills(simulate(plan(one, [bar(50)] * 3, linked=True))) == []
    assert fills(simulate(plan(one, one, linked=True))) == []


def test_a_leg_that_cannot_be_made_takes_the_other_with_it(simulate: Simulate) -> None:
    """Pairs: all cash goes to the first leg, so the second has none; both orders are gone, one skip is counted."""
    side = Side(sizing=Sizing.FIXED_PERCENT, size_value=100.0)
    outcome = simulate(plan([bar(100, "EL"), bar(100)], [bar(50, "ES"), bar(50)], side=side, linked=True))
    assert (fills(outcome), counts(outcome), outcome.unfilled_at_end) == ([], {"NO_FREE_CASH": 1}, 0)


def test_a_leg_follows_the_other_out_with_its_reason(simulate: Simulate) -> None:
    """Pairs: the long is stopped inside row 1, the short leaves at the open of row 2."""
    one: list[Row] = [bar(100, "EL"), (100, 101, 94, 96), bar(96)]
    other: list[Row] = [bar(50, "ES"), bar(50), bar(52)]
    made = plan(one, other, side=Side(stop=points(5)), linked=True)
    assert fills(simulate(made)) == [long(1, 100, 1, 95, STOP), short(1, 50, 2, 52, STOP)]


def test_a_signal_of_its_own_is_named_before_the_other_leg(simulate: Simulate) -> None:
    """Pairs, rule 51."""
    one: list[Row] = [bar(100, "EL"), (100, 101, 94, 96), bar(96)]
    other: list[Row] = [bar(50, "ES"), bar(50, "xS"), bar(52)]
    made = plan(one, other, side=Side(stop=points(5)), linked=True)
    assert fills(simulate(made))[1] == short(1, 50, 2, 52, SIGNAL)
