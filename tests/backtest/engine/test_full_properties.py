"""What holds for every plan with any of the optional parts: conserved, reachable, ordered, blind to the future."""

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
from vibex.backtest.engine.outcome import Reason, Skip
from vibex.backtest.engine.plan import EntryType, Flag, Plan, Sizing, Tie
from vibex.testing.random_plans import random_full_plan

SEEDS = st.integers(min_value=0, max_value=2**32 - 1)
few = settings(max_examples=120, deadline=None, derandomize=True)


def without_splits(plan: Plan) -> Plan:
    """Quantities and prices of the log in the units in which they were traded."""
    carry = plan.carry
    return replace(plan, carry=carry and replace(carry, split=np.ones_like(carry.split)))


@few
@given(seed=SEEDS)
def test_money_is_conserved(simulate: Simulate, seed: int) -> None:
    """Rules 27, 39, 63: end equity is the capital and the pnl of every trade, the open ones at their mark."""
    plan = random_full_plan(seed)
    outcome = simulate(plan)
    trades = outcome.trades
    turnover = (trades.quantity * trades.entry_price).sum() + plan.capital
    flows = np.abs(trades.pnl).sum() + np.abs(trades.funding).sum() + np.abs(trades.carry).sum()
    assert outcome.equity[-1] == pytest.approx(
        plan.capital + trades.pnl.sum(), rel=1e-11, abs=1e-11 * (turnover + flows)
    )


@few
@given(seed=SEEDS)
def test_positions_are_conserved(simulate: Simulate, seed: int) -> None:
    """Rules 11, 64: what the fills have bought and not sold is what the open trades hold; fees add up as well."""
    outcome = simulate(without_splits(random_full_plan(seed)))
    fills, trades = outcome.fills, outcome.trades
    if fills is None:
        return
    entered = fills.quantity[fills.entry == 1].sum()
    assert entered == pytest.approx(trades.quantity.sum(), rel=1e-12)
    assert fills.fee.sum() == pytest.approx(trades.fees.sum(), rel=1e-9, abs=1e-9)
    closed = trades.reason != Reason.END_OF_DATA
    left = fills.quantity[fills.entry == 0].sum()
    assert trades.quantity[closed].sum() <= left * (1 + 1e-12) + 1e-12
    assert left <= entered * (1 + 1e-12) + 1e-12


@few
@given(seed=SEEDS)
def test_fills_before_slippage_lie_inside_bars_with_trades(simulate: Simulate, seed: int) -> None:
    """Rules 7, 10, 12, 38: but for a target that the open has gapped over, which fills at its worse limit."""
    drawn = without_splits(random_full_plan(seed))
    plan = replace(drawn, slip=0.0, volume=drawn.volume and replace(drawn.volume, impact=0.0))
    if plan.order is not None and plan.order.type == EntryType.LIMIT:
        # Drawn prices may lie off the tick grid: an open that is through the limit by less than a tick is outside.
        plan = replace(plan, tick=np.zeros(len(plan.symbols)))
    outcome = simulate(plan)
    trades, fills = outcome.trades, outcome.fills
    if fills is not None:
        checked = zip(fills.symbol, fills.row, fills.price, fills.reason, strict=True)
    else:
        closed = trades.reason != Reason.END_OF_DATA
        entries = zip(trades.symbol, trades.entry_row, trades.entry_price, np.full(len(trades), -1), strict=True)
        exits = zip(
            trades.symbol[closed],
            trades.exit_row[closed],
            trades.exit_price[closed],
            trades.reason[closed],
            strict=True,
        )
        checked = iter([*entries, *exits])  # type: ignore[assignment]
    for symbol, row, price, reason in checked:
        assert not plan.flags[symbol, row] & (Flag.NO_TRADES | Flag.NO_BAR)
        if reason != Reason.TAKE_PROFIT:
            assert plan.low[symbol, row] <= price <= plan.high[symbol, row]


@few
@given(seed=SEEDS)
def test_no_bar_fills_more_than_its_share_of_volume(simulate: Simulate, seed: int) -> None:
    """Rule 11: liquidation apart, which the venue does."""
    plan = random_full_plan(seed)
    fills = simulate(plan).fills
    if plan.volume is None or fills is None:
        return
    own = fills.reason != Reason.LIQUIDATION
    filled = np.zeros_like(plan.open)
    np.add.at(filled, (fills.symbol[own], fills.row[own]), fills.quantity[own])
    assert np.all(filled <= plan.volume.cap * plan.volume.volume * (1 + 1e-8))


@few
@given(seed=SEEDS)
def test_entries_are_whole_lots_above_the_minimum(simulate: Simulate, seed: int) -> None:
    """Rule 33: each entry fill, and therefore each entry."""
    plan = without_splits(random_full_plan(seed))
    outcome = simulate(plan)
    fills = outcome.fills
    symbols = outcome.trades.symbol if fills is None else fills.symbol[fills.entry == 1]
    quantities = outcome.trades.quantity if fills is None else fills.quantity[fills.entry == 1]
    lots = plan.lot[symbols]
    whole = quantities[lots > 0] / lots[lots > 0]
    assert np.all(quantities > 0)
    assert np.allclose(whole, np.round(whole), rtol=0, atol=1e-6)


