"""Orders larger than a bar: partial fills, impact, mean prices, the rest that waits: rules 11, 64."""

from __future__ import annotations

import pytest

from tests.backtest.engine.conftest import Simulate
from tests.backtest.engine.parts import order, volume
from tests.backtest.engine.tables import Row, Side, counts, fills, long, percent, plan, points
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import EntryType, Sizing

END, STOP = Reason.END_OF_DATA, Reason.STOP_LOSS
TEN = Side(size_value=10.0)
WAITS = order(EntryType.MARKET)


def flat(at: float, signals: str = "") -> Row:
    return (at, at, at, at, signals)


def test_an_order_is_filled_in_parts_and_its_price_is_their_mean(simulate: Simulate) -> None:
    """Rule 64: 4 at 100, 4 at 102, 2 at 104 make (400 + 408 + 208) / 10; each part is a row."""
    table = [flat(100, "EL"), flat(100), flat(102), flat(104), flat(104)]
    outcome = simulate(plan(table, side=TEN, order=WAITS, volume=volume(8, 8, 8, 8, 8), fee_rate=0.01))
    assert fills(outcome) == [long(1, 101.6, 4, 104, END)]
    assert outcome.trades.quantity.tolist() == [10.0]
    assert outcome.trades.fees.tolist() == pytest.approx([10.16])
    assert outcome.fills is not None
    assert outcome.fills.quantity.tolist() == [4.0, 4.0, 2.0]
    assert outcome.fills.price.tolist() == [100.0, 102.0, 104.0]
    assert outcome.fills.row.tolist() == [1, 2, 3]


def test_the_rest_of_an_order_expires(simulate: Simulate) -> None:
    """Rule 11: with 2 bars the rest of 2 is dropped at the close of row 2; something was filled, so nothing counts."""
    table = [flat(100, "EL"), flat(100), flat(102), flat(104), flat(104)]
    expiring = order(EntryType.MARKET, expires=2)
    outcome = simulate(plan(table, side=TEN, order=expiring, volume=volume(8, 8, 8, 8, 8)))
    assert (outcome.trades.quantity.tolist(), counts(outcome), outcome.unfilled_at_end) == ([8.0], {}, 0)


def test_an_order_without_any_volume_waits_and_expires(simulate: Simulate) -> None:
    """Rules 11, 12: a market order as well."""
    table = [flat(100, "EL"), flat(100), flat(102), flat(104)]
    expiring = order(EntryType.MARKET, expires=2)
    outcome = simulate(plan(table, side=TEN, order=expiring, volume=volume(8, 0, 0, 8)))
    assert (fills(outcome), counts(outcome)) == ([], {"EXPIRED": 1})


def test_the_size_is_decided_once_at_the_first_fill(simulate: Simulate) -> None:
    """Rule 64: half of 10,000 at 100 are 50 units, though the second fill is at 50."""
    table = [flat(100, "EL"), flat(100), flat(50), flat(50)]
    side = Side(sizing=Sizing.FIXED_PERCENT, size_value=50.0)
    outcome = simulate(plan(table, side=side, order=WAITS, volume=volume(80, 80, 80, 80)))
    assert outcome.trades.quantity.tolist() == [50.0]
    assert outcome.trades.entry_price.tolist() == [pytest.approx((40 * 100 + 10 * 50) / 50)]


@pytest.mark.parametrize(("signal", "factor"), [("EL", 1.035), ("ES", 0.965)])
def test_a_fill_moves_the_price_by_the_square_of_its_share(simulate: Simulate, signal: str, factor: float) -> None:
    """Rule 11: half of the volume at impact 0.1 is 2.5 %, slippage of 1 % on top of it."""
    made = plan(
        [flat(100, signal), flat(100)],
        side=Side(size_value=4.0),
        order=WAITS,
        volume=volume(8, 8, impact=0.1),
        slip=0.01,
    )
    assert simulate(made).trades.entry_price.tolist() == pytest.approx([100 * factor], rel=1e-12)


def test_levels_lie_off_the_price_really_paid_and_the_size_off_the_price_without_impact(simulate: Simulate) -> None:
    """Rules 6, 11: sized at 100 with a stop 10 away, filled at 102.5, so the stop is at 92.25."""
    table: list[Row] = [flat(100, "EL"), flat(100), (100, 100, 92, 95), flat(95)]
    side = Side(stop=percent(10), sizing=Sizing.RISK_NOTIONAL, size_value=40.0)
    outcome = simulate(plan(table, side=side, order=WAITS, volume=volume(8, 8, 8000, 8000, impact=0.1)))
    assert outcome.trades.quantity.tolist() == [4.0]
    assert outcome.trades.lowest.tolist() == pytest.approx([92.25])
    assert outcome.trades.reason.tolist() == [STOP]


def test_cash_suffices_for_a_buy_of_the_whole_cap(simulate: Simulate) -> None:
    """Rule 32: at impact 0.4 and a cap of a half the dearest fill is 110, so 1,100 buy 10 and not 11."""
    side = Side(sizing=Sizing.FIXED_NOTIONAL, size_value=5_000.0)
    made = plan(
        [flat(100, "EL"), flat(100)], side=side, order=WAITS, volume=volume(0, 1_000, impact=0.4), capital=1_100.0
    )
    outcome = simulate(made)
    assert outcome.trades.quantity.tolist() == pytest.approx([10.0])
    assert outcome.cash_cut == 1


