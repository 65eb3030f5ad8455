"""Session returns compounded to days, ISO weeks, calendar months and years: the rows of the period tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import numpy as np

from vibex.domain.arrays import F64, I64
from vibex.domain.errors import InvalidInput

Period = Literal["day", "week", "month", "year"]
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodReturn:
    """One period: `label` is 2024-01-31, 2024-W05, 2024-01 or 2024; `value` a fraction, None where undefined."""

    label: str
    value: float | None


def compounded_returns(returns: F64, dates: I64, period: Period) -> tuple[PeriodReturn, ...]:
    """∏(1 + return) − 1 of the sessions in each period, oldest first; periods without a session have no row.

    `returns` (S,) are fractions, `dates` (S,) the sessions' local dates as epoch milliseconds of 00:00 UTC, rising.
    A week is the ISO week (Monday first, named by the year of its Thursday). Raises InvalidInput when the shapes
    differ or the dates fall.
    """
    if returns.shape != dates.shape:
        raise InvalidInput(f"returns has shape {returns.shape}, dates {dates.shape}", field="dates")
    if not returns.size:
        return ()
    if dates.size > 1 and int(np.diff(dates).min()) < 0:
        raise InvalidInput("session dates fall", field="dates", remedy="give the sessions in order of time")
    starts = np.concatenate(([0], np.flatnonzero(np.diff(_period_number(dates, period))) + 1))
    growth = np.multiply.reduceat(1.0 + returns, starts) - 1.0
    return tuple(
        PeriodReturn(label=_label(int(dates[row]), period), value=float(value) if np.isfinite(value) else None)
        for row, value in zip(starts, growth, strict=True)
    )


def _period_number(dates: I64, period: Period) -> I64:
    days = dates // DAY_MS
    if period == "day":
        return days
    if period == "week":
        return (days + 3) // 7  # 1970-01-01 was a Thursday, so that weeks start on Monday
    unit = "datetime64[M]" if period == "month" else "datetime64[Y]"
    return days.astype("datetime64[D]").astype(unit).astype(np.int64)


def _label(date_ms: int, period: Period) -> str:
    date = datetime.fromtimestamp(date_ms / 1000, UTC).date()
    if period == "week":
        year, week, _ = date.isocalendar()
        return f"{year:04d}-W{week:02d}"
    return date.isoformat()[: {"day": 10, "month": 7, "year": 4}[period]]
