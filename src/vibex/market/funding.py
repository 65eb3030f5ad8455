"""`--funding [SYMBOL=]FILE`: the funding rates of a perpetual, read strictly and checked against the tested period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from vibex.domain.arrays import F64, I64, Mask
from vibex.domain.bars import format_ms
from vibex.domain.errors import InvalidBars, InvalidInput
from vibex.domain.timeframe import HOUR_MS
from vibex.market.columns import match_roles, numbers
from vibex.market.reader import located
from vibex.market.tables import read_columns
from vibex.market.times import times_ms

LARGEST_RATE = 0.04
"""No venue of the presets settles more at once; a larger number is a percentage, or an annual rate."""
_NEIGHBOURS = 10  # settlements on each side that say what interval is usual there: venues have changed it
_SECOND_MS = 1000


class Column(StrEnum):
    """What a column of a funding file holds."""

    TIME = "time"
    RATE = "rate"
    MARK = "mark price"


_SPELLINGS = {
    Column.TIME: frozenset(("timestamp", "time", "date", "datetime", "ts", "t", "fundingtime", "calctime", "unix")),
    Column.RATE: frozenset(("rate", "fundingrate", "lastfundingrate", "funding")),
    Column.MARK: frozenset(("mark", "markprice")),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class FundingSeries:
    """Settlements of one symbol, shape (S,), oldest first: `time` in epoch ms UTC, rounded to the second (rule 63).

    `rate` is a fraction per settlement, longs pay where it is positive (0.0001 = 1 bp). `mark` is the price that the
    venue settled on, NaN where the file has none. `source` is the file's name.
    """

    symbol: str
    source: str
    time: I64
    rate: F64
    mark: F64


def read_funding(path: Path, symbol: str) -> FundingSeries:
    """Read a CSV or Parquet file with a time, a rate and, if it has one, a mark price.

    Raises InvalidInput (field "funding"): no such file or column, an unreadable cell, times that do not rise, a rate
    beyond ±4 %, a mark price that is not above 0.
    """
    try:
        table, roles, _ = read_columns(path, _match, Column.TIME)
        raw = times_ms(table[roles[Column.TIME]], roles[Column.TIME])
        rate = numbers(table[roles[Column.RATE]], roles[Column.RATE])
        known = Column.MARK in roles
        mark: F64 = numbers(table[roles[Column.MARK]], roles[Column.MARK]) if known else np.full(len(raw), np.nan)
    except InvalidBars as error:
        raise _refusal(located(error, path).message, error.remedy) from error
    except InvalidInput as error:
        raise _refusal(error.message, error.remedy) from error
    time = (raw + _SECOND_MS // 2) // _SECOND_MS * _SECOND_MS
    series = FundingSeries(symbol=symbol, source=path.name, time=time, rate=rate, mark=mark)
    _refuse_bad_rows(series)
    return series


def refuse_uncovered(series: FundingSeries, first_ms: int, end_ms: int) -> None:
    """Raise InvalidInput (field "funding") unless the series covers first_ms ≤ t < end_ms, the tested period.

    A hole is a step longer than twice what is usual around it; every hole that reaches into the period is named.
    """
    if len(series.time) < 2:
        raise _refusal(f"{series.source} has one settlement only, which shows no interval", "give the whole series")
    steps = np.diff(series.time)
    usual = _usual_steps(steps)
    holes = []
    if int(series.time[0]) - first_ms >= int(usual[0]):
        holes.append(f"{format_ms(first_ms)} to {format_ms(int(series.time[0]))}")
    inside: Mask = (series.time[:-1] < end_ms) & (series.time[1:] > first_ms)
    for row in np.flatnonzero(inside & (steps > 2 * usual)).tolist():
        holes.append(f"{format_ms(int(series.time[row]))} to {format_ms(int(series.time[row + 1]))}")
    if end_ms - int(series.time[-1]) > int(usual[-1]):
        holes.append(f"{format_ms(int(series.time[-1]))} to {format_ms(end_ms)}")
    if holes:
        shown = "; ".join(holes[:5]) + (f"; and {len(holes) - 5} more" if len(holes) > 5 else "")
        hours = float(np.median(usual)) / HOUR_MS
        raise _refusal(
            f"{series.source} lacks settlements of {series.symbol} (every {hours:g} h): {shown}",
            "give the missing part, or test the covered period with --start and --end",
        )


def _match(names: Sequence[str]) -> dict[Column, str]:
    roles = match_roles(names, _SPELLINGS, Column.TIME)
    missing = [column.value for column in (Column.TIME, Column.RATE) if column not in roles]
    if missing:
        found = ", ".join(repr(name) for name in names) or "none"
        raise _refusal(
            f"no column for {' and '.join(missing)}; the file has {found}", "name them timestamp and funding_rate"
        )
    return roles


def _refuse_bad_rows(series: FundingSeries) -> None:
    late = np.flatnonzero(np.diff(series.time) <= 0)
    if len(late):
        moment = format_ms(int(series.time[late[0] + 1]))
        raise _refusal(
            f"{series.source}: the settlement of {moment} in row {late[0] + 1} is not later than the one before",
            "sort by time and keep one row for each settlement",
        )
    for bad, value, why in (
        (~np.isfinite(series.rate), series.rate, "is empty or no number"),
        (np.abs(series.rate) > LARGEST_RATE, series.rate, "is beyond ±4 % a settlement"),
        (~np.isnan(series.mark) & ~((series.mark > 0) & np.isfinite(series.mark)), series.mark, "is no price above 0"),
    ):
        if bad.any():
            row = int(np.argmax(bad))
            what = "mark price" if value is series.mark else "rate"
            raise _refusal(
                f"{series.source}: the {what} {value[row]:g} of {format_ms(int(series.time[row]))} {why}",
                "rates are fractions: 0.0001 means 1 bp; leave an unknown mark price empty",
            )


def _usual_steps(steps: I64) -> I64:
    """What is usual around each step: the median of it and up to ten on each side, shape as given."""
    if len(steps) <= 2 * _NEIGHBOURS + 1:
        return np.full(len(steps), int(np.median(steps)), dtype=np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(steps, 2 * _NEIGHBOURS + 1)
    median = np.median(windows, axis=1).astype(np.int64)
    return np.pad(median, _NEIGHBOURS, mode="edge")


def _refusal(message: str, remedy: str | None) -> InvalidInput:
    return InvalidInput(message, field="funding", remedy=remedy)
