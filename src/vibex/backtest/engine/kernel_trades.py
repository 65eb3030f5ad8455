"""Compiled: opening, testing and closing one position."""

from __future__ import annotations

from collections.abc import Sequence

from vibex.backtest.engine.kernel_levels import affordable, place_levels, trail_level, wanted
from vibex.backtest.engine.kernel_records import (
    NEARER_FIRST,
    NO_EQUITY,
    NONE,
    STOP_LOSS,
    TAKE_PROFIT,
    TARGET_FIRST,
    TRAILING_STOP,
    Account,
    Position,
    Rules,
    Side,
    Step,
    Trade,
    compiled,
)
from vibex.domain.arrays import F64


@compiled
def enter(
    p: Position,
    row: int,
    price: float,
    equity: float,
    free: float,
    lot: float,
    tick: float,
    numbers: F64,
    side: Side,
    steps: Sequence[Step],
    stack: F64,
    rules: Rules,
    account: Account,
) -> int:
    """Fill the entry order at `price`, the open of `row`, or leave `p` flat and name the Skip."""
    if not equity > 0:
        return NO_EQUITY
    d = p.order
    fill = price * (rules.buy if d > 0 else rules.sell)
    skip = place_levels(p, d, fill, tick, numbers, p.order_row, side, steps, stack)
    if skip != NONE:
        return skip
    quantity, skip = wanted(p, d, fill, equity, numbers, p.order_row, side, steps, stack, stack, rules)
    if skip != NONE:
        return skip
    quantity, skip = affordable(quantity, fill, equity, free, lot, side, rules, account)
    if skip != NONE:
        return skip
    p.direction, p.quantity, p.entry_price, p.entry_row = d, quantity, fill, row
    p.entry_fee = (quantity * fill) * rules.fee_rate
    p.exit_reason, p.bars = NONE, 0
    p.lowest = p.highest = price
    account.balance -= p.entry_fee
    return NONE


@compiled
def write_trade(
    trade: Trade, p: Position, s: int, row: int, price: float, gross: float, fees: float, bars_held: int, reason: int
) -> None:
    """One row of the trade list from a position and how it ended."""
    trade.symbol, trade.direction = s, p.direction
    trade.entry_row, trade.exit_row, trade.bars_held = p.entry_row, row, bars_held
    trade.entry_price, trade.exit_price, trade.quantity = p.entry_price, price, p.quantity
    trade.fees, trade.pnl = fees, ((gross - fees) + 0.0) + 0.0  # neither funding nor carry; −0.0 becomes 0.0
    trade.lowest, trade.highest, trade.reason = p.lowest, p.highest, reason
    trade.funding = trade.carry = 0.0


@compiled
def leave(
    p: Position,
    s: int,
    row: int,
    opened: float,
    level: float,
    reason: int,
    rules: Rules,
    account: Account,
    trades: Sequence[Trade],
) -> None:
    """Close at `level`, moved by slippage unless the target's limit fills it."""
    p.lowest = min(p.lowest, opened, level)
    p.highest = max(p.highest, opened, level)
    price, rate = level, rules.maker_rate
    if reason != TAKE_PROFIT:
        price, rate = level * (rules.sell if p.direction > 0 else rules.buy), rules.fee_rate
    gross = (price - p.entry_price) * p.quantity * p.direction
    fee = (p.quantity * price) * rate
    account.balance += gross - fee
    write_trade(trades[account.trades], p, s, row, price, gross, p.entry_fee + fee, p.bars, reason)
    account.trades += 1
    p.direction, p.exit_reason = 0, NONE


@compiled
def bounds(p: Position) -> tuple[float, float]:
    """(lower, upper): a bar with low ≤ lower or high ≥ upper touches a level of the open position."""
    if p.direction > 0:
        return max(p.stop, p.trail), p.target
    return p.target, min(p.stop, p.trail)


@compiled
def target_before_stop(opened: float, high: float, low: float, d: int, tie: int) -> bool:
    """Which of the two an ambiguous bar fills (rule 8)."""
    if tie == NEARER_FIRST:
        return high - opened < opened - low if d > 0 else opened - low < high - opened
    return tie == TARGET_FIRST


@compiled
def touched(p: Position, opened: float, high: float, low: float, rules: Rules, account: Account) -> tuple[int, float]:
    """Test the levels in the bar (rules 7, 8, 43, 44, 49): NONE or the reason, and the level before slippage."""
    if p.direction > 0:
        stop = max(p.stop, p.trail)
        stopped_at_open, target_at_open = opened <= stop, opened >= p.target
        stop_inside, target_inside = low <= stop, high >= p.target
    else:
        stop = min(p.stop, p.trail)
        stopped_at_open, target_at_open = opened >= stop, opened <= p.target
        stop_inside, target_inside = high >= stop, low <= p.target
    stop_reason = STOP_LOSS if stop == p.stop else TRAILING_STOP
    if stopped_at_open:
        return stop_reason, opened
    if target_at_open:
        return TAKE_PROFIT, p.target
    if stop_inside and target_inside:
        account.ambiguous += 1
        stop_inside = not target_before_stop(opened, high, low, p.direction, rules.tie)
    if stop_inside:
        return stop_reason, stop
    if target_inside:
        return TAKE_PROFIT, p.target
    return NONE, 0.0


@compiled
def survive(p: Position, high: float, low: float, tick: float) -> None:
    """Take the extremes of a bar that the position came through; move the trailing stop, never back."""
    p.lowest, p.highest = min(p.lowest, low), max(p.highest, high)
    if p.trailing == 0:
        return
    if p.direction > 0:
        p.reference = max(p.reference, high)
        p.trail = max(p.trail, trail_level(p, 1, tick))
    else:
        p.reference = min(p.reference, low)
        p.trail = min(p.trail, trail_level(p, -1, tick))
