"""Perpetual futures: funding, mark prices, liquidation by brackets: rules 4, 13, 50, 63."""

from __future__ import annotations

import pytest

from tests.backtest.engine.conftest import Simulate
from tests.backtest.engine.parts import brackets, funding, marks, order
from tests.backtest.engine.tables import GAP, Row, Side, bar, fills, long, plan, points, short
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import EntryType, Sizing

END, STOP, LIQUIDATION = Reason.END_OF_DATA, Reason.STOP_LOSS, Reason.LIQUIDATION
TWO = Side(size_value=2.0)


@pytest.mark.parametrize(
    ("signal", "rate", "cash"),
    [("EL", 0.01, -2.2), ("ES", 0.01, 2.2), ("EL", -0.01, 2.2), ("ES", -0.01, -2.2)],
)
def test_longs_pay_a_positive_rate_on_the_mark_price(simulate: Simulate, signal: str, rate: float, cash: float) -> None:
    """Rule 63: 2 units at a mark of 110."""
    made = plan([bar(100, signal), bar(100), bar(100)], side=TWO, funding=funding(3, {2: (110.0, rate)}))
    outcome = simulate(made)
    assert outcome.trades.funding.tolist() == pytest.approx([cash])
    assert outcome.trades.pnl.tolist() == pytest.approx([cash])
    assert outcome.equity.tolist() == pytest.approx([10_000, 10_000, 10_000 + cash])


def test_a_position_opened_at_the_open_pays_and_one_closed_at_it_does_not(simulate: Simulate) -> None:
    """Rules 4, 63: settlements in the rows of entry and exit."""
    table = [bar(100, "EL"), bar(100), bar(100, "xL"), bar(100)]
    every = funding(4, {0: (100.0, 0.01), 1: (100.0, 0.02), 3: (100.0, 0.04)})
    assert simulate(plan(table, funding=every)).trades.funding.tolist() == [-2.0]


def test_funding_is_due_before_the_stop_of_the_bar_and_in_rows_without_trades(simulate: Simulate) -> None:
    """Rules 4, 63: the stopped position has paid; so has one whose symbol has no bar."""
    stopped: list[Row] = [bar(100, "EL"), (100, 101, 94, 96)]
    outcome = simulate(plan(stopped, side=Side(stop=points(5)), funding=funding(2, {1: (100.0, 0.01)})))
    assert outcome.trades.pnl.tolist() == [-6.0]
    gapped: list[Row] = [bar(100, "EL"), bar(100), GAP, (100, 100, 100, 100, "NT")]
    outcome = simulate(plan(gapped, funding=funding(4, {2: (100.0, 0.01), 3: (100.0, 0.01)})))
    assert outcome.trades.funding.tolist() == [-2.0]


def test_stops_are_tested_on_the_mark_and_filled_at_traded_prices(simulate: Simulate) -> None:
    """Rules 7, 13: the mark falls through 95, the last price to 96 only: the fill is at 96."""
    table: list[Row] = [bar(100, "EL"), bar(100), (100, 101, 96, 97), bar(97)]
    side = Side(stop=points(5))
    seen = marks((100, 100, 100), (100, 100, 100), (100, 101, 94), (97, 97, 97))
    assert fills(simulate(plan(table, side=side, mark=seen))) == [long(1, 100, 2, 96, STOP)]
    deeper: list[Row] = [bar(100, "EL"), bar(100), (100, 101, 90, 97), bar(97)]
    assert fills(simulate(plan(deeper, side=side, mark=seen))) == [long(1, 100, 2, 95, STOP)]
    calm = marks(*[(100.0, 101.0, 99.0)] * 4)
    assert fills(simulate(plan(deeper, side=side, mark=calm))) == [long(1, 100, 3, 97, END)]


