"""Bars that are hard on a script: gaps, flat stretches, bars without range, weeks in which clocks change."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from vibex.analysis.calendars import calendar_for
from vibex.domain import Bars, Market, Timeframe

_STARTS = {Timeframe.M30: "2024-03-04T00:00", Timeframe.H1: "2024-03-01T00:00", Timeframe.H4: "2024-02-01T00:00"}


def adversarial(
    market: Market = Market.CRYPTO, timeframe: Timeframe = Timeframe.H1, bars: int = 900, seed: int = 1
) -> Bars:
    """`bars` rows over weeks in which New York's clocks change, with holes, jumps, repeats and zero volume."""
    rng = np.random.default_rng(seed)
    first = datetime.fromisoformat(_STARTS.get(timeframe, "2023-01-02T00:00")).replace(tzinfo=ZoneInfo("UTC"))
    begin = int(first.timestamp() * 1000)
    calendar = calendar_for(market)
    span = 12 * bars * timeframe.ms if market.is_equity else 2 * bars * timeframe.ms
    time = calendar.expected_opens(begin, begin + span, timeframe)
    keep = rng.random(len(time)) > 0.04
    keep[200:231] = False
    time = time[keep][:bars]
    count = len(time)
    move = rng.standard_t(3, count) * 0.006
    move[rng.random(count) < 0.01] *= 8
    move[300:340] = 0.0
    close = np.round(100 * np.exp(np.cumsum(move - move.mean())), 1)
    opened = np.round(np.concatenate([[100.0], close[:-1]]) * (1 + 0.002 * rng.standard_normal(count)), 1)
    opened[300:340] = close[300:340] = close[299]
    reach = np.abs(rng.normal(0, 0.4, (2, count)))
    reach[:, rng.random(count) < 0.1] = 0.0
    reach[:, 300:340] = 0.0
    high = np.round(np.maximum(opened, close) + reach[0], 1)
    low = np.round(np.maximum(np.minimum(opened, close) - reach[1], 0.1), 1)
    volume = np.round(rng.lognormal(3, 1, count), 2)
    volume[rng.random(count) < 0.03] = 0.0
    volume[400:430] = 0.0
    symbol = {Market.CRYPTO: "ETH/USDT", Market.US_EQUITY: "SPY", Market.HK_EQUITY: "0700.HK"}[market]
    return Bars(
        symbol=symbol, timeframe=timeframe, open_time=time, open=opened, high=high, low=low, close=close, volume=volume
    )


def spec_for(bars: Bars, market: str = "crypto", **changes: object) -> dict[str, Any]:
    """A strategy on `bars` with `changes` on top of a rule that any bars allow."""
    return {
        "version": 1,
        "name": "match",
        "market": market,
        "symbols": [bars.symbol],
        "timeframe": bars.timeframe.value,
        "entry": {"long": {"left": "close", "op": ">", "right": "open"}},
        "sizing": {"type": "fixed_percent", "value": 10},
    } | changes
