"""Series beside the bars, laid on the clock of a plan; what does not cover the tested range is refused (rule 13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from vibex.backtest.engine.parts import Carry, Detail, Funding, Liquidation, MarkPrices
from vibex.backtest.series import Brackets, CashActions, FundingSeries
from vibex.domain import Bars, InvalidInput, format_ms
from vibex.domain.arrays import F64, I64, U8
from vibex.domain.signals import Flag

Series = TypeVar("Series")


class Clock:
    """The rows of a plan: `time` (T,) of each, `close` (T,) when its bar ends, and which symbols have a bar there."""

    def __init__(self, symbols: Sequence[str], time: I64, close: I64, flags: U8) -> None:
        self.symbols = symbols
        self.time = time
        self.close = close
        self.has_bar = (flags & Flag.NO_BAR) == 0

    def rows_of(self, moments: I64) -> I64:
        """The row in whose bar each moment lies, or the last row before it; −1 before the first, T after the end."""
        rows = np.searchsorted(self.time, moments, side="right") - 1
        return np.where(moments >= self.close[-1], len(self.time), rows).astype(np.int64)

    def starts(self, rows_by_symbol: Sequence[I64]) -> I64:
        """`start` (N, T + 1) of events whose rows, ascending and inside the clock, are given per symbol."""
        edges = np.arange(len(self.time) + 1)
        starts, before = [], 0
        for rows in rows_by_symbol:
            starts.append(before + np.searchsorted(rows, edges, side="left"))
            before += len(rows)
        return np.stack(starts).astype(np.int64)


def compile_funding(
    series: Mapping[str, FundingSeries], mark: Mapping[str, Bars], clock: Clock, closes: F64
) -> Funding | None:
    """Settlements on the clock (rule 63); one in a gap belongs to the row before it."""
    if not series:
        return None
    rows, prices, rates = [], [], []
    for index, symbol in enumerate(clock.symbols):
        own = _of(series, symbol, "funding")
        moments = (np.round(own.time / 1_000) * 1_000).astype(np.int64)
        row = clock.rows_of(moments)
        inside = (row >= 0) & (row < len(clock.time))
        rows.append(row[inside])
        rates.append(own.rate[inside])
        prices.append(_settlement_prices(own.price[inside], moments[inside], mark.get(symbol), clock, closes[index]))
    return Funding(start=clock.starts(rows), price=np.concatenate(prices), rate=np.concatenate(rates))


def _settlement_prices(given: F64, moments: I64, mark: Bars | None, clock: Clock, closes: F64) -> F64:
    """The mark price of each settlement: as given, else the mark bar's open, else the last close before it."""
    if mark is not None:
        at = np.searchsorted(mark.open_time, moments, side="right") - 1
        fallback: F64 = np.where(at >= 0, mark.open[np.maximum(at, 0)], np.nan)
    else:
        known = np.flatnonzero(~np.isnan(closes))
        at = np.searchsorted(clock.close[known], moments, side="right") - 1
        fallback = np.where(at >= 0, closes[known[np.maximum(at, 0)]], closes[known[0]])
    return np.where(np.isnan(given), fallback, given)


def compile_mark(mark: Mapping[str, Bars], clock: Clock) -> MarkPrices | None:
    """Mark bars on the clock; each bar of a symbol needs the mark bar of the same time."""
    if not mark:
        return None
    shape = (len(clock.symbols), len(clock.time))
    out = {name: np.full(shape, np.nan) for name in ("open", "high", "low")}
    for index, symbol in enumerate(clock.symbols):
        bars = _of(mark, symbol, "mark")
        needed = clock.time[clock.has_bar[index]]
        at = np.searchsorted(bars.open_time, needed)
        found = bars.open_time[np.minimum(at, len(bars) - 1)] == needed
        if not found.all():
            first = int(needed[~found][0])
            raise InvalidInput(
                f"the mark prices of {symbol} miss {int((~found).sum())} of {len(needed)} bars, "
                f"first {format_ms(first)}",
                field="mark",
                remedy="give mark bars of the tested timeframe for the whole period, or choose --start and --end in it",
            )
        for name, values in out.items():
            values[index, clock.has_bar[index]] = getattr(bars, name)[at]
    return MarkPrices(open=out["open"], high=out["high"], low=out["low"])


def compile_detail(detail: Mapping[str, Bars], clock: Clock) -> Detail | None:
    """Finer bars inside each bar; a bar without any keeps its ambiguity."""
    if not detail:
        return None
    rows, prices = [], []
    for symbol in clock.symbols:
        bars = _of(detail, symbol, "detail")
        row = clock.rows_of(bars.open_time)
        held = (row >= 0) & (row < len(clock.time))
        held[held] &= bars.open_time[held] < clock.close[row[held]]
        rows.append(row[held])
        prices.append(np.stack([bars.open[held], bars.high[held], bars.low[held]]))
    opens, highs, lows = np.ascontiguousarray(np.concatenate(prices, axis=1))
    return Detail(start=clock.starts(rows), open=opens.copy(), high=highs.copy(), low=lows.copy())


def compile_liquidation(
    brackets: Mapping[str, Brackets], clock: Clock, *, isolated: bool, fee_rate: float
) -> Liquidation:
    """The brackets of every symbol; a symbol without is refused."""
    own = [_of(brackets, symbol, "liquidation") for symbol in clock.symbols]
    return Liquidation(
        start=np.cumsum([0, *(len(each.floor) for each in own)], dtype=np.int64),
        floor=np.concatenate([each.floor for each in own]),
        rate=np.concatenate([each.rate for each in own]),
        amount=np.concatenate([each.amount for each in own]),
        isolated=isolated,
        fee_rate=fee_rate,
    )


def compile_carry(actions: Mapping[str, CashActions], borrow_per_year: float, clock: Clock) -> Carry | None:
    """Corporate actions at the first row on or after their ex-date, and what borrowed shares cost."""
    if not actions and borrow_per_year == 0:
        return None
    rows, split, cash = [], [], []
    for index, symbol in enumerate(clock.symbols):
        own = actions.get(symbol) or CashActions(time=np.empty(0, np.int64), split=np.empty(0), cash=np.empty(0))
        bars = np.flatnonzero(clock.has_bar[index])
        at = np.searchsorted(clock.time[bars], own.time, side="left")
        inside = (own.time >= clock.time[0]) & (at < len(bars))
        rows.append(bars[at[inside]].astype(np.int64))
        split.append(own.split[inside])
        cash.append(own.cash[inside])
    return Carry(
        borrow_per_year=borrow_per_year,
        start=clock.starts(rows),
        split=np.concatenate(split),
        cash=np.concatenate(cash),
    )


def _of(series: Mapping[str, Series], symbol: str, field: str) -> Series:
    if symbol not in series:
        raise InvalidInput(
            f"{field} is switched on and there is none for {symbol}",
            field=field,
            remedy=f"give a file for every traded symbol, as --{field} {symbol}=FILE"
            if field != "liquidation"
            else "give leverage brackets that name it, or leave --liquidation out",
        )
    return series[symbol]
