"""A sound strategy that every finding starts from."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

from vibex.analysis.generator import generate_market
from vibex.domain import Bars, Market, Timeframe
from vibex.strategy import StrategySpec, parse_spec
from vibex.strategy.review import MeasuredTrade

Json = dict[str, Any]

SOUND: Json = {
    "version": 1,
    "name": "sound",
    "archetype": "mean_reversion",
    "market": "crypto",
    "symbols": ["ETH/USDT"],
    "timeframe": "4h",
    "indicators": [
        {"id": "rsi", "name": "RSI", "params": {"timeperiod": 14}},
        {"id": "adx", "name": "ADX"},
        {"id": "ema", "name": "EMA", "params": {"timeperiod": 50}},
        {"id": "slow", "name": "SMA", "params": {"timeperiod": 200}},
        {"id": "bb", "name": "BBANDS"},
        {"id": "stoch", "name": "STOCH"},
        {"id": "will", "name": "WILLR"},
        {"id": "obv", "name": "OBV"},
    ],
    "entry": {"long": {"left": "rsi", "op": "crosses_below", "right": 30}, "short": None},
    "exit": {"long": {"left": "rsi", "op": ">", "right": 55}, "short": None},
    "stop_loss": {"type": "percent", "value": 4},
    "take_profit": {"type": "percent", "value": 8},
    "sizing": {"type": "fixed_percent", "value": 10},
}


def spec(**changes: object) -> StrategySpec:
    """`SOUND` with `changes` on top."""
    return parse_spec(copy.deepcopy(SOUND | changes))


def compare(left: object, op: str, right: object) -> Json:
    return {"left": left, "op": op, "right": right}


def every(*conditions: Json) -> Json:
    return {"all": list(conditions)}


def bars(symbol: str = "ETH/USDT", count: int = 400, timeframe: str = "4h", market: Market = Market.CRYPTO) -> Bars:
    start = datetime(2022, 1, 3, tzinfo=UTC)
    made = generate_market(
        seed=7, symbol=symbol, market=market, timeframe=Timeframe(timeframe), start=start, bars=count
    )
    return made.bars


def trade(entry_ms: int, *, after_stop: int | None = None, percent: float = 1.0) -> MeasuredTrade:
    return MeasuredTrade(
        symbol="ETH/USDT", entry_ms=entry_ms, return_percent=percent, reason="signal", bars_after_stop=after_stop
    )
