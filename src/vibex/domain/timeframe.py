"""The eight bar lengths of the product and their spelling."""

from __future__ import annotations

from enum import StrEnum

from vibex.domain.errors import InvalidInput

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


class Timeframe(StrEnum):
    """A bar length; `ms` is its nominal length (a session's bar may be shorter: see `analysis.calendars`)."""

    M1 = "1m"
    M5 = "5m"
    M15 = "15m"
    M30 = "30m"
    H1 = "1h"
    H4 = "4h"
    D1 = "1d"
    W1 = "1w"

    @property
    def ms(self) -> int:
        return _LENGTH_MS[self]

    @property
    def is_intraday(self) -> bool:
        return self.ms < DAY_MS

    @classmethod
    def parse(cls, text: str) -> Timeframe:
        """Read `text` such as "4h". Raises InvalidInput for any other spelling."""
        try:
            return cls(text)
        except ValueError:
            known = " ".join(t.value for t in cls)
            raise InvalidInput(f"unknown timeframe {text!r}", field="timeframe", remedy=f"use one of {known}") from None


_LENGTH_MS = {
    Timeframe.M1: MINUTE_MS,
    Timeframe.M5: 5 * MINUTE_MS,
    Timeframe.M15: 15 * MINUTE_MS,
    Timeframe.M30: 30 * MINUTE_MS,
    Timeframe.H1: HOUR_MS,
    Timeframe.H4: 4 * HOUR_MS,
    Timeframe.D1: DAY_MS,
    Timeframe.W1: 7 * DAY_MS,
}
