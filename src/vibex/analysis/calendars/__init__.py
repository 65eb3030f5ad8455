"""Trading sessions: which session a bar belongs to, when it is known, and what the calendar says at its close.

XNYS stands for US shares, XHKG for Hong Kong, and days from 00:00 to 24:00 UTC for crypto; a strategy may
choose its own session times. Everything here is a function of times alone and works on whole columns. The
room must not know prices (but for the times of bars, in which gaps are found), strategies or orders, nor
what day it is today.
"""

from vibex.analysis.calendars.calendar import Calendar, SessionOverride
from vibex.analysis.calendars.gaps import Gap, find_gaps
from vibex.analysis.calendars.markets import calendar_for
from vibex.analysis.calendars.masks import clock_mask, date_mask, session_exit_mask
from vibex.analysis.calendars.references import CALENDAR_REFERENCES, MINUTE_REFERENCES, calendar_reference
from vibex.analysis.calendars.session import SessionColumns

__all__ = [
    "CALENDAR_REFERENCES",
    "MINUTE_REFERENCES",
    "Calendar",
    "Gap",
    "SessionColumns",
    "SessionOverride",
    "calendar_for",
    "calendar_reference",
    "clock_mask",
    "date_mask",
    "find_gaps",
    "session_exit_mask",
]
