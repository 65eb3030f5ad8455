"""From a strategy and bars to signals: the one evaluation that backtest, paper and live trading share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vibex.analysis.calendars import Calendar, SessionOverride, calendar_for, session_exit_mask
from vibex.analysis.resampling import resample_some
from vibex.domain import Bars, InvalidInput
from vibex.domain.arrays import F64, U8, Mask
from vibex.domain.signals import Flag
from vibex.strategy.evaluation.frame import Frame, Study
from vibex.strategy.evaluation.stateful import holds_state
from vibex.strategy.evaluation.truth import BLOCK, is_true
from vibex.strategy.spec import StrategySpec
from vibex.strategy.supported import refuse_unsupported


@dataclass(frozen=True, kw_only=True, eq=False)
class SymbolSignals:
    """The raw conditions of one symbol at the close of every bar, shape (T,) each.

    Raw means that rules 22 and 23 (exit wins, both sides cancel) are not applied yet; an order decided on row
    i can first trade at the open of row i + 1. A condition that reads the position's state has no bit here: it is
    known only when the position is (see `stateful`). `flags` holds all of them as bits of `domain.signals.Flag`, one
    byte a bar: it is what the engine reads, and a million bars of it cost a megabyte.
    """

    bars: Bars
    flags: U8
    frame: Frame

    @property
    def entry_long(self) -> Mask:
        return self._with(Flag.ENTRY_LONG)

    @property
    def exit_long(self) -> Mask:
        return self._with(Flag.EXIT_LONG)

    @property
    def entry_short(self) -> Mask:
        return self._with(Flag.ENTRY_SHORT)

    @property
    def exit_short(self) -> Mask:
        return self._with(Flag.EXIT_SHORT)

    @property
    def session_exit(self) -> Mask:
        """Where the position must be left at the next open and nothing is entered (`session_exit_minutes`)."""
        return self._with(Flag.SESSION_EXIT)

    def _with(self, bit: int) -> Mask:
        return (self.flags & bit).astype(np.bool_)

    @property
    def symbol(self) -> str:
        return self.bars.symbol

    def values(self, reference: str) -> F64:
        """The series behind a reference of the strategy: "close", "rsi_14", "macd.hist", "weekday" …"""
        return self.frame.reference(reference)


@dataclass(frozen=True, kw_only=True, eq=False)
class Evaluation:
    """The signals of every traded symbol, in the order of `spec.symbols`."""

    spec: StrategySpec
    calendar: Calendar
    symbols: Mapping[str, SymbolSignals]

    def __getitem__(self, symbol: str) -> SymbolSignals:
        return self.symbols[symbol]

    @cached_property
    def only(self) -> SymbolSignals:
        """The signals of a strategy with one symbol. Raises InvalidInput when it trades several."""
        if len(self.symbols) != 1:
            raise InvalidInput(f"the strategy trades {len(self.symbols)} symbols", field="symbols")
        return next(iter(self.symbols.values()))


BarsBySymbol = Bars | Sequence[Bars] | Mapping[str, Bars]


def evaluate(spec: StrategySpec, bars: BarsBySymbol) -> Evaluation:
    """Evaluate every condition of `spec` on closed bars.

    `bars` holds each traded symbol, and each symbol that an indicator names; one `Bars` alone is taken for the
    only symbol of the strategy. Finer bars are resampled to the strategy's timeframe; a last bar that these do
    not fill is left out. Row i of every result depends on rows up to i alone. Raises InvalidInput when a symbol
    is missing, there are no bars, or the bars are coarser than the timeframe; NotSupported for
    what `refuse_unsupported` names.
    """
    refuse_unsupported(spec)
    calendar = calendar_for(spec.market, _override(spec))
    data = {symbol: resample_some(own, spec.timeframe, calendar) for symbol, own in by_symbol(spec, bars).items()}
    indicators = {indicator.id: indicator for indicator in spec.indicators}
    signals = {
        symbol: _signals(
            spec,
            Study(
                symbol=symbol,
                timeframe=spec.timeframe,
                bars=data,
                calendar=calendar,
                indicators=indicators,
                legs=spec.symbols if spec.archetype == "pairs" else (),
            ),
        )
        for symbol in spec.symbols
    }
    if spec.archetype == "pairs":
        first, second = spec.symbols
        signals[second] = opposite(signals[first], signals[second])
    return Evaluation(spec=spec, calendar=calendar, symbols=signals)


def _signals(spec: StrategySpec, study: Study) -> SymbolSignals:
    frame = study.base
    flags = np.zeros(len(frame), dtype=np.uint8)
    for condition, bit in (
        (spec.entry.long, Flag.ENTRY_LONG),
        (spec.exit.long, Flag.EXIT_LONG),
        (spec.entry.short, Flag.ENTRY_SHORT),
        (spec.exit.short, Flag.EXIT_SHORT),
    ):
        if condition is not None and not holds_state(condition):
            _set(flags, is_true(condition, frame), bit)
    if spec.session_exit_minutes is not None:
        _set(flags, session_exit_mask(frame.sessions, spec.timeframe, spec.session_exit_minutes), Flag.SESSION_EXIT)
    return SymbolSignals(bars=frame.bars, flags=flags, frame=frame)


def opposite(first: SymbolSignals, second: SymbolSignals) -> SymbolSignals:
    """The signals of the second leg of a pair: those of the first leg at the same bars, with the sides exchanged."""
    flags = second.flags & np.uint8(Flag.SESSION_EXIT)
    _, mine, theirs = np.intersect1d(
        second.bars.open_time, first.bars.open_time, assume_unique=True, return_indices=True
    )
    given = first.flags[theirs]
    flags[mine] |= ((given & _LONG) << _TO_SHORT) | ((given >> _TO_SHORT) & _LONG)
    return SymbolSignals(bars=second.bars, flags=flags, frame=second.frame)


_LONG = np.uint8(Flag.ENTRY_LONG | Flag.EXIT_LONG)
_TO_SHORT = np.uint8(2)  # ENTRY_SHORT and EXIT_SHORT are the long bits, two places up


def _set(flags: U8, mask: Mask, bit: int) -> None:
    shift = bit.bit_length() - 1
    for start in range(0, len(flags), BLOCK):
        rows = slice(start, start + BLOCK)
        flags[rows] |= mask[rows].view(np.uint8) << shift


def by_symbol(spec: StrategySpec, bars: BarsBySymbol, *more: str) -> dict[str, Bars]:
    """The bars, as given, of every symbol that `spec` trades or that an indicator names, and of `more` symbols.

    Raises InvalidInput when one of them is missing, has no rows or is there twice.
    """
    if isinstance(bars, Bars):
        given = {spec.symbols[0] if len(spec.symbols) == 1 else bars.symbol: bars}
    elif isinstance(bars, Mapping):
        given = dict(bars)
    else:
        given = {own.symbol: own for own in bars}
        if len(given) < len(bars):
            raise InvalidInput("two of the bars have the same symbol", field="data", remedy="give each symbol once")
    filters = [indicator.symbol for indicator in spec.indicators if indicator.symbol is not None]
    needed = tuple(dict.fromkeys((*spec.symbols, *filters, *more)))
    for symbol in needed:
        if symbol not in given:
            raise InvalidInput(f"there is no data for {symbol}", field="data", remedy=f"give bars for {symbol}")
        if len(given[symbol]) == 0:
            raise InvalidInput(f"there are no bars of {symbol}", field="data", remedy="choose a range that holds bars")
    return {symbol: given[symbol] for symbol in needed}


def _override(spec: StrategySpec) -> SessionOverride | None:
    session = spec.session
    return None if session is None else SessionOverride(zone=session.zone, open=session.open, close=session.close)
