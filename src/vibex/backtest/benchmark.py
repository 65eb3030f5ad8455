"""Buy and hold, paying the same costs and without a rounding handicap (rules 17 and 66)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vibex.analysis import performance
from vibex.backtest.costs import affordable_quantity
from vibex.backtest.engine.plan import Plan
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Holding:
    """What is held: its bars, and on each row of the run's clock, (T,) each, what one unit bought at the start has
    become (`units`, splits) and what it was paid or charged in that row (`cash`, dividends less funding)."""

    bars: Bars
    units: F64
    cash: F64


def plain_holding(bars: Bars, rows: int) -> Holding:
    """Bars of something without splits, dividends and funding, or with those in its prices."""
    return Holding(bars=bars, units=np.ones(rows), cash=np.zeros(rows))


def traded_holding(plan: Plan, index: int, bars: Bars) -> Holding:
    """What the run itself pays and gets for holding its symbol number `index`: the benchmark pays the same."""
    rows = len(plan.time)
    units: F64 = np.ones(rows)
    cash: F64 = np.zeros(rows)
    if plan.carry is not None:
        row, own = _rows_of(plan.carry.start[index])
        np.multiply.at(units, row, plan.carry.split[own])
        units = np.cumprod(units).astype(np.float64)
        np.add.at(cash, row, plan.carry.cash[own] * units[row])
    if plan.funding is not None:
        row, own = _rows_of(plan.funding.start[index])
        np.subtract.at(cash, row, plan.funding.price[own] * plan.funding.rate[own])
    return Holding(bars=bars, units=units, cash=cash)


def _rows_of(start: I64) -> tuple[I64, slice]:
    """The row of each event between `start[0]` and `start[-1]`, and where they lie in their flat arrays."""
    return np.repeat(np.arange(len(start) - 1), np.diff(start)), slice(int(start[0]), int(start[-1]))


def buy_and_hold(name: str, held: Sequence[Holding], time: I64, settings: RunSettings) -> Benchmark:
    """Split the capital evenly over `held`, buy each at its first open of the run, hold to the end.

    Slippage and fee are paid inside the capital, fractions are allowed, nothing is sold at the end. Before its
    first bar a symbol's share is cash. Raises InvalidInput when one of them has no bar in the run.
    """
    share = settings.capital / len(held)
    equity = sum((_held(holding, share, time, settings) for holding in held), np.zeros(len(time)))
    drawdown = performance.max_drawdown(equity, time, settings.capital)
    if drawdown is None:
        raise InvalidInput("the run has no bars", field="data")
    return Benchmark(
        name=name,
        equity=equity,
        total_return_pct=(float(equity[-1]) / settings.capital - 1) * 100,
        max_drawdown_pct=drawdown.depth * 100,
    )


def _held(holding: Holding, money: float, time: I64, settings: RunSettings) -> F64:
    inside = holding.bars.between(int(time[0]), int(time[-1]))
    if len(inside) == 0:
        raise InvalidInput(
            f"{holding.bars.symbol} has no bar in the tested range",
            field="benchmark",
            remedy="give data that covers it",
        )
    fill = float(inside.open[0]) * (1 + settings.slip)
    quantity = _bought(money, fill, settings)
    last = np.searchsorted(inside.open_time, time, side="right") - 1
    bought = int(np.argmax(last >= 0))
    cash = np.where(np.arange(len(time)) >= bought, holding.cash, 0.0)
    units = holding.units / holding.units[bought]
    value = quantity * (units * inside.close[last] + np.cumsum(cash / holding.units[bought]))
    return np.where(last >= 0, value, money)


def _bought(money: float, fill: float, settings: RunSettings) -> float:
    """How much `money` buys at `fill`, fee included."""
    schedule = settings.fee_schedule
    if len(schedule) == 0:
        return money / (fill * (1 + settings.fee_rate))
    return affordable_quantity(schedule, 1, money, fill, 1.0, maker=False)
