"""Which regime an asset is in, by stated rules on numbers; the prompt's sections depend on it.

trend_up, trend_down   ADX(14) ≥ 25; the side of +DI(14) and −DI(14) (Wilder 1978)
range                  ADX(14) < 20
high_volatility        ATR(14) / close ≥ 1.5 × its median over the last 100 closed bars
funding_extreme        |funding rate| ≥ 0.05 % of notional per settlement
drawdown               the account is 10 % or more below its peak

The first three are measured on the main long-term timeframe. Between ADX 20 and 25 there is neither trend nor range.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from vibex.agent.context.readings import Missing, Reading
from vibex.analysis.indicators import IndicatorInput, compute
from vibex.domain import Bars, JsonValue
from vibex.domain.arrays import F64


class RegimeName(StrEnum):
    TREND_UP = "trend_up"
    TREND_DOWN = "trend_down"
    RANGE = "range"
    HIGH_VOLATILITY = "high_volatility"
    FUNDING_EXTREME = "funding_extreme"
    DRAWDOWN = "drawdown"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeRules:
    """The thresholds. Rates and drawdowns are fractions."""

    trend_adx: float = 25
    range_adx: float = 20
    volatility_ratio: float = 1.5
    volatility_bars: int = 100
    funding_rate: float = 0.0005
    drawdown: float = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """The regimes that hold, the numbers they were judged by, and what could not be judged."""

    names: tuple[RegimeName, ...] = ()
    numbers: dict[str, float] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, JsonValue]:
        numbers: dict[str, JsonValue] = dict(self.numbers)
        missing: dict[str, JsonValue] = dict(self.missing)
        return {"names": [name.value for name in self.names], "numbers": numbers, "missing": missing}


def asset_regime(
    bars: Bars | Missing, funding: Reading | Missing, drawdown: float | None, rules: RegimeRules | None = None
) -> Regime:
    """The regime from closed `bars`, the present funding rate, and the account's drawdown (a fraction ≤ 0)."""
    rules = rules or RegimeRules()
    names: list[RegimeName] = []
    numbers: dict[str, float] = {}
    missing: dict[str, str] = {}
    if isinstance(bars, Missing):
        missing.update(dict.fromkeys(("trend", "volatility"), bars.reason))
    else:
        _judge_trend(bars, rules, names, numbers, missing)
        _judge_volatility(bars, rules, names, numbers, missing)
    if isinstance(funding, Missing):
        missing["funding"] = funding.reason
    else:
        numbers["funding_rate"] = float(funding.value)
        if abs(float(funding.value)) >= rules.funding_rate:
            names.append(RegimeName.FUNDING_EXTREME)
    if drawdown is None:
        missing["drawdown"] = "no equity has been recorded yet"
    else:
        numbers["drawdown"] = drawdown
        if drawdown <= -rules.drawdown:
            names.append(RegimeName.DRAWDOWN)
    return Regime(names=tuple(names), numbers=numbers, missing=missing)


def _judge_trend(
    bars: Bars, rules: RegimeRules, names: list[RegimeName], numbers: dict[str, float], missing: dict[str, str]
) -> None:
    inputs = IndicatorInput(bars=bars, series=bars.close)
    adx, plus, minus = (
        float(compute(name, {"timeperiod": 14}, inputs)[""][-1]) for name in ("ADX", "PLUS_DI", "MINUS_DI")
    )
    if not np.isfinite([adx, plus, minus]).all():
        missing["trend"] = f"{len(bars)} closed bars are too few"
        return
    numbers.update(adx14=adx, plus_di14=plus, minus_di14=minus)
    if adx >= rules.trend_adx and plus != minus:
        names.append(RegimeName.TREND_UP if plus > minus else RegimeName.TREND_DOWN)
    elif adx < rules.range_adx:
        names.append(RegimeName.RANGE)


def _judge_volatility(
    bars: Bars, rules: RegimeRules, names: list[RegimeName], numbers: dict[str, float], missing: dict[str, str]
) -> None:
    atr: F64 = compute("ATR", {"timeperiod": 14}, IndicatorInput(bars=bars, series=bars.close))[""]
    relative: F64 = (atr / bars.close)[-rules.volatility_bars :]
    if len(relative) < rules.volatility_bars or not np.isfinite(relative).all() or float(np.median(relative)) <= 0:
        missing["volatility"] = f"{len(bars)} closed bars are too few"
        return
    ratio = float(relative[-1]) / float(np.median(relative))
    numbers["volatility_ratio"] = ratio
    if ratio >= rules.volatility_ratio:
        names.append(RegimeName.HIGH_VOLATILITY)
