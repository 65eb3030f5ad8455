"""The calendar of a market that never closes: UTC days, or local days of the user's choice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vibex.analysis.calendars.calendar import (
    SessionOverride,
    bars_per_year,
    floor_to,
    monday_of,
    refuse_unknown_years,
)
from vibex.analysis.calendars.session import SessionColumns
from vibex.analysis.calendars.zones import zone
from vibex.domain import Market, Timeframe
from vibex.domain.arrays import I64, Mask
from vibex.domain.timeframe import DAY_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinuousCalendar:
    """Crypto: one session per day, 00:00–24:00 UTC unless `override` names other hours; number = day number.

    Trading goes on outside a chosen session, so a bar is always known at its open + timeframe. Such a bar
    counts to the session that is still running at its open, otherwise to that of its local date.
    """

    override: SessionOverride | None = None

    @property
    def market(self) -> Market:
        return Market.CRYPTO

    def columns(self, open_time: I64, timeframe: Timeframe) -> SessionColumns:
        refuse_unknown_years(open_time)
        bar_close = open_time + timeframe.ms
        # A week belongs to its last day.
        date = self._date(open_time) if timeframe.is_intraday else floor_to(bar_close - 1, DAY_MS)
        if self.override is None:
            opened, closed = date, date + DAY_MS
        else:
            opened, closed = self._hours(date, self.override)
        return SessionColumns(session=date // DAY_MS, date=date, open=opened, close=closed, bar_close=bar_close)

    def in_session(self, open_time: I64, timeframe: Timeframe) -> Mask:
        if self.override is None or not timeframe.is_intraday:
            return np.ones(len(open_time), dtype=np.bool_)
        columns = self.columns(open_time, timeframe)
        return (open_time < columns.close) & (columns.bar_close > columns.open)

    def in_trading_hours(self, open_time: I64, timeframe: Timeframe) -> Mask:  # noqa: ARG002
        return np.ones(len(open_time), dtype=np.bool_)

    def breaks(self, columns: SessionColumns) -> None:  # noqa: ARG002 - the port asks exchanges the same question
        return None

    def bucket(self, open_time: I64, timeframe: Timeframe, target: Timeframe) -> I64:  # noqa: ARG002
        refuse_unknown_years(open_time)
        return monday_of(open_time) if target is Timeframe.W1 else floor_to(open_time, target.ms)

    def expected_opens(self, first_ms: int, last_ms: int, timeframe: Timeframe) -> I64:
        bounds = np.array([first_ms + timeframe.ms - 1, last_ms], dtype=np.int64)
        first, last = (int(t) for t in self.bucket(bounds, timeframe, timeframe))
        return np.arange(first, last + 1, timeframe.ms, dtype=np.int64)

    def sessions_before(self, date: I64) -> I64:
        return date // DAY_MS

    def bars_per_session(self, timeframe: Timeframe) -> int:
        return max(1, DAY_MS // timeframe.ms)

    def bars_per_year(self, timeframe: Timeframe) -> float:
        return bars_per_year(self, timeframe)

    def _date(self, open_time: I64) -> I64:
        if self.override is None:
            return floor_to(open_time, DAY_MS)
        today = floor_to(zone(self.override.zone).local(open_time), DAY_MS)
        _, closed = self._hours(today - DAY_MS, self.override)
        return np.where(open_time < closed, today - DAY_MS, today)

    @staticmethod
    def _hours(date: I64, override: SessionOverride) -> tuple[I64, I64]:
        local = zone(override.zone)
        return local.instant(date + override.open_ms), local.instant(date + override.close_ms)
