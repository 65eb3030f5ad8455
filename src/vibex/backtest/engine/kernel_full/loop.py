"""Compiled: the clock of plans with parts. One row after the other in the order of rule 4."""

from __future__ import annotations

from vibex.backtest.engine.kernel_full.carry import carry_positions, pay_funding
from vibex.backtest.engine.kernel_full.close import close_row, session_begins
from vibex.backtest.engine.kernel_full.exits import exits_at_open, list_open
from vibex.backtest.engine.kernel_full.inside import positions_in_their_bars
from vibex.backtest.engine.kernel_full.orders import entries_at_open, resting_entries
from vibex.backtest.engine.kernel_full.quiet import quiet_rows
from vibex.backtest.engine.kernel_full.records import EVENT, MARKET
from vibex.backtest.engine.kernel_full.world import World, bar_at, byte_at, float_at, floats, int_at
from vibex.backtest.engine.kernel_records import NO_BAR, compiled, inlined
from vibex.domain.arrays import F64


@inlined
def load_bars(row: int, w: World) -> int:
    """Lay out the row for every symbol; all its flags together."""
    together = 0
    for s in range(w.symbols):
        at = s * w.rows + row
        bar, flag = bar_at(w.bars, s), int(byte_at(w.flags, at))
        bar.flag = flag
        together |= flag
        if flag & NO_BAR:
            continue
        bar.open, bar.high = float_at(w.open, at), float_at(w.high, at)
        bar.low, bar.close = float_at(w.low, at), float_at(w.close, at)
        bar.adverse_open, bar.adverse_high = float_at(w.adverse_open, at), float_at(w.adverse_high, at)
        bar.adverse_low = float_at(w.adverse_low, at)
        if w.rules.by_volume:
            bar.volume, bar.taken = float_at(w.volume, at), 0.0
        if w.detail_count > 0:
            bar.detail_begin, bar.detail_end = int_at(w.detail_start, at + s), int_at(w.detail_start, at + s + 1)
    return together


@inlined
def play_row(row: int, equity: F64, w: World) -> None:
    """One row."""
    account, rules = w.account, w.rules
    account.row = row
    happens = load_bars(row, w) & EVENT
    if happens and rules.limits and session_begins(row, w):
        account.session_entries = 0
    if rules.carries and (happens or rules.borrow_per_year > 0):
        carry_positions(row, w)
    if account.exits > 0:
        exits_at_open(w)
    if account.orders > 0:
        entries_at_open(row, w)
    if happens and rules.funds:
        pay_funding(row, w)
    positions_in_their_bars(w)
    if account.orders > 0 and rules.order_type != MARKET:
        resting_entries(row, w)
    close_row(row, equity, w)


@compiled
def room(w: World) -> bool:
    """Whether another row, in which a symbol may end three trades, and the list of open trades still fit."""
    symbols, account = w.symbols, w.account
    fits = account.trades + 4 * symbols <= w.trade_room
    return fits and (not w.rules.in_parts or account.fills + (8 + w.goal_width) * symbols <= w.fill_room)


@inlined
def run(row: int, w: World) -> int:
    """Play from `row` on and return the row to go on from when a list is too short for it, T + 1 at the end.

    All state is in the lists, so longer ones can be handed in at any row.
    """
    account, equity = w.account, floats(w.equity, 1, w.rows)[0]
    while row < w.rows:
        if w.symbols == 1 and account.exits == 0 and account.orders == 0:
            row = quiet_rows(row, equity, w)
            if row == w.rows:
                break
        if not room(w):
            return row
        play_row(row, equity, w)
        row += 1
    if not room(w):
        return row
    list_open(w)
    return w.rows + 1
