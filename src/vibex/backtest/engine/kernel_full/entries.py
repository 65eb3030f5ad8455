"""Compiled: opening a position: its levels, its size, its fills (rules 2, 11, 31–36, 64)."""

from __future__ import annotations

import math

import numpy as np

from vibex.backtest.engine.kernel_full.exits import drop_order, nothing_left, write_fill
from vibex.backtest.engine.kernel_full.levels import place_anew, place_levels, share_out, side_of
from vibex.backtest.engine.kernel_full.money import budget, cut_to_cash, dearest, fee_of, free_cash, taken_price
from vibex.backtest.engine.kernel_full.records import MARKET
from vibex.backtest.engine.kernel_full.state import forget
from vibex.backtest.engine.kernel_full.world import (
    ANSWERS,
    LEVELS,
    WORD,
    World,
    bar_at,
    floats,
    goal_at,
    holding_at,
    level_steps,
    past_at,
    rung_at,
    side_at,
    skip_at,
)
from vibex.backtest.engine.kernel_levels import wanted
from vibex.backtest.engine.kernel_records import (
    BELOW_MIN_NOTIONAL,
    MAX_TRADES,
    NO_EQUITY,
    NONE,
    called,
    compiled,
    inlined,
)


@compiled
def fill_price(base: float, d: int, takes: int, w: World) -> float:
    """What an entry is sized with: slippage where it takes liquidity, no impact."""
    return base * (w.rules.buy if d > 0 else w.rules.sell) if takes else base


@compiled
def cash_price(base: float, d: int, takes: int, w: World) -> float:
    """What an entry must be able to pay."""
    return dearest(base, d, w.rules) if takes and w.rules.by_volume else fill_price(base, d, takes, w)


@inlined
def asked_for(s: int, d: int, fill: float, equity: float, w: World) -> tuple[float, int]:
    """The quantity that the sizing rule asks for, before cap, cash and lot; NONE or the Skip."""
    p, scratch = holding_at(w.book, s), floats(w.scratch, 3, w.scratch_width)
    numbers = floats(w.columns + WORD * s * w.column_count * w.rows, w.column_count, w.rows)
    steps, side = level_steps(w.steps, 1, w.step_count)[0], side_at(w.sides, side_of(d))
    stack, answers = scratch[LEVELS], scratch[ANSWERS]
    return wanted(p, d, fill, equity, numbers, p.decided, side, steps, stack, answers, w.rules)


@called
def sized(s: int, base: float, equity: float, free: float, w: World) -> tuple[float, int]:
    """Place the levels of the waiting entry for a fill at `base`; its quantity, and NONE or the Skip."""
    p, rules = holding_at(w.book, s), w.rules
    d = p.order
    if 0 < rules.max_trades <= w.account.session_entries:
        return 0.0, MAX_TRADES
    if not equity > 0:
        return 0.0, NO_EQUITY
    fill, side = fill_price(base, d, p.takes, w), side_at(w.sides, side_of(d))
    p.decided, p.cash_cut = p.order_row, 0
    skip = place_levels(s, s, d, fill, w)
    if skip != NONE:
        return 0.0, skip
    quantity, skip = asked_for(s, d, fill, equity, w)
    if skip != NONE:
        return 0.0, skip
    if not math.isnan(side.cap_percent):
        quantity = min(quantity, (equity * side.cap_percent / 100) / fill)
    quantity, skip = cut_to_cash(s, quantity, cash_price(base, d, p.takes, w), free, d, w)
    if skip == NONE and quantity * fill < rules.min_notional:
        skip = BELOW_MIN_NOTIONAL
    return quantity, skip


@called
def open_position(s: int, quantity: float, base: float, w: World) -> None:
    """Fill the entry that `sized` has prepared, as far as the bar's volume lets; the rest goes on waiting."""
    p, bar = holding_at(w.book, s), bar_at(w.bars, s)
    d, i = p.order, side_of(p.order)
    filled = min(quantity, budget(s, w))
    price = taken_price(base, d, filled, bar.volume, w.rules) if p.takes else base
    fee = fee_of(filled, price, d, p.maker, w)
    nothing_left(p)
    p.direction, p.entry_row, p.bars, p.entry_price = d, w.account.row, 0, price
    p.quantity = p.entered = filled
    p.fees = fee
    p.lowest = p.highest = base
    p.priced_quantity = np.nan
    w.account.balance -= fee
    w.account.session_entries += 1
    bar.taken += filled
    write_fill(s, d, 1, filled, price, fee, NONE, w)
    past = past_at(w.past, 2 * s + i)
    past.entered_at = p.closes + 1
    forget(s, i, w)
    for k in range(side_at(w.sides, i).goals):
        goal_at(w.goals, s * w.goal_width + k).done = 0
    for k in range(side_at(w.sides, i).rungs):
        rung = rung_at(w.rungs, s * w.rung_width + k)
        rung.reached = rung.applied = 0
    if price != fill_price(base, d, p.takes, w):
        place_anew(s, w)
    share_out(s, w)
    p.rest = quantity - filled
    if p.rest > 0:
        p.order_filled = 1
        if p.takes:
            p.order_type = MARKET
    else:
        drop_order(p, w)


@called
def add_to_position(s: int, base: float, w: World) -> None:
    """Fill more of the rest of the order that opened the position (rules 11, 64)."""
    p, bar = holding_at(w.book, s), bar_at(w.bars, s)
    d = p.direction
    more = min(p.rest, budget(s, w))
    more, skip = cut_to_cash(s, more, cash_price(base, d, p.takes, w), free_cash(w), d, w)
    if skip != NONE:
        drop_order(p, w)
        return
    price = taken_price(base, d, more, bar.volume, w.rules) if p.takes else base
    fee = fee_of(more, price, d, p.maker, w)
    p.entry_price = (p.entry_price * p.quantity + price * more) / (p.quantity + more)
    p.quantity += more
    p.entered += more
    p.fees += fee
    w.account.balance -= fee
    bar.taken += more
    write_fill(s, d, 1, more, price, fee, NONE, w)
    place_anew(s, w)
    share_out(s, w)
    p.rest -= more
    if not p.rest > 0:
        drop_order(p, w)


@called
def enter(s: int, base: float, equity: float, w: World) -> None:
    """Make the waiting entry at `base`, or count why it is not made; either way it is no longer waiting."""
    quantity, skip = sized(s, base, equity, free_cash(w), w)
    if skip == NONE:
        open_position(s, quantity, base, w)
    else:
        skip_at(w.skipped, skip).count += 1
        drop_order(holding_at(w.book, s), w)
