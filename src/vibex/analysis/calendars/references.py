"""Calendar references: what the calendar says at the close of a bar, as series a condition can compare.

A calendar is public in advance, so these may count sessions that lie ahead; none looks at a price, and none
depends on which bars are present.
"""

from __future__ import annotations

import numpy as np

from vibex.analysis.calendars.calendar import Calendar, floor_to, monday_of, month_bounds
from vibex.analysis.calendars.session import SessionColumns
from vibex.domain import InvalidInput, Timeframe
from vibex.domain.arrays import F64, I64
from vibex.domain.timeframe import DAY_MS, MINUTE_MS

MINUTE_REFERENCES = ("minutes_since_open", "minutes_to_close")
"""These are an error on 1d and 1w bars."""

CALENDAR_REFERENCES = (
    *MINUTE_REFERENCES,
    "session_bar",
    "weekday",
    "day",
    "month",
    "week_session",
    "month_session",
    "month_sessions_left",
)


def calendar_reference(name: str, columns: SessionColumns, calendar: Calendar, timeframe: Timeframe) -> F64:
    """The reference `name` at the close of every bar, shape (T,).

    `minutes_since_open`, `minutes_to_close`: clock minutes, lunch included; negative before the open, after
    the close. `session_bar`: 1 = first, counted by the clock (a missing bar keeps its number). `weekday`
    (1 = Monday), `day`, `month`: of the session's date. `week_session`, `month_session` (1 = first),
    `month_sessions_left` (0 = last): sessions of the venue's calendar.
    Raises InvalidInput for an unknown name and for a minute reference on 1d or 1w bars.
    """
    if name in MINUTE_REFERENCES and not timeframe.is_intraday:
        raise InvalidInput(f"has no meaning on {timeframe} bars", field=name, remedy="use an intraday timeframe")
    return _integers(name, columns, calendar, timeframe).astype(np.float64)


def _integers(name: str, columns: SessionColumns, calendar: Calendar, timeframe: Timeframe) -> I64:
    date = columns.date
    match name:
        case "minutes_since_open":
            return (columns.bar_close - columns.open) // MINUTE_MS
        case "minutes_to_close":
            return (columns.close - columns.bar_close) // MINUTE_MS
        case "session_bar":
            return session_bar(columns, calendar, timeframe)
        case "weekday":
            return (date - monday_of(date)) // DAY_MS + 1
        case "day":
            return (date - month_bounds(date)[0]) // DAY_MS + 1
        case "month":
            return date.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64) % 12 + 1
        case "week_session":
            return calendar.sessions_before(date) - calendar.sessions_before(monday_of(date)) + 1
        case "month_session":
            return calendar.sessions_before(date) - calendar.sessions_before(month_bounds(date)[0]) + 1
        case "month_sessions_left":
            return calendar.sessions_before(month_bounds(date)[1]) - calendar.sessions_before(date + DAY_MS)
        case _:
            known = " ".join(CALENDAR_REFERENCES)
            raise InvalidInput(f"unknown calendar reference {name!r}", field=name, remedy=f"use one of {known}")


def session_bar(columns: SessionColumns, calendar: Calendar, timeframe: Timeframe) -> I64:
    """Number of each bar in its session, 1 = first, by the clock; 1 on 1d and 1w bars.

    0 before the open; in a break and after the close, the number of the last bar before.
    """
    if not timeframe.is_intraday:
        return np.ones(len(columns.date), dtype=np.int64)
    end = np.minimum(columns.bar_close, columns.close)
    breaks = calendar.breaks(columns)
    if breaks is None:
        return _bars_between(columns.open, end, timeframe)
    morning = _bars_between(columns.open, np.minimum(end, breaks[0]), timeframe)
    return morning + _bars_between(np.maximum(breaks[1], columns.open), end, timeframe)


def _bars_between(start: I64, end: I64, timeframe: Timeframe) -> I64:
    """Bars of `timeframe` that cover start to end, 0 where the end is not after the start.

    Vendors label the hours of a 09:30 session 09:30, 10:30 … or 09:00, 10:00 …: a close that is whole
    steps from the start shows the first kind, every other close is counted on the grid from 00:00 UTC.
    """
    step = timeframe.ms
    from_start = end - start
    from_grid = -(-(end - floor_to(start, step)) // step)
    return np.where(end <= start, 0, np.where(from_start % step == 0, from_start // step, from_grid))
