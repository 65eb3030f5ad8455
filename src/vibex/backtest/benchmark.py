"""Buy and hold, paying the same costs and without a rounding handicap (rules 17 and 66)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vibex.analysis import performance
from vibex.backtest.settings import RunSettings
from vibex.domain import Bars, InvalidInput
from vibex.domain.arrays import F64, I64

BUY_AND_HOLD = "buy_and_hold"
"""The benchmark that holds what the strategy trades; any other name is a symbol."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Benchmark:
    """`equity` (T,) in the account's currency at each close of the run's clock."""

    name: str
    equity: F64
    total_return_pct: float
    max_drawdown_pct: float


def buy_and_hold(name: str, held: Sequence[Bars], time: I64, settings: RunSettings) -> Benchmark:
    """Split the capital evenly over `held`, buy each at its first open of the run, hold to the end.

    Slippage and fee are paid inside the capital, fractions are allowed, nothing is sold at the end. Before its
    first bar a symbol's share is cash. Raises InvalidInput when one of them has no bar in the run.
    """
    share = settings.capital / len(held)
    equity = sum((_held(bars, share, time, settings) for bars in held), np.zeros(len(time)))
    drawdown = performance.max_drawdown(equity, time, settings.capital)
    if drawdown is None:
        raise InvalidInput("the run has no bars", field="data")
    return Benchmark(
        name=name,
        equity=equity,
        total_return_pct=(float(equity[-1]) / settings.capital - 1) * 100,
        max_drawdown_pct=drawdown.depth * 100,
    )


def _held(bars: Bars, money: float, time: I64, settings: RunSettings) -> F64:
    inside = bars.between(int(time[0]), int(time[-1]))
    if len(inside) == 0:
        raise InvalidInput(
            f"{bars.symbol} has no bar in the tested range", field="benchmark", remedy="give data that covers it"
        )
    fill = float(inside.open[0]) * (1 + settings.slip)
    quantity = money / (fill * (1 + settings.fee_rate))
    last = np.searchsorted(inside.open_time, time, side="right") - 1
    return np.where(last >= 0, quantity * inside.close[last], money)
