"""What the crossover job is measured against: the hand-written loop, the general path, and vectorbt."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
from numba import njit

from vibex.domain.arrays import F64, U8
from vibex.domain.bars import Bars
from vibex.domain.instrument import Instrument, Market
from vibex.domain.timeframe import Timeframe


def _loop(open_: F64, close: F64, capital: float, fee: float, fast: int, slow: int) -> tuple[F64, F64, int]:
    equity, trades, closed = np.empty(len(close)), np.empty((len(close) // 50 + 8, 5)), 0
    cash, quantity, paid, entry, entry_fee, signal = capital, 0.0, 0.0, 0, 0.0, 0
    fast_sum = slow_sum = before = 0.0
    for i in range(len(close)):
        if signal == 1 and quantity == 0.0:
            quantity = np.floor(cash * 0.95 / open_[i])
            entry, paid, entry_fee = i, open_[i], quantity * open_[i] * fee
            cash -= quantity * paid + entry_fee
        elif signal == -1 and quantity > 0.0:
            worth = quantity * open_[i]
            cash += worth - worth * fee
            trades[closed, 0], trades[closed, 1], trades[closed, 2], trades[closed, 3] = entry, i, paid, open_[i]
            trades[closed, 4] = worth - worth * fee - quantity * paid - entry_fee
            closed += 1
            quantity = 0.0
        equity[i] = cash + quantity * close[i]
        fast_sum += close[i]
        slow_sum += close[i]
        if i >= fast:
            fast_sum -= close[i - fast]
        if i >= slow:
            slow_sum -= close[i - slow]
        signal = 0
        if i >= slow - 1:
            now = fast_sum / fast - slow_sum / slow
            if i >= slow:
                signal = int(now > 0 and before <= 0) - int(now < 0 and before >= 0)
            before = now
    return equity, trades[:closed], closed + int(quantity > 0)


_compiled = njit(nogil=True)(_loop)


def yardstick(open_: F64, close: F64, capital: float, fee: float, fast: int, slow: int) -> tuple[F64, int]:
    """The whole job in one pass that knows nothing else: equity (T,) and the number of trades."""
    equity, _, count = _compiled(open_, close, capital, fee, fast, slow)
    return equity, count


def general_path(columns: F64, capital: float, fee: float, fast: int, slow: int) -> Callable[[], Any] | str:
    """`vibex.backtest.run` on the same job as a strategy: indicators, conditions, plan, simulation."""
    try:
        backtest = importlib.import_module("vibex.backtest")
        spec_room = importlib.import_module("vibex.strategy.spec")
        run, settings_type, parse = backtest.run, backtest.RunSettings, spec_room.parse_spec
    except (ImportError, AttributeError) as missing:
        return f"not in this tree: {missing}"
    cross = {"left": "fast", "right": "slow"}
    spec = parse(
        {
            "version": 1,
            "name": "crossover",
            "archetype": "trend_following",
            "market": "crypto",
            "symbols": ["X/USDT"],
            "timeframe": "1m",
            "indicators": [
                {"id": "fast", "name": "SMA", "params": {"timeperiod": fast}},
                {"id": "slow", "name": "SMA", "params": {"timeperiod": slow}},
            ],
            "entry": {"long": {**cross, "op": "crosses_above"}, "short": None},
            "exit": {"long": {**cross, "op": "crosses_below"}, "short": None},
            "sizing": {"type": "fixed_percent", "value": 95.0},
        }
    )
    opened, high, low, close = columns
    bars = Bars(
        symbol="X/USDT",
        timeframe=Timeframe.M1,
        open_time=1_600_000_020_000 + np.arange(len(close), dtype=np.int64) * 60_000,
        open=opened,
        high=high,
        low=low,
        close=close,
    )
    settings = settings_type(capital=capital, fee_bps=fee * 1e4, slippage_bps=0.0, lot_size=1.0)
    known = {"X/USDT": Instrument(symbol="X/USDT", market=Market.CRYPTO, currency="USDT", lot=Decimal(1))}
    return lambda: run(spec, bars, settings=settings, instruments=known)


def vectorbt_path(columns: F64, flags: U8, capital: float, fee: float) -> Callable[[], Any] | str:
    """vectorbt on the same signals, shifted by hand, filled at the open."""
    if importlib.util.find_spec("vectorbt") is None:
        return "vectorbt is not installed"
    portfolio = importlib.import_module("vectorbt").Portfolio
    entries, exits = np.zeros(len(flags), np.bool_), np.zeros(len(flags), np.bool_)
    entries[1:], exits[1:] = flags[:-1] == 1, flags[:-1] == 2

    def call() -> object:
        made = portfolio.from_signals(
            columns[3],
            entries,
            exits,
            price=columns[0],
            size=0.95,
            size_type="percent",
            fees=fee,
            init_cash=capital,
            size_granularity=1.0,
        )
        return made.value(), made.trades.records

    return call
