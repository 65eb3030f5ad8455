"""Several symbols on one clock and one account: rules 15, 30, 61."""

from __future__ import annotations

import pytest

from tests.backtest.engine.conftest import Simulate
from tests.backtest.engine.tables import GAP, Row, Side, bar, counts, fills, plan, points
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import Sizing

ALL_IN = Side(sizing=Sizing.FIXED_PERCENT, size_value=100.0)


def test_exits_of_one_open_free_the_cash_for_its_entries(simulate: Simulate) -> None:
    """Rule 15: the last symbol leaves before the first one enters."""
    enters = [bar(100), bar(100, "EL"), bar(100), bar(100)]
    leaves = [bar(100, "EL"), bar(100, "xL"), bar(120), bar(120)]
    outcome = simulate(plan(enters, leaves, side=ALL_IN))
    assert outcome.trades.symbol.tolist() == [1, 0]
    assert outcome.trades.quantity.tolist() == [100.0, 120.0]


def test_entries_of_one_open_share_one_equity_and_go_by_symbol(simulate: Simulate) -> None:
    """Rules 15, 30, 61: 60 % of 10,000 for the first, the second is cut to 4,000, the third has nothing left."""
    table = [bar(100, "EL"), bar(100), bar(100)]
    outcome = simulate(plan(table, table, table, side=Side(sizing=Sizing.FIXED_PERCENT, size_value=60.0)))
    assert outcome.trades.quantity.tolist() == [60.0, 40.0]
    assert counts(outcome) == {"NO_FREE_CASH": 1}


def test_an_open_position_binds_only_its_margin(simulate: Simulate) -> None:
    """Rules 31, 32, 61: with leverage 4 a notional of 24,000 binds 6,000, the second entry gets 4 × 4,000."""
    table = [bar(100, "EL"), bar(100), bar(100)]
    side = Side(sizing=Sizing.FIXED_PERCENT, size_value=60.0)
    outcome = simulate(plan(table, table, table, side=side, leverage=4.0))
    assert outcome.trades.quantity.tolist() == [240.0, 160.0]
    assert counts(outcome) == {"NO_FREE_CASH": 1}


def test_the_fee_of_an_earlier_entry_is_paid_but_not_taken_from_the_shared_equity(simulate: Simulate) -> None:
    """Rules 30, 39: the second entry is sized from 10,000 although 40 are gone."""
    table = [bar(100, "EL"), bar(100), bar(100)]
    side = Side(sizing=Sizing.FIXED_PERCENT, size_value=40.0)
    assert simulate(plan(table, table, side=side, fee_rate=0.01)).trades.quantity.tolist() == [40.0, 40.0]


def test_equity_at_the_open_marks_each_symbol_with_a_bar_at_its_open(simulate: Simulate) -> None:
    """Rules 30, 61: the held symbol opens at 150; its close of 100 is not known yet, its last close is old."""
    held: list[Row] = [bar(100, "EL"), bar(100), (150, 151, 99, 100), bar(100)]
    other = [bar(100), bar(100, "EL"), bar(100), bar(100)]
    side = Side(sizing=Sizing.FIXED_PERCENT, size_value=30.0)
    assert simulate(plan(held, other, side=side)).trades.quantity[1] == pytest.approx(34.5)  # 30 % of 11,500
    held[2] = (150, 151, 99, 100, "NT")
    assert simulate(plan(held, other, side=side)).trades.quantity[1] == pytest.approx(34.5)
    held[2] = GAP
    assert simulate(plan(held, other, side=side)).trades.quantity[1] == pytest.approx(30.0)


def test_a_symbol_without_a_bar_waits_and_is_marked_at_its_last_close(simulate: Simulate) -> None:
    """Rule 61: the clock is the union of all rows; bars held counts own bars only."""
    gapped: list[Row] = [bar(100, "EL"), GAP, bar(110), GAP, bar(90, "xL"), GAP, bar(95)]
    clock = [bar(100)] * 7
    outcome = simulate(plan(gapped, clock, side=Side(size_value=10.0)))
    assert [fill[1:] for fill in fills(outcome)] == [(2, 110.0, 6, 95.0, Reason.SIGNAL)]
    assert outcome.trades.bars_held.tolist() == [2]
    assert outcome.equity.tolist() == [10_000.0] * 4 + [9_800.0] * 2 + [9_850.0]


def test_a_time_stop_counts_own_bars(simulate: Simulate) -> None:
    """Rules 47, 61."""
    gapped: list[Row] = [bar(100, "EL"), bar(100), GAP, GAP, bar(101), bar(102)]
    outcome = simulate(plan(gapped, [bar(100)] * 6, time_stop_bars=2))
    assert [fill[1:] for fill in fills(outcome)] == [(1, 100.0, 5, 102.0, Reason.TIME_STOP)]


def test_trades_of_one_row_are_listed_by_symbol(simulate: Simulate) -> None:
    """Trade order: symbol 1 leaves at the open, symbol 0 is stopped later in the bar and still comes first."""
    stopped: list[Row] = [bar(100, "EL"), bar(100), (100, 100, 90, 95), bar(95)]
    leaves = [bar(100, "EL"), bar(100, "xL"), bar(100), bar(100)]
    outcome = simulate(plan(stopped, leaves, side=Side(stop=points(5))))
    assert outcome.trades.symbol.tolist() == [0, 1]
    assert outcome.trades.reason.tolist() == [Reason.STOP_LOSS, Reason.SIGNAL]


def test_the_reversal_and_the_stop_of_its_new_position_stay_in_order(simulate: Simulate) -> None:
    """Trade order: two trades of one symbol end in one row, the earlier one first."""
    table: list[Row] = [bar(100, "EL"), bar(100, "ES"), (100, 106, 99, 100), bar(100)]
    outcome = simulate(plan(table, side=Side(stop=points(5))))
    assert outcome.trades.direction.tolist() == [1, -1]
    assert outcome.trades.reason.tolist() == [Reason.REVERSAL, Reason.STOP_LOSS]


def test_an_order_behind_the_last_bar_of_its_symbol_stays_unfilled(simulate: Simulate) -> None:
    """Rules 26, 61: the clock goes on, the symbol does not."""
    outcome = simulate(plan([bar(100), bar(100, "EL"), GAP, GAP], [bar(100)] * 4))
    assert (len(outcome.trades), outcome.unfilled_at_end) == (0, 1)
