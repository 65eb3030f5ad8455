"""Account, performance and limits as documents, and the regime by its stated rules."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest

from tests.agent.worlds import NOW, account_view, held, walk, world
from vibex.agent.context import (
    AccountLimits,
    ContextBuilder,
    Freshness,
    Missing,
    PerformanceFacts,
    Reading,
    RegimeName,
    performance_document,
)
from vibex.agent.context.account import account_document, limits_document
from vibex.agent.context.regime import asset_regime
from vibex.domain import PositionSide, RetryLater, Timeframe
from vibex.domain.arrays import F64

CALM = Reading(Decimal("0.00001"), NOW)


def facts(returns: F64, pnl: tuple[str, ...] = ()) -> PerformanceFacts:
    """Equity that makes `returns` on consecutive days."""
    equity = 10_000 * np.cumprod(1 + returns)
    days = [NOW - timedelta(days=len(returns) - 1 - day) for day in range(len(returns))]
    return PerformanceFacts(
        initial_equity=Decimal(10_000),
        equity=tuple((day, Decimal(repr(float(value)))) for day, value in zip(days, equity, strict=True)),
        trade_pnl=tuple(Decimal(each) for each in pnl),
    )


def test_ratios_are_annualised_by_252_and_use_the_shortfall_of_all_days() -> None:
    returns: F64 = np.random.default_rng(5).normal(0.001, 0.01, 90)
    document = performance_document(facts(returns))
    sharpe = returns.mean() / returns.std(ddof=1) * 252**0.5
    sortino = returns.mean() * 252 / (np.sqrt(np.mean(np.minimum(returns, 0) ** 2)) * 252**0.5)
    assert document["sharpe"] == pytest.approx(sharpe)
    assert document["sortino"] == pytest.approx(sortino)
    path = np.concatenate(([1.0], np.cumprod(1 + returns)))
    assert document["max_drawdown_pct"] == pytest.approx(float((path / np.maximum.accumulate(path) - 1).min()) * 100)
    assert document["total_return_pct"] == pytest.approx((path[-1] - 1) * 100)
    assert document["annualisation"] == 252


def test_too_early_is_said_instead_of_a_ratio() -> None:
    document = performance_document(facts(np.array([0.01, -0.02, 0.01])))
    assert document["sharpe"] is None
    assert document["missing"] == {
        "sharpe": "too early: 3 of 60 days",
        "sortino": "too early: 3 of 60 days",
        "win_rate_pct": "no trade has been closed yet",
    }


def test_without_equity_nothing_is_claimed() -> None:
    document = performance_document(PerformanceFacts(initial_equity=None))
    figures = ("total_return_pct", "sharpe", "sortino", "max_drawdown_pct", "drawdown_pct", "win_rate_pct")
    assert [document[name] for name in figures] == [None] * 6


def test_the_win_rate_counts_gains_after_costs() -> None:
    assert performance_document(facts(np.array([0.01]), ("5", "-1", "0", "2")))["win_rate_pct"] == 50.0


def test_positions_say_what_the_venue_does_not() -> None:
    view = account_view(positions=[held("BTC", PositionSide.LONG, "0.5", stop="58000")])
    document = account_document(view, NOW)
    (position,) = document["positions"]  # type: ignore[misc, str-unpack]
    assert isinstance(position, dict)
    assert (position["liquidation_price"], position["sl_price"], position["held_for"]) == (None, 58000.0, "5 h")
    assert document["missing"] == {
        "positions.BTC.liquidation_price": "the venue does not say",
        "positions.BTC.tp_price": "none rests at the venue",
    }


def test_an_account_that_was_read_long_ago_is_stale() -> None:
    view = account_view()
    assert view.is_stale(NOW + timedelta(seconds=60), Freshness()) is None
    assert view.is_stale(NOW + timedelta(minutes=5), Freshness()) == "stale: 5 min old, 60 s are allowed"


def test_cooldowns_that_are_over_are_not_named() -> None:
    limits = AccountLimits(cooldowns={"BTC": NOW + timedelta(minutes=10), "ETH": NOW, "XRP": NOW + timedelta(hours=1)})
    document = limits_document(limits, {"BTC": None, "ETH": None}, NOW)
    assert document["cooldowns"] == {"BTC": "no entry until 2025-03-01T12:10:00Z (10 min left)"}


def test_a_rising_market_is_a_trend_and_a_flat_one_a_range() -> None:
    up = walk("BTC/USDT", Timeframe.H4, 300, drift=0.01)
    down = walk("BTC/USDT", Timeframe.H4, 300, drift=-0.01)
    assert RegimeName.TREND_UP in asset_regime(up, CALM, 0.0).names
    assert RegimeName.TREND_DOWN in asset_regime(down, CALM, 0.0).names
    flat = [asset_regime(walk("BTC/USDT", Timeframe.H4, 300, seed=seed), CALM, 0.0) for seed in range(10)]
    for regime in flat:
        adx = regime.numbers["adx14"]
        assert (RegimeName.RANGE in regime.names) == (adx < 20)
        assert bool({RegimeName.TREND_UP, RegimeName.TREND_DOWN} & set(regime.names)) == (adx >= 25)


@pytest.mark.parametrize(("rate", "extreme"), [("0.0005", True), ("-0.0005", True), ("0.00049", False)])
def test_funding_is_extreme_from_five_basis_points_on(rate: str, extreme: bool) -> None:
    regime = asset_regime(walk("BTC/USDT", Timeframe.H4, 300), Reading(Decimal(rate), NOW), 0.0)
    assert (RegimeName.FUNDING_EXTREME in regime.names) == extreme


def test_volatility_is_high_when_atr_is_half_as_much_again_as_usual() -> None:
    bars = walk("BTC/USDT", Timeframe.H4, 300)
    assert RegimeName.HIGH_VOLATILITY not in asset_regime(bars, CALM, 0.0).names
    calm, wild = walk("BTC/USDT", Timeframe.H4, 300), 20
    high, low = calm.high.copy(), calm.low.copy()
    high[-wild:] *= 1.02
    low[-wild:] *= 0.98
    shaken = type(calm)(
        symbol=calm.symbol,
        timeframe=calm.timeframe,
        open_time=calm.open_time,
        open=calm.open,
        high=high,
        low=low,
        close=calm.close,
        volume=calm.volume,
    )
    assert RegimeName.HIGH_VOLATILITY in asset_regime(shaken, CALM, 0.0).names


def test_a_regime_that_cannot_be_judged_is_missing() -> None:
    regime = asset_regime(walk("BTC/USDT", Timeframe.H4, 20), Missing("not told"), None)
    assert regime.names == ()
    assert set(regime.missing) == {"trend", "volatility", "funding", "drawdown"}


async def test_a_drawdown_of_the_account_is_a_regime_of_every_asset() -> None:
    made = world()
    context = await ContextBuilder(bars=made, facts=made).build(
        ["BTC/USDT", "ETH/USDT"], account_view(equity="8900"), NOW
    )
    assert all(RegimeName.DRAWDOWN in asset.regime.names for asset in context.assets)


async def test_a_source_that_fails_leaves_a_reason_and_the_rest_stands() -> None:
    made = world()

    async def busy(*_: object) -> Reading:
        raise RetryLater("the venue is busy")

    made.funding_rate = busy  # type: ignore[method-assign, assignment]
    context = await ContextBuilder(bars=made, facts=made).build(["BTC/USDT"], account_view(), NOW)
    market = context.assets[0].market
    assert market["missing"] == {"funding_rate": "the venue is busy"}
    assert context.assets[0].regime.missing["funding"] == "the venue is busy"
