"""What the grammar builds before ids exist: operands that carry their indicators whole, and conditions on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Side = Literal["long", "short"]
OTHER: dict[Side, Side] = {"long": "short", "short": "long"}


@dataclass(frozen=True, slots=True)
class Num:
    """A number; `percent` when it was written with a percent sign, which a price cannot be compared with."""

    value: float
    percent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A price, calendar or state reference (lower case) or an indicator of the catalogue (upper case).

    `unit` is the time unit in which a length was spoken ("day" of "200-day average"); what it means depends on the
    timeframe of the strategy, which may be said later. `said` names the parameters that the text gives.
    """

    name: str
    params: tuple[tuple[str, float], ...] = ()
    input: Operand | None = None
    output: str = ""
    timeframe: str = ""
    symbol: str = ""
    shift: int = 0
    unit: str = ""
    since_entry: str = ""
    open_question: str = ""

    @property
    def is_indicator(self) -> bool:
        return self.name.isupper() or self.name[:1].isupper()


@dataclass(frozen=True, slots=True)
class Calc:
    """`op` is a key of the contract's Operand: add, sub, mul, div, min, max, abs."""

    op: str
    args: tuple[Operand, ...]


Operand = Num | Series | Calc


@dataclass(frozen=True, slots=True)
class Compare:
    left: Operand
    op: str
    right: Operand


@dataclass(frozen=True, slots=True)
class Group:
    """all, any or not."""

    kind: str
    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """`kind` within, for or at_least; `unit` as in `Series`, "bar" when bars were said."""

    kind: str
    count: int
    items: tuple[Condition, ...]
    times: int = 1
    unit: str = "bar"


@dataclass(frozen=True, slots=True)
class Clock:
    start: str
    end: str
    zone: str


@dataclass(frozen=True, slots=True)
class Dates:
    first: str | None
    last: str | None


Condition = Compare | Group | Counted | Clock | Dates

CLOSE = Series(name="close")
_MIRRORED_OPS = {
    ">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "==", "crosses_above": "crosses_below",
    "crosses_below": "crosses_above", "rising": "falling", "falling": "rising",
}  # fmt: skip
_MIRRORED_NAMES = {
    "high": "low", "low": "high", "upper": "lower", "lower": "upper", "prev_high": "prev_low", "prev_low": "prev_high",
    "up": "down", "down": "up", "PLUS_DI": "MINUS_DI", "MINUS_DI": "PLUS_DI", "plusvi": "minusvi",
    "minusvi": "plusvi", "swinghigh": "swinglow", "swinglow": "swinghigh", "MAX": "MIN", "MIN": "MAX",
    "high_age": "low_age", "low_age": "high_age",
}  # fmt: skip
# 0–100 oscillators turn around 50, the others around 0; what measures strength or activity has no opposite.
_AROUND_FIFTY = frozenset({"RSI", "STOCH", "STOCHF", "STOCHRSI", "MFI", "PERCENT_RANK", "PERCENTRANK", "IMI", "ULTOSC"})
_AROUND_MINUS_FIFTY = frozenset({"WILLR"})
_SIGNLESS = frozenset({"ADX", "ADXR", "DX", "ATR", "NATR", "volume", "ROLLING_VOL", "TRANGE", "STDDEV", "RVOL", "ER"})
_TIME = frozenset({"weekday", "month", "day", "session_bar", "week_session", "month_session", "month_sessions_left",
                   "minutes_since_open", "minutes_to_close", "bars_since_entry", "bars_since_exit"})  # fmt: skip


def all_of(items: list[Condition]) -> Condition:
    return _group("all", items)


def any_of(items: list[Condition]) -> Condition:
    return _group("any", items)


def _group(kind: str, items: list[Condition]) -> Condition:
    flat: list[Condition] = []
    for item in items:
        flat += item.items if isinstance(item, Group) and item.kind == kind else [item]
    unique = list(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else Group(kind, tuple(unique))


def mirror(condition: Condition) -> Condition:
    """The same rule for the other side: above becomes below, highs become lows, 30 of an RSI becomes 70."""
    match condition:
        case Compare(left, op, right):
            if _is_signless(left):
                return condition
            return Compare(mirror_operand(left), _MIRRORED_OPS[op], _mirror_level(left, right))
        case Group(kind, items):
            return Group(kind, tuple(mirror(item) for item in items))
        case Counted(kind, count, items, times, unit):
            return Counted(kind, count, tuple(mirror(item) for item in items), times, unit)
        case _:
            return condition


def earlier(condition: Condition) -> Condition:
    """The same condition one bar before."""
    match condition:
        case Compare(left, op, right):
            return Compare(_earlier(left), op, right if op in ("rising", "falling") else _earlier(right))
        case Group(kind, items):
            return Group(kind, tuple(map(earlier, items)))
        case Counted(kind, count, items, times, unit):
            return Counted(kind, count, tuple(map(earlier, items)), times, unit)
        case _:
            return condition


def _earlier(operand: Operand) -> Operand:
    match operand:
        case Series():
            return replace(operand, shift=operand.shift + 1)
        case Calc(op, args):
            return Calc(op, tuple(map(_earlier, args)))
        case _:
            return operand


def _is_signless(operand: Operand) -> bool:
    match operand:
        case Series():
            inner = operand.input
            return operand.name in _SIGNLESS or operand.name in _TIME or (inner is not None and _is_signless(inner))
        case Calc(op, args):
            return op == "abs" or all(_is_signless(arg) for arg in args)
        case _:
            return False


def _mirror_level(left: Operand, right: Operand) -> Operand:
    if isinstance(right, Num) and isinstance(left, Series):
        if left.name in _AROUND_FIFTY:
            return Num(100 - right.value)
        if left.name in _AROUND_MINUS_FIFTY:
            return Num(-100 - right.value)
        plain_price = not left.is_indicator
        return right if plain_price or (left.name.startswith("CDL") and right.value == 0) else Num(-right.value)
    return mirror_operand(right)


def mirror_operand(operand: Operand) -> Operand:
    match operand:
        case Series():
            name = _MIRRORED_NAMES.get(operand.name, operand.name)
            output = _MIRRORED_NAMES.get(operand.output, operand.output)
            inner = None if operand.input is None else mirror_operand(operand.input)
            return replace(operand, name=name, output=output, input=inner)
        case Calc("add", (base, extra)):
            return Calc("sub", (mirror_operand(base), mirror_operand(extra)))
        case Calc("sub", (base, extra)) if not isinstance(extra, Series) or extra.name == "ATR":
            return Calc("add", (mirror_operand(base), mirror_operand(extra)))
        case Calc("mul", (Num(factor), base)) if 0.5 < factor < 1.5 and factor != 1:
            return Calc("mul", (Num(round(2 - factor, 10)), mirror_operand(base)))
        case Calc(op, args):
            swapped = {"min": "max", "max": "min"}.get(op, op)
            return Calc(swapped, tuple(mirror_operand(arg) for arg in args))
        case _:
            return operand


def series_in(found: Condition | Operand | None) -> list[Series]:
    """Every series in a condition or an operand, inputs included."""
    match found:
        case Compare(left, _, right):
            return [*series_in(left), *series_in(right)]
        case Group(_, items) | Counted(_, _, items):
            return [series for item in items for series in series_in(item)]
        case Calc(_, args):
            return [series for arg in args for series in series_in(arg)]
        case Series():
            return [found, *series_in(found.input)]
        case _:
            return []
