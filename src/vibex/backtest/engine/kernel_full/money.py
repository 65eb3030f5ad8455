"""Compiled: what a fill costs, how much of a bar it may take, what cash is left for it (rules 3, 11, 30, 32, 39)."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np

from vibex.backtest.costs import fee_from_vector
from vibex.backtest.engine.kernel_full.records import FullRules, Holding
from vibex.backtest.engine.kernel_full.world import World, bar_at, floats, holding_at
from vibex.backtest.engine.kernel_records import BELOW_LOT, NO_BAR, NO_FREE_CASH, NONE, called, compiled, inlined
from vibex.domain.arrays import F64

ROUNDS = 64
"""How often a quantity is lowered to fit the fee of a schedule."""

_scheduled_fee = cast(Callable[[F64, int, float, float, bool], float], called(fee_from_vector))


@called
def fee_of(quantity: float, price: float, side: int, maker: int, w: World) -> float:
    """`side` +1 for a buy, −1 for a sell."""
    if w.schedule_count > 0:
        return _scheduled_fee(floats(w.schedule, 1, w.schedule_count)[0], side, quantity, price, maker != 0)
    return (quantity * price) * (w.rules.maker_rate if maker else w.rules.fee_rate)


@compiled
def taken_price(base: float, side: int, quantity: float, volume: float, rules: FullRules) -> float:
    """The price of a fill that takes liquidity: slippage, and the impact of its share of the bar."""
    if not rules.by_volume:
        return base * (rules.buy if side > 0 else rules.sell)
    share = quantity / volume
    moved = rules.slip + rules.impact * share * share
    return base * (1 + moved) if side > 0 else base * (1 - moved)


@inlined
def dearest(base: float, side: int, rules: FullRules) -> float:
    """The price that the cash of an entry must suffice for: with the impact of a whole budget for a buy."""
    if side < 0:
        return base * rules.sell
    return base * (1 + (rules.slip + rules.impact * rules.cap * rules.cap))


@compiled
def whole_lots(quantity: float, lot: float) -> float:
    """Rounded down to the lot; lot 0 rounds nothing."""
    lots: float = np.floor(quantity / lot + 1e-9)
    return lots * lot if lot > 0 else quantity


@compiled
def budget(s: int, w: World) -> float:
    """What own orders may still fill in this bar (rule 11); inf without the rule."""
    if not w.rules.by_volume:
        return np.inf
    bar = bar_at(w.bars, s)
    return whole_lots(w.rules.cap * bar.volume - bar.taken, bar.lot)


@called
def equity_at_open(w: World) -> float:
    """Rule 30: marked at this row's opens, at the last close where a symbol has no bar."""
    equity = w.account.balance
    for s in range(w.symbols):
        p, bar = holding_at(w.book, s), bar_at(w.bars, s)
        if p.direction != 0:
            mark = p.mark if bar.flag & NO_BAR else bar.open
            equity += (mark - p.entry_price) * p.quantity * p.direction
    return equity


@called
def free_cash(w: World) -> float:
    """Rule 32: what margin and fees of one more entry may take."""
    free = w.account.balance
    for s in range(w.symbols):
        p = holding_at(w.book, s)
        if p.direction != 0:
            free -= (p.quantity * p.entry_price) / w.rules.leverage
    return free


@called
def cut_to_cash(s: int, quantity: float, price: float, free: float, side: int, w: World) -> tuple[float, int]:
    """As much of `quantity` as `free` pays for at `price`, in whole lots (rules 32, 33); NONE or the Skip.

    An entry that cash makes smaller counts once, however many parts it has.
    """
    p, lot, rules = holding_at(w.book, s), bar_at(w.bars, s).lot, w.rules
    if not free > 0:
        count_cut(p, w)
        return 0.0, NO_FREE_CASH
    scheduled = w.schedule_count > 0
    most = free / (price / rules.leverage if scheduled else price * (rules.maker_margin if p.maker else rules.margin))
    short = most < quantity
    quantity = whole_lots(most if short else quantity, lot)
    if scheduled:
        quantity, lowered = fitted_to_fees(quantity, price, free, side, p.maker, lot, w)
        short = short or lowered
    if short:
        count_cut(p, w)
    return (quantity, NONE) if quantity > 0 else (0.0, BELOW_LOT)


@compiled
def count_cut(p: Holding, w: World) -> None:
    """The waiting entry of `p` is one that cash has made smaller or impossible."""
    w.account.cash_cut += not p.cash_cut
    p.cash_cut = 1


@inlined
def fitted_to_fees(
    quantity: float, price: float, free: float, side: int, maker: int, lot: float, w: World
) -> tuple[float, bool]:
    """Lower the quantity until margin and the fee of a schedule fit; whether that was needed."""
    leverage, lowered = w.rules.leverage, False
    for _ in range(ROUNDS):
        fee = fee_of(quantity, price, side, maker, w)
        if (quantity * price) / leverage + fee <= free:
            break
        lowered = True
        less = whole_lots(((free - fee) * leverage) / price, lot)
        if lot > 0 and less >= quantity:
            less = quantity - lot
        quantity = less
        if not quantity > 0:
            break
    return quantity, lowered
