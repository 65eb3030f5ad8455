"""Where stops, targets and trailing stops lie and how a bar meets them: rules 6–9, 35, 37, 42–46, 49."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.backtest.engine.conftest import Simulate
from tests.backtest.engine.tables import (
    Row,
    Side,
    bar,
    counts,
    fills,
    level,
    long,
    percent,
    plan,
    points,
    price,
    short,
)
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import LevelOp, LevelProgram, Sizing, Tie, Trailing

END = Reason.END_OF_DATA
STOP, TARGET, TRAIL = Reason.STOP_LOSS, Reason.TAKE_PROFIT, Reason.TRAILING_STOP


def test_the_entry_bar_counts_and_levels_come_from_the_fill(simulate: Simulate) -> None:
    """Rule 6: decided at 100, filled at 200; 10 % below the fill is 180."""
    table: list[Row] = [bar(100, "EL"), (200, 201, 179, 190), bar(190)]
    assert fills(simulate(plan(table, side=Side(stop=percent(10))))) == [long(1, 200, 1, 180, STOP)]
    table[1] = (200, 221, 199, 210)
    assert fills(simulate(plan(table, side=Side(target=percent(10))))) == [long(1, 200, 1, 220, TARGET)]


def test_a_stop_that_the_open_gaps_over_fills_at_the_open(simulate: Simulate) -> None:
    """Rule 7, with the slippage of rule 37."""
    table: list[Row] = [bar(100, "EL"), bar(100), (80, 85, 70, 82), bar(82)]
    assert fills(simulate(plan(table, side=Side(stop=points(5))))) == [long(1, 100, 2, 80, STOP)]
    slipped = simulate(plan(table, side=Side(stop=points(5)), slip=0.01))
    assert fills(slipped) == [long(1, 101, 2, 79.2, STOP)]


def test_a_target_that_the_open_gaps_over_fills_at_its_limit(simulate: Simulate) -> None:
    """Rule 7: the better open is not taken."""
    table: list[Row] = [bar(100, "EL"), bar(100), (120, 125, 119, 121), bar(121)]
    assert fills(simulate(plan(table, side=Side(target=points(5))))) == [long(1, 100, 2, 105, TARGET)]


@pytest.mark.parametrize(("tie", "expected"), [(Tie.STOP_FIRST, (95.0, STOP)), (Tie.TARGET_FIRST, (105.0, TARGET))])
def test_the_stop_is_first_when_one_bar_reaches_both(
    simulate: Simulate, tie: Tie, expected: tuple[float, Reason]
) -> None:
    """Rules 8, 49: such a bar is ambiguous; the other order fills the target."""
    table: list[Row] = [bar(100, "EL"), (100, 105, 95, 100), bar(100)]
    outcome = simulate(plan(table, side=Side(stop=points(5), target=points(5))), tie=tie)
    assert fills(outcome) == [long(1, 100, 1, *expected)]
    assert outcome.ambiguous_bars == 1


@pytest.mark.parametrize("tie", list(Tie))
@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        (106.0, (105.0, TARGET)),
        (94.0, (94.0, STOP)),
        (105.0, (105.0, TARGET)),
        (95.0, (95.0, STOP)),
    ],
)
def test_the_open_is_the_first_price_of_the_bar(
    simulate: Simulate, tie: Tie, opened: float, expected: tuple[float, Reason]
) -> None:
    """Rule 44: a level that the open reaches decides, and the bar is not ambiguous."""
    table: list[Row] = [bar(100, "EL"), bar(100), (opened, 110, 90, 100), bar(100)]
    outcome = simulate(plan(table, side=Side(stop=points(5), target=points(5))), tie=tie)
    assert fills(outcome) == [long(1, 100, 2, *expected)]
    assert outcome.ambiguous_bars == 0


def test_a_touch_hits_the_stop_and_the_target(simulate: Simulate) -> None:
    """Rule 43: low ≤ stop, high ≥ target; mirrored for a short."""
    for entry, fill in (("EL", long), ("ES", short)):
        lower, higher = (STOP, TARGET) if entry == "EL" else (TARGET, STOP)
        side = Side(stop=points(5), target=points(5))
        touches_low: list[Row] = [bar(100, entry), (100, 102, 95, 100), bar(100)]
        touches_high: list[Row] = [bar(100, entry), (100, 105, 98, 100), bar(100)]
        misses: list[Row] = [bar(100, entry), (100, 104.99, 95.01, 100), bar(100)]
        assert fills(simulate(plan(touches_low, side=side))) == [fill(1, 100, 1, 95, lower)]
        assert fills(simulate(plan(touches_high, side=side))) == [fill(1, 100, 1, 105, higher)]
        assert fills(simulate(plan(misses, side=side))) == [fill(1, 100, 2, 100, END)]


def test_a_trailing_stop_is_tested_before_it_is_raised(simulate: Simulate) -> None:
    """Rules 9, 45: the bar that makes the high does not meet its own new level, the next one does."""
    table: list[Row] = [bar(100, "EL"), (100, 120, 96, 119), (115, 116, 113, 114), bar(114)]
    side = Side(trailing=Trailing.PERCENT, trailing_value=5.0)
    assert fills(simulate(plan(table, side=side))) == [long(1, 100, 2, 114, TRAIL)]  # 120 × 0.95


def test_a_trailing_stop_never_moves_back(simulate: Simulate) -> None:
    """Rule 45: lower highs leave the level at 120 − 10."""
    table: list[Row] = [bar(100, "EL"), (100, 120, 99, 119), (118, 118, 112, 115), (115, 115, 110, 111), bar(111)]
    side = Side(trailing=Trailing.ATR, trailing_value=2.0, trailing_column=0)
    outcome = simulate(plan(table, side=side, columns=[[5.0, 1.0, 1.0, 1.0, 1.0]]))
    assert fills(outcome) == [long(1, 100, 3, 110, TRAIL)]


def test_a_short_trails_from_the_low(simulate: Simulate) -> None:
    """Rules 9, 45, 46, mirrored: 80 × 1.05, tighter than the stop at 105."""
    table: list[Row] = [bar(100, "ES"), (100, 101, 80, 81), (82, 84, 81, 83), bar(83)]
    side = Side(stop=points(5), trailing=Trailing.PERCENT, trailing_value=5.0)
    assert fills(simulate(plan(table, side=side))) == [short(1, 100, 2, 84, TRAIL)]


def test_a_trailing_reference_starts_at_the_fill_with_slippage(simulate: Simulate) -> None:
    """Rule 45: fill 101, trail 10 % → 90.9, although the open was 100."""
    table: list[Row] = [bar(100, "EL"), (100, 100.5, 90.9, 95), bar(95)]
    side = Side(trailing=Trailing.PERCENT, trailing_value=10.0)
    assert fills(simulate(plan(table, side=side, slip=0.01))) == [long(1, 101, 1, 89.991, TRAIL)]


@pytest.mark.parametrize(("stop", "reason"), [(4.0, STOP), (5.0, STOP), (6.0, TRAIL)])
def test_the_tighter_of_stop_and_trail_fills_and_names_the_reason(
    simulate: Simulate, stop: float, reason: Reason
) -> None:
    """Rule 46: at equal levels it is the stop-loss."""
    table: list[Row] = [bar(100, "EL"), (100, 100, 90, 95), bar(95)]
    side = Side(stop=points(stop), trailing=Trailing.PERCENT, trailing_value=5.0)
    assert fills(simulate(plan(table, side=side))) == [long(1, 100, 1, 100 - min(stop, 5.0), reason)]


@pytest.mark.parametrize(
    ("stop", "target", "levels"),
    [
        (percent(10), percent(20), (90.0, 120.0)),
        (points(7), points(3), (93.0, 103.0)),
        (level((LevelOp.ATR, 2.0, 0)), level((LevelOp.ATR, 3.0, 0)), (92.0, 112.0)),
        (percent(5), level((LevelOp.RISK_MULTIPLE, 2.0)), (95.0, 110.0)),
        (price(60), price(140), (60.0, 140.0)),
        (level((LevelOp.LEVEL, 0.0, 1)), level((LevelOp.LEVEL, 0.0, 2)), (97.0, 104.0)),
    ],
)
def test_levels_of_a_long_and_mirrored_of_a_short(
    simulate: Simulate, stop: LevelProgram, target: LevelProgram, levels: tuple[float, float]
) -> None:
    """Rules 35, 42: columns are read at the decision bar, row 0."""
    side = Side(stop=stop, target=target)
    columns = [[4.0, 9.0, 9.0], [97.0, 1.0, 1.0], [104.0, 999.0, 999.0]]
    falls: list[Row] = [bar(100, "EL"), (100, 100, 1, 50), bar(50)]
    rises: list[Row] = [bar(100, "EL"), (100, 900, 100, 500), bar(500)]
    assert fills(simulate(plan(falls, side=side, columns=columns))) == [long(1, 100, 1, levels[0], STOP)]
    assert fills(simulate(plan(rises, side=side, columns=columns))) == [long(1, 100, 1, levels[1], TARGET)]

    distances = (100 - levels[0], levels[1] - 100)
    if stop.op[0] in (LevelOp.PRICE, LevelOp.LEVEL):  # absolute prices change places for a short
        side, distances = Side(stop=target, target=stop), (distances[1], distances[0])
    falls[0] = rises[0] = bar(100, "ES")
    assert fills(simulate(plan(rises, short=side, columns=columns))) == [short(1, 100, 1, 100 + distances[0], STOP)]
    assert fills(simulate(plan(falls, short=side, columns=columns))) == [short(1, 100, 1, 100 - distances[1], TARGET)]


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ([(LevelOp.NEAREST, 3.0)], 97.0),
        ([(LevelOp.FARTHEST, 3.0)], 90.0),
        ([(LevelOp.NEAREST, 2.0), (LevelOp.FARTHEST, 2.0)], 95.0),  # of 97 and the nearest of 90 and 95
    ],
)
def test_nearest_and_farthest_choose_among_the_last_levels(
    simulate: Simulate, choices: list[tuple[LevelOp, float]], expected: float
) -> None:
    """Rule 42 for combined levels: 97, 90 and 95 lie on the stack."""
    leaves = [(LevelOp.POINTS, 3.0), (LevelOp.PERCENT, 10.0), (LevelOp.PRICE, 95.0)]
    table: list[Row] = [bar(100, "EL"), (100, 100, 1, 50), bar(50)]
    outcome = simulate(plan(table, side=Side(stop=level(*leaves, *choices))))
    assert fills(outcome) == [long(1, 100, 1, expected, STOP)]


@pytest.mark.parametrize("atr", [math.nan, 0.0, -1.0, math.inf])
@pytest.mark.parametrize("where", ["stop", "target", "trailing"])
def test_an_entry_without_an_atr_is_skipped_and_counted(simulate: Simulate, atr: float, where: str) -> None:
    """Rule 35."""
    program = level((LevelOp.ATR, 1.0, 0))
    side = {
        "stop": Side(stop=program),
        "target": Side(target=program),
        "trailing": Side(trailing=Trailing.ATR, trailing_value=1.0, trailing_column=0),
    }[where]
    outcome = simulate(plan([bar(100, "EL"), bar(100), bar(100)], side=side, columns=[[atr, 1.0, 1.0]]))
    assert (fills(outcome), counts(outcome)) == ([], {"MISSING_ATR": 1})


@pytest.mark.parametrize(
    ("side", "reason"),
    [
        (Side(stop=price(100.5)), "WRONG_SIDE_LEVEL"),
        (Side(stop=price(100)), "WRONG_SIDE_LEVEL"),
        (Side(target=price(99)), "WRONG_SIDE_LEVEL"),
        (Side(stop=level((LevelOp.LEVEL, 0.0, 0))), "MISSING_LEVEL"),
        (Side(stop=level((LevelOp.PRICE, 101.0), (LevelOp.LEVEL, 0.0, 0), (LevelOp.NEAREST, 2.0))), "WRONG_SIDE_LEVEL"),
        (Side(stop=level((LevelOp.LEVEL, 0.0, 0), (LevelOp.PRICE, 101.0), (LevelOp.NEAREST, 2.0))), "MISSING_LEVEL"),
        (Side(stop=price(100), target=level((LevelOp.ATR, 1.0, 0))), "WRONG_SIDE_LEVEL"),
    ],
)
def test_an_entry_with_a_missing_or_wrong_level_is_skipped_by_the_first_leaf_that_fails(
    simulate: Simulate, side: Side, reason: str
) -> None:
    """Rule 42: also when another leaf of the program would serve."""
    outcome = simulate(plan([bar(100, "EL"), bar(100), bar(100)], side=side, columns=[[math.nan] * 3]))
    assert (fills(outcome), counts(outcome)) == ([], {reason: 1})


def test_levels_are_rounded_to_the_tick_away_from_the_fill(simulate: Simulate) -> None:
    """Rule 42: a long's stop down and target up, a short's mirrored; a level on the grid stays."""
    side = Side(stop=points(5.3), target=points(5.3))
    falls: list[Row] = [bar(100, "EL"), (100, 100, 1, 50), bar(50)]
    rises: list[Row] = [bar(100, "EL"), (100, 900, 100, 500), bar(500)]
    assert fills(simulate(plan(falls, side=side, tick=0.5))) == [long(1, 100, 1, 94.5, STOP)]
    assert fills(simulate(plan(rises, side=side, tick=0.5))) == [long(1, 100, 1, 105.5, TARGET)]
    falls[0] = rises[0] = bar(100, "ES")
    assert fills(simulate(plan(rises, side=side, tick=0.5))) == [short(1, 100, 1, 105.5, STOP)]
    assert fills(simulate(plan(falls, side=side, tick=0.5))) == [short(1, 100, 1, 94.5, TARGET)]
    assert fills(simulate(plan(falls, side=side, tick=0.1))) == [short(1, 100, 1, 94.7, TARGET)]


@pytest.mark.parametrize(
    ("side", "tick", "expected"), [(Side(stop=price(0.3)), 0.1, 0.3), (Side(target=price(1.11)), 0.01, 1.11)]
)
def test_a_level_on_the_tick_grid_but_for_rounding_error_stays(
    simulate: Simulate, side: Side, tick: float, expected: float
) -> None:
    """Rule 42: in float64, 0.3 / 0.1 is a hair below 3 and 1.11 / 0.01 a hair above 111."""
    table: list[Row] = [(1, 1, 1, 1, "EL"), (1, 1, 1, 1), (1, 1, 0.1, 1) if side.stop.exists else (1, 2, 1, 1)]
    (trade,) = fills(simulate(plan(table, side=side, tick=tick)))
    assert trade.exit_price == expected


def test_a_trailing_stop_is_rounded_to_the_tick_each_time_it_moves(simulate: Simulate) -> None:
    """Rules 42, 45: 5 % behind 111 is 105.45, on the grid of 2 it is 104."""
    table: list[Row] = [bar(100, "EL"), (100, 111, 99, 110), (110, 110, 105, 106), (106, 106, 104, 104), bar(104)]
    side = Side(trailing=Trailing.PERCENT, trailing_value=5.0)
    assert fills(simulate(plan(table, side=side, tick=2.0))) == [long(1, 100, 3, 104, TRAIL)]


def test_the_target_of_a_risk_multiple_uses_the_rounded_stop(simulate: Simulate) -> None:
    """Rule 42: the initial stop is the one that is live, 94 on the grid of 2, so the target is 106."""
    table: list[Row] = [bar(100, "EL"), (100, 106, 100, 106), bar(106)]
    side = Side(stop=points(5), target=level((LevelOp.RISK_MULTIPLE, 1.0)))
    assert fills(simulate(plan(table, side=side, tick=2.0))) == [long(1, 100, 1, 106, TARGET)]


def test_slippage_moves_what_takes_liquidity_and_no_target(simulate: Simulate) -> None:
    """Rules 3, 37, 38: market fills and stops move against the trader, beyond the bar where need be."""
    side = Side(stop=points(5), target=points(5))
    falls: list[Row] = [bar(100, "EL"), (100, 100, 90, 95), bar(95)]
    rises: list[Row] = [bar(100, "EL"), (100, 110, 100, 105), bar(105)]
    assert fills(simulate(plan(falls, side=side, slip=0.01))) == [long(1, 101, 1, 95.04, STOP)]  # 96 × 0.99
    assert fills(simulate(plan(rises, side=side, slip=0.01))) == [long(1, 101, 1, 106, TARGET)]
    flat: list[Row] = [(100, 100, 100, 100, "ES"), (100, 100, 100, 100, "xS"), (100, 100, 100, 100)]
    assert fills(simulate(plan(flat, slip=0.01))) == [short(1, 99, 2, 101, Reason.SIGNAL)]


def test_the_extremes_of_a_trade_stop_at_its_exit(simulate: Simulate) -> None:
    """Extremes: the fills before slippage, bars that it survived, and of the exit bar only the open and the level."""
    table: list[Row] = [bar(100, "EL"), (100, 104, 97, 103), (108, 130, 90, 95), bar(95)]
    outcome = simulate(plan(table, side=Side(stop=points(7)), slip=0.01))
    assert (outcome.trades.lowest[0], outcome.trades.highest[0]) == (94.0, 108.0)


def test_the_extremes_of_a_short_start_at_its_fill_before_slippage(simulate: Simulate) -> None:
    """Extremes: entered at the open of 100, not at 99; out through a gap whose open is lower than the target."""
    side = Side(target=points(9))
    stays: list[Row] = [bar(105, "ES"), (100, 104, 100, 102), (102, 103, 101, 102)]
    trades = simulate(plan(stays, side=side, slip=0.01)).trades
    assert (trades.lowest[0], trades.highest[0]) == (100.0, 104.0)
    trades = simulate(plan([*stays, (88, 120, 87, 100)], side=side, slip=0.01)).trades
    assert (trades.lowest[0], trades.highest[0], trades.exit_price[0]) == (88.0, 104.0, 90.0)


def test_one_stop_program_may_size_while_another_stops(simulate: Simulate) -> None:
    """Rule 34: the yardstick gives the distance of the size, the stop stays where it is."""
    table: list[Row] = [bar(100, "EL"), (100, 100, 90, 95), bar(95)]
    side = Side(stop=points(5), sizing=Sizing.RISK_NOTIONAL, size_value=100.0)
    assert simulate(plan(table, side=side)).trades.quantity.tolist() == [20.0]
    measured = replace(side.plan(), yardstick=points(10))
    outcome = simulate(replace(plan(table, side=side), long=measured))
    assert outcome.trades.quantity.tolist() == [10.0]
    assert fills(outcome) == [long(1, 100, 1, 95, STOP)]
