"""Compiled: which entry orders fill in a row, at its open and inside it (rules 3, 10, 48, 61, 62)."""

from __future__ import annotations

from vibex.backtest.engine.kernel_full.entries import add_to_position, enter, fill_price, open_position, sized
from vibex.backtest.engine.kernel_full.exits import drop_order
from vibex.backtest.engine.kernel_full.inside import adverse_level, leave_at, traded
from vibex.backtest.engine.kernel_full.margin import liquidation_price
from vibex.backtest.engine.kernel_full.money import budget, equity_at_open, fee_of, free_cash
from vibex.backtest.engine.kernel_full.records import LIMIT, MARKET, Holding
from vibex.backtest.engine.kernel_full.world import World, bar_at, float_at, holding_at, int_at, skip_at
from vibex.backtest.engine.kernel_records import NO_FILL, NONE, TARGET_FIRST, called, compiled


@compiled
def served(row: int, place: int, w: World) -> int:
    """The symbol whose entry is number `place` of this row."""
    return int_at(w.priority, (row % w.priority_count) * w.symbols + place) if w.priority_count > 0 else place


@compiled
def passes(kind: int, d: int, level: float, tick: float, price: float) -> bool:
    """Whether `price` fires a stop, or has traded through a limit by a tick (without a tick, beyond it)."""
    if kind != LIMIT:
        return d * price >= d * level
    if tick > 0:
        return price <= level - tick if d > 0 else price >= level + tick
    return d * price < d * level


@compiled
def fires(p: Holding, price: float) -> bool:
    """Whether the waiting entry fills at `price`; a market order does at any."""
    return p.order_type == MARKET or passes(p.order_type, p.order, p.order_price, p.order_tick, price)


@compiled
def waits(s: int, w: World) -> bool:
    """Whether an entry of the symbol may fill now: it is flat, or holds a part of that same entry."""
    p = holding_at(w.book, s)
    free = p.direction == 0 or p.order_filled != 0
    return p.order != 0 and free and bar_at(w.bars, s).flag & NO_FILL == 0 and budget(s, w) > 0


@called
def entries_at_open(row: int, w: World) -> None:
    """Fill the entries that are due or whose price the open has passed, all sized from one equity."""
    equity = equity_at_open(w)
    if w.rules.linked:
        enter_pair(row, equity, w)
        return
    for place in range(w.symbols):
        s = served(row, place, w)
        p, opened = holding_at(w.book, s), bar_at(w.bars, s).open
        if not waits(s, w) or not fires(p, opened):
            continue
        p.takes, p.maker = p.order_type != LIMIT, 0
        if p.order_filled:
            add_to_position(s, opened, w)
        else:
            enter(s, opened, equity, w)


@called
def enter_pair(row: int, equity: float, w: World) -> None:
    """Both legs or none: each is sized before either is opened."""
    one, two = served(row, 0, w), served(row, 1, w)
    p, q = holding_at(w.book, one), holding_at(w.book, two)
    if p.direction != 0 or q.direction != 0 or not waits(one, w) or not waits(two, w) or p.order != -q.order:
        return
    first, second = bar_at(w.bars, one).open, bar_at(w.bars, two).open
    free = free_cash(w)
    p.takes = q.takes = 1
    p.maker = q.maker = 0
    quantity, skip = sized(one, first, equity, free, w)
    other = 0.0
    if skip == NONE:
        fill = fill_price(first, p.order, p.takes, w)
        free = (free - (quantity * fill) / w.rules.leverage) - fee_of(quantity, fill, p.order, p.maker, w)
        other, skip = sized(two, second, equity, free, w)
    if skip == NONE:
        open_position(one, quantity, first, w)
        open_position(two, other, second, w)
        return
    skip_at(w.skipped, skip).count += 1
    drop_order(p, w)
    drop_order(q, w)


@called
def resting_entries(row: int, w: World) -> None:
    """Step (f): resting entries that the bar reaches after its open; their stop is tested at once."""
    equity, known = 0.0, False
    for place in range(w.symbols):
        s = served(row, place, w)
        p, bar = holding_at(w.book, s), bar_at(w.bars, s)
        if p.order_type == MARKET or p.direction != 0 or not waits(s, w):
            continue
        d, kind, level = p.order, p.order_type, p.order_price
        if not fires(p, extreme(kind, d, bar.low, bar.high)):
            continue
        if not known:
            equity, known = equity_at_open(w), True
        base = level
        if kind != LIMIT:
            base = max(bar.open, level) if d > 0 else min(bar.open, level)
        tick = p.order_tick
        p.takes, p.maker = kind != LIMIT, kind == LIMIT
        enter(s, base, equity, w)
        if p.direction != 0:
            test_at_once(s, kind, level, tick, w)


@compiled
def extreme(kind: int, d: int, low: float, high: float) -> float:
    """The price of a bar that decides: a limit buy looks at the low, a stop buy at the high."""
    return low if (kind == LIMIT) == (d > 0) else high


@called
def test_at_once(s: int, kind: int, price: float, tick: float, w: World) -> None:
    """Rule 48: the stop of a position that was opened inside this bar."""
    p, bar = holding_at(w.book, s), bar_at(w.bars, s)
    d = p.direction
    level, reason = adverse_level(s, liquidation_price(s, w), w)
    leaves = False
    if d * (bar.adverse_low if d > 0 else bar.adverse_high) <= d * level:
        later, same = touched_in_detail(s, kind, price, tick, level, w)
        w.account.ambiguous += same and not later
        leaves = later or (same and (kind == LIMIT or w.rules.tie != TARGET_FIRST))
    if leaves:
        at = traded(s, level, w)
        leave_at(s, at, at, reason, w)
    else:
        p.lowest, p.highest = min(p.lowest, bar.close), max(p.highest, bar.close)


@called
def touched_in_detail(s: int, kind: int, price: float, tick: float, level: float, w: World) -> tuple[bool, bool]:
    """Whether the stop is touched in a bar inside this one after that of the fill, and in that one itself.

    Without such bars, or where none of them fills the order, all that is known is that it may have been.
    """
    bar, d = bar_at(w.bars, s), holding_at(w.book, s).direction
    adverse = w.detail_low if d > 0 else w.detail_high
    filled, same, later = False, False, False
    for k in range(bar.detail_begin, bar.detail_end):
        touches = d * float_at(adverse, k) <= d * level
        decisive = extreme(kind, d, float_at(w.detail_low, k), float_at(w.detail_high, k))
        if filled:
            later = later or touches
        elif passes(kind, d, price, tick, decisive):
            filled, same = True, touches
    return (later, same) if filled else (False, True)
