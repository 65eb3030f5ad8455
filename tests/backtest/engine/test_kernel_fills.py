"""The compiled body on cases worked out by hand, one rule each; the tables of both bodies go further."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from typing import NamedTuple

import numpy as np
import pytest

from vibex.backtest.engine.kernel import simulate
from vibex.backtest.engine.outcome import Outcome, Reason, Skip
from vibex.backtest.engine.plan import Flag, LevelOp, LevelProgram, Plan, SidePlan, Sizing, Tie, Trailing

NAN = float("nan")
BUY, SELL, SHORT, COVER = Flag.ENTRY_LONG, Flag.EXIT_LONG, Flag.ENTRY_SHORT, Flag.EXIT_SHORT


class Row(NamedTuple):
    open: float = 100.0
    high: float = 100.0
    low: float = 100.0
    close: float = 100.0
    flags: int = 0


QUIET = Row()
NO_BAR = Row(NAN, NAN, NAN, NAN, Flag.NO_BAR)


def program(*steps: tuple[LevelOp, float] | tuple[LevelOp, float, int]) -> LevelProgram:
    rows = [(step[0], step[1], step[2] if len(step) == 3 else -1) for step in steps]
    return LevelProgram(
        op=np.array([row[0] for row in rows], np.int64),
        value=np.array([row[1] for row in rows], np.float64),
        column=np.array([row[2] for row in rows], np.int64),
    )


SIDE = SidePlan(
    stop=program(),
    target=program(),
    trailing=Trailing.NONE,
    trailing_value=0.0,
    trailing_column=-1,
    sizing=Sizing.FIXED_QUANTITY,
    size_value=10.0,
    yardstick=program(),
    cap_percent=NAN,
    volatility_column=-1,
)
STOP_AND_TARGET = replace(SIDE, stop=program((LevelOp.PERCENT, 5.0)), target=program((LevelOp.PERCENT, 10.0)))


def plan(*symbols: list[Row], side: SidePlan = SIDE, **changes: object) -> Plan:
    table = np.array(symbols, np.float64)
    count, rows, _ = table.shape
    made = Plan(
        symbols=tuple(f"S{k}" for k in range(count)),
        time=np.arange(rows, dtype=np.int64),
        open=table[:, :, 0],
        high=table[:, :, 1],
        low=table[:, :, 2],
        close=table[:, :, 3],
        flags=table[:, :, 4].astype(np.uint8),
        columns=np.empty((count, 0, rows)),
        lot=np.zeros(count),
        tick=np.zeros(count),
        long=side,
        short=side,
        capital=10_000.0,
        leverage=1.0,
        fee_rate=0.0,
        maker_rate=0.0,
        slip=0.0,
        min_notional=0.0,
        reverse=True,
        time_stop_bars=0,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def only_trade(outcome: Outcome) -> dict[str, float]:
    assert len(outcome.trades) == 1
    return {field.name: getattr(outcome.trades, field.name)[0] for field in fields(outcome.trades)}


def test_market_orders_fill_at_the_next_open_with_slippage_and_fee() -> None:
    rows = [QUIET._replace(flags=BUY), Row(110, 112, 108, 111, SELL), Row(120, 121, 119, 120)]
    outcome = simulate(plan(rows, slip=0.01, fee_rate=0.001))
    trade = only_trade(outcome)
    assert (trade["entry_row"], trade["exit_row"], trade["bars_held"]) == (1, 2, 1)
    assert trade["entry_price"] == 110 * 1.01
    assert trade["exit_price"] == 120 * 0.99
    assert trade["fees"] == pytest.approx(10 * 111.1 * 0.001 + 10 * 118.8 * 0.001)
    assert trade["pnl"] == pytest.approx(10 * (118.8 - 111.1) - trade["fees"])
    assert outcome.equity[1] == pytest.approx(10_000 + 10 * (111 - 111.1) - 1.111)
    assert outcome.equity[2] == pytest.approx(10_000 + trade["pnl"])
    assert (trade["lowest"], trade["highest"]) == (108, 120)
    assert trade["reason"] == Reason.SIGNAL


def test_stop_comes_before_target_inside_one_bar_unless_asked_otherwise() -> None:
    rows = [QUIET._replace(flags=BUY), Row(100, 111, 94, 100)]
    first, other = (
        simulate(plan(rows, side=STOP_AND_TARGET)),
        simulate(plan(rows, side=STOP_AND_TARGET), tie=Tie.TARGET_FIRST),
    )
    assert (only_trade(first)["reason"], only_trade(first)["exit_price"]) == (Reason.STOP_LOSS, 95)
    assert only_trade(other)["reason"] == Reason.TAKE_PROFIT
    assert only_trade(other)["exit_price"] == pytest.approx(110)
    assert first.ambiguous_bars == other.ambiguous_bars == 1


@pytest.mark.parametrize(
    ("bar", "reason", "price"),
    [(Row(90, 91, 89, 90), Reason.STOP_LOSS, 90), (Row(120, 121, 90, 90), Reason.TAKE_PROFIT, 110)],
)
def test_gap_fills_a_stop_at_the_open_and_a_target_at_its_limit(bar: Row, reason: Reason, price: float) -> None:
    outcome = simulate(plan([QUIET._replace(flags=BUY), QUIET, QUIET, bar], side=STOP_AND_TARGET))
    trade = only_trade(outcome)
    assert (trade["reason"], trade["exit_row"]) == (reason, 3)
    assert trade["exit_price"] == pytest.approx(price)
    assert outcome.ambiguous_bars == 0


def test_short_levels_mirror_those_of_a_long() -> None:
    rows = [QUIET._replace(flags=SHORT), QUIET, Row(100, 104, 89, 90)]
    trade = only_trade(simulate(plan(rows, side=STOP_AND_TARGET)))
    assert (trade["direction"], trade["reason"], trade["exit_price"]) == (-1, Reason.TAKE_PROFIT, 90)
    assert trade["pnl"] == 100


def test_trailing_stop_is_tested_with_its_old_level_and_raised_after() -> None:
    side = replace(SIDE, trailing=Trailing.PERCENT, trailing_value=10.0)
    rows = [QUIET._replace(flags=BUY), Row(100, 120, 95, 119), Row(118, 118, 107, 108)]
    trade = only_trade(simulate(plan(rows, side=side)))
    assert (trade["reason"], trade["exit_row"], trade["exit_price"]) == (Reason.TRAILING_STOP, 2, 108)


def test_opposite_signal_reverses_at_one_open() -> None:
    rows = [QUIET._replace(flags=BUY), Row(100, 106, 99, 105, SHORT), Row(110, 110, 110, 110)]
    outcome = simulate(plan(rows))
    assert list(outcome.trades.reason) == [Reason.REVERSAL, Reason.END_OF_DATA]
    assert list(outcome.trades.direction) == [1, -1]
    assert list(outcome.trades.entry_row) == [1, 2]
    assert len(simulate(plan(rows, reverse=False)).trades) == 1


def test_entry_is_cut_to_the_cash_and_rounded_down_to_the_lot() -> None:
    side = replace(SIDE, size_value=1_000.0)
    rows = [QUIET._replace(flags=BUY), QUIET]
    assert only_trade(simulate(plan(rows, side=side, fee_rate=0.25)))["quantity"] == 80
    assert only_trade(simulate(plan(rows, side=side, lot=np.array([30.0]))))["quantity"] == 90
    assert simulate(plan(rows, lot=np.array([30.0]))).skipped == {Skip.BELOW_LOT: 1}


def test_symbols_share_the_cash_in_order_and_the_rest_is_skipped() -> None:
    side = replace(SIDE, size_value=60.0)
    rows = [QUIET._replace(flags=BUY), QUIET, Row(100, 120, 100, 120)]
    outcome = simulate(plan(rows, rows, rows, side=side))
    assert list(outcome.trades.quantity) == [60, 40]
    assert outcome.skipped == {Skip.NO_FREE_CASH: 1}
    assert list(outcome.equity) == [10_000, 10_000, 12_000]


def test_symbol_without_a_bar_waits_and_is_marked_at_its_last_close() -> None:
    first = [QUIET._replace(flags=BUY), Row(100, 110, 100, 110, SELL), NO_BAR, Row(105, 105, 105, 105)]
    outcome = simulate(plan(first, [QUIET] * 4))
    assert list(outcome.equity) == [10_000, 10_100, 10_100, 10_050]
    trade = only_trade(outcome)
    assert (trade["exit_row"], trade["bars_held"]) == (3, 1)


def test_time_stop_holds_for_exactly_its_number_of_bars() -> None:
    trade = only_trade(simulate(plan([QUIET._replace(flags=BUY), *[QUIET] * 6], time_stop_bars=3)))
    assert (trade["entry_row"], trade["exit_row"], trade["reason"]) == (1, 4, Reason.TIME_STOP)


def test_waiting_entry_is_dropped_by_the_exit_of_its_side() -> None:
    wait = QUIET._replace(flags=Flag.NO_TRADES)
    rows = [QUIET._replace(flags=BUY), wait, QUIET]
    assert len(simulate(plan(rows)).trades) == 1
    rows[1] = QUIET._replace(flags=Flag.NO_TRADES | SELL)
    assert len(simulate(plan(rows)).trades) == 0


def test_order_on_the_last_bar_is_counted_and_is_no_trade() -> None:
    outcome = simulate(plan([QUIET, QUIET._replace(flags=BUY)]))
    assert (len(outcome.trades), outcome.unfilled_at_end) == (0, 1)


def test_nearest_level_and_risk_sizing_use_the_real_fill() -> None:
    stop = program((LevelOp.PERCENT, 10.0), (LevelOp.POINTS, 4.0), (LevelOp.NEAREST, 2.0))
    side = replace(SIDE, stop=stop, sizing=Sizing.RISK_PERCENT, size_value=1.0)
    side = replace(side, target=program((LevelOp.RISK_MULTIPLE, 2.0)))
    rows = [QUIET._replace(flags=BUY), QUIET, Row(100, 109, 100, 109)]
    trade = only_trade(simulate(plan(rows, side=side)))
    assert (trade["quantity"], trade["exit_price"]) == (25, 108)


def test_missing_atr_skips_the_entry() -> None:
    side = replace(SIDE, stop=program((LevelOp.ATR, 2.0, 0)))
    rows = [QUIET._replace(flags=BUY), QUIET, QUIET._replace(flags=BUY), QUIET]
    outcome = simulate(plan(rows, side=side, columns=np.array([[[NAN, 1.0, 1.5, 9.0]]])))
    assert outcome.skipped == {Skip.MISSING_ATR: 1}
    assert only_trade(outcome)["entry_row"] == 3


def test_lone_symbol_and_one_beside_a_silent_symbol_give_the_same_bits() -> None:
    made = random_plan(3_000)
    names = ("open", "high", "low", "close", "columns")
    twice = {name: np.repeat(getattr(made, name), 2, axis=0) for name in names}
    silent = replace(
        made,
        symbols=("A", "B"),
        **twice,  # type: ignore[arg-type]
        flags=np.concatenate([made.flags, np.zeros_like(made.flags)]),
        lot=np.zeros(2),
        tick=np.zeros(2),
    )
    alone, beside = simulate(made), simulate(silent)
    assert len(alone.trades) > 100
    assert_same(alone, beside)


def test_runs_and_threads_give_the_same_bits() -> None:
    made = random_plan(20_000)
    first = simulate(made)
    with ThreadPoolExecutor(4) as pool:
        for other in pool.map(lambda _: simulate(made), range(8)):
            assert_same(first, other)


def random_plan(rows: int) -> Plan:
    random = np.random.default_rng(5)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.01, rows)))
    opened = close * np.exp(random.normal(0, 0.005, rows))
    high, low = np.maximum(opened, close) * 1.004, np.minimum(opened, close) * 0.996
    flags = random.choice([0, 0, 0, 0, 0, 0, BUY, SELL, SHORT, COVER, Flag.NO_TRADES], rows)
    side = replace(STOP_AND_TARGET, sizing=Sizing.FIXED_PERCENT, size_value=50.0)
    quiet = plan([QUIET] * rows, side=side, slip=0.0005, fee_rate=0.0001, time_stop_bars=40)
    prices = {"open": opened, "high": high, "low": low, "close": close, "flags": flags.astype(np.uint8)}
    return replace(quiet, **{name: column[np.newaxis] for name, column in prices.items()})


def assert_same(first: Outcome, other: Outcome) -> None:
    assert first.equity.tobytes() == other.equity.tobytes()
    for field in fields(first.trades):
        assert getattr(first.trades, field.name).tobytes() == getattr(other.trades, field.name).tobytes(), field.name
    assert (first.skipped, first.ambiguous_bars) == (other.skipped, other.ambiguous_bars)
