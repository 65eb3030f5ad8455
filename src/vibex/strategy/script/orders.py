"""Stops, targets and sizes as a function `orders` of the script: fractions of the entry price, known at the fill.

A decision on one bar fills at the open of the next, so row i + 1 holds what an entry decided on row i gets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from vibex.strategy.script.indicators import volatility
from vibex.strategy.script.operands import column, series
from vibex.strategy.script.scope import Scope
from vibex.strategy.script.source import call, quoted
from vibex.strategy.spec import (
    AtrExit,
    Exit,
    Farthest,
    FixedNotional,
    FixedPercent,
    FixedQuantity,
    LevelExit,
    Nearest,
    PercentExit,
    PerSide,
    PointsExit,
    PriceExit,
    RiskMultipleExit,
    RiskNotional,
    RiskPercent,
    Sizing,
    StrategySpec,
    TrailingLevel,
    VolatilityTarget,
)

SizeType = Literal["amount", "value", "percent"]
_AGAINST: dict[str, int] = {"long": -1, "short": 1}


@dataclass(kw_only=True)
class Orders:
    """The function body in the making, and which columns its table has."""

    scope: Scope
    columns: dict[str, str] = field(default_factory=dict)
    size_types: dict[str, SizeType] = field(default_factory=dict)

    @property
    def spec(self) -> StrategySpec:
        return self.scope.spec

    def write(self) -> str:
        """The statements of `orders`, ending with its result."""
        body = self.scope.body
        for side in traded_sides(self.spec):
            self._side(side)
        index = self.scope.base.index
        body.line("")
        inside = "".join(f"        {quoted(name)}: {value},\n" for name, value in self.columns.items())
        body.line(f"return pd.DataFrame(\n    {{\n{inside}    }},\n    index={index},\n)")
        return body.indented()

    def _side(self, side: str) -> None:
        spec, sign = self.spec, _AGAINST[side]
        self.scope.body.line(f"# Entries {side}.")
        stop: Exit | None = getattr(spec.stop_loss, side, None)
        if stop is not None:
            self.columns[f"{side}_stop"] = self._named(stop, sign, self._hint("stop_loss", side), side, "stop")
        trailing = getattr(spec.trailing_stop, side, None)
        if isinstance(trailing, PercentExit | AtrExit):
            name = self._named(trailing, sign, self._hint("trailing_stop", side), side, "trail")
            self.columns[f"{side}_trail"] = name
        target = getattr(spec.take_profit, side, None)
        if target is not None and not isinstance(target, tuple):
            name = self._named(target, -sign, self._hint("take_profit", side), side, "target")
            self.columns[f"{side}_target"] = name
        sizing: Sizing = getattr(spec.sizing, side)
        size, self.size_types[side] = self._size(sizing, side)
        self.columns[f"{side}_size"] = self.scope.body.let(f"{side}_size", size)

    def _hint(self, field_: str, side: str) -> str:
        return f"{side}_{field_}" if isinstance(getattr(self.spec, field_), PerSide) else field_

    def _named(self, level: Exit, sign: int, hint: str, side: str, role: str) -> str:
        return self.scope.body.let(f"{side}_{role}", self._distance(level, sign, hint, side))

    def _distance(self, level: Exit, sign: int, hint: str, side: str) -> str:
        """The distance of `level` from the entry price as a fraction of it; `sign` +1 for a level above."""
        scope = self.scope
        if isinstance(level, Nearest | Farthest):
            which = "minimum" if isinstance(level, Nearest) else "maximum"
            parts = [self._distance(each, sign, f"{hint}_{at}", side) for at, each in enumerate(level.of, start=1)]
            joined = parts[0]
            for part in parts[1:]:
                joined = call(f"np.{which}", joined, part)
            return joined
        if isinstance(level, LevelExit):
            price = f"{column(level.value, f'{hint}_level', scope, scope.base)}.shift(1)"
            return self._to_price(price, sign)
        number = scope.script.param(f"{hint}_{level.type}", level.value)
        match level:
            case PercentExit():
                return f"{number} / 100"
            case PointsExit():
                return f"{number} / {self._fill}"
            case PriceExit():
                return self._to_price(number, sign)
            case AtrExit():
                return self._usable(f"{number} * {self._atr(level)}.shift(1) / {self._fill}")
            case RiskMultipleExit():
                return f"{number} * {self.columns[f'{side}_stop']}"
        raise AssertionError(level)

    def _to_price(self, price: str, sign: int) -> str:
        return self._usable(f"{price} / {self._fill} - 1" if sign > 0 else f"1 - {price} / {self._fill}")

    def _usable(self, distance: str) -> str:
        return call(self.scope.script.helper("usable"), distance)

    @property
    def _fill(self) -> str:
        return self.scope.base.price("open")

    def _atr(self, level: AtrExit) -> str:
        base = self.scope.base
        if level.indicator is not None:
            return series(level.indicator, self.scope, base)
        period = self.scope.script.param("atr_timeperiod", 14, whole=True)
        prices = (base.price(name) for name in ("high", "low", "close"))
        return base.let("atr_of_exits", call("ta.ATR", *prices, timeperiod=period))

    def _size(self, sizing: Sizing, side: str) -> tuple[str, SizeType]:
        """The size of an entry and what it means to vectorbt: units, money, or a share of the account."""
        scope, hint = self.scope, self._hint("sizing", side)
        value = scope.script.param(f"{hint}_{sizing.type}", sizing.value)
        match sizing:
            case FixedQuantity():
                return value, "amount"
            case FixedNotional():
                return value, "value"
            case FixedPercent():
                return self._share(f"{value} / 100 * {scope.script.param('leverage', self.spec.leverage)}")
            case VolatilityTarget():
                lookback = scope.script.param(f"{hint}_lookback", sizing.lookback, whole=True)
                close = scope.base.price("close")
                known = scope.body.let(f"{side}_volatility", volatility(close, lookback, scope, scope.base))
                return self._share(f"{value} / {call(scope.script.helper('usable'), f'{known}.shift(1)')}")
        distance = self._risk_distance(sizing, side, hint)
        if isinstance(sizing, RiskNotional):
            return f"{value} / ({distance})", "value"
        share = f"{value} / 100 / ({distance})"
        if sizing.cap_percent is None:
            return self._share(share)
        cap = scope.script.param(f"{hint}_cap_percent", sizing.cap_percent)
        return self._share(call("np.minimum", share, f"{cap} / 100"))

    def _share(self, share: str) -> tuple[str, SizeType]:
        return call("np.minimum", share, "1.0"), "percent"

    def _risk_distance(self, sizing: RiskPercent | RiskNotional, side: str, hint: str) -> str:
        if sizing.distance is not None:
            return self._distance(sizing.distance, _AGAINST[side], f"{hint}_distance", side)
        return self.columns.get(f"{side}_stop") or self.columns[f"{side}_trail"]


def traded_sides(spec: StrategySpec) -> tuple[str, ...]:
    """`long`, `short` or both."""
    return tuple(side for side, trades in (("long", spec.trades_long), ("short", spec.trades_short)) if trades)


def left_out(spec: StrategySpec) -> list[str]:
    """Parts of `spec` that neither `signals` nor `orders` holds, in words."""
    notes = []
    if spec.time_stop_bars is not None:
        notes.append(f"time_stop_bars: a position is not closed after {spec.time_stop_bars} bars.")
    if spec.order.type != "market" or spec.order.price is not None:
        notes.append(f"order: entries are market orders at the next open, not {spec.order.type} orders.")
    if spec.stop_steps:
        notes.append("stop_steps: the stop stays where it was set.")
    if spec.limits is not None:
        notes.append("limits: trades per day, cooldown and loss limits are not kept.")
    for side in traded_sides(spec):
        notes += _left_out_of(spec, side)
    if len(spec.symbols) > 1:
        notes.append("symbols: every file is run with an account of its own, not all on one.")
    return list(dict.fromkeys(notes))


def _left_out_of(spec: StrategySpec, side: str) -> list[str]:
    notes = []
    trailing = getattr(spec.trailing_stop, side, None)
    if isinstance(trailing, TrailingLevel):
        notes.append("trailing_stop: a trailing level is left out.")
    elif getattr(trailing, "after", None) is not None:
        notes.append("trailing_stop: it trails from the entry on, not only `after` its distance.")
    if isinstance(getattr(spec.take_profit, side, None), tuple):
        notes.append("take_profit: several targets are left out.")
    for name in ("stop_loss", "take_profit"):
        level = getattr(getattr(spec, name), side, None)
        if isinstance(level, LevelExit) and (level.update or level.trigger):
            notes.append(f"{name}: the level stays where it was at the entry, and the bar's touch counts.")
    if isinstance(getattr(spec.sizing, side), RiskNotional) and getattr(spec.sizing, side).cap_percent is not None:
        notes.append("sizing: cap_percent is left out.")
    return notes
