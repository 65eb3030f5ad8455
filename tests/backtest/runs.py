"""Short ways to a run whose every fill is foreseen: conditions on dates instead of indicators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vibex.backtest import BacktestResult, RunSettings, run
from vibex.domain import Bars, Instrument, Timeframe
from vibex.domain.timeframe import DAY_MS
from vibex.strategy import StrategySpec, parse_spec

Json = dict[str, Any]
MONDAY = 1_704_067_200_000  # 2024-01-01, a Monday
FREE = RunSettings(fee_bps=0, slippage_bps=0)


def day(number: int) -> str:
    """The date of daily bar `number`."""
    return str(np.datetime64(MONDAY + number * DAY_MS, "ms"))[:10]


def on(*numbers: int) -> Json:
    """True on these daily bars."""
    return {"any": [{"dates": [day(number), day(number)]} for number in numbers]}


def strategy(**changes: object) -> StrategySpec:
    """Enters long on bar 1 and leaves on bar 4, unless `changes` say otherwise."""
    plain: Json = {
        "version": 1,
        "name": "by the calendar",
        "market": "crypto",
        "symbols": ["BTC/USDT"],
        "timeframe": "1d",
        "entry": {"long": on(1), "short": None},
        "exit": {"long": on(4), "short": None},
        "sizing": {"type": "fixed_percent", "value": 100},
    }
    return parse_spec(plain | changes)


def days(*closes: float, symbol: str = "BTC/USDT", first: int = 0, volume: Sequence[float] | None = None) -> Bars:
    """Daily bars that open at the close before and reach no further than open and close."""
    close = np.array(closes, dtype=np.float64)
    opens = np.concatenate((close[:1], close[:-1]))
    return Bars(
        symbol=symbol,
        timeframe=Timeframe.D1,
        open_time=MONDAY + (first + np.arange(len(close))) * DAY_MS,
        open=opens,
        high=np.maximum(opens, close),
        low=np.minimum(opens, close),
        close=close,
        volume=np.full(len(close), 5.0) if volume is None else np.array(volume, dtype=np.float64),
    )


def result(
    spec: StrategySpec,
    *bars: Bars,
    settings: RunSettings = FREE,
    instruments: dict[str, Instrument] | None = None,
) -> BacktestResult:
    return run(spec, bars, settings=settings, instruments=instruments)


def codes(found: BacktestResult) -> dict[str, dict[str, Any]]:
    """The data of every warning by its code."""
    return {warning.code: dict(warning.data) for warning in found.warnings}
