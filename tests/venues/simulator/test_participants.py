"""Prices inside bars, the endless generated path, and one seed that decides everything."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from vibex.domain import Bars, InvalidInput, ManualClock, Timeframe
from vibex.venues.simulator.participants import BarPath, GeneratedPath
from vibex.venues.simulator.simulator import Plan, Simulator, Source

START = datetime(2026, 1, 5, tzinfo=UTC)
START_MS = int(START.timestamp() * 1000)
MINUTE = 60_000
D = Decimal


def _bars() -> Bars:
    return Bars(
        symbol="BTCUSDT",
        timeframe=Timeframe.M1,
        open_time=np.array([START_MS, START_MS + MINUTE]),
        open=np.array([100.0, 103.0]),
        high=np.array([106.0, 104.0]),
        low=np.array([97.0, 98.0]),
        close=np.array([103.0, 101.0]),
        volume=np.array([5.0, 6.0]),
    )


def test_a_rising_bar_is_walked_low_first_and_a_falling_one_high_first() -> None:
    path = BarPath(_bars())
    at = [path.price_at(START_MS + step * 20_000) for step in range(6)]
    assert at == [D(100), D(97), D(106), D(103), D(104), D(98)]
    assert path.price_at(START_MS + 10_000) == D("98.5")
    assert path.price_at(START_MS - 1) is None
    assert path.price_at(START_MS + 2 * MINUTE) is None


def test_history_has_only_bars_that_have_closed() -> None:
    path = BarPath(_bars())
    assert path.history(START_MS + MINUTE - 1) == []
    assert [candle.close for candle in path.history(START_MS + MINUTE)] == [D(103)]


def test_the_generated_path_goes_on_without_a_jump_where_stretches_meet() -> None:
    path = GeneratedPath(symbol="BTC/USDT", seed=3, start_ms=START_MS)
    seam = START_MS + GeneratedPath.STRETCH * MINUTE
    before, after = path.price_at(seam - 1), path.price_at(seam)
    assert before is not None
    assert after is not None
    assert abs(after / before - 1) < D("0.002")
    times = [candle.open_time for candle in path.history(seam + MINUTE)]
    assert all(later - earlier == MINUTE for earlier, later in pairwise(times))


def _run(seed: int, stops: list[int]) -> str:
    simulator = Simulator(
        Plan(accounts=[("a", D(1000))], symbols=("BTCUSDT",), seed=seed, start_ms=START_MS), ManualClock(START)
    )
    for stop in stops:
        simulator.run_to(START_MS + stop)
    return hashlib.sha256(repr(list(simulator.exchange.floor.market("BTCUSDT").tape)).encode()).hexdigest()


def test_the_same_seed_gives_the_same_tape_however_often_somebody_looks() -> None:
    assert _run(5, [120_000]) == _run(5, [*range(700, 120_000, 700), 120_000])
    assert _run(5, [120_000]) != _run(6, [120_000])


def test_speed_is_simulated_seconds_per_second() -> None:
    clock = ManualClock(START)
    plan = Plan(accounts=[], symbols=("BTCUSDT",), start_ms=START_MS, speed=60)
    simulator = Simulator(plan, clock)
    clock.advance(2)
    simulator.catch_up()
    assert simulator.now_ms == START_MS + 120_000


def test_a_symbol_with_bars_follows_them_and_starts_with_them() -> None:
    simulator = Simulator(
        Plan(accounts=[], symbols=("BTCUSDT",), sources={"BTCUSDT": Source(bars=_bars())}), ManualClock(START)
    )  # fmt: skip
    simulator.run_to(START_MS + 40_000)
    market = simulator.exchange.floor.market("BTCUSDT")
    assert market.mark == D(106)
    bid, ask = market.book.bids.best(), market.book.asks.best()
    assert bid is not None
    assert ask is not None
    assert bid < 106 < ask


def test_a_plan_without_symbols_or_with_no_speed_is_refused() -> None:
    with pytest.raises(InvalidInput, match="speed"):
        Plan(accounts=[], speed=0)
    with pytest.raises(InvalidInput, match="symbols"):
        Plan(accounts=[], symbols=())
