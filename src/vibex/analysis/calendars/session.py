"""The session every bar belongs to, as columns: what session indicators and statistics read."""

from __future__ import annotations

from dataclasses import dataclass

from vibex.domain.arrays import I64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SessionColumns:
    """One row per bar, shape (T,), int64; times are epoch milliseconds UTC.

    `session` numbers the sessions of the venue's calendar and rises by 1 per trading day, so that a jump of
    more than 1 is a missing session. `date` is the session's local date as epoch milliseconds of its 00:00 UTC.
    `open`/`close` are the session's own (half days and daylight saving included); `bar_close` is when the bar
    is known: its open + timeframe, or the session's close if that is earlier (1d and 1w: the close of the
    last session in it).
    """

    session: I64
    date: I64
    open: I64
    close: I64
    bar_close: I64
