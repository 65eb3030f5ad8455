"""The generated market is reproducible, keeps the calendar, and behaves like a market."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from vibex.analysis.calendars import calendar_for, find_gaps
from vibex.analysis.generator import GeneratedMarket, Regime, generate_market
from vibex.domain import InvalidInput, Market, Timeframe


def made(
    seed: int = 7,
    symbol: str = "BTC/USDT",
    market: Market = Market.CRYPTO,
    timeframe: Timeframe = Timeframe.H1,
    bars: int = 20_000,
) -> GeneratedMarket:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    return generate_market(seed=seed, symbol=symbol, market=market, timeframe=timeframe, start=start, bars=bars)


def test_the_same_seed_gives_the_same_bits_and_another_seed_or_symbol_others() -> None:
    one, two = made(), made()
    assert one.bars.digest() == two.bars.digest()
    assert np.array_equal(one.funding_rate, two.funding_rate)
    assert np.array_equal(one.regime, two.regime)
    assert made(seed=8).bars.digest() != one.bars.digest()
    assert not np.array_equal(made(symbol="BTC/USDC").bars.close, one.bars.close)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_returns_have_fat_tails_and_clustered_volatility_and_no_memory_of_their_own(seed: int) -> None:
    bars = made(seed=seed).bars
    returns = np.diff(np.log(bars.close))
    size = np.abs(returns)
    assert np.mean((returns - returns.mean()) ** 4) / returns.var() ** 2 > 4
    for lag in (1, 5, 24):
        assert np.corrcoef(size[lag:], size[:-lag])[0, 1] > 0.05
    assert abs(np.corrcoef(returns[1:], returns[:-1])[0, 1]) < 0.06
    assert bars.volume is not None
    assert np.corrcoef(size, bars.volume[1:])[0, 1] > 0.3
    assert 0.3 < returns.std() * np.sqrt(365 * 24) < 1.2


def test_regimes_are_all_visited_and_the_volatile_one_is_volatile() -> None:
    market = made(bars=60_000)
    returns = np.diff(np.log(market.bars.close))
    spread = {regime: returns[market.regime[1:] == regime].std() for regime in Regime}
    assert max(spread, key=lambda regime: spread[regime]) is Regime.HIGH_VOLATILITY
    mean = {regime: returns[market.regime[1:] == regime].mean() for regime in Regime}
    assert mean[Regime.TREND_UP] > 0 > mean[Regime.TREND_DOWN]


def test_funding_settles_every_eight_hours_of_the_bars() -> None:
    market = made(bars=240)
    assert np.all(np.diff(market.funding_time) == 8 * 3_600_000)
    assert len(market.funding_time) == 30
    assert market.funding_time[0] == market.bars.open_time[0]
    assert np.all(np.abs(market.funding_rate) <= 0.0075)


@pytest.mark.parametrize("market", [Market.US_EQUITY, Market.HK_EQUITY])
@pytest.mark.parametrize("timeframe", [Timeframe.M30, Timeframe.H1, Timeframe.D1, Timeframe.W1])
def test_equities_keep_the_sessions_and_gap_over_night(market: Market, timeframe: Timeframe) -> None:
    out = made(market=market, symbol="0700.HK", timeframe=timeframe, bars=900)
    calendar = calendar_for(market)
    assert len(out.bars) == 900
    assert find_gaps(out.bars, calendar) == ()
    assert calendar.in_session(out.bars.open_time, timeframe).all()
    assert len(out.funding_time) == 0
    night = np.diff(calendar.columns(out.bars.open_time, timeframe).session) > 0
    jump = out.bars.open[1:] / out.bars.close[:-1] - 1
    assert np.mean(jump[night] != 0) > 0.9
    if timeframe.is_intraday:
        assert np.mean(jump[~night] != 0) < 0.05


def test_bad_requests_are_refused() -> None:
    with pytest.raises(InvalidInput, match="at least one bar"):
        made(bars=0)
    with pytest.raises(InvalidInput, match="no calendar knows"):
        made(timeframe=Timeframe.W1, bars=5_000)
