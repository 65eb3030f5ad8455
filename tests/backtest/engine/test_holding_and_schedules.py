"""Splits, dividends, borrowed shares; fee schedules and tick tables of an exchange (rules 3, 14, 32, 42)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.backtest.engine.conftest import Simulate
from tests.backtest.engine.parts import carry, managed
from tests.backtest.engine.tables import Row, Side, bar, counts, fills, long, plan, points
from vibex.backtest.costs.arithmetic import DUTY_RATE, DUTY_UNIT, MIN_PER_ORDER, SIZE, TAKER_RATE
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import Sizing
from vibex.domain.arrays import F64

END, STOP = Reason.END_OF_DATA, Reason.STOP_LOSS
DAY_MS = 86_400_000


def schedule(**places: float) -> F64:
    """A schedule with some of: taker, minimum, duty, unit."""
    vector: F64 = np.zeros(SIZE)
    names = {"taker": TAKER_RATE, "minimum": MIN_PER_ORDER, "duty": DUTY_RATE, "unit": DUTY_UNIT}
    for name, value in places.items():
        vector[names[name]] = value
    return vector


def test_a_split_changes_the_count_and_not_the_value(simulate: Simulate) -> None:
    """Rule 14: 10 at 100 become 40 at 25; sold at 30 that is 200, and the log speaks of new shares."""
    table: list[Row] = [bar(100, "EL"), bar(100), bar(25, "xL"), bar(30)]
    outcome = simulate(plan(table, side=Side(size_value=10.0), carry=carry(4, {2: (4.0, 0.0)})))
    assert fills(outcome) == [long(1, 25, 3, 30, Reason.SIGNAL)]
    assert outcome.trades.quantity.tolist() == [40.0]
    assert outcome.trades.pnl.tolist() == [200.0]
    assert outcome.equity.tolist() == [10_000, 10_000, 10_000, 10_200]


def test_levels_are_split_with_the_price(simulate: Simulate) -> None:
    """Rule 14: a stop at 90 becomes 45, a trail of half the price moves with it; extremes too."""
    table: list[Row] = [bar(100, "EL"), bar(100), (50, 50, 45, 46)]
    outcome = simulate(plan(table, side=Side(stop=points(10)), carry=carry(3, {2: (2.0, 0.0)})))
    assert fills(outcome) == [long(1, 50, 2, 45, STOP)]
    assert (outcome.trades.lowest[0], outcome.trades.highest[0]) == (45.0, 50.5)


def test_planned_targets_are_split_too(simulate: Simulate) -> None:
    """Rule 14: 2 of 4 planned at 110 become 4 of 8 at 55."""
    halves = managed(targets=[(points(10), 0.5), (points(50), 0.5)])
    table: list[Row] = [bar(100, "EL"), bar(100), (50, 55, 50, 52)]
    outcome = simulate(plan(table, side=Side(size_value=4.0, management=halves), carry=carry(3, {2: (2.0, 0.0)})))
    assert outcome.fills is not None
    assert (outcome.fills.quantity.tolist(), outcome.fills.price.tolist()) == ([4.0, 4.0], [100.0, 55.0])


@pytest.mark.parametrize(("signal", "cash"), [("EL", 15.0), ("ES", -15.0)])
def test_a_dividend_is_paid_to_longs_and_by_shorts(simulate: Simulate, signal: str, cash: float) -> None:
    """Rule 14: 1.5 a share on 10; only what was held before the row is entitled."""
    made = plan(
        [bar(100, signal), bar(100), bar(100)],
        side=Side(size_value=10.0),
        carry=carry(3, {1: (1.0, 9.0), 2: (1.0, 1.5)}),
    )
    outcome = simulate(made)
    assert outcome.trades.carry.tolist() == [cash]
    assert outcome.trades.pnl.tolist() == [cash]
    assert outcome.equity[-1] == 10_000 + cash


def test_borrowed_shares_cost_by_the_calendar(simulate: Simulate) -> None:
    """Rule 14: 10 shares of 100 at 36.5 % a year are 1 a day; over a weekend 3; a long pays nothing."""
    days = np.array([0, 1, 2, 5], np.int64) * DAY_MS
    for signal, expected in (("ES", [0.0, 0.0, -1.0, -4.0]), ("EL", [0.0] * 4)):
        table = [bar(100, signal), bar(100), bar(100), bar(100)]
        made = plan(table, side=Side(size_value=10.0), time=days, carry=carry(4, {}, borrow_per_year=0.365))
        assert (simulate(made).equity - 10_000).tolist() == pytest.approx(expected)


def test_a_schedule_replaces_the_rates(simulate: Simulate) -> None:
    """Rule 3: 0.1 % of 1,000 is 1, raised to the minimum of 18, and a duty of 1.01 rounded up to 2."""
    table = [bar(100, "EL"), bar(100, "xL"), bar(101)]
    vector = schedule(taker=0.001, minimum=18.0, duty=0.001, unit=1.0)
    outcome = simulate(plan(table, side=Side(size_value=10.0), fee_rate=0.5, schedule=vector))
    assert outcome.trades.fees.tolist() == [18 + 1 + 18 + 2]


@pytest.mark.parametrize(("lot", "quantity"), [(1.0, 98.0), (0.0, 99.0)])
def test_a_size_is_cut_until_a_stepped_fee_fits(simulate: Simulate, lot: float, quantity: float) -> None:
    """Rule 32: 10,000 buy 100 at 100, but the minimum is 100: 99 leave exactly the fee; 150 need a lot more."""
    side = Side(sizing=Sizing.FIXED_PERCENT, size_value=100.0)
    minimum = 150.0 if lot else 100.0
    made = plan([bar(100, "EL"), bar(100)], side=side, lot=lot, schedule=schedule(minimum=minimum))
    outcome = simulate(made)
    assert outcome.trades.quantity.tolist() == [quantity]
    assert outcome.cash_cut == 1


def test_a_fee_larger_than_the_cash_skips_the_entry(simulate: Simulate) -> None:
    """Rules 32, 33: nothing is left to buy with."""
    made = plan([bar(100, "EL"), bar(100)], side=Side(size_value=50.0), schedule=schedule(minimum=20_000.0))
    assert counts(simulate(made)) == {"BELOW_LOT": 1}


@pytest.mark.parametrize(("away", "stop"), [(0.3, 9.5), (1.3, 8.7)])
def test_the_tick_is_that_of_the_price_band(simulate: Simulate, away: float, stop: float) -> None:
    """Rule 42: below 9 the tick is 0.1, above it 0.5: 9.7 is rounded down to 9.5, 8.7 stays."""
    table: list[Row] = [bar(10, "EL"), (10, 10, 5, 6)]
    made = plan(
        table,
        side=Side(stop=points(away)),
        tick=np.nan,
        tick_bounds=np.array([9.0, np.inf]),
        tick_sizes=np.array([0.1, 0.5]),
    )
    assert fills(simulate(made)) == [long(1, 10, 1, pytest.approx(stop), STOP)]  # type: ignore[arg-type]
