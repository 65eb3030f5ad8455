"""One symbol on one timeframe, as seen by a strategy: every series that an operand can name.

A `Study` is one traded symbol with all frames that its indicators need: its own bars, higher timeframes
(rule 58) and other symbols. A value is carried from one frame to another by closing times alone, so that no
bar is seen before it is closed, whichever timeframes meet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from vibex.analysis.calendars import CALENDAR_REFERENCES, Calendar, SessionColumns, calendar_reference
from vibex.analysis.indicators import IndicatorInput, InputKind, complete, compute, find
from vibex.analysis.resampling import align_other, known_at, resample
from vibex.domain import Bars, InvalidInput, Timeframe
from vibex.domain.arrays import F64, I64
from vibex.strategy.evaluation.arithmetic import Value, calculate, shifted
from vibex.strategy.spec import Indicator, Number, Operand, Ref


@dataclass(frozen=True, kw_only=True, eq=False)
class Study:
    """A traded symbol and the data around it. `bars` maps symbols to bars of the strategy's timeframe; `legs` are the
    two symbols of a pair, empty otherwise."""

    symbol: str
    timeframe: Timeframe
    bars: Mapping[str, Bars]
    calendar: Calendar
    indicators: Mapping[str, Indicator]
    legs: tuple[str, ...] = ()
    _tables: dict[tuple[str, Timeframe], _Table] = field(default_factory=dict)

    @property
    def base(self) -> Frame:
        """The frame on which conditions are evaluated."""
        return self.frame(self.symbol, self.timeframe)

    def frame(self, symbol: str, timeframe: Timeframe) -> Frame:
        key = (symbol, timeframe)
        if key not in self._tables:
            if symbol not in self.bars:
                raise InvalidInput(f"there is no data for {symbol}", field="data", remedy=f"add --data {symbol}=FILE")
            source = self.bars[symbol]
            bars = resample(source, timeframe, self.calendar)
            self._tables[key] = _Table(bars=bars, source=source, calendar=self.calendar)
        return Frame(study=self, table=self._tables[key])

    def home(self, indicator: Indicator) -> Frame:
        """The frame in which `indicator` is computed."""
        return self.frame(indicator.symbol or self.symbol, indicator.timeframe or self.timeframe)


@dataclass(kw_only=True, eq=False)
class _Table:
    """What was computed of one symbol on one timeframe. It does not know its study: arrays that refer to each
    other in a circle would outlive their evaluation until the garbage collector runs."""

    bars: Bars
    source: Bars
    calendar: Calendar
    outputs: dict[str, Mapping[str, F64]] = field(default_factory=dict)

    @cached_property
    def sessions(self) -> SessionColumns:
        return self.calendar.columns(self.bars.open_time, self.bars.timeframe)

    @cached_property
    def closes_at(self) -> I64:
        """When each bar is known, epoch ms."""
        return self.sessions.bar_close if self.bars is self.source else known_at(self.bars, self.source, self.calendar)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """The series of one symbol on one timeframe; indicators are computed once, when first asked for."""

    study: Study
    table: _Table

    def __len__(self) -> int:
        return len(self.bars)

    @property
    def bars(self) -> Bars:
        return self.table.bars

    @property
    def sessions(self) -> SessionColumns:
        return self.table.sessions

    @property
    def closes_at(self) -> I64:
        """When each bar is known, epoch ms."""
        return self.table.closes_at

    def operand(self, operand: Operand) -> Value:
        """The value of `operand` at the close of every bar, or the constant that it is."""
        if isinstance(operand, Number):
            return operand.value
        if isinstance(operand, Ref):
            return shifted(self.reference(operand.ref), operand.shift, operand.times)
        return calculate(operand.op, [self.operand(arg) for arg in operand.args])

    def column(self, operand: Operand) -> F64:
        """`operand` as a column, constants repeated."""
        value = self.operand(operand)
        return value if isinstance(value, np.ndarray) else np.full(len(self), value)

    def reference(self, name: str) -> F64:
        """A price, an indicator (`id` or `id.output`) or a calendar reference, as a column of this frame."""
        if name in _PRICES:
            return _PRICES[name](self.bars)
        if name in CALENDAR_REFERENCES:
            return calendar_reference(name, self.sessions, self.study.calendar, self.bars.timeframe)
        identifier, _, output = name.partition(".")
        indicator = self.study.indicators[identifier]
        home = self.study.home(indicator)
        return self._carried(home, home.outputs(indicator)[output])

    def outputs(self, indicator: Indicator) -> Mapping[str, F64]:
        """All outputs of an indicator whose home is this frame, by name ("" for the only one)."""
        done = self.table.outputs
        if indicator.id not in done:
            definition = find(indicator.name)
            params = complete(definition, indicator.params)
            done[indicator.id] = compute(definition, params, self._input(indicator, definition.kind))
        return done[indicator.id]

    def named(self, name: str, **params: float) -> F64:
        """An indicator with one output that the strategy implies but does not name, over the close."""
        definition = find(name)
        given = self._input(Indicator(id="implied", name=name), definition.kind)
        return compute(definition, complete(definition, params), given)[""]

    def _input(self, indicator: Indicator, kind: InputKind) -> IndicatorInput:
        from vibex.strategy.evaluation.truth import is_true  # conditions read frames, frames read conditions

        calendar = self.study.calendar
        definition = find(indicator.name)
        wants_series = kind in (InputKind.SERIES, InputKind.TWO_SERIES, InputKind.SERIES_WHEN) or (
            kind is InputKind.PIVOT and indicator.input is not None
        )
        if kind is InputKind.PAIR:
            first, second = (self._carried(leg, leg.bars.close) for leg in self._legs())
            return IndicatorInput(bars=self.bars, series=first, series2=second)
        return IndicatorInput(
            bars=self.bars,
            series=self.column(indicator.source) if wants_series else None,
            series2=self.column(indicator.input2) if indicator.input2 is not None else None,
            when=is_true(indicator.when, self) if indicator.when is not None else None,
            sessions=self.sessions if definition.needs_sessions else None,
            bars_per_year=calendar.bars_per_year(self.bars.timeframe),
        )

    def _legs(self) -> tuple[Frame, Frame]:
        """Both legs of the pair on this frame's timeframe."""
        first, second = self.study.legs
        return self.study.frame(first, self.bars.timeframe), self.study.frame(second, self.bars.timeframe)

    def _carried(self, home: Frame, column: F64) -> F64:
        """`column` of `home` as visible at this frame's closes: the last of its bars that had ended (rule 58)."""
        if home.table is self.table:
            return column
        last = align_other(home.closes_at, self.closes_at)
        return np.where(last >= 0, column[last], np.nan) if len(column) else np.full(len(self), np.nan)


def _volume(bars: Bars) -> F64:
    """The volume; refused where there is none, for a condition on it would be unknown on every bar."""
    if bars.volume is None or not bars.has_volume:
        raise InvalidInput(
            f"the strategy reads the volume of {bars.symbol}, and its data has none",
            field="volume",
            remedy="use data with a volume column, or leave the volume out of the rules",
        )
    return bars.volume


_PRICES: dict[str, Callable[[Bars], F64]] = {
    "open": lambda bars: bars.open,
    "high": lambda bars: bars.high,
    "low": lambda bars: bars.low,
    "close": lambda bars: bars.close,
    "volume": _volume,
    "hl2": lambda bars: (bars.high + bars.low) / 2,
    "hlc3": lambda bars: (bars.high + bars.low + bars.close) / 3,
    "ohlc4": lambda bars: (bars.open + bars.high + bars.low + bars.close) / 4,
}
