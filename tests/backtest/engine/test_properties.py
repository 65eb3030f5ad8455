"""What holds for every plan whatever its rules: money is conserved, fills are reachable, scale does not matter."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.backtest.engine.conftest import BODIES, Simulate
from tests.backtest.engine.scaling import assert_equal, first_rows, scaled, unscaled
from vibex.backtest.engine.outcome import Reason
from vibex.backtest.engine.plan import Flag, Sizing, Tie
from vibex.testing.random_plans import random_plan

SEEDS = st.integers(min_value=0, max_value=2**32 - 1)
few = settings(max_examples=80, deadline=None, derandomize=True)


@few
@given(seed=SEEDS)
def test_money_is_conserved(simulate: Simulate, seed: int) -> None:
    """Rules 27, 39: end equity is the capital and the pnl of every trade, the open ones at their mark."""
    plan = random_plan(seed)
    outcome = simulate(plan)
    total = plan.capital + outcome.trades.pnl.sum()
    turnover = (outcome.trades.quantity * outcome.trades.entry_price).sum() + plan.capital
    assert outcome.equity[-1] == pytest.approx(total, rel=1e-12, abs=1e-12 * turnover)


@few
@given(seed=SEEDS)
def test_fills_before_slippage_lie_inside_their_bars(simulate: Simulate, seed: int) -> None:
    """Rules 7, 38: but for a target that the open has gapped over, which fills at its worse limit."""
    plan = replace(random_plan(seed), slip=0.0)
    trades = simulate(plan).trades
    for i in range(len(trades)):
        symbol, entry, leave = int(trades.symbol[i]), int(trades.entry_row[i]), int(trades.exit_row[i])
        assert trades.entry_price[i] == plan.open[symbol, entry]
        low, high, fill = plan.low[symbol, leave], plan.high[symbol, leave], trades.exit_price[i]
        if trades.reason[i] == Reason.TAKE_PROFIT and trades.direction[i] > 0:
            assert fill <= high
        elif trades.reason[i] == Reason.TAKE_PROFIT:
            assert fill >= low
        else:
            assert low <= fill <= high


@few
@given(seed=SEEDS)
def test_no_fill_comes_before_or_without_a_decision(simulate: Simulate, seed: int) -> None:
    """Rules 1, 60, 61: an entry needs its signal on an earlier close and a bar with trades."""
    plan = random_plan(seed)
    trades = simulate(plan).trades
    for i in range(len(trades)):
        symbol, row = int(trades.symbol[i]), int(trades.entry_row[i])
        bit = Flag.ENTRY_LONG if trades.direction[i] > 0 else Flag.ENTRY_SHORT
        assert np.any(plan.flags[symbol, :row] & bit)
        assert not plan.flags[symbol, row] & (Flag.NO_TRADES | Flag.NO_BAR)


@few
@given(seed=SEEDS)
def test_a_symbol_holds_at_most_one_position(simulate: Simulate, seed: int) -> None:
    """Rule 21: a trade begins at or after the exit of the one before."""
    plan = random_plan(seed)
    trades = simulate(plan).trades
    for symbol in range(len(plan.symbols)):
        mine = trades.symbol == symbol
        assert np.all(trades.entry_row[mine][1:] >= trades.exit_row[mine][:-1])
        assert np.all(trades.exit_row[mine] >= trades.entry_row[mine])


@few
@given(seed=SEEDS)
def test_higher_fees_never_help(simulate: Simulate, seed: int) -> None:
    """Rule 39: with a fixed size and cash to spare the trades are the same and each pnl falls with the fee."""
    drawn = random_plan(seed)
    fixed = {"sizing": Sizing.FIXED_QUANTITY, "size_value": 0.5, "cap_percent": float("nan")}
    rich = replace(
        drawn,
        long=replace(drawn.long, **fixed),  # type: ignore[arg-type]
        short=replace(drawn.short, **fixed),  # type: ignore[arg-type]
        lot=np.zeros(len(drawn.symbols)),
        capital=1e9,
        min_notional=0.0,
    )
    runs = [simulate(replace(rich, fee_rate=fee, maker_rate=fee)) for fee in (0.0, 0.0005, 0.01)]
    for cheap, dear in pairwise(runs):
        assert np.array_equal(cheap.trades.exit_row, dear.trades.exit_row)
        assert np.all(dear.trades.pnl < cheap.trades.pnl)
        assert np.all(dear.equity <= cheap.equity)


@few
@given(seed=SEEDS)
def test_trades_are_listed_by_exit_and_open_ones_last(simulate: Simulate, seed: int) -> None:
    """Rules 27, 28: closed trades by clock row, then symbol; open ones by symbol."""
    trades = simulate(random_plan(seed)).trades
    keys = [
        (reason == Reason.END_OF_DATA, 0 if reason == Reason.END_OF_DATA else row, symbol)
        for reason, row, symbol in zip(
            trades.reason.tolist(), trades.exit_row.tolist(), trades.symbol.tolist(), strict=True
        )
    ]
    assert keys == sorted(keys)


@few
@given(seed=SEEDS, price=st.integers(-6, 6), cash=st.integers(-6, 6))
def test_the_units_of_price_and_cash_do_not_matter(simulate: Simulate, seed: int, price: int, cash: int) -> None:
    """A power of two changes no rounding, so the run is the same to the last bit."""
    plan = random_plan(seed)
    plan = replace(plan, lot=np.zeros(len(plan.symbols)))
    other = simulate(scaled(plan, 2.0**price, 2.0**cash))
    assert_equal(simulate(plan), unscaled(other, 2.0**price, 2.0**cash))


@few
@given(seed=SEEDS)
def test_the_tie_order_matters_only_in_ambiguous_bars(simulate: Simulate, seed: int) -> None:
    """Rule 49: a run without an ambiguous bar is the same in both orders; with one, both orders see one."""
    plan = random_plan(seed)
    stop_first, target_first = simulate(plan), simulate(plan, tie=Tie.TARGET_FIRST)
    if stop_first.ambiguous_bars == 0:
        assert_equal(stop_first, target_first)
    assert (stop_first.ambiguous_bars == 0) == (target_first.ambiguous_bars == 0)


@few
@given(seed=SEEDS, data=st.data())
def test_the_past_does_not_know_the_future(simulate: Simulate, seed: int, data: st.DataObject) -> None:
    """Rules 1, 19: a run on the first rows alone has the same equity and the same finished trades there."""
    plan = random_plan(seed)
    rows = data.draw(st.integers(1, len(plan.time)))
    whole, part = simulate(plan), simulate(first_rows(plan, rows))
    assert np.array_equal(part.equity, whole.equity[:rows])
    closed = part.trades.reason != Reason.END_OF_DATA
    assert np.array_equal(part.trades.pnl[closed], whole.trades.pnl[: int(closed.sum())])


def test_the_random_plans_visit_every_reason_and_every_skip(simulate: Simulate) -> None:
    """The properties above mean something only if the plans reach the corners."""
    outcomes = [simulate(random_plan(seed)) for seed in range(300)]
    assert {int(reason) for outcome in outcomes for reason in outcome.trades.reason} == set(range(7))
    assert {int(skip) for outcome in outcomes for skip in outcome.skipped} == set(range(8))
    assert sum(outcome.ambiguous_bars for outcome in outcomes) > 50
    assert sum(outcome.unfilled_at_end for outcome in outcomes) > 50
    assert sum(bool(np.any(outcome.equity <= 0)) for outcome in outcomes) > 5


@pytest.mark.skipif(len(BODIES) < 2, reason="this tree has one body of the engine")
@pytest.mark.parametrize("tie", list(Tie))
def test_both_bodies_agree_to_the_last_bit(tie: Tie) -> None:
    """Rule 18 across bodies: every column of every run."""
    one, other = (import_module(f"vibex.backtest.engine.{name}").simulate for name in BODIES)
    for seed in range(400):
        plan = random_plan(seed)
        assert_equal(one(plan, tie=tie), other(plan, tie=tie))
