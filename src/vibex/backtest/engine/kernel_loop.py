"""Compiled: the clock. One row after the other in the order of rule 4, cash shared by all symbols."""

from __future__ import annotations

from collections.abc import Sequence

from vibex.backtest.engine.kernel_quiet import quiet_rows
from vibex.backtest.engine.kernel_records import (
    END_OF_DATA,
    ENTRY,
    ENTRY_LONG,
    ENTRY_SHORT,
    EXIT_LONG,
    EXIT_SHORT,
    NO_BAR,
    NO_FILL,
    NONE,
    REVERSAL,
    SESSION_EXIT,
    SIGNAL,
    TIME_STOP,
    Account,
    Position,
    Rules,
    Side,
    Step,
    Tape,
    Trade,
    compiled,
)
from vibex.backtest.engine.kernel_trades import enter, leave, survive, touched, write_trade
from vibex.domain.arrays import F64, I64, U8


@compiled
def exits_at_open(
    row: int,
    book: Sequence[Position],
    flags: U8,
    opens: F64,
    rules: Rules,
    account: Account,
    trades: Sequence[Trade],
) -> None:
    """Fill the exit orders that are due, in symbol order."""
    for s in range(len(book)):
        p = book[s]
        if p.exit_reason != NONE and flags[s, row] & NO_FILL == 0:
            leave(p, s, row, opens[s, row], opens[s, row], p.exit_reason, rules, account, trades)
            account.exits -= 1


@compiled
def equity_at_open(row: int, book: Sequence[Position], flags: U8, opens: F64, account: Account) -> float:
    """Rule 30: marked at this row's opens, at the last close where a symbol has no bar."""
    equity = account.balance
    for s in range(len(book)):
        p = book[s]
        if p.direction != 0:
            mark = p.mark if flags[s, row] & NO_BAR else opens[s, row]
            equity += (mark - p.entry_price) * p.quantity * p.direction
    return equity


@compiled
def free_cash(book: Sequence[Position], rules: Rules, account: Account) -> float:
    """Rule 32: what margin and fees of one more entry may take."""
    free = account.balance
    for s in range(len(book)):
        p = book[s]
        if p.direction != 0:
            free -= (p.quantity * p.entry_price) / rules.leverage
    return free


@compiled
def entries_at_open(
    row: int,
    book: Sequence[Position],
    flags: U8,
    opens: F64,
    columns: F64,
    lot: F64,
    tick: F64,
    sides: Sequence[Side],
    steps: Sequence[Step],
    stack: F64,
    rules: Rules,
    account: Account,
    skipped: I64,
) -> None:
    """Fill the entry orders that are due, in symbol order, all sized from one equity."""
    equity = equity_at_open(row, book, flags, opens, account)
    for s in range(len(book)):
        p = book[s]
        if p.order != 0 and flags[s, row] & NO_FILL == 0:
            free = free_cash(book, rules, account)
            numbers = columns[s]
            side = sides[0 if p.order > 0 else 1]
            skip = enter(
                p, row, opens[s, row], equity, free, lot[s], tick[s], numbers, side, steps, stack, rules, account
            )
            if skip != NONE:
                skipped[skip] += 1
            p.order = 0
            account.orders -= 1


@compiled
def inside_bar(
    row: int,
    book: Sequence[Position],
    flags: U8,
    opens: F64,
    highs: F64,
    lows: F64,
    tick: F64,
    rules: Rules,
    account: Account,
    trades: Sequence[Trade],
) -> None:
    """Stops, targets and trailing of every open position whose symbol trades in this row."""
    for s in range(len(book)):
        p = book[s]
        if p.direction == 0 or flags[s, row] & NO_FILL:
            continue
        opened, high, low = opens[s, row], highs[s, row], lows[s, row]
        reason, level = touched(p, opened, high, low, rules, account)
        if reason == NONE:
            survive(p, high, low, tick[s])
        else:
            leave(p, s, row, opened, level, reason, rules, account, trades)