def test_a_mark_that_opens_beyond_the_stop_fills_at_the_open_of_the_bar(simulate: Simulate) -> None:
    """Rules 7, 13."""
    table: list[Row] = [bar(100, "EL"), bar(100), (98, 99, 97, 98), bar(98)]
    seen = marks((100, 100, 100), (100, 100, 100), (94, 95, 93), (98, 98, 98))
    assert fills(simulate(plan(table, side=Side(stop=points(5)), mark=seen))) == [long(1, 100, 2, 98, STOP)]


def test_targets_do_not_look_at_the_mark(simulate: Simulate) -> None:
    """Rule 13: a target is a limit order in the book."""
    table: list[Row] = [bar(100, "EL"), bar(100), (100, 104, 99, 100), (100, 105, 99, 100)]
    seen = marks(*[(100.0, 120.0, 99.0)] * 4)
    assert fills(simulate(plan(table, side=Side(target=points(5)), mark=seen))) == [
        long(1, 100, 3, 105, Reason.TAKE_PROFIT)
    ]


@pytest.mark.parametrize(
    ("signal", "low", "high", "expected"),
    [
        ("EL", 93.75, 101.0, long(1, 100, 2, 93.75, LIQUIDATION)),  # (100 − 10) / (1 − 0.04)
        ("EL", 93.76, 101.0, long(1, 100, 2, 100, END)),
        ("ES", 99.0, 106.0, short(1, 100, 2, 105.769230769, LIQUIDATION)),  # (100 + 10) / 1.04
    ],
)
def test_an_isolated_position_is_liquidated_where_its_margin_is_down_to_maintenance(
    simulate: Simulate, signal: str, low: float, high: float, expected: object
) -> None:
    """Rule 13: ten times leverage, 4 % maintenance."""
    table: list[Row] = [bar(100, signal), bar(100), (100, high, low, 100)]
    outcome = simulate(plan(table, leverage=10.0, liquidation=brackets((0, 0.04, 0))))
    assert fills(outcome) == [expected]


def test_an_open_beyond_the_price_liquidates_there_and_loses_no_more_than_the_margin(simulate: Simulate) -> None:
    """Rules 13, 50: 15 lost at 85, but only 10 were put up."""
    table: list[Row] = [bar(100, "EL"), bar(100), (85, 86, 84, 85)]
    outcome = simulate(plan(table, leverage=10.0, liquidation=brackets((0, 0.04, 0))))
    assert fills(outcome) == [long(1, 100, 2, 85, LIQUIDATION)]
    assert outcome.trades.pnl.tolist() == [-10.0]
    assert outcome.equity.tolist() == [10_000, 10_000, 9_990]


def test_a_cross_position_has_the_whole_account_behind_it(simulate: Simulate) -> None:
    """Rule 13: 50 of capital carry one unit down to 50, without maintenance."""
    table: list[Row] = [bar(100, "EL"), bar(100), (100, 101, 51, 60), (60, 60, 50, 55)]
    made = plan(table, leverage=10.0, capital=50.0, liquidation=brackets((0, 0.0, 0), isolated=False))
    outcome = simulate(made)
    assert fills(outcome) == [long(1, 100, 3, 50, LIQUIDATION)]
    assert outcome.equity[-1] == 0.0


def test_the_other_positions_of_a_cross_account_lend_profit_and_take_maintenance(simulate: Simulate) -> None:
    """Rule 13: the other leg's 10 of profit less its 5.5 of maintenance (5 % of 110) add 4.5 to the 50."""
    fallen: list[Row] = [bar(100, "EL"), bar(100), (100, 101, 47, 60), bar(60)]
    risen: list[Row] = [bar(100, "EL"), bar(100), bar(110), bar(110)]
    rules = brackets((0, 0.05, 0), isolated=False, symbols=2)
    outcome = simulate(plan(fallen, risen, leverage=10.0, capital=50.0, liquidation=rules))
    assert outcome.trades.reason.tolist() == [LIQUIDATION, END]
    assert outcome.trades.exit_price[0] == pytest.approx((100 - 54.5) / 0.95)


