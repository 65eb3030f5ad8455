"""Between which values a series can lie at all: RSI from 0 to 100, a weekday from 1 to 7, a price above 0."""

from __future__ import annotations

from collections.abc import Mapping

from vibex.strategy.spec import PRICES, Operand, Ref, StrategySpec

Range = tuple[float | None, float | None]

_UNKNOWN: Range = (None, None)
_POSITIVE: Range = (0.0, None)
_PERCENT: Range = (0.0, 100.0)
_SIGNED_PERCENT: Range = (-100.0, 100.0)
_UNIT: Range = (-1.0, 1.0)

_BY_NAME: Mapping[str, Range] = {
    **dict.fromkeys(("RSI", "MFI", "ADX", "ADXR", "DX", "PLUS_DI", "MINUS_DI", "AROON", "ULTOSC", "IMI"), _PERCENT),
    **dict.fromkeys(("STOCH", "STOCHF", "STOCHRSI", "PERCENT_RANK", "PERCENTRANK", "RVI"), _PERCENT),
    **dict.fromkeys(("CMO", "CMOU", "AROONOSC", "TSI", "SMI"), _SIGNED_PERCENT),
    "WILLR": (-100.0, 0.0),
    **dict.fromkeys(("BOP", "CMF", "CORREL", "HT_SINE"), _UNIT),
    "ER": (0.0, 1.0),
    "HT_TRENDMODE": (0.0, 1.0),
    **dict.fromkeys(("ATR", "NATR", "TRANGE", "STDDEV", "VAR", "ROLLING_VOL", "RVOL", "BARS_SINCE", "VHF"), _POSITIVE),
}
_CANDLE: Range = (-200.0, 200.0)
_AVERAGES = frozenset(("SMA", "EMA", "WMA", "TRIMA", "RMA", "KAMA", "PRICE", "MAX", "MIN", "MIDPOINT", "VALUE_WHEN"))
_CALENDAR: Mapping[str, Range] = {
    "minutes_since_open": (0.0, 1440.0),
    "minutes_to_close": (0.0, 1440.0),
    "session_bar": (1.0, None),
    "day": (1.0, 31.0),
    "month": (1.0, 12.0),
    "month_session": (1.0, 31.0),
    "month_sessions_left": (0.0, 30.0),
}


def range_of(base: str, spec: StrategySpec) -> Range:
    """Smallest and largest value of the series `base`, None where there is no such bound."""
    if base in PRICES:
        return _POSITIVE
    if base in ("weekday", "week_session"):
        return (1.0, 5.0 if spec.market.is_equity else 7.0)
    if base in _CALENDAR:
        return _CALENDAR[base]
    if base.startswith("minute in "):
        return (0.0, 1440.0)
    head, _, output = base.partition(".")
    indicator = next((each for each in spec.indicators if each.id == head), None)
    if indicator is None:
        return _UNKNOWN
    if indicator.name.startswith("CDL"):
        return _CANDLE
    if indicator.name in _AVERAGES:
        return _of_input(indicator.source, spec)
    if indicator.name in ("SUPERTREND", "ATR_TRAIL") and output == "direction":
        return _UNIT
    return _BY_NAME.get(indicator.name, _UNKNOWN)


def _of_input(source: Operand, spec: StrategySpec) -> Range:
    """An average or an extreme stays within the range of what it is taken of; inputs are earlier indicators."""
    return range_of(source.ref, spec) if isinstance(source, Ref) and source.times == 1 else _UNKNOWN
