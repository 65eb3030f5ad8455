"""Which family of strategies do rules belong to? Decided by what the entries look at, before the JSON is checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from vibex.domain import JsonValue
from vibex.strategy.drafting.parts import parts_of
from vibex.strategy.spec.strategy import Archetype

_AVERAGES = frozenset(("SMA", "EMA", "WMA", "DEMA", "TEMA", "TRIMA", "KAMA", "HMA", "RMA", "ZLEMA", "T3", "MA", "VWMA"))
_TREND = _AVERAGES | {"SUPERTREND", "ATR_TRAIL", "SAR", "ADX", "PLUS_DI", "MINUS_DI", "AROON", "VORTEX"}
_OSCILLATORS: Mapping[str, float] = {  # name: middle of its scale
    **dict.fromkeys(("RSI", "STOCH", "STOCHF", "STOCHRSI", "MFI", "ULTOSC", "PERCENT_RANK", "KDJ", "IMI"), 50.0),
    "WILLR": -50.0,
    **dict.fromkeys(("CCI", "CMO", "ZSCORE"), 0.0),
}
_MOMENTUM = frozenset(("MACD", "MACDEXT", "PPO", "APO", "ROC", "ROCP", "MOM", "TSI", "TRIX", "AO", "COPPOCK"))
_VOLATILITY = frozenset(("ATR", "NATR", "ROLLING_VOL", "STDDEV", "TRANGE", "CVI"))
_FAMILIES: tuple[tuple[Archetype, frozenset[str]], ...] = (
    ("momentum", _MOMENTUM),
    ("trend_following", _TREND),
    ("volatility", _VOLATILITY),
)
_CHANNELS = frozenset(("DONCHIAN", "OPENING_RANGE", "SESSION", "PIVOT", "MAX", "FRACTAL"))
_BANDS = frozenset(("BBANDS", "KELTNER", "KC", "ACCBANDS"))
_UP = (">", ">=", "crosses_above", "rising")
_BY_WEIGHT: tuple[Archetype, ...] = (
    "pairs",
    "breakout",
    "mean_reversion",
    "momentum",
    "trend_following",
    "volatility",
)


def infer_archetype(spec: Mapping[str, JsonValue]) -> Archetype:
    """The family that most comparisons of the entries speak for; `custom` when none does."""
    indicators = spec.get("indicators")
    names = {
        str(each.get("id")): str(each.get("name"))
        for each in (indicators if isinstance(indicators, list) else [])
        if isinstance(each, dict)
    }
    if {"RATIO", "SPREAD"} & set(names.values()):
        return "pairs"
    entry = spec.get("entry")
    votes: Counter[Archetype] = Counter()
    for side in ("long", "short"):
        rules = entry.get(side) if isinstance(entry, dict) else None
        for part in parts_of(rules):
            voted = _vote(part, names, side) if isinstance(part, Mapping) and "op" in part else None
            if voted is not None:
                votes[voted] += 1
    return max(_BY_WEIGHT, key=lambda each: votes[each]) if votes else "custom"


def _vote(comparison: Mapping[str, JsonValue], names_by_id: Mapping[str, str], side: str) -> Archetype | None:
    """The family that one comparison speaks for, None when it is of no family."""
    op, right = comparison["op"], comparison.get("right")
    left, other = _series(comparison.get("left"), names_by_id), _series(right, names_by_id)
    names = {left[0], other[0]}
    with_the_move = (op in _UP) == (side == "long")
    if names & _CHANNELS:
        return "breakout" if with_the_move else "mean_reversion"
    if names & _BANDS:
        return "breakout" if with_the_move and (left[1] or other[1]) in ("upper", "lower") else "mean_reversion"
    if left[0] in _OSCILLATORS and isinstance(right, int | float):
        middle = _OSCILLATORS[left[0]]
        low = (right < middle) == (side == "long") and right != middle
        return "mean_reversion" if low else "momentum"
    for family, members in _FAMILIES:
        if names & members:
            return family
    return None


def _series(operand: JsonValue, names: Mapping[str, str]) -> tuple[str, str]:
    """Indicator name and output behind an operand; empty text where there is none."""
    if isinstance(operand, dict):
        operand = operand.get("ref")
    if not isinstance(operand, str):
        return "", ""
    head, _, output = operand.partition(".")
    return names.get(head, ""), output
