"""A made-up market with everything an indicator may read, and the arguments that each indicator needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from vibex.analysis.calendars.session import SessionColumns
from vibex.analysis.indicators import IndicatorDefinition, IndicatorInput
from vibex.domain import Bars, Timeframe
from vibex.domain.timeframe import DAY_MS, HOUR_MS

MakeInput = Callable[..., IndicatorInput]
Cut = Callable[[IndicatorInput, int, int], IndicatorInput]


def random_input(rows: int = 700, seed: int = 7) -> IndicatorInput:
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, rows)))
    open_ = close * np.exp(rng.normal(0, 0.006, rows))
    high = np.maximum(open_, close) * (1 + np.abs(rng.normal(0, 0.004, rows)))
    low = np.minimum(open_, close) * (1 - np.abs(rng.normal(0, 0.004, rows)))
    open_time = np.arange(rows, dtype=np.int64) * HOUR_MS
    bars = Bars(
        symbol="X",
        timeframe=Timeframe.H1,
        open_time=open_time,
        open=open_,
        high=high,
        low=low,
        close=close,
        volume=np.round(rng.uniform(0, 50, rows)),
    )
    day = open_time // DAY_MS
    sessions = SessionColumns(
        session=day, date=day * DAY_MS, open=day * DAY_MS, close=(day + 1) * DAY_MS, bar_close=open_time + HOUR_MS
    )
    return IndicatorInput(
        bars=bars,
        series=bars.close,
        series2=rng.integers(2, 30, rows).astype(np.float64),
        when=rng.random(rows) < 0.1,
        sessions=sessions,
        bars_per_year=8760.0,
    )


def cut_input(inputs: IndicatorInput, start: int, stop: int) -> IndicatorInput:
    s = inputs.sessions
    assert s is not None
    assert inputs.series is not None
    assert inputs.series2 is not None
    assert inputs.when is not None
    rows = slice(start, stop)
    return replace(
        inputs,
        bars=inputs.bars.rows(start, stop),
        series=inputs.series[rows],
        series2=inputs.series2[rows],
        when=inputs.when[rows],
        sessions=SessionColumns(
            session=s.session[rows],
            date=s.date[rows],
            open=s.open[rows],
            close=s.close[rows],
            bar_close=s.bar_close[rows],
        ),
    )


def required_params(definition: IndicatorDefinition) -> dict[str, float]:
    return {parameter.name: 30 for parameter in definition.parameters if parameter.required}


@pytest.fixture(scope="session")
def make_input() -> MakeInput:
    return random_input


@pytest.fixture(scope="session")
def cut() -> Cut:
    return cut_input


@pytest.fixture(scope="session")
def needed() -> Callable[[IndicatorDefinition], dict[str, float]]:
    return required_params


@pytest.fixture(scope="session")
def from_close() -> Callable[[list[float]], IndicatorInput]:
    """Bars whose four prices are all the given closes, volume 1, the closes as series."""

    def build(closes: list[float]) -> IndicatorInput:
        prices = np.array(closes, dtype=np.float64)
        times = np.arange(len(prices), dtype=np.int64) * DAY_MS
        bars = Bars(
            symbol="X",
            timeframe=Timeframe.D1,
            open_time=times,
            open=prices,
            high=prices,
            low=prices,
            close=prices,
            volume=np.ones(len(prices)),
        )
        return IndicatorInput(bars=bars, series=prices)

    return build
