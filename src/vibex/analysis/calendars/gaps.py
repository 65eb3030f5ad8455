"""Bars that the calendar calls for and the data lacks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vibex.analysis.calendars.calendar import Calendar
from vibex.domain import Bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """`missing_bars` bars in a row that should be there; `start_ms`, `end_ms` are labels of the first and last."""

    start_ms: int
    end_ms: int
    missing_bars: int


def find_gaps(bars: Bars, calendar: Calendar) -> tuple[Gap, ...]:
    """The gaps between the first and the last bar, oldest first.

    Nights, weekends, holidays and lunch breaks are no gaps, bars outside the session fill none. Intraday
    bars are compared on the grid from 00:00 UTC, so hours labelled 09:30 count as those labelled 09:00.
    """
    if len(bars) == 0:
        return ()
    present = calendar.bucket(bars.open_time, bars.timeframe, bars.timeframe)
    expected = calendar.expected_opens(int(present[0]), int(present[-1]), bars.timeframe)
    missing = np.flatnonzero(~np.isin(expected, present))
    if len(missing) == 0:
        return ()
    runs = np.split(missing, np.flatnonzero(np.diff(missing) > 1) + 1)
    return tuple(
        Gap(start_ms=int(expected[run[0]]), end_ms=int(expected[run[-1]]), missing_bars=len(run)) for run in runs
    )
