"""Raw prices with splits: signals read split-adjusted prices, orders fill at raw ones, the account books the split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from vibex.analysis.calendars import calendar_for
from vibex.analysis.resampling import resample_some
from vibex.backtest.series import CashActions, RunSeries
from vibex.domain import Bars
from vibex.strategy.spec import StrategySpec


def signal_bars(data: Mapping[str, Bars], series: RunSeries) -> dict[str, Bars]:
    """The bars that conditions read: those given, with every booked split taken out of the earlier prices."""
    return {symbol: _without_splits(bars, series.actions.get(symbol)) for symbol, bars in data.items()}


def raw_bars(spec: StrategySpec, data: Mapping[str, Bars], series: RunSeries) -> dict[str, Bars]:
    """The bars that orders fill in, in the strategy's timeframe; empty when no split is booked."""
    if not any(_splits(series.actions.get(symbol)) for symbol in spec.symbols):
        return {}
    calendar = calendar_for(spec.market)
    return {symbol: resample_some(data[symbol], spec.timeframe, calendar) for symbol in spec.symbols}


def _splits(actions: CashActions | None) -> bool:
    return actions is not None and bool(np.any(actions.split != 1.0))


def _without_splits(bars: Bars, actions: CashActions | None) -> Bars:
    if actions is None or not _splits(actions):
        return bars
    factor = np.ones(len(bars))
    for moment, split in zip(actions.time.tolist(), actions.split.tolist(), strict=True):
        factor[: int(np.searchsorted(bars.open_time, moment, side="left"))] *= split
    return replace(
        bars,
        open=bars.open / factor,
        high=bars.high / factor,
        low=bars.low / factor,
        close=bars.close / factor,
        volume=None if bars.volume is None else bars.volume * factor,
    )
