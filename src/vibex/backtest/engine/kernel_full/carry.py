"""Compiled: what time does to open positions: splits, dividends, borrowed shares, funding (rules 13, 14, 63)."""

from __future__ import annotations

from vibex.backtest.engine.kernel_full.levels import side_of
from vibex.backtest.engine.kernel_full.records import EVENT, Holding
from vibex.backtest.engine.kernel_full.world import (
    World,
    bar_at,
    float_at,
    goal_at,
    holding_at,
    int_at,
    rung_at,
    side_at,
)
from vibex.backtest.engine.kernel_levels import TRAIL_ATR
from vibex.backtest.engine.kernel_records import called, inlined

YEAR_MS = 31_536_000_000.0


@inlined
def split_position(s: int, p: Holding, x: float, w: World) -> None:
    """Every unit becomes `x` units at 1 / x of the price."""
    p.quantity *= x
    p.entered *= x
    p.exited *= x
    p.rest *= x
    p.entry_price /= x
    p.stop /= x
    p.first_stop /= x
    p.floor /= x
    p.trail /= x
    p.trail_after /= x
    p.reference /= x
    p.lowest /= x
    p.highest /= x
    p.mark /= x
    if p.trailing == TRAIL_ATR:
        p.trail_gap /= x
    side = side_at(w.sides, side_of(p.direction))
    for k in range(side.goals):
        goal_at(w.goals, s * w.goal_width + k).level /= x
        goal_at(w.goals, s * w.goal_width + k).left *= x
    for k in range(side.rungs):
        rung_at(w.rungs, s * w.rung_width + k).after /= x


@called
def carry_positions(row: int, w: World) -> None:
    """Before anything else in a row: corporate actions, then what a short pays for borrowed shares."""
    account, rules = w.account, w.rules
    for s in range(w.symbols):
        p = holding_at(w.book, s)
        if p.direction == 0:
            continue
        at = s * (w.rows + 1) + row
        for k in range(int_at(w.carry_start, at), int_at(w.carry_start, at + 1)):
            split, cash = float_at(w.carry_split, k), float_at(w.carry_cash, k)
            if split != 1.0:
                split_position(s, p, split, w)
            if cash != 0.0:
                amount = p.quantity * cash * p.direction
                account.balance += amount
                p.carry += amount
        if p.direction < 0 and rules.borrow_per_year > 0 and row > 0:
            years = (int_at(w.time, row) - int_at(w.time, row - 1)) / YEAR_MS
            cost = ((p.quantity * p.mark) * rules.borrow_per_year) * years
            account.balance -= cost
            p.carry -= cost


@called
def pay_funding(row: int, w: World) -> None:
    """Step (b): every settlement of the row on the position after the fills at its open; longs pay a positive rate."""
    for s in range(w.symbols):
        p = holding_at(w.book, s)
        if p.direction == 0 or bar_at(w.bars, s).flag & EVENT == 0:
            continue
        at = s * (w.rows + 1) + row
        for k in range(int_at(w.funding_start, at), int_at(w.funding_start, at + 1)):
            paid = (p.quantity * float_at(w.funding_price, k)) * float_at(w.funding_rate, k)
            payment = paid * p.direction
            w.account.balance -= payment
            p.funding -= payment
