"""The two repairs that a price file gets, counted; every other defect is refused with its row.

Identical duplicate rows are dropped, and high and low are widened to contain open and close. Rows count from 0 in the
file's own order, so that a message points at what the user sees.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from vibex.domain.arrays import F64, I64, Mask
from vibex.domain.bars import PRICES, format_ms
from vibex.domain.errors import InvalidBars

# Above this share of widened rows the file is not a good file with a flaw, but another kind of file.
WIDENED_LIMIT = 0.002
# Prices that a source multiplied by adjustment factors miss each other by the last bit. Such rows are widened and
# counted like the others, but say nothing against the file.
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class RawColumns:
    """A file's columns as read, shape (T,): times in epoch milliseconds UTC, NaN where a cell was empty."""

    time: I64
    open: F64
    high: F64
    low: F64
    close: F64
    volume: F64 | None
    adj_close: F64 | None

    def only(self, rows: Mask) -> RawColumns:
        """These columns without the rows where the mask is False."""
        filled = {f.name: getattr(self, f.name)[rows] for f in fields(self) if getattr(self, f.name) is not None}
        return replace(self, **filled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairs:
    """How many rows were mended, and how."""

    duplicates_dropped: int = 0
    widened_rows: int = 0


def repair(raw: RawColumns) -> tuple[RawColumns, Repairs]:
    """Columns that `Bars` takes, and the count of repairs. Raises InvalidBars with the row of the first defect.

    A volume column without any number is absent (None); a single empty volume is refused, as unknown is not 0.
    """
    if raw.volume is not None and np.isnan(raw.volume).all():
        raw = replace(raw, volume=None)
    _refuse_bad_values(raw)
    distinct = _distinct_rows(raw)
    columns = raw.only(distinct)
    high = np.maximum(columns.high, np.maximum(columns.open, columns.close))
    low = np.minimum(columns.low, np.minimum(columns.open, columns.close))
    widened = (high != columns.high) | (low != columns.low)
    beyond_rounding = (high > columns.high * (1 + ROUNDING)) | (low < columns.low * (1 - ROUNDING))
    _refuse_too_many(beyond_rounding, np.flatnonzero(distinct), columns)
    counts = Repairs(duplicates_dropped=int((~distinct).sum()), widened_rows=int(widened.sum()))
    return replace(columns, high=high, low=low), counts


def _refuse_bad_values(raw: RawColumns) -> None:
    for name in PRICES:
        column = getattr(raw, name)
        _refuse(~np.isfinite(column), raw, name, "is empty or no number")
        _refuse(column <= 0, raw, name, "is not above 0")
    if raw.volume is not None:
        _refuse(~np.isfinite(raw.volume), raw, "volume", "is empty or no number", "write 0 only where nothing traded")
        _refuse(raw.volume < 0, raw, "volume", "is below 0")
    late = np.concatenate(([False], np.diff(raw.time) < 0)) if len(raw.time) else np.zeros(0, dtype=np.bool_)
    _refuse(late, raw, "time", "is earlier than the row before", "sort the rows by time, oldest first")


def _distinct_rows(raw: RawColumns) -> Mask:
    """False for a row equal to the one before it. Raises InvalidBars when only the time is equal."""
    distinct = np.ones(len(raw.time), dtype=np.bool_)
    same_time = np.flatnonzero(np.diff(raw.time) == 0) + 1
    for name in (*PRICES, "volume", "adj_close"):
        column = getattr(raw, name)
        if column is None or not len(same_time):
            continue
        here, before = column[same_time], column[same_time - 1]
        differs = (here != before) & ~(np.isnan(here) & np.isnan(before))
        if differs.any():
            bad = np.zeros(len(raw.time), dtype=np.bool_)
            bad[same_time[differs]] = True
            _refuse(
                bad, raw, name, "differs from the row before, which has the same time", "keep one row for each time"
            )
    distinct[same_time] = False
    return distinct


def _refuse_too_many(widened: Mask, file_rows: np.ndarray, columns: RawColumns) -> None:
    count, rows = int(widened.sum()), len(widened)
    if count <= WIDENED_LIMIT * rows:
        return
    first = int(np.argmax(widened))
    raise InvalidBars(
        f"high or low does not contain open and close in {count} of {rows} rows, more than {WIDENED_LIMIT:.1%}; "
        f"the first is row {file_rows[first]} ({format_ms(int(columns.time[first]))})",
        row=int(file_rows[first]),
        field="high",
        remedy="check which columns hold high and low, or take another source",
    )


def _refuse(bad: Mask, raw: RawColumns, name: str, why: str, remedy: str = "correct or remove that row") -> None:
    if not bad.any():
        return
    row = int(np.argmax(bad))
    moment = format_ms(int(raw.time[row]))
    value = "" if name == "time" else f" {getattr(raw, name)[row]:g}"
    raise InvalidBars(f"{name}{value} {why} in row {row} ({moment})", row=row, field=name, remedy=remedy)
