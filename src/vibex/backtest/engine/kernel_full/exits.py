"""Compiled: leaving a position, in one fill or in several, and the trade that it becomes (rules 28, 37, 39, 64)."""

from __future__ import annotations

import numpy as np

from vibex.backtest.engine.kernel_full.money import budget, fee_of, taken_price
from vibex.backtest.engine.kernel_full.records import Holding
from vibex.backtest.engine.kernel_full.world import World, bar_at, byte_at, fill_at, holding_at, past_at, trade_at
from vibex.backtest.engine.kernel_records import END_OF_DATA, NO_BAR, NO_FILL, NONE, called, compiled, inlined


@compiled
def write_fill(s: int, side: int, entry: int, quantity: float, price: float, fee: float, reason: int, w: World) -> None:
    """One row of the fill list, where the plan keeps one."""
    account = w.account
    if not w.rules.in_parts:
        return
    fill = fill_at(w.fills, account.fills)
    fill.symbol, fill.row, fill.side, fill.entry = s, account.row, side, entry
    fill.quantity, fill.price, fill.fee, fill.reason = quantity, price, fee, reason
    account.fills += 1


@compiled
def write_trade(s: int, row: int, price: float, gross: float, bars_held: int, reason: int, w: World) -> None:
    """One row of the trade list."""
    p, trade = holding_at(w.book, s), trade_at(w.trades, w.account.trades)
    trade.symbol, trade.direction = s, p.direction
    trade.entry_row, trade.exit_row, trade.bars_held = p.entry_row, row, bars_held
    trade.entry_price, trade.exit_price, trade.quantity = p.entry_price, price, p.entered
    trade.fees, trade.pnl = p.fees, ((gross - p.fees) + p.funding) + p.carry
    trade.lowest, trade.highest, trade.reason = p.lowest, p.highest, reason
    trade.funding, trade.carry = p.funding, p.carry
    w.account.trades += 1


@compiled
def drop_order(p: Holding, w: World) -> None:
    """The entry order, or the rest of one, is gone."""
    p.order = p.order_filled = 0
    w.account.orders -= 1


@called
def book_exit(s: int, quantity: float, price: float, gross: float, fee: float, reason: int, w: World) -> None:
    """Enter a fill that reduces the position; when nothing is left the trade has ended. The cash is the caller's."""
    p = holding_at(w.book, s)
    side = 0 if p.direction > 0 else 1
    p.gross += gross
    p.fees += fee
    p.proceeds += price * quantity
    p.exited += quantity
    p.exit_fills += 1
    p.exit_price = price
    p.quantity -= quantity
    write_fill(s, -p.direction, 0, quantity, price, fee, reason, w)
    if p.order_filled:
        drop_order(p, w)
    if p.quantity > 0:
        return
    mean = price if p.exit_fills == 1 else p.proceeds / p.exited
    write_trade(s, w.account.row, mean, p.gross, p.bars, reason, w)
    past = past_at(w.past, 2 * s + side)
    past.left_at, past.exit_price = p.closes + 1, price
    p.last_exit, p.last_reason = p.closes + 1, reason
    if p.exit_reason != NONE:
        w.account.exits -= 1
    p.direction, p.exit_reason = 0, NONE


@compiled
def see_exit(p: Holding, opened: float, level: float) -> None:
    """The prices that a bar is known to have shown to a position on its way out."""
    p.lowest = min(p.lowest, opened, level)
    p.highest = max(p.highest, opened, level)


@called
def sell_part(s: int, quantity: float, level: float, opened: float, takes: int, reason: int, w: World) -> None:
    """Fill `quantity` of the position at `level`, moved by slippage and impact where it `takes` liquidity."""
    p, bar = holding_at(w.book, s), bar_at(w.bars, s)
    d = p.direction
    see_exit(p, opened, level)
    price = taken_price(level, -d, quantity, bar.volume, w.rules) if takes else level
    gross = (price - p.entry_price) * quantity * d
    fee = fee_of(quantity, price, -d, 1 - takes, w)
    w.account.balance += gross - fee
    bar.taken += quantity
    book_exit(s, quantity, price, gross, fee, reason, w)


@called
def sell_out(s: int, level: float, opened: float, reason: int, w: World) -> None:
    """Leave at `level` as far as the bar's volume lets; the rest is an exit due at the next open."""
    p = holding_at(w.book, s)
    quantity = min(p.quantity, budget(s, w))
    if quantity > 0:
        sell_part(s, quantity, level, opened, 1, reason, w)
    if p.direction != 0 and p.exit_reason == NONE:
        p.exit_reason = reason
        w.account.exits += 1


@called
def exits_at_open(w: World) -> None:
    """Fill the exit orders that are due, in symbol order (rules 3, 5)."""
    for s in range(w.symbols):
        p, bar = holding_at(w.book, s), bar_at(w.bars, s)
        if p.exit_reason != NONE and bar.flag & NO_FILL == 0:
            sell_out(s, bar.open, bar.open, p.exit_reason, w)


@called
def list_open(w: World) -> None:
    """List the positions that are still open at their last close (rule 27)."""
    for s in range(w.symbols):
        p = holding_at(w.book, s)
        if p.direction == 0:
            continue
        row = w.rows - 1
        while byte_at(w.flags, s * w.rows + row) & NO_BAR:
            row -= 1
        gross = p.gross + (p.mark - p.entry_price) * p.quantity * p.direction
        price = p.mark
        if p.exit_fills > 0:
            price = (p.proceeds + p.mark * p.quantity) / (p.exited + p.quantity)
        write_trade(s, row, price, gross, p.bars - 1, END_OF_DATA, w)


@inlined
def nothing_left(p: Holding) -> None:
    """The sums of a trade that begins."""
    p.exited = p.proceeds = p.gross = p.fees = p.funding = p.carry = 0.0
    p.exit_fills = p.targets_hit = p.stop_moved = 0
    p.exit_price = np.nan