def test_an_exit_takes_as_many_bars_as_it_needs(simulate: Simulate) -> None:
    """Rule 11: 4 at 110 and 6 at 120 are 116 in the mean, and the trade ends with the second."""
    table = [flat(100, "EL"), flat(100, "xL"), flat(110), flat(120), flat(120)]
    outcome = simulate(plan(table, side=TEN, order=WAITS, volume=volume(0, 20, 8, 20, 20)))
    assert fills(outcome) == [long(1, 100, 3, 116, Reason.SIGNAL)]
    assert outcome.trades.pnl.tolist() == [160.0]


def test_what_a_stop_cannot_sell_leaves_at_the_next_open(simulate: Simulate) -> None:
    """Rule 11: 4 at the stop of 95, the other 6 at 99 although the price is back above the stop."""
    table: list[Row] = [flat(100, "EL"), flat(100), (100, 100, 94, 99), (99, 120, 80, 99), flat(99)]
    side = Side(stop=points(5), target=points(10), size_value=10.0)
    outcome = simulate(plan(table, side=side, order=WAITS, volume=volume(0, 20, 8, 20, 20)))
    assert fills(outcome) == [long(1, 100, 3, (4 * 95 + 6 * 99) / 10, STOP)]


def test_a_target_that_the_volume_limits_keeps_resting(simulate: Simulate) -> None:
    """Rule 11: 4 at 105 in row 2, none in row 3 that stays below, the rest in row 4."""
    table: list[Row] = [flat(100, "EL"), flat(100), (100, 105, 100, 104), flat(104), (104, 106, 104, 104)]
    side = Side(target=points(5), size_value=10.0)
    outcome = simulate(plan(table, side=side, order=WAITS, volume=volume(0, 20, 8, 20, 20)))
    assert fills(outcome) == [long(1, 100, 4, 105, Reason.TAKE_PROFIT)]
    assert outcome.fills is not None
    assert outcome.fills.quantity.tolist() == [10.0, 4.0, 6.0]


def test_levels_follow_the_mean_entry_price(simulate: Simulate) -> None:
    """Rule 64: 5 at 100 and 5 at 110: the stop 10 % below is 94.5 and no longer 90."""
    table: list[Row] = [flat(100, "EL"), flat(100), (110, 110, 110, 110), (100, 100, 94, 95), flat(95)]
    side = Side(stop=percent(10), size_value=10.0)
    outcome = simulate(plan(table, side=side, order=WAITS, volume=volume(0, 10, 10, 100, 100)))
    assert fills(outcome) == [long(1, 105, 3, 94.5, STOP)]


def test_exit_and_reversing_entry_share_the_volume_of_their_bar(simulate: Simulate) -> None:
    """Rule 11: of 6 the exit takes 4, so the short gets 2 now and 2 later."""
    table = [flat(100, "EL"), flat(100, "ES"), flat(100), flat(100)]
    outcome = simulate(plan(table, side=Side(size_value=4.0), order=WAITS, volume=volume(0, 12, 12, 12)))
    assert outcome.fills is not None
    assert list(zip(outcome.fills.row, outcome.fills.side, outcome.fills.quantity, strict=True)) == [
        (1, 1, 4.0),
        (2, -1, 4.0),
        (2, -1, 2.0),
        (3, -1, 2.0),
    ]


def test_an_exit_cancels_the_rest_of_the_entry(simulate: Simulate) -> None:
    """Rule 11: 8 have used up the volume of their bar, so the stop sells them at the next open; 2 are not bought."""
    table: list[Row] = [flat(100, "EL"), (100, 100, 94, 96), flat(96), flat(96)]
    side = Side(stop=points(5), size_value=10.0)
    outcome = simulate(plan(table, side=side, order=WAITS, volume=volume(0, 16, 16, 16)))
    assert fills(outcome) == [long(1, 100, 2, 96, STOP)]
    assert outcome.trades.quantity.tolist() == [8.0]
    assert outcome.unfilled_at_end == 0


def test_an_exit_signal_cancels_the_rest_and_orders_the_exit(simulate: Simulate) -> None:
    """Rule 11."""
    table = [flat(100, "EL"), flat(100, "xL"), flat(100), flat(100)]
    outcome = simulate(plan(table, side=TEN, order=WAITS, volume=volume(0, 8, 8, 8)))
    assert (outcome.trades.quantity.tolist(), outcome.trades.exit_row.tolist()) == ([4.0], [2])


def test_what_one_bar_lets_through_is_whole_lots(simulate: Simulate) -> None:
    """Rules 11, 33: half of 7 is 3 lots of 1."""
    table = [flat(100, "EL"), flat(100), flat(100), flat(100), flat(100)]
    outcome = simulate(plan(table, side=TEN, order=WAITS, volume=volume(0, 7, 7, 7, 7), lot=1.0))
    assert outcome.fills is not None
    assert outcome.fills.quantity.tolist() == [3.0, 3.0, 3.0, 1.0]


def test_the_rest_of_a_limit_keeps_its_limit_and_that_of_a_stop_does_not(simulate: Simulate) -> None:
    """Rules 10, 11: a rest is served at opens; the limit of 98 waits for one below it."""
    table: list[Row] = [flat(100, "EL"), (100, 103, 97, 100), flat(99), flat(97)]
    limited = order(EntryType.LIMIT, 0.02)
    outcome = simulate(plan(table, side=TEN, order=limited, volume=volume(0, 8, 8, 8)))
    assert outcome.fills is not None
    assert outcome.fills.row.tolist() == [1, 3]
    assert outcome.fills.price.tolist() == [98.0, 97.0]
    stopped = order(EntryType.STOP, 0.02)
    outcome = simulate(plan(table, side=TEN, order=stopped, volume=volume(0, 8, 8, 8)))
    assert outcome.fills is not None
    assert outcome.fills.price.tolist() == [102.0, 99.0, 97.0]
