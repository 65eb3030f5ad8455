"""Both engine bodies on compiled strategies: the same bits from the same plan, ties in both orders."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest

from tests.strategy.evaluation.markets import walk
from vibex.analysis.generator import generate_market
from vibex.backtest import BacktestResult, RunSettings, run
from vibex.backtest.engine.outcome import Outcome
from vibex.backtest.engine.plan import Tie
from vibex.domain import Bars, Instrument, InvalidInput, Market, Timeframe
from vibex.strategy import parse_spec
from vibex.testing.random_specs import random_spec

SYMBOLS = {
    Market.CRYPTO: ("BTC/USDT", "ETH/USDT", "SOL/USDT"),
    Market.US_EQUITY: ("AAPL", "QQQ", "SPY"),
    Market.HK_EQUITY: ("0005.HK", "0700.HK", "9988.HK"),
}


def draw_bars(rng: random.Random, market: Market, timeframe: Timeframe, symbol: str) -> Bars:
    """Generated bars with holes and idle stretches; on crypto also coarse walks full of ties."""
    if market is Market.CRYPTO and rng.random() < 0.5:
        return walk(rng.randrange(10**6), symbol, timeframe, 160, missing=rng.choice([0, 0.1]), idle=0.1)
    start, seed = datetime(2024, 3, 7, tzinfo=UTC), rng.randrange(10**6)
    made = generate_market(seed=seed, symbol=symbol, market=market, timeframe=timeframe, start=start, bars=160).bars
    noise = np.random.default_rng(seed)
    keep = noise.random(len(made)) > rng.choice([0, 0.15])
    keep[[0, -1]] = True
    assert made.volume is not None
    volume = np.where(noise.random(len(made)) < rng.choice([0, 0.1]), 0.0, made.volume)
    columns = {name: getattr(made, name)[keep] for name in ("open_time", "open", "high", "low", "close")}
    return Bars(symbol=symbol, timeframe=timeframe, volume=volume[keep], **columns)


def draw_settings(rng: random.Random, times: np.ndarray) -> RunSettings:
    count = len(times)
    return RunSettings(
        capital=rng.choice([1e5, 1e6]),
        fee_bps=rng.choice([0, 10, 55.5]),
        slippage_bps=rng.choice([0, 5, 30]),
        lot_size=rng.choice([None, None, 0.001, 1]),
        min_notional=rng.choice([0, 0, 50]),
        start_ms=int(times[rng.randrange(count // 2)]) if rng.random() < 0.4 else None,
        end_ms=int(times[-1 - rng.randrange(count // 3)]) if rng.random() < 0.4 else None,
        engine="reference",
    )


def draw_run(seed: int) -> BacktestResult:
    """A random strategy on random bars of one to three symbols, on the reference body."""
    rng = random.Random(f"parity {seed}")
    market = rng.choice([Market.CRYPTO, Market.CRYPTO, Market.US_EQUITY, Market.HK_EQUITY])
    timeframe = rng.choice([Timeframe.M15, Timeframe.H1, Timeframe.H4, Timeframe.D1])
    symbols = SYMBOLS[market][: rng.randint(1, 3)]
    data = {symbol: draw_bars(rng, market, timeframe, symbol) for symbol in symbols}
    written = random_spec(rng, runnable=True, market=market.value, symbols=symbols, timeframe=timeframe.value)
    instruments = {
        symbol: Instrument(
            symbol=symbol,
            market=market,
            currency=market.default_currency,
            lot=Decimal(rng.choice(["0.01", "1"])),
            tick=Decimal(rng.choice(["0", "0.01", "0.5"])),
        )
        for symbol in symbols
    }
    settings = draw_settings(rng, data[symbols[0]].open_time)
    return run(parse_spec(written), data, settings=settings, instruments=instruments)


def assert_same(one: Outcome, other: Outcome, seed: int) -> None:
    assert one.equity.tobytes() == other.equity.tobytes(), f"seed {seed}: equity"
    for column in fields(one.trades):
        mine, theirs = getattr(one.trades, column.name), getattr(other.trades, column.name)
        assert mine.dtype == theirs.dtype, f"seed {seed}: {column.name}"
        assert mine.tobytes() == theirs.tobytes(), f"seed {seed}: {column.name}"
    assert dict(one.skipped) == dict(other.skipped), f"seed {seed}: skipped"
    assert one.ambiguous_bars == other.ambiguous_bars, f"seed {seed}: ambiguous bars"
    assert one.unfilled_at_end == other.unfilled_at_end, f"seed {seed}: unfilled"


def compare_bodies(seeds: range) -> tuple[int, int]:
    """Both bodies on every seed, both tie orders: closed trades and ambiguous bars in all."""
    from vibex.backtest.engine import kernel, reference

    trades = ambiguous = 0
    for seed in seeds:
        try:
            result = draw_run(seed)
        except InvalidInput as refused:
            if refused.field != "capital":
                raise
            continue  # a lot of a share dearer than the capital
        plan = result.plan
        assert_same(result.outcome, kernel.simulate(plan), seed)
        assert_same(reference.simulate(plan, tie=Tie.TARGET_FIRST), kernel.simulate(plan, tie=Tie.TARGET_FIRST), seed)
        native = replace(result, settings=replace(result.settings, engine="native"), outcome=kernel.simulate(plan))
        assert native.digests == result.digests, f"seed {seed}: digests"
        trades += len(result.outcome.trades)
        ambiguous += result.outcome.ambiguous_bars
    return trades, ambiguous


def test_both_bodies_give_the_same_bits_on_random_strategies() -> None:
    trades, ambiguous = compare_bodies(range(150))
    assert trades > 1_000
    assert ambiguous > 5


@pytest.mark.proof
def test_both_bodies_give_the_same_bits_on_thousands_of_random_strategies() -> None:
    compare_bodies(range(10_000, 13_000))