def test_the_bracket_of_the_notional_at_the_price_counts(simulate: Simulate) -> None:
    """Rule 13: 2 units: the first bracket gives 93.75, a notional of 187.5 that is in the second: 171 / 1.8 = 95."""
    table: list[Row] = [bar(100, "EL"), bar(100), (100, 101, 95, 96)]
    made = plan(table, side=TWO, leverage=10.0, liquidation=brackets((0, 0.04, 0), (150, 0.1, 9)))
    assert fills(simulate(made)) == [long(1, 100, 2, 95, LIQUIDATION)]


@pytest.mark.parametrize(
    ("stop", "reason", "price"), [(5.0, STOP, 95.0), (6.25, STOP, 93.75), (7.0, LIQUIDATION, 93.75)]
)
def test_the_level_nearer_to_the_open_is_met_first(
    simulate: Simulate, stop: float, reason: Reason, price: float
) -> None:
    """Rule 50: at equal levels it is the stop."""
    table: list[Row] = [bar(100, "EL"), bar(100), (100, 101, 90, 95)]
    made = plan(table, side=Side(stop=points(stop)), leverage=10.0, liquidation=brackets((0, 0.04, 0)))
    assert fills(simulate(made)) == [long(1, 100, 2, price, reason)]


def test_liquidation_is_tested_on_the_mark(simulate: Simulate) -> None:
    """Rule 13: the last price falls to 90, the mark only to 95."""
    table: list[Row] = [bar(100, "EL"), bar(100), (100, 101, 90, 100)]
    made = plan(table, leverage=10.0, liquidation=brackets((0, 0.04, 0)), mark=marks(*[(100.0, 101.0, 95.0)] * 3))
    assert fills(simulate(made)) == [long(1, 100, 2, 100, END)]


def test_a_liquidation_pays_the_taker_fee_its_own_fee_and_slippage(simulate: Simulate) -> None:
    """Rule 13: 10 units at 93.75 less 1 % are 928.125; 0.1 % and 0.5 % of that. The margin of 100 covers it."""
    table: list[Row] = [bar(100, "EL"), bar(100), (100, 101, 93, 95)]
    made = plan(table, side=Side(size_value=10.0), leverage=10.0, liquidation=brackets((0, 0.04, 0), fee_rate=0.005))
    outcome = simulate(made)
    assert outcome.trades.fees.tolist() == pytest.approx([937.5 * 0.005])
    assert outcome.trades.pnl.tolist() == pytest.approx([-62.5 - 937.5 * 0.005])


def test_a_position_opened_inside_the_bar_may_be_liquidated_in_it(simulate: Simulate) -> None:
    """Rules 48, 50: a limit of 98 with leverage 10 and no maintenance is gone at 88.2."""
    table: list[Row] = [bar(100, "EL"), (100, 101, 88, 99), bar(99)]
    made = plan(table, leverage=10.0, order=order(EntryType.LIMIT), liquidation=brackets((0, 0.0, 0)))
    assert fills(simulate(made)) == [long(1, 98, 1, 88.2, LIQUIDATION)]


def test_a_symbol_without_brackets_is_never_liquidated(simulate: Simulate) -> None:
    """Rule 13: nothing is assumed for it."""
    table: list[Row] = [bar(100, "EL"), bar(100), (100, 101, 1, 5)]
    assert fills(simulate(plan(table, leverage=100.0, liquidation=brackets())))[0].reason == END


def test_equity_after_a_liquidation_sizes_the_next_entry(simulate: Simulate) -> None:
    """Rules 25, 30: all of 100 as margin; the margin is lost, so nothing is left to enter with."""
    table: list[Row] = [bar(100, "EL"), bar(100), (80, 81, 79, 80, "EL"), bar(80)]
    side = Side(sizing=Sizing.FIXED_PERCENT, size_value=100.0)
    made = plan(table, side=side, leverage=10.0, capital=100.0, liquidation=brackets((0, 0.04, 0)))
    outcome = simulate(made)
    assert outcome.equity.tolist() == [100, 100, 0, 0]
    assert {skip.name: count for skip, count in outcome.skipped.items()} == {"NO_EQUITY": 1}
