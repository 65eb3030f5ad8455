"""How the generated markets behave: volatility, fat tails, gaps and regimes, in plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from vibex.domain import Market


class Regime(IntEnum):
    """What the market is doing at a bar; the codes of `GeneratedMarket.regime`."""

    TREND_UP = 0
    TREND_DOWN = 1
    RANGE = 2
    HIGH_VOLATILITY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """One regime: `drift` per year as a fraction, volatility and mean reversion relative to the market's own."""

    drift: float
    volatility: float
    reversion: float
    mean_days: float


MOODS = {
    Regime.TREND_UP: Mood(drift=1.0, volatility=0.85, reversion=0.0, mean_days=25),
    Regime.TREND_DOWN: Mood(drift=-0.9, volatility=1.1, reversion=0.0, mean_days=18),
    Regime.RANGE: Mood(drift=0.0, volatility=0.7, reversion=0.06, mean_days=30),
    Regime.HIGH_VOLATILITY: Mood(drift=-0.1, volatility=1.9, reversion=0.0, mean_days=6),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """One market: yearly volatility, share of its variance that falls on the night, odd gaps, money traded."""

    volatility: float
    night_share: float
    gap_probability: float
    daily_turnover: float


CHARACTERS = {
    Market.CRYPTO: Character(volatility=0.65, night_share=0.0, gap_probability=0.002, daily_turnover=5e8),
    Market.US_EQUITY: Character(volatility=0.24, night_share=0.25, gap_probability=0.001, daily_turnover=2e9),
    Market.HK_EQUITY: Character(volatility=0.32, night_share=0.3, gap_probability=0.001, daily_turnover=1e9),
}

STUDENT_FREEDOM = 5
"""Degrees of freedom of the shocks: tails fat enough for a kurtosis far above the normal's 3."""

CLUSTER_ALPHA, CLUSTER_BETA = 0.07, 0.915
"""GARCH(1,1) per bar: how much of the next variance comes from the last shock and from the last variance."""

KNOWN_PRICES = {
    "BTC": 42_000.0,
    "ETH": 2_300.0,
    "BNB": 310.0,
    "SOL": 95.0,
    "XRP": 0.6,
    "DOGE": 0.08,
    "SPY": 470.0,
    "QQQ": 400.0,
    "AAPL": 185.0,
    "MSFT": 370.0,
    "NVDA": 48.0,
    "TSLA": 250.0,
    "0700.HK": 290.0,
    "9988.HK": 75.0,
    "0005.HK": 62.0,
}
"""First prices of symbols whose order of magnitude a reader knows; others get one between 20 and 300."""