@few
@given(seed=SEEDS)
def test_the_log_is_in_time_order(simulate: Simulate, seed: int) -> None:
    """Rules 21, 28: fills as booked, trades of one symbol one after the other."""
    outcome = simulate(random_full_plan(seed))
    if outcome.fills is not None:
        assert np.all(np.diff(outcome.fills.row) >= 0)
    trades = outcome.trades
    for symbol in np.unique(trades.symbol):
        mine = trades.symbol == symbol
        assert np.all(trades.entry_row[mine][1:] >= trades.exit_row[mine][:-1])
        assert np.all(trades.exit_row[mine] >= trades.entry_row[mine])


@few
@given(seed=SEEDS)
def test_fees_are_never_negative_without_rebates_and_grow_with_the_rate(simulate: Simulate, seed: int) -> None:
    """Rule 39: with fixed sizes, cash to spare and nothing that reads equity, the trades are the same."""
    drawn = random_full_plan(seed)
    fixed = {"sizing": Sizing.FIXED_QUANTITY, "size_value": 0.5, "cap_percent": float("nan")}
    rich = replace(
        drawn,
        long=replace(drawn.long, **fixed),  # type: ignore[arg-type]
        short=replace(drawn.short, **fixed),  # type: ignore[arg-type]
        lot=np.zeros(len(drawn.symbols)),
        capital=1e12,
        min_notional=0.0,
        schedule=np.empty(0),
        limits=None,
        liquidation=None,
    )
    runs = [simulate(replace(rich, fee_rate=fee, maker_rate=fee / 2)) for fee in (0.0, 0.0005, 0.01)]
    for cheap, dear in pairwise(runs):
        assert np.array_equal(cheap.trades.exit_row, dear.trades.exit_row)
        assert np.all(cheap.trades.fees >= 0)
        assert np.all(dear.trades.fees > cheap.trades.fees)
        assert np.all(dear.trades.pnl < cheap.trades.pnl)


@few
@given(seed=SEEDS, price=st.integers(-6, 6), cash=st.integers(-6, 6))
def test_the_units_of_price_and_cash_do_not_matter(simulate: Simulate, seed: int, price: int, cash: int) -> None:
    """A power of two changes no rounding, so the run is the same to the last bit."""
    plan = random_full_plan(seed)
    if plan.state is not None:
        return  # numbers of state programs have units of their own
    plan = replace(plan, lot=np.zeros(len(plan.symbols)), schedule=np.empty(0))
    other = simulate(scaled(plan, 2.0**price, 2.0**cash))
    assert_equal(simulate(plan), unscaled(other, 2.0**price, 2.0**cash))


@few
@given(seed=SEEDS)
def test_the_tie_order_matters_only_in_ambiguous_bars(simulate: Simulate, seed: int) -> None:
    """Rule 49."""
    plan = random_full_plan(seed)
    first, *others = (simulate(plan, tie=tie) for tie in Tie)
    for other in others:
        if first.ambiguous_bars == 0:
            assert_equal(first, other)
        assert (first.ambiguous_bars == 0) == (other.ambiguous_bars == 0)


@few
@given(seed=SEEDS, data=st.data())
def test_the_past_does_not_know_the_future(simulate: Simulate, seed: int, data: st.DataObject) -> None:
    """Rules 1, 19: a run on the first rows alone has the same equity and the same finished trades there."""
    plan = random_full_plan(seed)
    rows = data.draw(st.integers(1, len(plan.time)))
    whole, part = simulate(plan), simulate(first_rows(plan, rows))
    assert np.array_equal(part.equity, whole.equity[:rows])
    closed = part.trades.reason != Reason.END_OF_DATA
    assert np.array_equal(part.trades.pnl[closed], whole.trades.pnl[: int(closed.sum())])


def test_the_random_full_plans_visit_every_reason_and_every_skip(simulate: Simulate) -> None:
    """The properties above mean something only if the plans reach the corners."""
    outcomes = [simulate(random_full_plan(seed)) for seed in range(400)]
    assert {int(reason) for outcome in outcomes for reason in outcome.trades.reason} == set(map(int, Reason))
    assert {int(skip) for outcome in outcomes for skip in outcome.skipped} == set(map(int, Skip))
    assert sum(outcome.cash_cut for outcome in outcomes) > 50
    assert sum(outcome.ambiguous_bars for outcome in outcomes) > 50
    assert sum(0 if outcome.fills is None else len(outcome.fills) for outcome in outcomes) > 500


@pytest.mark.skipif(len(BODIES) < 2, reason="one body of the engine is tested")
@pytest.mark.parametrize("tie", list(Tie))
def test_both_bodies_agree_to_the_last_bit_on_every_part(tie: Tie) -> None:
    """Rule 18 across bodies."""
    one, other = (import_module(f"vibex.backtest.engine.{name}").simulate for name in BODIES)
    for seed in range(400):
        plan = random_full_plan(seed)
        assert_equal(one(plan, tie=tie), other(plan, tie=tie))
