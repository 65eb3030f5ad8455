"""Entries that rest at a price: when they fill, at what, how long, and what the fill bar still does: 10, 48, 62."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.backtest.engine.conftest import Simulate
from tests.backtest.engine.parts import order, sub_bars
from tests.backtest.engine.tables import GAP, Row, Side, bar, counts, fills, long, plan, points, short
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import EntryType, Sizing, Tie, Trailing

END, STOP, TARGET = Reason.END_OF_DATA, Reason.STOP_LOSS, Reason.TAKE_PROFIT
LIMIT = order(EntryType.LIMIT)  # a buy at 98 and a sell at 102 after a close at 100
BREAK = order(EntryType.STOP)  # a buy at 102 and a sell at 98
DECIDED = bar(100, "EL")


@pytest.mark.parametrize(
    ("tick", "low", "row"),
    [
        (0.0, 98.0, 2),  # touching is not enough
        (0.0, 97.9, 1),
        (1.0, 97.1, 2),  # one tick through the limit is 97
        (1.0, 97.0, 1),
    ],
)
def test_a_buy_limit_must_be_traded_through(simulate: Simulate, tick: float, low: float, row: int) -> None:
    """Rules 10, 62: without a tick the price must be beyond it, with one a whole tick beyond."""
    table: list[Row] = [DECIDED, (100, 101, low, 100), (100, 101, 90, 100)]
    assert fills(simulate(plan(table, order=LIMIT, tick=tick))) == [long(row, 98, 2, 100, END)]


def test_a_sell_limit_mirrors_a_buy_limit(simulate: Simulate) -> None:
    """Rules 10, 62."""
    table: list[Row] = [bar(100, "ES"), (100, 102, 99, 100), (100, 103, 99, 100)]
    assert fills(simulate(plan(table, order=LIMIT))) == [short(2, 102, 2, 100, END)]


@pytest.mark.parametrize(("signal", "opened", "fill"), [("EL", 95.0, long), ("ES", 105.0, short)])
def test_an_open_beyond_the_limit_fills_at_the_open_as_a_taker(
    simulate: Simulate, signal: str, opened: float, fill: object
) -> None:
    """Rules 10, 62: no slippage, but the taker's fee."""
    table: list[Row] = [bar(100, signal), (opened, opened, opened, opened)]
    outcome = simulate(plan(table, order=LIMIT, slip=0.01, fee_rate=0.01, maker_rate=0.001))
    assert fills(outcome) == [fill(1, opened, 1, opened, END)]  # type: ignore[operator]
    assert outcome.trades.fees.tolist() == [opened * 0.01]


def test_a_limit_filled_inside_the_bar_pays_the_maker_fee_and_no_slippage(simulate: Simulate) -> None:
    """Rules 37, 62."""
    table: list[Row] = [DECIDED, (100, 101, 90, 100)]
    outcome = simulate(plan(table, order=LIMIT, slip=0.01, fee_rate=0.01, maker_rate=0.001))
    assert fills(outcome) == [long(1, 98, 1, 100, END)]
    assert outcome.trades.fees.tolist() == [98 * 0.001]


@pytest.mark.parametrize(
    ("signal", "row", "base"),
    [
        ("EL", (100.0, 102.0, 99.0, 100.0), 102.0),  # a touch triggers it
        ("EL", (105.0, 106.0, 104.0, 105.0), 105.0),  # gapped over: the open
        ("ES", (100.0, 101.0, 98.0, 100.0), 98.0),
        ("ES", (95.0, 96.0, 94.0, 95.0), 95.0),
    ],
)
def test_a_stop_entry_fills_at_its_price_or_a_worse_open_plus_slippage(
    simulate: Simulate, signal: str, row: tuple[float, float, float, float], base: float
) -> None:
    """Rules 10, 37, 62."""
    outcome = simulate(plan([bar(100, signal), row], order=BREAK, slip=0.01, fee_rate=0.01, maker_rate=0.0))
    (trade,) = fills(outcome)
    price = base * (1.01 if signal == "EL" else 0.99)
    assert trade.entry_price == pytest.approx(price, rel=1e-12)
    assert outcome.trades.fees[0] == pytest.approx(price * 0.01)


@pytest.mark.parametrize(("expires", "trades"), [(1, 0), (2, 1)])
def test_an_order_lives_for_so_many_bars_after_its_decision(simulate: Simulate, expires: int, trades: int) -> None:
    """Rule 62: with 2 it is live in rows 1 and 2; with 1 it is dropped at the close of row 1, and counted."""
    table: list[Row] = [DECIDED, bar(100), (100, 101, 90, 100), bar(100)]
    outcome = simulate(plan(table, order=order(EntryType.LIMIT, expires=expires)))
    assert len(outcome.trades) == trades
    assert counts(outcome) == ({} if trades else {"EXPIRED": 1})


