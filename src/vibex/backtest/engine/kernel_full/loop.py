"""Compiled: the clock of plans with parts. One row after the other in the order of rule 4."""

from __future__ import annotations

from vibex.backtest.engine.kernel_full.carry import carry_positions, pay_funding
from vibex.backtest.engine.kernel_full.close import close_row
from vibex.backtest.engine.kernel_full.exits import exits_at_open, list_open
from vibex.backtest.engine.kernel_full.inside import positions_in_their_bars
from vibex.backtest.engine.kernel_full.orders import entries_at_open, resting_entries
from vibex.backtest.engine.kernel_full.quiet import quiet_rows
from vibex.backtest.engine.kernel_full.records import EVENT, MARKET, Events, Market, World
from vibex.backtest.engine.kernel_records import NO_BAR, compiled
from vibex.domain.arrays import F64, I64


@compiled
def load_bars(row: int, market: Market, w: World) -> int:
    """Lay out the row for every symbol; all its flags together."""
    together = 0
    for s in range(len(w.bars)):
        bar, flag = w.bars[s], int(market.flags[s, row])
        bar.flag = flag
        together |= flag
        if flag & NO_BAR:
            continue
        bar.open, bar.high = market.open[s, row], market.high[s, row]
        bar.low, bar.close = market.low[s, row], market.close[s, row]
        bar.adverse_open, bar.adverse_high = market.adverse_open[s, row], market.adverse_high[s, row]
        bar.adverse_low = market.adverse_low[s, row]
        if w.rules.by_volume:
            bar.volume, bar.taken = market.volume[s, row], 0.0
        if market.detail_start.shape[0] > 0:
            bar.detail_begin, bar.detail_end = market.detail_start[s, row], market.detail_start[s, row + 1]
    return together


@compiled
def play_row(row: int, market: Market, events: Events, priority: I64, equity: F64, w: World) -> None:
    """One row."""
    account, rules = w.account, w.rules
    account.row = row
    happens = load_bars(row, market, w) & EVENT
    if happens and rules.limits and row > 0 and events.session[row] != events.session[row - 1]:
        account.session_entries = 0
    if rules.carries and (happens or rules.borrow_per_year > 0):
        carry_positions(row, events, w)
    if account.exits > 0:
        exits_at_open(w)
    if account.orders > 0:
        entries_at_open(row, priority, w)
    if happens and rules.funds:
        pay_funding(row, events, w)
    positions_in_their_bars(w)
    if account.orders > 0 and rules.order_type != MARKET:
        resting_entries(row, priority, w)
    close_row(row, equity, events, w)


@compiled
def room(w: World) -> bool:
    """Whether another row, in which a symbol may end three trades, and the list of open trades still fit."""
    symbols, account = len(w.bars), w.account
    fits = account.trades + 4 * symbols <= len(w.trades)
    return fits and (not w.rules.in_parts or account.fills + (8 + w.goals.shape[1]) * symbols <= len(w.fills))


@compiled
def run(row: int, market: Market, events: Events, priority: I64, equity: F64, w: World) -> int:
    """Play from `row` on and return the row to go on from when a list is too short for it, T + 1 at the end.

    All state is in the arrays, so longer lists can be handed in at any row.
    """
    rows, account = market.flags.shape[1], w.account
    while row < rows:
        if len(w.bars) == 1 and account.exits == 0 and account.orders == 0:
            row = quiet_rows(row, market, equity, w)
            if row == rows:
                break
        if not room(w):
            return row
        play_row(row, market, events, priority, equity, w)
        row += 1
    if not room(w):
        return row
    list_open(market.flags, w)
    return rows + 1
