"""Bars picked by clock, by date, or by how near the session's end they are."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np

from vibex.analysis.calendars.session import SessionColumns
from vibex.analysis.calendars.zones import clock_ms, zone
from vibex.domain import InvalidInput, Timeframe
from vibex.domain.arrays import Mask
from vibex.domain.timeframe import DAY_MS, MINUTE_MS


def clock_mask(columns: SessionColumns, start: str, end: str, zone_name: str) -> Mask:
    """True where start ≤ local close time of the bar < end, shape (T,); start after end spans midnight.

    `start`, `end` are "HH:MM" in `zone_name`; a bar that closes at midnight closes at 00:00, and an end of
    "00:00" means midnight too. Raises InvalidInput for an unknown zone or time, and when both are equal.
    """
    first, last = clock_ms(start, field="clock"), clock_ms(end, field="clock")
    if first == last:
        raise InvalidInput(f"{start} to {end} is no span of time", field="clock", remedy="use two different times")
    now = zone(zone_name).local(columns.bar_close) % DAY_MS
    if first < last:
        return (now >= first) & (now < last)
    return (now >= first) | (now < last)


def date_mask(columns: SessionColumns, first: date | None, last: date | None) -> Mask:
    """True where first ≤ session date ≤ last, shape (T,); None leaves that side open."""
    mask = np.ones(len(columns.date), dtype=np.bool_)
    if first is not None:
        mask &= columns.date >= _date_ms(first)
    if last is not None:
        mask &= columns.date <= _date_ms(last)
    return mask


def session_exit_mask(columns: SessionColumns, timeframe: Timeframe, minutes: int) -> Mask:
    """Rows on whose close a position must be given up and no entry may be decided, shape (T,).

    The order of row i fills at the next open, and the earliest that can be is the close of bar i. So row i
    is True from the first close at or after (session close − minutes) until the next session opens: the exit
    fills at the first open at or after that moment. When no such open is left in the session (an hourly bar
    spans its last 15 minutes), it is the first open of the next one, as the rule's words say.

    Where bars are missing over that moment, the exit is decided on the first close after it, even in the
    next session: row i looks at rows up to i only. Bars before the open are True: no entry before it.
    Raises InvalidInput on 1d and 1w bars, and when `minutes` is negative.
    """
    if not timeframe.is_intraday:
        raise InvalidInput(
            f"has no meaning on {timeframe} bars", field="session_exit_minutes", remedy="use an intraday timeframe"
        )
    if minutes < 0:
        raise InvalidInput("must be at least 0", field="session_exit_minutes")
    due = columns.bar_close >= columns.close - minutes * MINUTE_MS
    mask: Mask = due | (columns.bar_close < columns.open)
    unseen = (columns.session[1:] != columns.session[:-1]) & ~due[:-1]
    mask[1:] |= unseen
    return mask


def _date_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
