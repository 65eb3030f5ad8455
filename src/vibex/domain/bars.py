"""Columnar price bars: the one form in which prices travel between rooms.

A bar is labelled with its OPEN, int64 epoch milliseconds UTC, and is known at its close, never before.
`Bars` refuses bad rows; the file reader in `market` is the only place that repairs any.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from vibex.domain.arrays import F64, I64
from vibex.domain.errors import InvalidBars
from vibex.domain.timeframe import Timeframe

PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True, kw_only=True, eq=False)
class Bars:
    """Open-high-low-close-volume columns of one symbol, shape (T,), float64, oldest first.

    `volume` None means that the source has none; a volume of 0 means that nothing traded.
    Raises InvalidBars, naming the first bad row, when: columns differ in length, times do not rise
    strictly, a price is not finite or not above 0, high or low does not contain open and close, or a
    volume is negative or not finite.
    """

    symbol: str
    timeframe: Timeframe
    open_time: I64
    open: F64
    high: F64
    low: F64
    close: F64
    volume: F64 | None = field(default=None)

    def __post_init__(self) -> None:
        object.__setattr__(self, "open_time", _frozen(self.open_time, np.int64))
        for name in PRICES:
            object.__setattr__(self, name, _frozen(getattr(self, name), np.float64))
        if self.volume is not None:
            object.__setattr__(self, "volume", _frozen(self.volume, np.float64))
        self._refuse_bad_shapes()
        self._refuse_bad_rows()

    def __len__(self) -> int:
        return len(self.open_time)

    @cached_property
    def has_volume(self) -> bool:
        """False when the volume is absent or 0 in every bar: then the data has no volume (rule 60)."""
        return self.volume is not None and bool(np.any(self.volume > 0))

    def digest(self) -> str:
        """SHA-256 of symbol, timeframe and columns; equal digests mean bit-equal data."""
        h = hashlib.sha256(f"{self.symbol}|{self.timeframe}|{len(self)}".encode())
        for column in (self.open_time, self.open, self.high, self.low, self.close, self.volume):
            h.update(b"absent" if column is None else np.ascontiguousarray(column).data)
        return h.hexdigest()

    def rows(self, start: int, stop: int) -> Bars:
        """The bars of rows `start` to `stop` (exclusive), as views; a part of good bars is not checked again."""
        if start <= 0 and stop >= len(self):
            return self
        part = object.__new__(Bars)
        for name in ("symbol", "timeframe"):
            object.__setattr__(part, name, getattr(self, name))
        for name in ("open_time", *PRICES, "volume"):
            column = getattr(self, name)
            object.__setattr__(part, name, None if column is None else column[start:stop])
        return part

    def between(self, start_ms: int | None, end_ms: int | None) -> Bars:
        """The bars whose open lies in start ≤ open ≤ end; None leaves that side open."""
        first = 0 if start_ms is None else int(np.searchsorted(self.open_time, start_ms, side="left"))
        last = len(self) if end_ms is None else int(np.searchsorted(self.open_time, end_ms, side="right"))
        return self.rows(first, max(first, last))

    def _refuse_bad_shapes(self) -> None:
        if self.open_time.ndim != 1:
            raise InvalidBars("times must be one column", field="timestamp")
        for name in (*PRICES, "volume"):
            column = getattr(self, name)
            if column is not None and column.shape != self.open_time.shape:
                raise InvalidBars(f"has {column.size} rows, the times have {self.open_time.size}", field=name)

    def _refuse_bad_rows(self) -> None:
        steps = np.diff(self.open_time)
        if steps.size and int(steps.min()) <= 0:
            row = int(np.argmax(steps <= 0)) + 1
            what = "duplicate" if steps[row - 1] == 0 else "unsorted"
            raise InvalidBars(
                f"{what} time {format_ms(int(self.open_time[row]))} in row {row}",
                row=row,
                field="timestamp",
                remedy="sort by time and keep one row for each",
            )
        for name in PRICES:
            _refuse(
                ~(getattr(self, name) > 0) | ~np.isfinite(getattr(self, name)), name, "is not a price above 0", self
            )
        _refuse(self.high < np.maximum(self.open, self.close), "high", "is below open or close", self)
        _refuse(self.low > np.minimum(self.open, self.close), "low", "is above open or close", self)
        if self.volume is not None:
            _refuse(~(self.volume >= 0) | ~np.isfinite(self.volume), "volume", "is not a number of at least 0", self)


def _refuse(bad: np.ndarray, name: str, why: str, bars: Bars) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        value = getattr(bars, name)[row]
        raise InvalidBars(
            f"{name} {value} {why} in row {row} ({format_ms(int(bars.open_time[row]))})",
            row=row,
            field=name,
            remedy="correct or remove that row",
        )


def _frozen(values: ArrayLike, dtype: type[np.generic]) -> np.ndarray:
    """A read-only view (a copy only when the type differs): bars are shared, nobody may write."""
    column = np.asarray(values, dtype=dtype).view()
    column.flags.writeable = False
    return column


def format_ms(epoch_ms: int) -> str:
    """RFC 3339 text of an epoch-millisecond time, UTC: 1704067200000 → '2024-01-01T00:00:00Z'."""
    text = datetime.fromtimestamp(epoch_ms / 1000, UTC).isoformat(
        timespec="milliseconds" if epoch_ms % 1000 else "seconds"
    )
    return text.replace("+00:00", "Z")


def format_times(epoch_ms: I64) -> list[str]:
    """`format_ms` of every time of a column, shape (T,); fast where all are whole seconds, as bar times are."""
    if np.any(epoch_ms % 1000):
        return [format_ms(ms) for ms in epoch_ms.tolist()]
    texts: list[str] = np.datetime_as_string((epoch_ms // 1000).astype("datetime64[s]"), timezone="UTC").tolist()
    return texts
