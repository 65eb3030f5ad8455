"""Writes conditions and operands as StrategySpec JSON: indicators get ids, lengths in days become bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from vibex.analysis.indicators import complete, find
from vibex.domain import InvalidInput, JsonValue, Timeframe
from vibex.strategy.phrases.grammar.terms import (
    Calc,
    Clock,
    Compare,
    Condition,
    Counted,
    Dates,
    Group,
    Num,
    Operand,
    Series,
)

Json = dict[str, JsonValue]
_UNIT_FRAME = {"day": "1d", "week": "1w", "hour": "1h"}
_SHORT = {"BBANDS": "bb", "DONCHIAN": "donchian", "OPENING_RANGE": "opening_range", "VWAP": "vwap"}
# Bars of an ordinary session: 6.5 hours in New York, 5.5 in Hong Kong, 24 in crypto.
_SESSION_MINUTES = {"us_equity": 390, "hk_equity": 330, "crypto": 1440}
_WEEK_SESSIONS = {"us_equity": 5, "hk_equity": 5, "crypto": 7}
_ZONES = {"us_equity": "America/New_York", "hk_equity": "Asia/Hong_Kong", "crypto": "UTC"}


@dataclass
class Writer:
    """Collects the indicators of one strategy while its rules are written."""

    timeframe: str
    market: str
    symbols: tuple[str, ...]
    indicators: list[Json] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    _ids: dict[str, str] = field(default_factory=dict)

    def condition(self, found: Condition) -> Json:
        match found:
            case Compare(left, op, Num(bars)) if op in ("rising", "falling"):
                return {"left": self.operand(left), "op": op, "right": int(bars)}
            case Compare(left, op, right):
                return {"left": self.operand(left), "op": op, "right": self.operand(right)}
            case Group("not", (inner,)):
                return {"not": self.condition(inner)}
            case Group(kind, items):
                return {kind: [self.condition(item) for item in items]}
            case Counted("at_least", count, items):
                return {"at_least": count, "of": [self.condition(item) for item in items]}
            case Counted(kind, count, items, times, unit):
                bars = self.bars(count, unit)
                written: Json = {kind: bars, "of": self.condition(items[0])}
                return written | ({"times": times} if kind == "within" and times > 1 else {})
            case Clock(start, end, zone):
                if not zone:
                    zone = _ZONES[self.market]
                    self.notes.append(("entry", f"times of day are read in {zone}, the zone of the market"))
                return {"clock": [start, end], "zone": zone}
            case Dates(first, last):
                return {"dates": [first, last]}
        raise TypeError(f"no condition: {found!r}")

    def bars(self, count: float, unit: str) -> int:
        """`count` units of time as bars of the strategy, rounded; what had to be converted is noted."""
        if unit in ("", "bar") or not self.timeframe:
            return max(1, int(count))
        frame = Timeframe(self.timeframe)
        session = _SESSION_MINUTES[self.market]
        days = {"day": 1, "week": _WEEK_SESSIONS[self.market]}
        days |= {"month": 30, "year": 365} if self.market == "crypto" else {"month": 21, "year": 252}
        minutes = {"minute": 1, "hour": 60}.get(unit) or session * days[unit]
        if frame is Timeframe.D1:
            per_bar = session
        elif frame is Timeframe.W1:
            per_bar = session * _WEEK_SESSIONS[self.market]
        else:
            per_bar = frame.ms // 60_000
        found = max(1, -(-round(count * minutes) // per_bar))
        if frame is Timeframe.D1 and unit == "week" and count == 52:
            found = 365 if self.market == "crypto" else 252
        if found != count:
            self.notes.append(("timeframe", f"{count:g} {unit}s are read as {found} bars of {self.timeframe}"))
        return found

    def operand(self, found: Operand) -> JsonValue:
        match found:
            case Num(value):
                return _plain(value)
            case Series():
                return self.series(found)
            case Calc("abs", (inner,)):
                return {"abs": self.operand(inner)}
            case Calc(op, args):
                return {op: [self.operand(arg) for arg in args]}
        raise TypeError(f"no operand: {found!r}")

    def series(self, found: Series) -> JsonValue:
        found = self._in_bars(found)
        reference = self._reference(found)
        return {"ref": reference, "shift": found.shift} if found.shift else reference

    def _in_bars(self, found: Series) -> Series:
        """Lengths that were said in days on another timeframe; the traded symbol and its own frame are not named."""
        if found.name == "?previous_session":
            found = self._previous_session(found)
        if found.name == "?session":
            inside = Timeframe(self.timeframe).is_intraday
            found = replace(found, name="SESSION") if inside else replace(found, name=found.output, output="")
        if found.symbol in self.symbols[:1] and len(self.symbols) == 1:
            found = replace(found, symbol="")
        if found.timeframe == self.timeframe:
            found = replace(found, timeframe="")
        if found.timeframe and Timeframe(found.timeframe).ms < Timeframe(self.timeframe).ms:
            self.problems.append(
                (
                    "timeframe",
                    f"{found.timeframe} is shorter than the strategy's {self.timeframe}; higher ones only",
                )
            )
        if found.unit in ("", "bar") or not self.timeframe:
            return found
        return self._converted(found)

    def _converted(self, found: Series) -> Series:
        frame = _UNIT_FRAME.get(found.unit)
        if found.name in ("DONCHIAN", "MAX", "MIN") and found.unit in ("week", "month", "year"):
            frame = None  # a 52-week high is one of days, not of closed weeks
        if found.shift and not found.is_indicator:
            return replace(found, shift=self.bars(found.shift, found.unit), unit="")
        if found.timeframe or frame == self.timeframe:
            return replace(found, unit="")
        if frame and Timeframe(frame).ms > Timeframe(self.timeframe).ms:
            return replace(found, timeframe=frame, unit="")
        params = tuple(
            (name, float(self.bars(value, found.unit)) if name == "timeperiod" else value)
            for name, value in found.params
        )
        return replace(found, params=params, unit="")

    def _previous_session(self, found: Series) -> Series:
        if Timeframe(self.timeframe).is_intraday:
            return replace(found, name="SESSION", output=f"prev_{found.output}")
        return replace(found, name=found.output, output="", shift=1)

    def _reference(self, found: Series) -> str:
        if found.since_entry or not (found.is_indicator or found.timeframe or found.symbol):
            return found.name
        if not found.is_indicator:
            found = replace(found, name="PRICE", input=Series(name=found.name), shift=0)
        try:
            definition = find(found.name)
            params = complete(definition, dict(found.params))
        except InvalidInput as error:
            self.problems.append(("indicators", f"{found.name}: {error.message}; {error.remedy or ''}".rstrip("; ")))
            return "close"
        entry: Json = {
            "name": found.name,
            "params": {key: _plain(value) for key, value in params.items() if not key.endswith("matype")},
        }
        if found.input is not None and found.name not in ("PIVOT",):
            inner = self.operand(found.input)
            if inner != "close":
                entry["input"] = inner
        if found.timeframe:
            entry["timeframe"] = found.timeframe
        if found.symbol:
            entry["symbol"] = found.symbol
        key = repr(entry)
        if key not in self._ids:
            self._ids[key] = self._new_id(found, params)
            self.indicators.append({"id": self._ids[key], **entry})
        output = found.output
        if definition.outputs and output not in definition.outputs:
            self.problems.append(
                ("indicators", f"which of its lines is meant by {found.name}: {', '.join(definition.outputs)}?")
            )
            output = definition.outputs[0]
        return f"{self._ids[key]}.{output}" if definition.outputs else self._ids[key]

    def _new_id(self, found: Series, params: Mapping[str, float]) -> str:
        name = _SHORT.get(found.name, found.name.lower())
        pieces = [name]
        if found.name == "PRICE" and isinstance(found.input, Series):
            pieces = [found.input.name]
        elif found.name not in ("MACD", "VWAP", "OBV", "SAR") or found.params:
            shown = list(params.values())[: 1 if found.name in ("BBANDS", "STOCH", "KELTNER") else 3]
            pieces += [f"{value:g}".replace(".", "_").replace("-", "m") for value in shown]
        if isinstance(found.input, Series) and found.name != "PRICE":
            pieces.append(found.input.name.lower())
        pieces += [part.lower().replace("/", "_").replace(".", "_") for part in (found.timeframe, found.symbol) if part]
        wanted = "_".join("".join(letter for letter in piece if letter.isalnum() or letter == "_") for piece in pieces)
        taken, number, free = set(self._ids.values()), 2, wanted
        while free in taken:
            free, number = f"{wanted}_{number}", number + 1
        return free


def _plain(value: float) -> JsonValue:
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else value
