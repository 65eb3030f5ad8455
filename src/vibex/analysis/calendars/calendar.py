"""What every calendar answers, whatever the venue: the port, the user's own session times, date arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from vibex.analysis.calendars.session import SessionColumns
from vibex.analysis.calendars.zones import FIRST_MS, LAST_MS, clock_ms, zone
from vibex.domain import InvalidInput, Market, Timeframe, format_ms
from vibex.domain.arrays import I64, Mask
from vibex.domain.timeframe import DAY_MS

WEEKS_PER_YEAR = 52
_WEEK_MS = 7 * DAY_MS
_FIRST_MONDAY_MS = 4 * DAY_MS  # 1970-01-05


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOverride:
    """Session times of the user's choice: local days of `zone` from `open` to `close`, each "HH:MM".

    A close at or before the open lies on the next day. Raises InvalidInput for an unknown zone or time.
    """

    zone: str
    open: str
    close: str

    def __post_init__(self) -> None:
        clock_ms(self.open, field="session.open")
        clock_ms(self.close, field="session.close")
        zone(self.zone)

    @property
    def open_ms(self) -> int:
        """From local midnight, 0 to 24 h."""
        return clock_ms(self.open, field="session.open")

    @property
    def close_ms(self) -> int:
        """From local midnight of the session's date, always after `open_ms`."""
        close = clock_ms(self.close, field="session.close")
        return close if close > self.open_ms else close + DAY_MS


class Calendar(Protocol):
    """The sessions of one market, 1970 to 2049; two implementations: exchange and continuous.

    Times are int64 epoch milliseconds UTC and labels of bars (their opens), shape (T,), rising. Every method
    that takes times raises InvalidInput when one lies outside the known years.
    """

    @property
    def market(self) -> Market: ...

    def columns(self, open_time: I64, timeframe: Timeframe) -> SessionColumns:
        """The session of every bar. Row i depends on rows up to i only.

        An intraday bar belongs to the session of its local date at its open, extended hours included; a 1d
        bar to that of the date in its label; a 1w bar to the last session of its week. A date that is no
        session of the calendar (a typhoon day, an index published on a holiday) is a session of its own:
        it gets the next number and the times of the session before it, moved to its date.
        """
        ...

    def in_session(self, open_time: I64, timeframe: Timeframe) -> Mask:
        """True where an intraday bar overlaps its session's hours, breaks excluded; 1d and 1w: always."""
        ...

    def in_trading_hours(self, open_time: I64, timeframe: Timeframe) -> Mask:
        """Like `in_session` for the venue's own hours, where a chosen session is narrower than these."""
        ...

    def breaks(self, columns: SessionColumns) -> tuple[I64, I64] | None:
        """Start and end of the lunch break of every bar's session (both the close where the session has
        none), None for a market that has no breaks."""
        ...

    def bucket(self, open_time: I64, timeframe: Timeframe, target: Timeframe) -> I64:
        """The label of the `target` bar that each bar of `timeframe` falls into (rule 58).

        Intraday: floored to the target from 00:00 UTC; 1d: the session's date; 1w: its Monday. A crypto day
        is 00:00–24:00 UTC, whatever session the user has chosen.
        """
        ...

    def expected_opens(self, first_ms: int, last_ms: int, timeframe: Timeframe) -> I64:
        """Labels of all bars that the regular sessions call for, first ≤ label ≤ last."""
        ...

    def sessions_before(self, date: I64) -> I64:
        """How many sessions of the calendar have a date before `date` (epoch ms of 00:00 UTC)."""
        ...

    def bars_per_session(self, timeframe: Timeframe) -> int:
        """Bars that cover one full session, each part of it (morning, afternoon) rounded up: rule 36.

        Crypto 1h: 24. US 1h: 7, 4h: 2. Hong Kong 1h: 3 + 3. 1d and 1w: 1. A chosen session changes nothing.
        """
        ...

    def bars_per_year(self, timeframe: Timeframe) -> float:
        """Sessions per year (365 or 252) × bars per session; 1w: 52."""
        ...


def bars_per_year(calendar: Calendar, timeframe: Timeframe) -> float:
    """The one formula behind `Calendar.bars_per_year` (rules 16 and 36)."""
    if timeframe is Timeframe.W1:
        return float(WEEKS_PER_YEAR)
    return float(calendar.market.sessions_per_year * calendar.bars_per_session(timeframe))


def floor_to(times: I64, step: int) -> I64:
    """The last multiple of `step` ms since 1970 that is not after each time."""
    return times // step * step


def monday_of(times: I64) -> I64:
    """00:00 UTC of the Monday on or before each time."""
    return (times - _FIRST_MONDAY_MS) // _WEEK_MS * _WEEK_MS + _FIRST_MONDAY_MS


def month_bounds(date: I64) -> tuple[I64, I64]:
    """00:00 UTC of the first day of each date's month and of the next month."""
    month = date.astype("datetime64[ms]").astype("datetime64[M]")
    return _ms(month), _ms(month + np.timedelta64(1, "M"))


def refuse_unknown_years(times: I64) -> None:
    """Raise InvalidInput when a time lies outside 1970 to 2049."""
    if len(times) == 0:
        return
    first, last = int(np.min(times)), int(np.max(times))
    if first < FIRST_MS or last >= LAST_MS:
        outside = first if first < FIRST_MS else last
        shown = format_ms(outside) if abs(outside) < 10 * LAST_MS else f"epoch ms {outside}"
        raise InvalidInput(
            f"no calendar knows {shown}",
            field="timestamp",
            remedy="times are epoch milliseconds from 1970 to 2049; check the unit",
        )


def _ms(dates: np.ndarray) -> I64:
    return dates.astype("datetime64[ms]").astype(np.int64)
