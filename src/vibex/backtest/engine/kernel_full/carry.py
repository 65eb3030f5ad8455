"""Compiled: what time does to open positions: splits, dividends, borrowed shares, funding (rules 13, 14, 63)."""

from __future__ import annotations

from vibex.backtest.engine.kernel_full.levels import side_of
from vibex.backtest.engine.kernel_full.records import EVENT, Events, Holding, World
from vibex.backtest.engine.kernel_levels import TRAIL_ATR
from vibex.backtest.engine.kernel_records import called, compiled

YEAR_MS = 31_536_000_000.0


@compiled
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
    side = w.sides[side_of(p.direction)]
    for k in range(side.goals):
        w.goals[s, k].level /= x
        w.goals[s, k].left *= x
    for k in range(side.rungs):
        w.rungs[s, k].after /= x


@called
def carry_positions(row: int, events: Events, w: World) -> None:
    """Before anything else in a row: corporate actions, then what a short pays for borrowed shares."""
    account, rules = w.account, w.rules
    for s in range(len(w.bars)):
        p = w.book[s]
        if p.direction == 0:
            continue
        for k in range(events.carry_start[s, row], events.carry_start[s, row + 1]):
            if events.carry_split[k] != 1.0:
                split_position(s, p, events.carry_split[k], w)
            if events.carry_cash[k] != 0.0:
                amount = p.quantity * events.carry_cash[k] * p.direction
                account.balance += amount
                p.carry += amount
        if p.direction < 0 and rules.borrow_per_year > 0 and row > 0:
            years = (events.time[row] - events.time[row - 1]) / YEAR_MS
            cost = ((p.quantity * p.mark) * rules.borrow_per_year) * years
            account.balance -= cost
            p.carry -= cost


@called
def pay_funding(row: int, events: Events, w: World) -> None:
    """Step (b): every settlement of the row on the position after the fills at its open; longs pay a positive rate."""
    for s in range(len(w.bars)):
        p = w.book[s]
        if p.direction == 0 or w.bars[s].flag & EVENT == 0:
            continue
        for k in range(events.funding_start[s, row], events.funding_start[s, row + 1]):
            payment = ((p.quantity * events.funding_price[k]) * events.funding_rate[k]) * p.direction
            w.account.balance -= payment
            p.funding -= payment
