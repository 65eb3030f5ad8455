"""Price steps by price band and date: which prices a venue accepts, and levels rounded to them against the trader.

A band reaches up to and including its upper bound. The Hong Kong table is the exchange's spread table: the one in force
before 24 July 2006, the one from that day, and phase 1 of the reduction from 4 August 2025 (10 to 50 HKD). Phase 2 (0.5
to 10 HKD) is not in the table, as no source gives its first day. US shares have 0.01, below a dollar 0.0001 (Regulation
NMS, rule 612, without its half-cent amendment).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.resources import files
from io import StringIO

import numpy as np

from vibex.domain.arrays import F64, I64
from vibex.domain.errors import InvalidInput
from vibex.domain.instrument import Instrument
from vibex.domain.order import PositionSide

TICK_TABLES = ("hkex", "us")
SLACK = 1e-9
"""A level within this share of a step from a step lies on it, as lots do (rule 33)."""

UP, DOWN = 1, -1

AGAINST_LONG = {
    "stop_loss": DOWN,  # it sells later, at less
    "trailing_stop": DOWN,  # the same
    "take_profit": UP,  # the price has further to go
    "limit_entry": DOWN,  # the price has further to come, and nothing is bought above the limit that was named
    "stop_entry": UP,  # it buys later, for more
}
"""Where a long's level goes when it lies between two steps (rule 42); a short's goes the other way."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TickBands:
    """The price steps of one symbol over the rows of a run, in V versions of B bands.

    `first_row` (V,): from which row each version holds, the first is 0. `upper`, `tick` (V, B): upper bounds,
    rising, the last of each version infinite, and the step below each. A step of 0 means that nothing is rounded.
    """

    first_row: I64
    upper: F64
    tick: F64


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    valid_from: date | None
    upper: tuple[float, ...]
    tick: tuple[float, ...]


def tick_at(price: float, upper: F64 | Sequence[float], tick: F64 | Sequence[float]) -> float:
    """The step at `price`: of the first band whose upper bound is not below it. Bounds and steps of shape (B,).

    This and `round_level` call nothing of ours, so that numba compiles them as they stand.
    """
    band = 0
    while band < len(upper) - 1 and price > upper[band]:
        band += 1
    return float(tick[band])


def round_level(price: float, direction: int, step: float) -> float:
    """`price` on the next multiple of `step` up (`direction` 1) or down (−1); unchanged where the step is 0.

    down: floor(price / step + 1e-9) × step, up: ceil(price / step − 1e-9) × step (rule 42).
    """
    if step <= 0.0:
        return price
    if direction > 0:
        return math.ceil(price / step - SLACK) * step
    return math.floor(price / step + SLACK) * step


def against_trader(kind: str, side: PositionSide) -> int:
    """1 when a level of this kind is rounded up, −1 when down; `kind` is a key of `AGAINST_LONG`."""
    return AGAINST_LONG[kind] if side is PositionSide.LONG else -AGAINST_LONG[kind]


def tick_bands(instrument: Instrument, open_time: I64) -> TickBands:
    """The steps of an instrument at rows with these opens (epoch ms UTC, rising, shape (T,), at least one).

    A table's new version holds from the first row on or after 00:00 UTC of its day.
    """
    if instrument.tick_table is None:
        return _one_step(float(instrument.tick))
    versions = _table(instrument.tick_table)
    starts = [0 if v.valid_from is None else int(np.searchsorted(open_time, _ms(v.valid_from))) for v in versions]
    ends = [*starts[1:], len(open_time)]
    used = [(start, v) for start, end, v in zip(starts, ends, versions, strict=True) if start < end]
    width = max(len(version.upper) for _, version in used)
    upper: F64 = np.full((len(used), width), np.inf)
    tick: F64 = np.empty((len(used), width))
    for row, (_, version) in enumerate(used):
        upper[row, : len(version.upper)] = version.upper
        tick[row] = version.tick + (version.tick[-1],) * (width - len(version.tick))
    return TickBands(first_row=np.array([start for start, _ in used], dtype=np.int64), upper=upper, tick=tick)


def _one_step(step: float) -> TickBands:
    return TickBands(first_row=np.zeros(1, dtype=np.int64), upper=np.array([[np.inf]]), tick=np.array([[step]]))


def _ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


@lru_cache(maxsize=len(TICK_TABLES))
def _table(name: str) -> tuple[_Version, ...]:
    """The versions of a shipped table, oldest first. Raises InvalidInput for a name that is none."""
    if name not in TICK_TABLES:
        raise InvalidInput(
            f"there is no tick table {name!r}", field="tick", remedy=f"give a number or {' or '.join(TICK_TABLES)}"
        )
    text = files("vibex.market").joinpath(f"{name}_ticks.csv").read_text("utf-8")
    bands: dict[date | None, list[tuple[float, float]]] = {}
    for row in csv.DictReader(StringIO(text)):
        day = date.fromisoformat(row["valid_from"]) if row["valid_from"] else None
        bands.setdefault(day, []).append((float(row["up_to"] or "inf"), float(row["tick"])))
    return tuple(
        _Version(valid_from=day, upper=tuple(u for u, _ in rows), tick=tuple(t for _, t in rows))
        for day, rows in bands.items()
    )
