"""The calendar of a stock exchange: a table of its sessions, searched for columns of bars."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

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
from vibex.domain import InvalidInput, Market, NotSupported, Timeframe
from vibex.domain.arrays import I64, Mask
from vibex.domain.timeframe import DAY_MS, HOUR_MS, MINUTE_MS

_FIRST, _LAST = "1970-01-01", "2049-12-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Which exchange stands for a market, and the parts of its full session in ms (rule 36).

    `weather_closures` are dates without any trading that releases of exchange_calendars up to 4.13 hold for sessions.
    """

    code: str
    zone: str
    session_parts: tuple[int, ...]
    weather_closures: tuple[str, ...] = ()


EXCHANGES = {
    Market.US_EQUITY: Exchange(code="XNYS", zone="America/New_York", session_parts=(390 * MINUTE_MS,)),
    Market.HK_EQUITY: Exchange(
        code="XHKG",
        zone="Asia/Hong_Kong",
        session_parts=(150 * MINUTE_MS, 3 * HOUR_MS),
        # HKEX market communications: typhoon Saola; black rainstorm warning and extreme conditions.
        weather_closures=("2023-09-01", "2023-09-08"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SessionTable:
    """All sessions of an exchange, 1970 to 2049, shape (S,): dates at 00:00 UTC, the rest instants in ms.

    A session without a lunch break has `break_start` = `break_end` = `close`. `trading_open` to
    `trading_close` are the exchange's own hours, widened by an override that reaches beyond them.
    """

    date: I64
    open: I64
    close: I64
    break_start: I64
    break_end: I64
    trading_open: I64
    trading_close: I64


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeCalendar:
    """XNYS for US shares, XHKG for Hong Kong; see `Calendar` for what each method promises."""

    market: Market
    override: SessionOverride | None = None

    def __post_init__(self) -> None:
        if self.override is not None and self.override.close_ms > DAY_MS:
            raise NotSupported(
                f"a session of {self.market} that passes midnight", field="session.close", remedy="end it by 24:00"
            )

    @property
    def table(self) -> SessionTable:
        """The sessions, read once per market and override. Raises InvalidInput for an override that opens on
        another date than the exchange."""
        return _session_table(self.market, self.override)

    def columns(self, open_time: I64, timeframe: Timeframe) -> SessionColumns:
        refuse_unknown_years(open_time)
        table, date = self.table, self._date(open_time, timeframe)
        row, session, moved = self._rows(date)
        trading_close = table.trading_close[row] + moved
        if timeframe.is_intraday:
            end = open_time + timeframe.ms
            bar_close = np.where(open_time < trading_close, np.minimum(end, trading_close), end)
        else:
            bar_close = trading_close
        return SessionColumns(
            session=session,
            date=date,
            open=table.open[row] + moved,
            close=table.close[row] + moved,
            bar_close=bar_close,
        )

    def in_session(self, open_time: I64, timeframe: Timeframe) -> Mask:
        table = self.table
        return self._overlaps(open_time, timeframe, table.open, table.close)

    def in_trading_hours(self, open_time: I64, timeframe: Timeframe) -> Mask:
        table = self.table
        return self._overlaps(open_time, timeframe, table.trading_open, table.trading_close)

    def breaks(self, columns: SessionColumns) -> tuple[I64, I64]:
        row, _, moved = self._rows(columns.date)
        return self.table.break_start[row] + moved, self.table.break_end[row] + moved

    def bucket(self, open_time: I64, timeframe: Timeframe, target: Timeframe) -> I64:
        refuse_unknown_years(open_time)
        if target.is_intraday:
            return floor_to(open_time, target.ms)
        date = self._date(open_time, timeframe)
        return monday_of(date) if target is Timeframe.W1 else date

    def expected_opens(self, first_ms: int, last_ms: int, timeframe: Timeframe) -> I64:
        refuse_unknown_years(np.array([first_ms, last_ms], dtype=np.int64))
        table = self.table
        first = max(0, int(np.searchsorted(table.date, first_ms - 8 * DAY_MS)))
        last = int(np.searchsorted(table.date, last_ms + 2 * DAY_MS))
        if timeframe.is_intraday:
            labels = _intraday_labels(table, slice(first, last), timeframe.ms)
        elif timeframe is Timeframe.D1:
            labels = table.date[first:last]
        else:
            labels = np.unique(monday_of(table.date[first:last]))
        return labels[(labels >= first_ms) & (labels <= last_ms)]

    def sessions_before(self, date: I64) -> I64:
        return np.searchsorted(self.table.date, date, side="left").astype(np.int64)

    def bars_per_session(self, timeframe: Timeframe) -> int:
        if not timeframe.is_intraday:
            return 1
        return sum(-(-part // timeframe.ms) for part in EXCHANGES[self.market].session_parts)

    def bars_per_year(self, timeframe: Timeframe) -> float:
        return bars_per_year(self, timeframe)

    def _date(self, open_time: I64, timeframe: Timeframe) -> I64:
        if timeframe.is_intraday:
            return floor_to(zone(EXCHANGES[self.market].zone).local(open_time), DAY_MS)
        if timeframe is Timeframe.D1:
            return floor_to(open_time, DAY_MS)
        monday = monday_of(open_time)
        dates = self.table.date
        last = dates[np.searchsorted(dates, monday + 7 * DAY_MS, side="left") - 1]
        return np.where(last >= monday, last, floor_to(open_time, DAY_MS))

    def _rows(self, date: I64) -> tuple[I64, I64, I64]:
        """Table row, session number and shift in ms for each date; a date without session takes the row before.

        Only such dates up to a row raise its number, so that later data never renumbers earlier bars.
        """
        dates = self.table.date
        row = np.maximum(np.searchsorted(dates, date, side="right") - 1, 0).astype(np.int64)
        moved = date - dates[row]
        if not moved.any():
            return row, row, moved
        own = np.unique(date[moved != 0])
        return row, row + np.searchsorted(own, date, side="right"), moved

    def _overlaps(self, open_time: I64, timeframe: Timeframe, opens: I64, closes: I64) -> Mask:
        refuse_unknown_years(open_time)
        if not timeframe.is_intraday:
            return np.ones(len(open_time), dtype=np.bool_)
        row, _, moved = self._rows(self._date(open_time, timeframe))
        end = open_time + timeframe.ms
        in_break = (open_time >= self.table.break_start[row]) & (end <= self.table.break_end[row])
        inside: Mask = (moved == 0) & (open_time < closes[row]) & (end > opens[row]) & ~in_break
        return inside


def _intraday_labels(table: SessionTable, rows: slice, step: int) -> I64:
    """Labels of the `step` bars that overlap the sessions in `rows`, in buckets from 00:00 UTC."""
    opened, closed = table.open[rows], table.close[rows]
    morning = opened, np.minimum(table.break_start[rows], closed)
    afternoon = np.maximum(table.break_end[rows], opened), closed
    labels = []
    for start, end in (morning, afternoon):
        first = floor_to(start, step)
        count = np.where(end > start, -(-(end - first) // step), 0)
        within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        labels.append(np.repeat(first, count) + within * step)
    return np.unique(np.concatenate(labels))


@lru_cache(maxsize=32)
def _session_table(market: Market, override: SessionOverride | None) -> SessionTable:
    from exchange_calendars import get_calendar  # 0.5 s of pandas: paid only by who asks for an exchange

    schedule = get_calendar(EXCHANGES[market].code, start=_FIRST, end=_LAST).schedule
    schedule = schedule[~schedule.index.isin(np.array(EXCHANGES[market].weather_closures, dtype="datetime64[D]"))]
    opened, break_start, break_end, closed = (
        schedule[name].dt.tz_localize(None).to_numpy(dtype="datetime64[ms]").astype(np.int64)
        for name in ("open", "break_start", "break_end", "close")
    )
    date = schedule.index.to_numpy().astype("datetime64[ms]").astype(np.int64)
    no_break = schedule["break_start"].isna().to_numpy()
    if override is None:
        chosen_open, chosen_close = opened, closed
    else:
        chosen_open, chosen_close = _chosen_hours(market, override, date, closed)
    return SessionTable(
        date=date,
        open=chosen_open,
        close=chosen_close,
        break_start=np.where(no_break, chosen_close, break_start),
        break_end=np.where(no_break, chosen_close, break_end),
        trading_open=np.minimum(opened, chosen_open),
        trading_close=np.maximum(closed, chosen_close),
    )


def _chosen_hours(market: Market, override: SessionOverride, date: I64, closed: I64) -> tuple[I64, I64]:
    """The override's hours on the exchange's dates; on a half day a session within regular hours ends with it."""
    chosen, exchange = zone(override.zone), zone(EXCHANGES[market].zone)
    chosen_open, chosen_close = chosen.instant(date + override.open_ms), chosen.instant(date + override.close_ms)
    if np.any(floor_to(exchange.local(chosen_open), DAY_MS) != date):
        raise InvalidInput(
            f"opens on another local date than the exchange's sessions ({EXCHANGES[market].zone})",
            field="session",
            remedy="give the times in the exchange's zone",
        )
    midnight = exchange.instant(date)
    usual_close = midnight + int(np.argmax(np.bincount((closed - midnight) // MINUTE_MS))) * MINUTE_MS
    cut = np.maximum(np.minimum(chosen_close, closed), chosen_open)
    return chosen_open, np.where(chosen_close <= usual_close, cut, chosen_close)