def test_a_new_order_may_be_decided_on_the_close_that_drops_the_old_one(simulate: Simulate) -> None:
    """Rule 62: the drop comes before the decisions; the new one rests 2 % below its own close of 110."""
    table: list[Row] = [DECIDED, bar(110, "EL"), (110, 111, 107, 110)]
    outcome = simulate(plan(table, order=order(EntryType.LIMIT, expires=1)))
    assert fills(outcome) == [long(2, 107.8, 2, 110, END)]


def test_own_bars_count_for_the_expiry(simulate: Simulate) -> None:
    """Rule 62: bars without trades age the order as well, rows without a bar do not."""
    table: list[Row] = [DECIDED, GAP, (100, 101, 100, 100, "NT"), (100, 101, 90, 100)]
    clock = [bar(100)] * 4
    assert len(simulate(plan(table, clock, order=order(EntryType.LIMIT, expires=2))).trades) == 1
    assert len(simulate(plan(table, clock, order=order(EntryType.LIMIT, expires=1))).trades) == 0


def test_the_price_stays_that_of_the_decision_bar(simulate: Simulate) -> None:
    """Rule 62: a further signal of its side changes nothing."""
    table: list[Row] = [DECIDED, bar(110, "EL"), (110, 111, 97, 110)]
    assert fills(simulate(plan(table, order=LIMIT))) == [long(2, 98, 2, 110, END)]


@pytest.mark.parametrize("signals", ["xL", "ES xS", "EL ES", "SE"])
def test_a_resting_order_is_cancelled_by_what_contradicts_it(simulate: Simulate, signals: str) -> None:
    """Rule 62: cancelled, not expired."""
    outcome = simulate(plan([DECIDED, bar(100, signals), (100, 101, 90, 100)], order=LIMIT))
    assert (fills(outcome), counts(outcome), outcome.unfilled_at_end) == ([], {}, 0)


def test_an_order_that_still_rests_at_the_end_is_unfilled(simulate: Simulate) -> None:
    """Rule 26."""
    assert simulate(plan([DECIDED, bar(100)], order=LIMIT)).unfilled_at_end == 1


@pytest.mark.parametrize(
    ("type_", "signal", "price"),
    [
        (EntryType.LIMIT, "EL", 97.0),  # buys down
        (EntryType.LIMIT, "ES", 97.5),  # sells up
        (EntryType.STOP, "EL", 97.5),
        (EntryType.STOP, "ES", 97.0),
    ],
)
def test_a_price_from_a_column_is_rounded_against_the_trader(
    simulate: Simulate, type_: EntryType, signal: str, price: float
) -> None:
    """Rule 62: 97.3 on a grid of 0.5; the column is read on the decision bar."""
    start = 100.0 if (type_ == EntryType.LIMIT) == (signal == "EL") else 90.0
    table: list[Row] = [bar(start, signal), (start, 120, 80, start)]
    made = plan(table, order=order(type_, long=0, short=0), columns=[[97.3, 1.0]], tick=0.5)
    assert simulate(made).trades.entry_price.tolist() == [price]


def test_an_order_without_a_price_is_not_made_and_is_counted_at_once(simulate: Simulate) -> None:
    """Rule 62: a skip of the decision, not of the fill."""
    made = plan([DECIDED, bar(100)], order=order(EntryType.LIMIT, long=0, short=0), columns=[[math.nan, 1.0]])
    outcome = simulate(made)
    assert (counts(outcome), outcome.unfilled_at_end) == ({"MISSING_LEVEL": 1}, 0)


@pytest.mark.parametrize("tie", list(Tie))
def test_a_limit_entry_is_stopped_in_its_own_bar(simulate: Simulate, tie: Tie) -> None:
    """Rule 48: on its way to 96 the price passed 98, whatever the tie order."""
    table: list[Row] = [DECIDED, (100, 105, 96, 104), bar(104)]
    outcome = simulate(plan(table, order=LIMIT, side=Side(stop=points(2))), tie=tie)
    assert fills(outcome) == [long(1, 98, 1, 96, STOP)]
    assert outcome.ambiguous_bars == 1


