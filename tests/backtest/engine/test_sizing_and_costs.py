"""How much is bought, what it costs, what cash refuses, what the log says: rules 2, 27, 28, 30–36, 39, 41."""

from __future__ import annotations

import math

import pytest

from tests.backtest.engine.conftest import Simulate
from tests.backtest.engine.tables import NO_LEVEL, Row, Side, bar, counts, fills, level, long, percent, plan, points
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import LevelOp, LevelProgram, Sizing, Trailing

HELD: list[Row] = [bar(50, "EL"), bar(100), bar(100)]  # decided at 50, filled at 100, never left


def quantities(simulate: Simulate, side: Side, **settings: float) -> list[float]:
    """The quantity of the entry at 100 under `settings`; empty where it is skipped."""
    values: list[float] = simulate(plan(HELD, side=side, columns=[[20.0] * 3], **settings)).trades.quantity.tolist()  # type: ignore[arg-type]
    return values


@pytest.mark.parametrize(
    ("sizing", "value", "leverage", "expected"),
    [
        (Sizing.FIXED_PERCENT, 50.0, 1.0, 50.0),
        (Sizing.FIXED_PERCENT, 50.0, 3.0, 150.0),
        (Sizing.FIXED_NOTIONAL, 2_000.0, 3.0, 20.0),
        (Sizing.FIXED_QUANTITY, 7.0, 3.0, 7.0),
        (Sizing.RISK_PERCENT, 1.0, 3.0, 10.0),  # 100 at risk ÷ 10 to the stop
        (Sizing.RISK_NOTIONAL, 250.0, 3.0, 25.0),
        (Sizing.VOLATILITY_TARGET, 10.0, 3.0, 50.0),  # 10,000 × 10 / 20
    ],
)
def test_the_quantity_comes_from_equity_and_the_fill_price(
    simulate: Simulate, sizing: Sizing, value: float, leverage: float, expected: float
) -> None:
    """Rules 2, 31, 34, 36: leverage multiplies fixed_percent only."""
    side = Side(stop=percent(10), sizing=sizing, size_value=value, volatility_column=0)
    assert quantities(simulate, side, leverage=leverage) == pytest.approx([expected], rel=1e-15)


@pytest.mark.parametrize(("leverage", "ceiling"), [(1.0, 10_000 / 101), (4.0, 10_000 / 26)])
def test_the_quantity_is_cut_so_that_margin_and_entry_fee_fit(
    simulate: Simulate, leverage: float, ceiling: float
) -> None:
    """Rule 32: quantity × fill × (1/leverage + fee rate) ≤ free cash."""
    side = Side(sizing=Sizing.FIXED_NOTIONAL, size_value=1e9)
    assert quantities(simulate, side, leverage=leverage, fee_rate=0.01) == pytest.approx([ceiling], rel=1e-14)
    small = Side(sizing=Sizing.FIXED_NOTIONAL, size_value=5_000.0)
    assert quantities(simulate, small, leverage=leverage, fee_rate=0.01) == [50.0]  # the fee comes on top


def test_unrealised_profit_is_equity_but_no_cash(simulate: Simulate) -> None:
    """Rules 30, 32: the second symbol wants half of 15,000, free are 10,000 − 5,000."""
    first = [bar(100, "EL"), bar(100), bar(200), bar(200)]
    second = [bar(100), bar(100, "EL"), bar(100), bar(100)]
    outcome = simulate(plan(first, second, side=Side(sizing=Sizing.FIXED_PERCENT, size_value=50.0)))
    assert outcome.trades.quantity.tolist() == [50.0, 50.0]
    outcome = simulate(plan(first, second, side=Side(sizing=Sizing.FIXED_PERCENT, size_value=40.0)))
    assert outcome.trades.quantity.tolist() == pytest.approx([40.0, 56.0])  # 40 % of 14,000, which fits


@pytest.mark.parametrize(("lot", "expected"), [(0.0, 33.37), (1.0, 33.0), (0.1, 33.3), (0.01, 33.37), (50.0, None)])
def test_the_quantity_is_rounded_down_to_the_lot(simulate: Simulate, lot: float, expected: float | None) -> None:
    """Rule 33: 33.37 / 0.01 is a whole number but for rounding error, and stays 33.37."""
    side = Side(size_value=33.37)
    outcome = simulate(plan(HELD, side=side, lot=lot))
    assert outcome.trades.quantity.tolist() == pytest.approx([] if expected is None else [expected], rel=1e-15)
    assert counts(outcome) == ({"BELOW_LOT": 1} if expected is None else {})


@pytest.mark.parametrize(("min_notional", "skipped"), [(3_300.0, {}), (3_300.1, {"BELOW_MIN_NOTIONAL": 1})])
def test_a_notional_below_the_minimum_is_skipped_after_the_lot(
    simulate: Simulate, min_notional: float, skipped: dict[str, int]
) -> None:
    """Rules 2, 33: 33 whole units at 100 are 3,300."""
    outcome = simulate(plan(HELD, side=Side(size_value=33.9), lot=1.0, min_notional=min_notional))
    assert counts(outcome) == skipped
    assert len(outcome.trades) == 1 - len(skipped)


@pytest.mark.parametrize(
    ("stop", "trailing", "yardstick", "distance"),
    [
        (percent(10), 5.0, points(2), 2.0),
        (percent(10), 5.0, NO_LEVEL, 10.0),
        (NO_LEVEL, 5.0, NO_LEVEL, 5.0),
    ],
)
def test_risk_is_divided_by_the_yardstick_or_the_stop_or_the_trail(
    simulate: Simulate, stop: LevelProgram, trailing: float, yardstick: LevelProgram, distance: float
) -> None:
    """Rule 34: the initial stop counts although the trailing stop is tighter."""
    side = Side(
        stop=stop,
        trailing=Trailing.PERCENT,
        trailing_value=trailing,
        yardstick=yardstick,
        sizing=Sizing.RISK_NOTIONAL,
        size_value=100.0,
    )
    assert quantities(simulate, side) == pytest.approx([100 / distance], rel=1e-15)


