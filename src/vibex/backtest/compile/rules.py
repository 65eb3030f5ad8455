"""What a strategy says beside its levels: entry orders, brakes, and programs that read the position's state."""

from __future__ import annotations

import numpy as np

from vibex.backtest.compile.levels import column_of
from vibex.backtest.engine.parts import EntryOrder, EntryType, LimitRules
from vibex.domain.arrays import I64
from vibex.strategy.evaluation.columns import ColumnTable
from vibex.strategy.spec import Operand, StrategySpec

_TYPES = {"market": EntryType.MARKET, "limit": EntryType.LIMIT, "stop": EntryType.STOP}


def compile_order(spec: StrategySpec, columns: ColumnTable, *, in_parts: bool) -> EntryOrder | None:
    """How entries are sent (rule 62); None for plain market orders. `in_parts`: fills are capped (rule 11)."""
    order = spec.order
    if order.type == "market" and not in_parts:
        return None
    price = order.price
    return EntryOrder(
        type=_TYPES[order.type],
        offset=order.offset_bps / 1e4,
        expires_bars=order.expires_bars,
        long_column=-1 if price is None else _price_row(price.long, columns),
        short_column=-1 if price is None else _price_row(price.short, columns),
    )


def _price_row(price: Operand | None, columns: ColumnTable) -> int:
    return -1 if price is None else columns.price_row(f"operand {price!r}", column_of(price))


def compile_limits(spec: StrategySpec, session: I64) -> LimitRules | None:
    """The brakes of the strategy; `session` numbers the session of each clock row."""
    limits = spec.limits
    if limits is None:
        return None
    return LimitRules(
        session=session,
        max_trades=limits.max_trades_per_day or 0,
        cooldown_bars=limits.cooldown_bars or 0,
        max_daily_loss=(limits.max_daily_loss_percent or 0.0) / 100,
        max_drawdown=(limits.max_drawdown_percent or 0.0) / 100,
    )


def serving_order(entry_order: str, symbols: int, rows: int) -> I64:
    """`Plan.priority` for "symbol" (empty) or "random:SEED": one seeded permutation a row, at most 1,024 in turn."""
    kind, _, seed = entry_order.partition(":")
    if kind == "symbol":
        return np.empty((0, 0), np.int64)
    random = np.random.default_rng(int(seed))
    turns = max(1, min(rows, 1_024))
    return np.stack([random.permutation(symbols) for _ in range(turns)]).astype(np.int64)


def reversed_order(priority: I64, symbols: int) -> I64:
    """The same, every timestamp's symbols in the opposite order."""
    if priority.size == 0:
        return np.arange(symbols - 1, -1, -1, dtype=np.int64)[np.newaxis]
    return np.ascontiguousarray(priority[:, ::-1])
