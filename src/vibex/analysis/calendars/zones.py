"""Local clock times as arithmetic on columns: the UTC offsets of a time zone, searched instead of looped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from vibex.domain.arrays import I64
from vibex.domain.errors import InvalidInput
from vibex.domain.timeframe import DAY_MS, HOUR_MS, MINUTE_MS

FIRST_MS = 0
LAST_MS = int(datetime(2050, 1, 1, tzinfo=UTC).timestamp()) * 1000
"""The range that calendars know: 1970 to 2049. A fixed one, so that no result depends on today's date."""


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """A time zone; `change` holds the instants (epoch ms UTC) from which each of `offset` (ms) holds."""

    change: I64
    offset: I64

    def local(self, instant: I64) -> I64:
        """Wall-clock time of UTC instants, in ms since 1970-01-01 00:00 local; shape as given."""
        if len(self.offset) == 1:
            return instant + int(self.offset[0])
        local: I64 = instant + self.offset[np.searchsorted(self.change, instant, side="right") - 1]
        return local

    def instant(self, local: I64) -> I64:
        """UTC instants of wall-clock times: the inverse of `local`.

        An hour that occurs twice is read as its first occurrence or its second, always the same one; an hour
        that daylight saving skips is moved by the skip.
        """
        guess = local - (self.local(local) - local)
        return local - (self.local(guess) - guess)


@lru_cache(maxsize=64)
def zone(name: str) -> Zone:
    """The zone of an IANA name such as "America/New_York". Raises InvalidInput for an unknown one."""
    try:
        info = ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidInput(
            f"unknown time zone {name!r}", field="zone", remedy="use an IANA name such as America/New_York"
        ) from None
    change, offset = [FIRST_MS - DAY_MS], [_offset(info, FIRST_MS)]
    week = 7 * DAY_MS  # No zone changes its clock twice within a week.
    for start in range(FIRST_MS, LAST_MS + week, week):
        after = _offset(info, start + week)
        if after != offset[-1]:
            change.append(_first_with(info, after, start, start + week))
            offset.append(after)
    return Zone(np.array(change, dtype=np.int64), np.array(offset, dtype=np.int64))


def clock_ms(text: str, *, field: str) -> int:
    """Milliseconds from midnight of "HH:MM", "00:00" to "24:00". Raises InvalidInput naming `field`."""
    hours, colon, minutes = text.partition(":")
    if colon and len(hours) == len(minutes) == 2 and (hours + minutes).isdecimal() and int(minutes) < 60:
        value = int(hours) * HOUR_MS + int(minutes) * MINUTE_MS
        if value <= DAY_MS:
            return value
    raise InvalidInput(f"{text!r} is not a clock time", field=field, remedy='write it as "HH:MM", 00:00 to 24:00')


def _offset(info: ZoneInfo, epoch_ms: int) -> int:
    delta = datetime.fromtimestamp(epoch_ms / 1000, info).utcoffset()
    if delta is None:
        raise InvalidInput(f"time zone {info.key} has no offset", field="zone")
    return round(delta.total_seconds() * 1000)


def _first_with(info: ZoneInfo, offset: int, low: int, high: int) -> int:
    """The first whole minute in (low, high] at which `offset` holds, by bisection."""
    while high - low > MINUTE_MS:
        middle = (low + high) // 2 // MINUTE_MS * MINUTE_MS
        if _offset(info, middle) == offset:
            high = middle
        else:
            low = middle
    return high
