"""The seeded market: bars, funding and the regimes behind them, the same for the same seed for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import floor, log10, sqrt

import numpy as np

from vibex.analysis.calendars import Calendar, SessionColumns, calendar_for
from vibex.analysis.generator.character import (
    CHARACTERS,
    CLUSTER_ALPHA,
    CLUSTER_BETA,
    KNOWN_PRICES,
    MOODS,
    STUDENT_FREEDOM,
    Character,
    Regime,
)
from vibex.domain import Bars, InvalidInput, Market, Timeframe
from vibex.domain.arrays import F64, I64, U8
from vibex.domain.timeframe import DAY_MS, HOUR_MS

FUNDING_EVERY_MS = 8 * HOUR_MS
_STEPS_IN_BAR = 8
_LARGEST_MOVE = 0.25  # of one bar or gap: keeps every price above zero without a floor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GeneratedMarket:
    """One symbol. `regime` has one code of `Regime` per bar, (T,); funding is empty for equities.

    `funding_rate` is per settlement (0.0001 = 1 bp, longs pay a positive one) at `funding_time`, epoch ms UTC.
    """

    bars: Bars
    funding_time: I64
    funding_rate: F64
    regime: U8


def generate_market(
    *, seed: int, symbol: str, market: Market, timeframe: Timeframe, start: datetime, bars: int
) -> GeneratedMarket:
    """`bars` bars from the first one at or after `start` (aware), on the market's own calendar.

    Returns follow a GARCH(1,1) with Student-t shocks in four regimes that change at random; equities gap
    over night, every market now and then in between; volume rises with the size of the move. Only numpy's
    PCG64, seeded by `seed` and `symbol`, and IEEE arithmetic are used, and prices are rounded to six digits.
    Raises InvalidInput for a negative seed, less than one bar, a naive start or years that no calendar knows.
    """
    if seed < 0 or bars < 1 or start.tzinfo is None:
        raise InvalidInput("needs a seed ≥ 0, at least one bar and an aware start time", field="generator")
    rng = np.random.Generator(np.random.PCG64([seed, *symbol.encode()]))
    calendar, character = calendar_for(market), CHARACTERS[market]
    open_time = _open_times(calendar, timeframe, round(start.timestamp() * 1000), bars)
    columns = calendar.columns(open_time, timeframe)
    regime = _regimes(rng, calendar.bars_per_session(timeframe) if timeframe is not Timeframe.W1 else 0.2, bars)
    base = _first_price(symbol, rng)
    gap = _gaps(rng, columns, character, timeframe)
    sigma, move = _moves(rng, regime, character, calendar.bars_per_year(timeframe), gap)
    prices = _prices(rng, base, sigma, move, gap)
    turnover = character.daily_turnover / max(1, calendar.bars_per_session(timeframe))
    made = Bars(
        symbol=symbol,
        timeframe=timeframe,
        open_time=open_time,
        open=prices[0],
        high=prices[1],
        low=prices[2],
        close=prices[3],
        volume=_volumes(rng, prices[3], sigma, move, turnover, whole=market.is_equity),
    )
    if market.is_equity:
        return GeneratedMarket(
            bars=made, funding_time=np.empty(0, dtype=np.int64), funding_rate=np.empty(0), regime=regime
        )
    funding_time, funding_rate = _funding(rng, made)
    return GeneratedMarket(bars=made, funding_time=funding_time, funding_rate=funding_rate, regime=regime)


def _open_times(calendar: Calendar, timeframe: Timeframe, start_ms: int, bars: int) -> I64:
    per_session = calendar.bars_per_session(timeframe) if timeframe.is_intraday else 1
    days = 7 if timeframe is Timeframe.W1 else 2  # Two days per session leave room for every holiday.
    span = (bars // per_session + 10) * days * DAY_MS
    return calendar.expected_opens(start_ms, start_ms + span, timeframe)[:bars]


def _regimes(rng: np.random.Generator, bars_per_day: float, bars: int) -> U8:
    """A Markov chain: after each stay, whose length is geometric, one of the other three at random."""
    codes, filled = np.empty(bars, dtype=np.uint8), 0
    now = Regime(int(rng.integers(len(Regime))))
    while filled < bars:
        stay = int(rng.geometric(min(1.0, 1.0 / (MOODS[now].mean_days * bars_per_day))))
        codes[filled : filled + stay] = now
        filled += stay
        now = Regime((now + 1 + int(rng.integers(len(Regime) - 1))) % len(Regime))
    return codes


def _first_price(symbol: str, rng: np.random.Generator) -> float:
    drawn = 20.0 + 280.0 * float(rng.random())
    return KNOWN_PRICES.get(symbol, KNOWN_PRICES.get(symbol.partition("/")[0], drawn))


def _student(rng: np.random.Generator, size: int) -> F64:
    """Student-t with unit variance, built from normals by division and square root only."""
    normal = rng.standard_normal(size)
    spread = np.square(rng.standard_normal((STUDENT_FREEDOM, size))).sum(axis=0)
    drawn: F64 = normal / np.sqrt(spread / (STUDENT_FREEDOM - 2))
    return drawn


def _gaps(rng: np.random.Generator, columns: SessionColumns, character: Character, timeframe: Timeframe) -> F64:
    """Open against the close before, as a fraction: over night for equities, rarely anywhere."""
    size = len(columns.session)
    daily = character.volatility / sqrt(365 if character.night_share == 0 else 252)
    night = np.concatenate([[False], np.diff(columns.session) != 0])
    gap = np.where(night, _student(rng, size) * daily * sqrt(character.night_share), 0.0)
    rare = rng.random(size) < character.gap_probability * (timeframe.ms / HOUR_MS if timeframe.ms < HOUR_MS else 1)
    gap += np.where(rare, _student(rng, size) * daily * 0.4, 0.0)
    gap[0] = 0.0
    return np.clip(gap, -_LARGEST_MOVE, _LARGEST_MOVE)


def _moves(
    rng: np.random.Generator, regime: U8, character: Character, bars_per_year: float, gap: F64
) -> tuple[F64, F64]:
    """Volatility and return of every bar from its open to its close, both as fractions of the open.

    The loop carries the variance of GARCH(1,1) and, for ranges, the distance from a slow average of the path.
    """
    unit = character.volatility * sqrt((1 - character.night_share) / bars_per_year)
    drift = {int(r): mood.drift * character.volatility / bars_per_year for r, mood in MOODS.items()}
    scale = {int(r): mood.volatility for r, mood in MOODS.items()}
    reversion = {int(r): mood.reversion for r, mood in MOODS.items()}
    sigmas, moves = [], []
    variance, path, average, far = 1.0, 0.0, 0.0, 2.0
    for code, shock, jump in zip(regime.tolist(), _student(rng, len(regime)).tolist(), gap.tolist(), strict=True):
        sigma = sqrt(variance) * unit * scale[code]
        pull = -reversion[code] * (path - average) - 0.002 * max(0.0, abs(path) - far) * (1 if path > 0 else -1)
        move = min(_LARGEST_MOVE, max(-_LARGEST_MOVE, drift[code] + pull + sigma * shock))
        sigmas.append(sigma)
        moves.append(move)
        path += move + jump
        average += 0.02 * (path - average)
        shock = min(6.0, max(-6.0, shock))
        variance = (1 - CLUSTER_ALPHA - CLUSTER_BETA) + variance * (CLUSTER_ALPHA * shock * shock + CLUSTER_BETA)
    return np.array(sigmas), np.array(moves)


def _prices(rng: np.random.Generator, base: float, sigma: F64, move: F64, gap: F64) -> tuple[F64, F64, F64, F64]:
    """Open, high, low, close: each bar walks eight steps from its open to its close."""
    close = base * np.cumprod((1 + gap) * (1 + move))
    opened = np.concatenate([[base], close[:-1]]) * (1 + gap)
    walk = np.cumsum(rng.standard_normal((len(move), _STEPS_IN_BAR)), axis=1) / sqrt(_STEPS_IN_BAR)
    share = np.arange(1, _STEPS_IN_BAR + 1) / _STEPS_IN_BAR
    bridge = move[:, None] * share + sigma[:, None] * (walk - walk[:, -1:] * share)
    path = np.clip(bridge, -2 * _LARGEST_MOVE, 2 * _LARGEST_MOVE)
    digits = max(0, 5 - floor(log10(base)))
    tick = 10.0**-digits
    rounded = [
        np.maximum(np.round(column, digits), tick)
        for column in (opened, opened * (1 + path.max(axis=1)), opened * (1 + path.min(axis=1)), close)
    ]
    first, high, low, last = rounded
    return first, np.maximum(high, np.maximum(first, last)), np.minimum(low, np.minimum(first, last)), last


def _volumes(rng: np.random.Generator, close: F64, sigma: F64, move: F64, turnover: float, *, whole: bool) -> F64:
    """Units traded: more in large moves and in volatile times, never 0."""
    size = np.abs(move) / sigma
    noise = np.square(rng.standard_normal((4, len(move)))).sum(axis=0) / 4
    activity = (0.3 + 0.7 * size) * np.sqrt(sigma / np.median(sigma)) * (0.25 + 0.75 * noise)
    units: F64 = activity * turnover / close
    traded: F64 = np.maximum(np.round(units), 1.0) if whole else np.maximum(np.round(units, 3), 0.001)
    return traded


def _funding(rng: np.random.Generator, bars: Bars) -> tuple[I64, F64]:
    """A rate at every 00:00, 08:00 and 16:00 UTC of the bars: 1 bp, plus a share of the last three days' move."""
    first, end = int(bars.open_time[0]), int(bars.open_time[-1]) + bars.timeframe.ms
    time = np.arange(-(-first // FUNDING_EVERY_MS), -(-end // FUNDING_EVERY_MS), dtype=np.int64) * FUNDING_EVERY_MS
    now = np.maximum(np.searchsorted(bars.open_time + bars.timeframe.ms, time, side="right") - 1, 0)
    before = np.maximum(np.searchsorted(bars.open_time + bars.timeframe.ms, time - 3 * DAY_MS, side="right") - 1, 0)
    trend = bars.close[now] / bars.close[before] - 1
    noise = _average(rng.standard_normal(len(time)).tolist())
    rate = 0.0001 + 0.002 * trend + 0.00004 * np.fromiter(noise, dtype=np.float64, count=len(time))
    bounded: F64 = np.clip(rate, -0.0075, 0.0075).round(8).astype(np.float64)
    return time, bounded


def _average(shocks: list[float]) -> Iterator[float]:
    """A first-order autoregression: funding noise lasts for days."""
    level = 0.0
    for shock in shocks:
        level = 0.8 * level + shock
        yield level