@pytest.mark.parametrize(
    ("tie", "expected"),
    [
        (Tie.STOP_FIRST, long(1, 102, 1, 97, STOP)),
        (Tie.NEARER_FIRST, long(1, 102, 1, 97, STOP)),
        (Tie.TARGET_FIRST, long(1, 102, 2, 101, END)),  # the low may have come before the trigger
    ],
)
def test_a_stop_entry_is_stopped_in_its_own_bar_unless_the_tie_says_otherwise(
    simulate: Simulate, tie: Tie, expected: object
) -> None:
    """Rule 48: counted as ambiguous in either case."""
    table: list[Row] = [DECIDED, (100, 103, 97, 101), bar(101)]
    outcome = simulate(plan(table, order=BREAK, side=Side(stop=points(5))), tie=tie)
    assert fills(outcome) == [expected]
    assert outcome.ambiguous_bars == 1


@pytest.mark.parametrize(
    ("inside", "reason", "ambiguous"),
    [
        ([(100, 102, 100), (101, 101, 97)], STOP, 0),  # filled in the first, stopped in the second
        ([(100, 100, 97), (98, 103, 98)], END, 0),  # the low came before the trigger
        ([(100, 100, 99), (99, 103, 97)], STOP, 1),  # one sub-bar holds both: the tie decides
        ([(100, 101, 99)], STOP, 1),  # no sub-bar fills the order: as without detail
    ],
)
def test_sub_bars_say_whether_the_stop_came_after_the_fill(
    simulate: Simulate, inside: list[tuple[float, float, float]], reason: Reason, ambiguous: int
) -> None:
    """Rules 8, 48."""
    table: list[Row] = [DECIDED, (100, 103, 97, 101), bar(101)]
    made = plan(table, order=BREAK, side=Side(stop=points(5)), detail=sub_bars(3, {1: inside}))
    outcome = simulate(made)
    assert (fills(outcome)[0].reason, outcome.ambiguous_bars) == (reason, ambiguous)


def test_the_target_and_the_trail_of_a_fill_inside_the_bar_start_with_the_next_bar(simulate: Simulate) -> None:
    """Rule 48: the high of 110 came before or after the fill, nobody knows."""
    table: list[Row] = [DECIDED, (100, 110, 97, 100), (99.5, 99.6, 95, 96), bar(96)]
    outcome = simulate(plan(table, order=LIMIT, side=Side(target=points(4))))
    assert fills(outcome) == [long(1, 98, 3, 96, END)]
    trailing = Side(trailing=Trailing.PERCENT, trailing_value=5.0)  # 93.1 behind 98, not 104.5 behind 110
    assert fills(simulate(plan(table, order=LIMIT, side=trailing))) == [long(1, 98, 3, 96, END)]


def test_extremes_of_a_fill_inside_the_bar_know_the_fill_and_the_close_only(simulate: Simulate) -> None:
    """Rule 48: neither the open of 100 nor the high of 110 nor the low of 90."""
    trades = simulate(plan([DECIDED, (100, 110, 90, 99)], order=LIMIT)).trades
    assert (trades.lowest[0], trades.highest[0]) == (98.0, 99.0)


def test_the_new_order_of_a_reversal_rests_until_the_symbol_is_flat(simulate: Simulate) -> None:
    """Rules 24, 62: the exit is a market order at once, the entry waits for its price of 102."""
    table: list[Row] = [bar(98, "EL"), (95, 96, 94, 100, "ES"), (101, 101, 100, 101), (101, 103, 100, 101)]
    outcome = simulate(plan(table, order=LIMIT))
    assert fills(outcome) == [long(1, 95, 2, 101, Reason.REVERSAL), short(3, 102, 3, 101, END)]


def test_fills_inside_one_bar_share_one_equity_and_the_cash_by_priority(simulate: Simulate) -> None:
    """Rules 30, 61: 60 % of 10,000 for the first, what is left for the second."""
    table: list[Row] = [DECIDED, (101, 102, 99, 100)]
    side = Side(sizing=Sizing.FIXED_PERCENT, size_value=60.0)
    made = plan(table, table, side=side, order=order(EntryType.LIMIT, 0.0))
    outcome = simulate(made)
    assert outcome.trades.quantity.tolist() == [60.0, 40.0]
    assert outcome.cash_cut == 1
    turned = plan(table, table, side=side, order=order(EntryType.LIMIT, 0.0), priority=np.array([[1, 0]]))
    assert simulate(turned).trades.quantity.tolist() == [40.0, 60.0]


def test_priority_turns_with_the_rows(simulate: Simulate) -> None:
    """Rule 61: row r is served in the order of priority[r % P]; row 1 begins with the second symbol."""
    table: list[Row] = [DECIDED, bar(100)]
    side = Side(sizing=Sizing.FIXED_PERCENT, size_value=60.0)
    made = plan(table, table, side=side, priority=np.array([[0, 1], [1, 0]]))
    assert simulate(made).trades.quantity.tolist() == [40.0, 60.0]