def test_the_risk_distance_starts_at_the_fill_with_slippage(simulate: Simulate) -> None:
    """Rules 34, 37: filled at 101, the stop at 90 is 11 away."""
    side = Side(stop=level((LevelOp.PRICE, 90.0)), sizing=Sizing.RISK_NOTIONAL, size_value=110.0)
    assert quantities(simulate, side, slip=0.01) == [10.0]


def test_a_cap_limits_the_notional_to_a_share_of_equity(simulate: Simulate) -> None:
    """Rule 31 with a cap: risk sizing asks for 100 units, 25 % of 10,000 pays for 25."""
    side = Side(stop=points(1), sizing=Sizing.RISK_PERCENT, size_value=1.0, cap_percent=25.0)
    assert quantities(simulate, side) == [25.0]


@pytest.mark.parametrize("volatility", [math.nan, 0.0, math.inf])
def test_an_entry_without_volatility_is_skipped_and_counted(simulate: Simulate, volatility: float) -> None:
    """Rule 36: the value of the decision bar counts, not that of the fill bar."""
    side = Side(sizing=Sizing.VOLATILITY_TARGET, size_value=10.0, volatility_column=0)
    outcome = simulate(plan(HELD, side=side, columns=[[volatility, 20.0, 20.0]]))
    assert (fills(outcome), counts(outcome)) == ([], {"MISSING_VOLATILITY": 1})


def test_fees_are_booked_at_their_fills_and_pnl_is_net_of_both(simulate: Simulate) -> None:
    """Rules 3, 39: entry 10 × 100 × 1 % = 10, exit 10 × 120 × 1 % = 12, equity drops at once."""
    table: list[Row] = [(100, 100, 100, 100, "EL"), (100, 100, 100, 100, "xL"), bar(120), bar(120)]
    outcome = simulate(plan(table, side=Side(size_value=10.0), fee_rate=0.01))
    assert outcome.equity.tolist() == [10_000.0, 9_990.0, 10_178.0, 10_178.0]
    assert (outcome.trades.pnl.tolist(), outcome.trades.fees.tolist()) == ([178.0], [22.0])


def test_a_short_earns_when_the_price_falls(simulate: Simulate) -> None:
    """Rules 3, 39, mirrored."""
    outcome = simulate(plan([bar(100, "ES"), bar(100, "xS"), bar(80)], side=Side(size_value=10.0), fee_rate=0.01))
    assert outcome.trades.pnl.tolist() == [200 - 10 - 8]


def test_an_open_position_is_marked_and_listed_last_without_exit_costs(simulate: Simulate) -> None:
    """Rules 27, 28: its pnl carries the entry fee only, its exit is the last close of its own last bar."""
    ends_early: list[Row] = [bar(100, "EL"), bar(100), (110, 111, 109, 110.5), (0, 0, 0, 0, "--")]
    closes = [bar(100, "EL"), bar(100), bar(100, "xL"), bar(105)]
    outcome = simulate(plan(ends_early, closes, side=Side(size_value=10.0), fee_rate=0.01, slip=0.0))
    assert fills(outcome) == [
        long(1, 100, 3, 105, Reason.SIGNAL),
        long(1, 100, 2, 110.5, Reason.END_OF_DATA),
    ]
    assert outcome.trades.pnl.tolist() == [50 - 10 - 10.5, 105 - 10]
    assert outcome.trades.bars_held.tolist() == [2, 1]
    assert outcome.equity[-1] == 10_000 + sum(outcome.trades.pnl)


def test_rows_of_the_log_are_the_bars_of_the_fills(simulate: Simulate) -> None:
    """Rule 28: also for a fill inside the bar; bars held is exit row − entry row."""
    table: list[Row] = [bar(100), bar(100, "EL"), bar(100), bar(100), (100, 100, 94, 96), bar(96)]
    outcome = simulate(plan(table, side=Side(stop=points(5))))
    assert fills(outcome) == [long(2, 100, 4, 95, Reason.STOP_LOSS)]
    assert outcome.trades.bars_held.tolist() == [2]


def test_losses_beyond_equity_end_all_entries_and_nothing_else(simulate: Simulate) -> None:
    """Rule 41: 1,000 units short at 100 with 20× leverage lose 20,000 at 120."""
    table = [bar(100, "ES"), bar(100, "xS"), bar(120, "ES"), bar(120, "ES"), bar(120)]
    outcome = simulate(plan(table, side=Side(size_value=1_000.0), leverage=20.0))
    assert outcome.equity.tolist() == [10_000.0, 10_000.0, -10_000.0, -10_000.0, -10_000.0]
    assert counts(outcome) == {"NO_EQUITY": 2}
    assert len(outcome.trades) == 1


def test_a_skip_names_the_first_reason_in_its_order(simulate: Simulate) -> None:
    """Order of skips: no equity before a missing ATR before the lot."""
    atr = level((LevelOp.ATR, 1.0, 0))
    side = Side(stop=atr, size_value=0.5)
    columns = [[math.nan] * 3]
    assert counts(simulate(plan(HELD, side=side, columns=columns, lot=1.0))) == {"MISSING_ATR": 1}
    broke = plan(HELD, side=side, columns=columns, lot=1.0, capital=0.0)
    assert counts(simulate(broke)) == {"NO_EQUITY": 1}
    assert counts(simulate(plan(HELD, side=Side(size_value=0.5), lot=1.0))) == {"BELOW_LOT": 1}
