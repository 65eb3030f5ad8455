"""The numbers of a strategy with their places, and when one of them is a number that was said."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vibex.domain import InvalidInput, JsonValue

Json = Mapping[str, JsonValue]

NOTES = ("version", "name", "archetype", "metadata", "assumptions")
_WORDS_WITH_NUMBERS = ("timeframe", "clock", "dates", "open", "close", "symbols", "symbol", "benchmark")
_LISTS = ("all", "any", "of", "take_profit", "symbols")
_COUNTS = re.compile(r"within|for|shift|lookback|minutes|left|right|fast|slow|\w*(bars|minutes|period\w*)")
_STRUCTURE = (0.0, 1.0)
# Bars in a week, a month and a year; on intraday bars, minutes in an hour, a session, a day and a week.
_BARS_OF_DAYS: Mapping[str | None, tuple[float, ...]] = {"1d": (5, 7, 20, 21, 22, 23, 30, 252, 365), "1w": (4, 12, 52)}
_FRAME_MINUTES: Mapping[str | None, int] = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "4h": 240}
_UNIT_MINUTES = (1, 60, 330, 390, 1440, 1650, 1950, 10_080)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A number that a strategy holds. `is_count`: of bars or minutes. `is_usual`: a default of the catalogue, or a 0
    or 1 that belongs to the structure of a rule."""

    value: float
    path: str
    is_count: bool = False
    is_usual: bool = False


def numbers_in(spec: Json) -> tuple[Carried, ...]:
    """Every number of a strategy in JSON, whether or not the strategy is valid; notes for people are left out."""
    found = [each for key, value in spec.items() if key not in NOTES for each in _walk(value, key, key)]
    return (*found, *_implied_parameters(spec))


def said_as(said: float, carried: Carried, timeframe: str | None) -> bool:
    """Whether `carried` is the number `said` in some usual writing: 2 %, 0.02 and 1.02 are one; so are 2 hours and
    8 bars of 15 minutes. Signs do not count: a loss of 5 is written as 5."""
    value, size = abs(carried.value), abs(said)
    forms = [size, size * 100, size / 100, 1 + size / 100, abs(1 - size / 100)]
    if carried.is_count:
        frame = _FRAME_MINUTES.get(timeframe)
        units = [60.0, *_BARS_OF_DAYS.get(timeframe, ())]
        units += [unit / frame for unit in _UNIT_MINUTES] if frame else []
        forms += [form for unit in units for form in (size * unit, size / unit)]
    return any(math.isclose(value, form, rel_tol=1e-6, abs_tol=1e-9) for form in forms)


def digits_in(text: str) -> tuple[float, ...]:
    """Numbers written in digits, as they stand."""
    return tuple(float(digits.replace(",", "")) for digits in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text))


def timeframe_of(spec: Json) -> str | None:
    frame = spec.get("timeframe")
    return frame if isinstance(frame, str) else None


def _walk(value: JsonValue, path: str, key: str) -> Iterator[Carried]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield _number(float(value), path, key)
    elif isinstance(value, str) and key in _WORDS_WITH_NUMBERS:
        for digits in re.findall(r"\d+(?:\.\d+)?", value):
            yield Carried(value=float(digits), path=path, is_usual=True, is_count=True)
    elif isinstance(value, dict):
        usual = _usual_parameters(value)
        for name, item in value.items():
            if name == "params" and isinstance(item, dict):
                yield from _parameters(item, f"{path}.params", usual)
            else:
                yield from _walk(item, f"{path}.{name}", name)
    elif isinstance(value, list):
        if key in _LISTS:
            yield Carried(value=float(len(value)), path=path, is_usual=True)
        for index, item in enumerate(value):
            yield from _walk(item, f"{path}[{index}]", key)


def _number(value: float, path: str, key: str) -> Carried:
    is_count = key != "right" and _COUNTS.fullmatch(key) is not None
    return Carried(value=value, path=path, is_count=is_count, is_usual=abs(value) in _STRUCTURE)


def _parameters(params: Json, path: str, usual: Mapping[str, float]) -> Iterator[Carried]:
    for name, value in params.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield Carried(
                value=float(value),
                path=f"{path}.{name}",
                is_count=_COUNTS.fullmatch(name) is not None,
                is_usual=usual.get(name) == value,
            )


def _usual_parameters(indicator: Json) -> Mapping[str, float]:
    from vibex.analysis.indicators import complete, find

    if "params" not in indicator or not isinstance(indicator.get("name"), str):
        return {}
    try:
        return dict(complete(find(str(indicator["name"])), {}))
    except InvalidInput:
        return {}


def _implied_parameters(spec: Json) -> Iterator[Carried]:
    """Parameters that are not written because they are the default: an RSI without any has a period of 14."""
    from vibex.analysis.indicators import complete, find

    indicators = spec.get("indicators")
    for index, each in enumerate(indicators if isinstance(indicators, list) else []):
        if not isinstance(each, dict) or not isinstance(each.get("name"), str):
            continue
        written = each.get("params")
        written = written if isinstance(written, dict) else {}
        try:
            filled = complete(find(str(each["name"])), {})
        except InvalidInput:
            continue
        for name, value in filled.items():
            if name not in written:
                yield Carried(value=value, path=f"indicators[{index}].params.{name}", is_count=True, is_usual=True)
