"""Bar times in the forms that files use, as int64 epoch milliseconds UTC.

Read are: timestamps and dates of Parquet in any unit and zone, ISO 8601 text, dates, and epoch seconds, milli-, micro-
or nanoseconds told apart by magnitude. A time without a zone is UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from vibex.domain.arrays import I64
from vibex.domain.errors import InvalidBars
from vibex.domain.timeframe import DAY_MS
from vibex.market.arrow_arrays import floats, integers

if TYPE_CHECKING:
    import pyarrow as pa

_ACCEPTED = "write 2024-01-31, 2024-01-31T09:30:00Z, or epoch seconds, milli-, micro- or nanoseconds"
_ZONE = r"(?P<zone>Z|z|[+-]\d\d:?\d\d)$"
# The smallest epoch number read as seconds is in 1973: 20240131 is a day written without dashes, not a second of 1970.
_SMALLEST_EPOCH = 100_000_000


def times_ms(column: pa.ChunkedArray, name: str) -> I64:
    """Epoch milliseconds UTC, shape (T,). Raises InvalidBars with the row of the first time that cannot be read.

    Daily bars written as local midnights of a zone (`2024-01-02T00:00:00-05:00`) get the 00:00 UTC of that date: the
    label of a session is its date, and 16:00 UTC of the day before would be another session.
    """
    import pyarrow as pa

    if column.null_count:
        row = int(np.argmax(column.is_null().to_numpy()))
        raise _unreadable(name, row, "nothing")
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _from_timestamps(column)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _from_numbers(column, name)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _from_text(column, name)
    raise _unreadable(name, 0, str(kind))


def _from_timestamps(column: pa.ChunkedArray) -> I64:
    import pyarrow as pa
    import pyarrow.compute as pc

    utc = _whole_ms(column)
    zone = getattr(column.type, "tz", None)
    if zone in (None, "UTC", "Etc/UTC", "+00:00"):
        return utc
    return _session_dates(utc, _whole_ms(pc.local_timestamp(column.cast(pa.timestamp("ms", zone), safe=False))))


def _whole_ms(column: pa.ChunkedArray) -> I64:
    import pyarrow as pa

    zone = getattr(column.type, "tz", None)
    cast = column.cast(pa.timestamp("ms", zone), safe=False).cast(pa.int64())
    return integers(cast)


def _session_dates(utc: I64, local: I64) -> I64:
    daily = len(local) > 0 and not np.any(local % DAY_MS)
    return local if daily else utc


def _from_numbers(column: pa.ChunkedArray, name: str) -> I64:
    import pyarrow as pa

    if pa.types.is_integer(column.type):
        return _from_epochs(integers(column.cast(pa.int64())), name)
    cells = floats(column.cast(pa.float64()))
    if not np.isfinite(cells).all():
        raise _unreadable(name, int(np.argmin(np.isfinite(cells))), "NaN")
    return _from_epochs(cells, name)


def _from_epochs(cells: np.ndarray, name: str) -> I64:
    """One unit for the whole column, chosen by its largest value: seconds stay below 1e11 until the year 5138."""
    if len(cells) == 0:
        return np.zeros(0, dtype=np.int64)
    if int(cells.min()) < _SMALLEST_EPOCH:
        days = [_date_number(int(cell)) for cell in cells]
        if None in days:
            raise _unreadable(name, days.index(None), str(cells[days.index(None)]))
        return np.array(days, dtype=np.int64)
    largest = int(cells.max())
    if largest < 10**11:
        return np.round(cells * 1000).astype(np.int64)
    per_ms = 1 if largest < 10**14 else 1_000 if largest < 10**17 else 1_000_000
    return np.asarray(cells.astype(np.int64) // per_ms)


def _date_number(number: int) -> int | None:
    """Epoch milliseconds of a date written as 20240131, None for any other number."""
    try:
        day = datetime.strptime(str(number), "%Y%m%d").replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(day.timestamp()) * 1000 if len(str(number)) == 8 else None


def _from_text(column: pa.ChunkedArray, name: str) -> I64:
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.utf8_trim_whitespace(column)
    if pc.all(pc.match_substring_regex(text, r"^\d+(\.\d+)?$")).as_py():
        whole = not pc.any(pc.match_substring(text, ".")).as_py()
        return _from_epochs(integers(text.cast(pa.int64())) if whole else floats(text.cast(pa.float64())), name)
    zones = pc.struct_field(pc.extract_regex(text, _ZONE), "zone")
    # A date such as 2024-01-31 ends like an offset; an offset needs a time with a colon before it.
    zones = pc.if_else(pc.match_substring(text, ":"), zones, None)
    plain = pc.if_else(pc.is_valid(zones), pc.replace_substring_regex(text, _ZONE, ""), text)
    try:
        local = _whole_ms(pc.utf8_trim_whitespace(plain).cast(pa.timestamp("ns")))
    except pa.ArrowInvalid:
        return _one_by_one(text.to_pylist(), name)
    offsets = {zone: _offset_ms(zone) for zone in pc.unique(zones).to_pylist()}
    if set(offsets.values()) == {0}:
        return local
    return _session_dates(local - np.array([offsets[zone] for zone in zones.to_pylist()], dtype=np.int64), local)


def _offset_ms(zone: str | None) -> int:
    if zone is None or zone in "Zz":
        return 0
    digits = zone[1:].replace(":", "")
    return (1 if zone[0] == "+" else -1) * (int(digits[:2]) * 60 + int(digits[2:])) * 60_000


def _one_by_one(cells: list[str], name: str) -> I64:
    """The forms of ISO 8601 that the fast reader lacks, and the row of the first cell that is none of them."""
    out = np.empty(len(cells), dtype=np.int64)
    for row, cell in enumerate(cells):
        try:
            time = datetime.fromisoformat(re.sub(r" ?UTC$", "", cell))
        except ValueError:
            raise _unreadable(name, row, repr(cell)) from None
        aware = time if time.tzinfo else time.replace(tzinfo=UTC)
        out[row] = round(aware.timestamp() * 1000)
    return out


def _unreadable(name: str, row: int, cell: str) -> InvalidBars:
    return InvalidBars(f"{name} has {cell} in row {row}, which is no time", row=row, field=name, remedy=_ACCEPTED)
