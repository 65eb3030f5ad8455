"""Series beside the bars, laid on the clock of a plan; what does not cover the tested range is refused (rule 13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from vibex.analysis.calendars import Calendar
from vibex.backtest.engine.parts import Carry, Detail, Funding, Liquidation, MarkPrices
from vibex.backtest.series import CashActions
from vibex.domain import Bars, InvalidInput
from vibex.domain.arrays import F64, I64
from vibex.market.brackets import LeverageBrackets
from vibex.market.detail import detail_rows
from vibex.market.funding import FundingSeries, refuse_uncovered
from vibex.market.mark import mark_columns
from vibex.market.settlements import funding_rows

Series = TypeVar("Series")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clock:
    """The rows of a plan: `time` (T,) of each, the traded `bars` of each symbol in the tested range, and its end."""

    time: I64
    bars: Sequence[Bars]
    end_ms: int
    calendar: Calendar

    def rows(self, bars: Bars) -> I64:
        """The row of each of a symbol's bars."""
        return np.searchsorted(self.time, bars.open_time).astype(np.int64)

    def start(self, counts: Sequence[I64]) -> I64:
        """`start` (N, T + 1) of events of which symbol s has counts[s][i] in its bar i, in that order."""
        start = np.zeros((len(self.bars), len(self.time) + 1), dtype=np.int64)
        before = 0
        for index, (bars, count) in enumerate(zip(self.bars, counts, strict=True)):
            per_row = np.zeros(len(self.time), dtype=np.int64)
            per_row[self.rows(bars)] = count
            start[index, 0] = before
            start[index, 1:] = before + np.cumsum(per_row)
            before = int(start[index, -1])
        return start


def compile_funding(series: Mapping[str, FundingSeries], mark: Mapping[str, Bars], clock: Clock) -> Funding | None:
    """Settlements on the clock (rule 63); one in a gap belongs to the bar before it."""
    if not series:
        return None
    settled = []
    for bars in clock.bars:
        own = _of(series, bars.symbol, "funding")
        refuse_uncovered(own, int(bars.open_time[0]), clock.end_ms)
        settled.append(funding_rows(own, bars.open_time, clock.end_ms, bars, mark.get(bars.symbol)))
    return Funding(
        start=clock.start([np.diff(each.offset) for each in settled]),
        price=np.concatenate([each.mark for each in settled]),
        rate=np.concatenate([each.rate for each in settled]),
    )


def compile_mark(mark: Mapping[str, Bars], clock: Clock) -> MarkPrices | None:
    """Mark bars on the clock; each bar of a symbol needs the mark bar of the same time."""
    if not mark:
        return None
    out: dict[str, F64] = {
        name: np.full((len(clock.bars), len(clock.time)), np.nan) for name in ("open", "high", "low")
    }
    for index, bars in enumerate(clock.bars):
        own = _of(mark, bars.symbol, "mark")
        columns = mark_columns(own, bars, int(bars.open_time[0]), clock.end_ms, clock.calendar)
        for name, values in out.items():
            values[index, clock.rows(bars)] = getattr(columns, name)
    return MarkPrices(open=out["open"], high=out["high"], low=out["low"])


def compile_detail(detail: Mapping[str, Bars], clock: Clock) -> Detail | None:
    """Finer bars inside each bar."""
    if not detail:
        return None
    counts: list[I64] = []
    prices: dict[str, list[F64]] = {"open": [], "high": [], "low": []}
    for bars in clock.bars:
        own = _of(detail, bars.symbol, "detail")
        found = detail_rows(bars, own, int(bars.open_time[0]), clock.end_ms, clock.calendar)
        counts.append(found.high - found.low)
        inside = np.concatenate([np.arange(low, high) for low, high in zip(found.low, found.high, strict=True)])
        for name, parts in prices.items():
            parts.append(getattr(own, name)[inside.astype(np.int64)])
    opens, highs, lows = (np.concatenate(parts) for parts in prices.values())
    return Detail(start=clock.start(counts), open=opens, high=highs, low=lows)


def compile_liquidation(
    brackets: Mapping[str, LeverageBrackets], clock: Clock, *, isolated: bool, fee_rate: float
) -> Liquidation:
    """The brackets of every symbol; a symbol without is refused."""
    own = [_of(brackets, bars.symbol, "brackets") for bars in clock.bars]
    return Liquidation(
        start=np.cumsum([0, *(len(each.rate) for each in own)], dtype=np.int64),
        floor=np.concatenate([np.concatenate(([0.0], each.max_notional[:-1])) for each in own]),
        rate=np.concatenate([each.rate for each in own]),
        amount=np.concatenate([each.amount for each in own]),
        isolated=isolated,
        fee_rate=fee_rate,
    )


def compile_carry(actions: Mapping[str, CashActions], borrow_per_year: float, clock: Clock) -> Carry | None:
    """Corporate actions at the first bar on or after their ex-date, and what borrowed shares cost."""
    if not actions and borrow_per_year == 0:
        return None
    counts, split, cash = [], [], []
    for bars in clock.bars:
        own = actions.get(bars.symbol) or CashActions(time=np.empty(0, np.int64), split=np.empty(0), cash=np.empty(0))
        at = np.searchsorted(bars.open_time, own.time, side="left")
        inside = (own.time >= bars.open_time[0]) & (at < len(bars))
        counts.append(np.bincount(at[inside], minlength=len(bars)))
        split.append(own.split[inside])
        cash.append(own.cash[inside])
    return Carry(
        borrow_per_year=borrow_per_year,
        start=clock.start(counts),
        split=np.concatenate(split),
        cash=np.concatenate(cash),
    )


def _of(series: Mapping[str, Series], symbol: str, field: str) -> Series:
    if symbol not in series:
        raise InvalidInput(
            f"{field} is needed for {symbol}, and there is none",
            field=field,
            remedy=f"give --{field} {symbol}=FILE for every traded symbol, or leave the option out",
        )
    return series[symbol]
