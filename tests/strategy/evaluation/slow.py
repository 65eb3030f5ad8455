"""A second reading of the rules on conditions: one row at a time, over lists, with None for missing and unknown.

It reads the strategy's JSON, not its types, and shares with the product only what has oracles of its own:
indicator arithmetic, session tables, resampling.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from vibex.analysis.calendars import CALENDAR_REFERENCES, Calendar, calendar_reference
from vibex.analysis.indicators import IndicatorInput, InputKind, compute, find
from vibex.analysis.resampling import resample
from vibex.domain import Bars, Timeframe

Json = dict[str, Any]
Number = float | None
Truth = bool | None


class SlowFrame:
    """The rows of one symbol on one timeframe, as lists."""

    def __init__(self, symbol: str, bars: Bars, calendar: Calendar) -> None:
        self.symbol, self.bars = symbol, bars
        self.sessions = calendar.columns(bars.open_time, bars.timeframe)
        self.closes_at: list[int] = self.sessions.bar_close.tolist()
        self.dates: list[int] = self.sessions.date.tolist()
        self.columns: dict[str, list[Number]] = {}

    def __len__(self) -> int:
        return len(self.closes_at)


class SlowStrategy:
    """The conditions of one strategy on one traded symbol."""

    def __init__(self, spec: Json, symbol: str, bars: Mapping[str, Bars], calendar: Calendar) -> None:
        self.spec, self.symbol, self.bars, self.calendar = spec, symbol, bars, calendar
        self.indicators: dict[str, Json] = {each["id"]: each for each in spec.get("indicators", [])}
        self.frames: dict[tuple[str, str], SlowFrame] = {}
        self.known: dict[tuple[int, str, str, int], Truth] = {}
        self.base = self.frame(symbol, spec["timeframe"])

    def signal(self, condition: Json | None) -> list[bool]:
        """Where the condition is true, row by row."""
        if condition is None:
            return [False] * len(self.base)
        return [self.truth(condition, self.base, i) is True for i in range(len(self.base))]

    def frame(self, symbol: str, timeframe: str) -> SlowFrame:
        key = (symbol, timeframe)
        if key not in self.frames:
            bars = resample(self.bars[symbol], Timeframe(timeframe), self.calendar)
            self.frames[key] = SlowFrame(symbol, bars, self.calendar)
        return self.frames[key]

    # --- conditions -----------------------------------------------------------------------------------------

    def truth(self, c: Json, f: SlowFrame, i: int) -> Truth:
        """True, False or None (unknown) at the close of row i; rows before the data are unknown."""
        if i < 0:
            return None
        key = (id(c), f.symbol, f.bars.timeframe.value, i)
        if key not in self.known:
            self.known[key] = self._truth(c, f, i)
        return self.known[key]

    def _truth(self, c: Json, f: SlowFrame, i: int) -> Truth:
        if "all" in c:
            return at_least(len(c["all"]), [self.truth(part, f, i) for part in c["all"]])
        if "any" in c:
            return at_least(1, [self.truth(part, f, i) for part in c["any"]])
        if "at_least" in c:
            return at_least(c["at_least"], [self.truth(part, f, i) for part in c["of"]])
        if "within" in c:
            return at_least(c.get("times", 1), [self.truth(c["of"], f, i - k) for k in range(c["within"])])
        if "for" in c:
            return at_least(c["for"], [self.truth(c["of"], f, i - k) for k in range(c["for"])])
        if "not" in c:
            inner = self.truth(c["not"], f, i)
            return None if inner is None else not inner
        if "clock" in c:
            return in_clock(f.closes_at[i], c)
        if "dates" in c:
            day = datetime.fromtimestamp(f.dates[i] / 1000, UTC).date().isoformat()
            first, last = c["dates"]
            return (first is None or first <= day) and (last is None or day <= last)
        return self.compared(c, f, i)

    def compared(self, c: Json, f: SlowFrame, i: int) -> Truth:
        op, left, right = c["op"], c["left"], c["right"]
        if op in ("rising", "falling"):
            x = [self.number(left, f, i - k) for k in range(int(right) + 1)]
            now, then = x[:-1], x[1:]
            return at_least(
                int(right), [less(b, a) if op == "rising" else less(a, b) for a, b in zip(now, then, strict=True)]
            )
        a, b = self.number(left, f, i), self.number(right, f, i)
        if op.startswith("crosses"):
            a0, b0 = self.number(left, f, i - 1), self.number(right, f, i - 1)
            if i == 0 or a is None or b is None or a0 is None or b0 is None:
                return None
            return a > b and a0 <= b0 if op == "crosses_above" else a < b and a0 >= b0
        if a is None or b is None:
            return None
        return {">": a > b, ">=": a >= b, "<": a < b, "<=": a <= b, "==": a == b}[op]

    # --- numbers --------------------------------------------------------------------------------------------

    def number(self, o: Any, f: SlowFrame, i: int) -> Number:
        """The operand at the close of row i, None where it is missing."""
        if isinstance(o, int | float):
            return float(o)
        if i < 0:
            return None
        if isinstance(o, str):
            return self.series(o, f)[i]
        if "ref" in o:
            shift = o.get("shift", 0)
            value = self.series(o["ref"], f)[i - shift] if i >= shift else None
            return product(value, float(o.get("times", 1)))
        ((op, args),) = o.items()
        values = [self.number(each, f, i) for each in (args if isinstance(args, list) else [args])]
        if any(value is None for value in values):
            return None
        return arithmetic(op, [value for value in values if value is not None])

    def series(self, name: str, f: SlowFrame) -> list[Number]:
        if name not in f.columns:
            f.columns[name] = self._series(name, f)
        return f.columns[name]

    def _series(self, name: str, f: SlowFrame) -> list[Number]:
        bars = f.bars
        if name in ("open", "high", "low", "close"):
            return list(getattr(bars, name).tolist())
        if name == "volume":
            return [None] * len(f) if bars.volume is None else list(bars.volume.tolist())
        if name in ("hl2", "hlc3", "ohlc4"):
            parts = {"hl2": "high low", "hlc3": "high low close", "ohlc4": "open high low close"}[name].split()
            rows = zip(*(getattr(bars, part).tolist() for part in parts), strict=True)
            return [sum(row[1:], row[0]) / len(parts) for row in rows]
        if name in CALENDAR_REFERENCES:
            return missing(calendar_reference(name, f.sessions, self.calendar, bars.timeframe))
        identifier, _, output = name.partition(".")
        indicator = self.indicators[identifier]
        home = self.frame(indicator.get("symbol") or self.symbol, indicator.get("timeframe") or self.spec["timeframe"])
        column = self.output(indicator, output, home)
        if home is f:
            return column
        seen: list[Number] = []
        for close in f.closes_at:  # rule 58: the last of its bars that has ended by now
            ended = [j for j, end in enumerate(home.closes_at) if end <= close]
            seen.append(column[ended[-1]] if ended else None)
        return seen

    def output(self, indicator: Json, output: str, home: SlowFrame) -> list[Number]:
        def column(operand: Any) -> np.ndarray:
            values = [self.number(operand, home, i) for i in range(len(home))]
            return np.array([math.nan if value is None else value for value in values], dtype=np.float64)

        given, second, when = indicator.get("input"), indicator.get("input2"), indicator.get("when")
        kind = find(indicator["name"]).kind
        reads = kind in (InputKind.SERIES, InputKind.TWO_SERIES, InputKind.SERIES_WHEN)
        reads = reads or (kind is InputKind.PIVOT and given is not None)
        truths = None if when is None else [self.truth(when, home, i) is True for i in range(len(home))]
        inputs = IndicatorInput(
            bars=home.bars,
            series=column("close" if given is None else given) if reads else None,
            series2=None if second is None else column(second),
            when=None if truths is None else np.array(truths, dtype=np.bool_),
            sessions=home.sessions,
            bars_per_year=self.calendar.bars_per_year(home.bars.timeframe),
        )
        return missing(compute(indicator["name"], indicator.get("params", {}), inputs)[output])


def missing(column: np.ndarray) -> list[Number]:
    return [None if math.isnan(value) else value for value in column.tolist()]


def at_least(count: int, parts: list[Truth]) -> Truth:
    """`count` of the parts are true: decided as soon as the unknown ones no longer matter."""
    true, unknown = parts.count(True), parts.count(None)
    if true >= count:
        return True
    return None if true + unknown >= count else False


def less(a: Number, b: Number) -> Truth:
    return None if a is None or b is None else a < b


def product(value: Number, times: float) -> Number:
    return None if value is None else arithmetic("mul", [value, times])


def arithmetic(op: str, values: list[float]) -> Number:
    if op == "abs":
        return abs(values[0])
    if op in ("min", "max"):
        return min(values) if op == "min" else max(values)
    result = values[0]
    for value in values[1:]:
        if op == "div" and value == 0:
            return None
        step = {"add": result + value, "sub": result - value, "mul": result * value}.get(op)
        step = result / value if step is None else step
        overflown = math.isinf(step) and math.isfinite(result) and math.isfinite(value)
        if math.isnan(step) or overflown:
            return None
        result = step
    return result


def in_clock(close_ms: int, c: Json) -> bool:
    local = datetime.fromtimestamp(close_ms / 1000, ZoneInfo(c["zone"]))
    now = local.hour * 60 + local.minute
    first, last = (int(text[:2]) * 60 + int(text[3:]) for text in c["clock"])
    if first < last:
        return first <= now < last
    return now >= first or now < last
