"""Which of stop and target comes first when a bar holds both: the tie orders and lower-timeframe bars (rules 8, 49)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.backtest.engine.conftest import Simulate
from tests.backtest.engine.parts import order, sub_bars
from tests.backtest.engine.tables import Row, Side, bar, fills, plan, points
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import EntryType, Tie

STOP, TARGET = Reason.STOP_LOSS, Reason.TAKE_PROFIT
BOTH = Side(stop=points(5), target=points(5))


@pytest.mark.parametrize(
    ("signal", "high", "low", "reason"),
    [
        ("EL", 106.0, 90.0, TARGET),  # the high is nearer to the open
        ("EL", 110.0, 94.0, STOP),
        ("EL", 106.0, 94.0, STOP),  # equally near
        ("ES", 110.0, 94.0, TARGET),
        ("ES", 106.0, 90.0, STOP),
        ("ES", 106.0, 94.0, STOP),
    ],
)
def test_nearer_first_takes_the_extreme_nearer_to_the_open(
    simulate: Simulate, signal: str, high: float, low: float, reason: Reason
) -> None:
    """Rule 8: the bar stays ambiguous."""
    table: list[Row] = [bar(100, signal), (100, high, low, 100)]
    outcome = simulate(plan(table, side=BOTH), tie=Tie.NEARER_FIRST)
    assert (fills(outcome)[0].reason, outcome.ambiguous_bars) == (reason, 1)


@pytest.mark.parametrize("tie", [Tie.STOP_FIRST, Tie.TARGET_FIRST])
@pytest.mark.parametrize(
    ("inside", "expected", "ambiguous"),
    [
        ([(100, 106, 99), (105, 105, 94)], TARGET, 0),
        ([(100, 101, 94), (95, 106, 95)], STOP, 0),
        ([(100, 101, 99), (94, 106, 94)], STOP, 0),  # both in one sub-bar that opens beyond the stop
        ([(100, 101, 99), (105, 106, 94)], TARGET, 0),  # or at the target
        ([(100, 106, 94)], None, 1),  # both in one, neither at its open
        ([(100, 101, 99)], None, 1),  # none of them shows either
        ([], None, 1),
    ],
)
def test_sub_bars_settle_what_the_bar_leaves_open(
    simulate: Simulate, tie: Tie, inside: list[tuple[float, float, float]], expected: Reason | None, ambiguous: int
) -> None:
    """Rules 8, 49: a bar that they settle is not ambiguous; otherwise the tie order decides."""
    table: list[Row] = [bar(100, "EL"), (100, 106, 94, 100)]
    outcome = simulate(plan(table, side=BOTH, detail=sub_bars(2, {1: inside})), tie=tie)
    by_tie = TARGET if tie == Tie.TARGET_FIRST else STOP
    assert (fills(outcome)[0].reason, outcome.ambiguous_bars) == (expected or by_tie, ambiguous)


def test_sub_bars_are_not_asked_where_the_bar_is_clear(simulate: Simulate) -> None:
    """Rule 8: they order two events, they do not make one."""
    table: list[Row] = [bar(100, "EL"), (100, 104, 94, 100)]
    outcome = simulate(plan(table, side=BOTH, detail=sub_bars(2, {1: [(100, 106, 99)]})))
    assert fills(outcome)[0].reason == STOP


@pytest.mark.parametrize(("high", "filled"), [(105.5, False), (106.0, True)])
def test_a_target_may_have_to_be_traded_through(simulate: Simulate, high: float, filled: bool) -> None:
    """Rule 43 with a distance of 1: the target of 105 fills at 105 once 106 is traded."""
    table: list[Row] = [bar(100, "EL"), (100, high, 99, 100)]
    (trade,) = fills(simulate(plan(table, side=Side(target=points(5)), target_through=np.array([1.0]))))
    assert (trade.reason == TARGET, trade.exit_price) == (filled, 105.0 if filled else 100.0)


@pytest.mark.parametrize(("opened", "price"), [(105.5, 100.0), (106.0, 105.0)])
def test_an_open_through_the_target_fills_at_the_target(simulate: Simulate, opened: float, price: float) -> None:
    """Rules 7, 43, 44."""
    table: list[Row] = [bar(100, "EL"), bar(100), (opened, opened, 99, 100)]
    (trade,) = fills(simulate(plan(table, side=Side(target=points(5)), target_through=np.array([1.0]))))
    assert trade.exit_price == price


def test_a_target_is_a_maker_unless_it_takes(simulate: Simulate) -> None:
    """Rules 3, 37: as a market order it pays slippage and the taker's fee."""
    table: list[Row] = [bar(100, "EL"), (100, 106, 99, 100)]
    costs = {"slip": 0.0, "fee_rate": 0.01, "maker_rate": 0.002}
    made = simulate(plan(table, side=Side(target=points(5)), **costs))  # type: ignore[arg-type]
    assert made.trades.fees.tolist() == pytest.approx([100 * 0.01 + 105 * 0.002])
    taken = simulate(plan(table, side=Side(target=points(5)), target_takes=True, **costs))  # type: ignore[arg-type]
    assert taken.trades.fees.tolist() == pytest.approx([100 * 0.01 + 105 * 0.01])
    slipped = plan(table, side=Side(target=points(5)), target_takes=True, slip=0.01)
    assert fills(simulate(slipped))[0].exit_price == pytest.approx(106 * 0.99)  # 5 above the fill of 101


def test_a_limit_order_alone_needs_no_tie(simulate: Simulate) -> None:
    """Rule 49: a bar without a stop is never ambiguous."""
    table: list[Row] = [bar(100, "EL"), (100, 106, 90, 100)]
    made = plan(table, side=Side(target=points(5)), order=order(EntryType.LIMIT, 0.0))
    assert simulate(made).ambiguous_bars == 0