@compiled
def decide(p: Position, flag: int, row: int, rules: Rules, account: Account) -> None:
    """What the close of an own bar orders for the next open (rules 21–25, 47, 51, 60)."""
    long_in, long_out = flag & ENTRY_LONG != 0, flag & EXIT_LONG != 0
    short_in, short_out = flag & ENTRY_SHORT != 0, flag & EXIT_SHORT != 0
    session = flag & SESSION_EXIT != 0
    go = 0
    if long_in and not short_in and not long_out and not session:
        go = 1
    elif short_in and not long_in and not short_out and not session:
        go = -1
    if p.order != 0:
        against = long_out or short_in if p.order > 0 else short_out or long_in
        if against or session:
            p.order = 0
            account.orders -= 1
    if p.direction != 0:
        p.bars += 1
        turn = rules.reverse and go == -p.direction
        if p.exit_reason == NONE:
            if long_out if p.direction > 0 else short_out:
                p.exit_reason = SIGNAL
            elif turn:
                p.exit_reason = REVERSAL
            elif session or 0 < rules.time_stop_bars <= p.bars:
                p.exit_reason = TIME_STOP
            account.exits += p.exit_reason != NONE
        if not turn:
            return
    if go != 0 and p.order == 0:
        p.order, p.order_row = go, row
        account.orders += 1


@compiled
def close_row(row: int, book: Sequence[Position], flags: U8, closes: F64, rules: Rules, account: Account) -> float:
    """Mark every position at the close, then decide. Returns the equity."""
    equity = account.balance
    for s in range(len(book)):
        p, flag = book[s], flags[s, row]
        if p.direction != 0:
            if flag & NO_BAR == 0:
                p.mark = closes[s, row]
            equity += (p.mark - p.entry_price) * p.quantity * p.direction
        elif p.order == 0 and flag & ENTRY == 0:
            continue
        if flag & NO_BAR == 0:
            decide(p, flag, row, rules, account)
    return equity


@compiled
def list_open(book: Sequence[Position], flags: U8, account: Account, trades: Sequence[Trade]) -> None:
    """List the positions that are still open at their last close (rule 27)."""
    for s in range(len(book)):
        p = book[s]
        if p.direction == 0:
            continue
        row = flags.shape[1] - 1
        while flags[s, row] & NO_BAR:
            row -= 1
        gross = (p.mark - p.entry_price) * p.quantity * p.direction
        write_trade(trades[account.trades], p, s, row, p.mark, gross, p.entry_fee, p.bars - 1, END_OF_DATA)
        account.trades += 1


@compiled
def run(
    row: int,
    tape: Tape,
    sides: Sequence[Side],
    steps: Sequence[Step],
    stack: F64,
    rules: Rules,
    book: Sequence[Position],
    accounts: Sequence[Account],
    skipped: I64,
    equity: F64,
    trades: Sequence[Trade],
) -> int:
    """Play from `row` on and return the row to go on from when `trades` is too short for it, T + 1 at the end.

    All state is in the arrays, so a longer trade list can be handed in at any row.
    """
    opens, highs, lows, closes, flags, columns, lot, tick = tape
    symbols, rows = len(book), len(closes[0])
    flag, high, low, close = flags[0], highs[0], lows[0], closes[0]
    account, room = accounts[0], len(trades) - 2 * symbols
    while row < rows:
        if symbols == 1 and account.exits == 0 and account.orders == 0:
            row = quiet_rows(row, book[0], flag, high, low, close, equity, rules, account)
            if row == rows:
                break
        if account.trades > room:
            return row
        if account.exits > 0:
            exits_at_open(row, book, flags, opens, rules, account, trades)
        if account.orders > 0:
            entries_at_open(row, book, flags, opens, columns, lot, tick, sides, steps, stack, rules, account, skipped)
        inside_bar(row, book, flags, opens, highs, lows, tick, rules, account, trades)
        equity[row] = close_row(row, book, flags, closes, rules, account)
        row += 1
    if account.trades > room:
        return row
    list_open(book, flags, account, trades)
    return rows + 1
