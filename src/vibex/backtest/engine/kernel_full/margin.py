"""Compiled: liquidation by maintenance-margin brackets, isolated and cross (rules 13, 50)."""

from __future__ import annotations

import math

import numpy as np

from vibex.backtest.engine.kernel_full.exits import book_exit, see_exit
from vibex.backtest.engine.kernel_full.money import fee_of
from vibex.backtest.engine.kernel_full.world import World, bar_at, bracket_at, holding_at
from vibex.backtest.engine.kernel_records import LIQUIDATION, NO_BAR, called, compiled, inlined


@compiled
def mark_of(s: int, w: World) -> float:
    """What another position is valued at: the mark at this row's open, its last close where it has no bar."""
    bar = bar_at(w.bars, s)
    return holding_at(w.book, s).mark if bar.flag & NO_BAR else bar.adverse_open


@called
def cross_equity(s: int, w: World) -> float:
    """What position `s` can lose: the balance and what the others have gained."""
    equity = w.account.balance
    for other in range(w.symbols):
        p = holding_at(w.book, other)
        if other != s and p.direction != 0:
            equity += (mark_of(other, w) - p.entry_price) * p.quantity * p.direction
    return equity


@called
def maintenance(s: int, w: World) -> float:
    """The margin that an open position must keep; 0 without brackets."""
    bar, notional = bar_at(w.bars, s), holding_at(w.book, s).quantity * mark_of(s, w)
    margin = 0.0
    for k in range(bar.bracket_begin, bar.bracket_end):
        bracket = bracket_at(w.brackets, k)
        if bracket.floor <= notional:
            margin = notional * bracket.rate - bracket.amount
    return margin


@compiled
def at_stake(s: int, w: World) -> float:
    """What a liquidation can take at most: the isolated margin, or the account."""
    p = holding_at(w.book, s)
    if w.rules.isolated:
        return (p.quantity * p.entry_price) / w.rules.leverage
    return cross_equity(s, w)


@inlined
def collateral(s: int, w: World) -> float:
    """What stands behind the position once the others have their maintenance margin."""
    backing = at_stake(s, w)
    if not w.rules.isolated:
        for other in range(w.symbols):
            if other != s and holding_at(w.book, other).direction != 0:
                backing -= maintenance(other, w)
    return backing


@called
def bankrupt_price(s: int, backing: float, w: World) -> float:
    """Where equity meets maintenance: the first bracket whose price lies below the next one's floor."""
    p, bar = holding_at(w.book, s), bar_at(w.bars, s)
    d, price = p.direction, np.nan
    for k in range(bar.bracket_begin, bar.bracket_end):
        bracket = bracket_at(w.brackets, k)
        price = (p.quantity * p.entry_price - d * (backing + bracket.amount)) / (p.quantity * (1 - d * bracket.rate))
        if k == bar.bracket_end - 1 or p.quantity * price < bracket_at(w.brackets, k + 1).floor:
            break
    return price if math.isfinite(price) and price > 0 else -d * np.inf


@compiled
def liquidation_price(s: int, w: World) -> float:
    """The level of the position as it stands; −d × inf where it cannot be liquidated."""
    p = holding_at(w.book, s)
    if not w.rules.liquidates:
        return -p.direction * np.inf
    backing = collateral(s, w)
    if backing != p.priced_collateral or p.quantity != p.priced_quantity or p.entry_price != p.priced_entry:
        p.liquidation_price = bankrupt_price(s, backing, w)
        p.priced_collateral, p.priced_quantity, p.priced_entry = backing, p.quantity, p.entry_price
    return p.liquidation_price


@called
def liquidate(s: int, level: float, opened: float, w: World) -> None:
    """The venue closes the whole position; no more than what stands behind it is lost."""
    p, rules = holding_at(w.book, s), w.rules
    d, quantity, most = p.direction, p.quantity, max(at_stake(s, w), 0.0)
    see_exit(p, opened, level)
    price = level * (rules.sell if d > 0 else rules.buy)
    gross = (price - p.entry_price) * quantity * d
    fee = fee_of(quantity, price, -d, 0, w) + (quantity * price) * rules.liquidation_fee
    net = gross - fee
    if net < -most:
        net = -most
        gross = net + fee
    w.account.balance += net
    book_exit(s, quantity, price, gross, fee, LIQUIDATION, w)
