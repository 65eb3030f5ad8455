"""Strategies that the tests start from."""

from __future__ import annotations

import copy
from typing import Any

Json = dict[str, Any]

CONTRACT_EXAMPLE: Json = {
    "version": 1,
    "name": "RSI reversion on ETH",
    "archetype": "mean_reversion",
    "market": "crypto",
    "symbols": ["ETH/USDT"],
    "timeframe": "4h",
    "indicators": [
        {
            "id": "rsi_14",
            "name": "RSI",
            "params": {"timeperiod": 14},
            "input": "close",
            "timeframe": None,
            "symbol": None,
        }
    ],
    "entry": {"long": {"left": "rsi_14", "op": "crosses_below", "right": 30}, "short": None},
    "exit": {"long": {"left": "rsi_14", "op": ">", "right": 55}, "short": None},
    "on_opposite": "reverse",
    "stop_loss": {"type": "percent", "value": 2.0},
    "take_profit": {"type": "percent", "value": 4.0},
    "trailing_stop": None,
    "time_stop_bars": None,
    "session": None,
    "session_exit_minutes": None,
    "sizing": {"type": "fixed_percent", "value": 10.0},
    "order": {"type": "market", "offset_bps": 0, "expires_bars": 1},
    "leverage": 1.0,
    "benchmark": "buy_and_hold",
    "metadata": {
        "expected_conditions": "range-bound markets",
        "risk_assumptions": ["…"],
        "signal_frequency": "about 4 a month",
        "indicator_interpretation": {"rsi_14": "below 30 reads as oversold"},
    },
    "assumptions": [
        {"field": "stop_loss", "value": {"type": "percent", "value": 2.0}, "reason": "none was given"},
    ],
}

INDICATORS: list[Json] = [
    {"id": "rsi_14", "name": "RSI", "params": {"timeperiod": 14}},
    {"id": "atr_14", "name": "ATR"},
    {"id": "bb", "name": "BBANDS"},
]
CONDITION: Json = {"left": "rsi_14", "op": "<", "right": 30}


def strategy(**changes: object) -> Json:
    """A small valid long/short strategy with `changes` on top."""
    spec: Json = {
        "version": 1,
        "name": "test",
        "archetype": "custom",
        "market": "us_equity",
        "symbols": ["SPY"],
        "timeframe": "1h",
        "indicators": INDICATORS,
        "entry": {"long": CONDITION, "short": {"left": "rsi_14", "op": ">", "right": 70}},
        "sizing": {"type": "fixed_percent", "value": 10},
    }
    return copy.deepcopy(spec | changes)


def long_only(**changes: object) -> Json:
    """The same with a long side only."""
    return strategy(**{"entry": {"long": CONDITION}} | changes)


def entering_on(condition: object) -> Json:
    """A long-only strategy with that entry."""
    return strategy(entry={"long": condition})
