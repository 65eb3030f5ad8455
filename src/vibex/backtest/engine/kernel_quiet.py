"""Compiled: the rows of a lone symbol in which nothing can happen, which are nearly all of them.

Their equity is the balance, or the balance and the marked position, so they need no look at orders and rules.
"""

from __future__ import annotations

from vibex.backtest.engine.kernel_records import (
    ENTRY,
    ENTRY_LONG,
    ENTRY_SHORT,
    EXIT_LONG,
    EXIT_SHORT,
    NO_FILL,
    SESSION_EXIT,
    Account,
    Position,
    Rules,
    compiled,
)
from vibex.backtest.engine.kernel_trades import bounds
from vibex.domain.arrays import F64, U8


@compiled
def flat_rows(flags: U8, equity: F64, balance: float) -> int:
    """Write the balance until an entry signal; the number of rows passed."""
    for k in range(len(flags)):
        if flags[k] & ENTRY:
            return k
        equity[k] = balance
    return len(flags)


@compiled
def held_rows(p: Position, flags: U8, high: F64, low: F64, close: F64, equity: F64, busy: int, balance: float) -> int:
    """Mark the position until a flag of `busy` or a touched level; the number of rows passed.

    The open needs no look: it lies inside low–high, so a level that it reaches is inside as well.
    """
    lower, upper = bounds(p)
    entry_price, quantity, direction = p.entry_price, p.quantity, p.direction
    lowest, highest, passed = p.lowest, p.highest, len(flags)
    for k in range(len(flags)):
        if flags[k] & busy or low[k] <= lower or high[k] >= upper:
            passed = k
            break
        if low[k] < lowest:
            lowest = low[k]
        if high[k] > highest:
            highest = high[k]
        equity[k] = balance + (close[k] - entry_price) * quantity * direction
    if passed > 0:
        p.lowest, p.highest, p.mark = lowest, highest, close[passed - 1]
        p.bars += passed
    return passed


@compiled
def quiet_rows(
    row: int, p: Position, flags: U8, high: F64, low: F64, close: F64, equity: F64, rules: Rules, account: Account
) -> int:
    """Pass over the rows of a lone symbol in which nothing can fill and nothing is decided; the first other row."""
    if p.direction == 0:
        return row + flat_rows(flags[row:], equity[row:], account.balance)
    if p.trailing != 0:
        return row
    own, opposite = (EXIT_LONG, ENTRY_SHORT) if p.direction > 0 else (EXIT_SHORT, ENTRY_LONG)
    busy = NO_FILL | SESSION_EXIT | own | (opposite if rules.reverse else 0)
    end = len(flags)
    if rules.time_stop_bars > 0:
        end = max(row, min(end, row + rules.time_stop_bars - p.bars - 1))
    return row + held_rows(
        p, flags[row:end], high[row:end], low[row:end], close[row:end], equity[row:end], busy, account.balance
    )
