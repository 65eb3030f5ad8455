"""A value with its time, or the reason why there is none; and how old a value may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from vibex.domain import InvalidInput, JsonValue


@dataclass(frozen=True, slots=True)
class Reading:
    """What was known at `at`, the time of its origin (the venue's, a bar's close)."""

    value: Decimal
    at: datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise InvalidInput("a time without zone", field="at")


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a value is not known, as a clause."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """Seconds after which a value is stale. A closed bar is stale when the next one should have closed `bar_s` ago."""

    quote_s: float = 30
    funding_s: float = 600
    open_interest_s: float = 900
    account_s: float = 60
    bar_s: float = 90


def fresh(reading: Reading | Missing, at: datetime, limit_s: float) -> Reading | Missing:
    """`reading`, unless at `at` it is older than `limit_s`, of the future, or no finite number."""
    if isinstance(reading, Missing):
        return reading
    if not reading.value.is_finite():
        return Missing("the source gave no finite number")
    age_s = (at - reading.at).total_seconds()
    if age_s < 0:
        return Missing(f"its time {stamp(reading.at)} lies in the future")
    if age_s > limit_s:
        return Missing(f"stale: {words(timedelta(seconds=age_s))} old, {words(timedelta(seconds=limit_s))} are allowed")
    return reading


@dataclass(slots=True)
class Page:
    """A document that is being filled: `as_of` has the time of every value, `missing` the reason for every null."""

    as_of: dict[str, JsonValue] = field(default_factory=dict)
    missing: dict[str, JsonValue] = field(default_factory=dict)
    notes: dict[str, JsonValue] = field(default_factory=dict)

    def put(self, path: str, reading: Reading | Missing) -> float | None:
        """The number for the document."""
        if isinstance(reading, Missing):
            self.missing[path] = reading.reason
            return None
        self.as_of[path] = stamp(reading.at)
        return float(reading.value)

    def amount(self, path: str, value: Decimal | None, why: str = "the venue does not say") -> float | None:
        """A number whose time is that of the whole document; unknown when None or not finite."""
        if value is None or not value.is_finite():
            self.missing[path] = why
            return None
        return float(value)


def stamp(at: datetime) -> str:
    """RFC 3339 with Z, whole seconds."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def words(span: timedelta) -> str:
    """A duration for people: 45 s, 12 min, 3 h, 2 d."""
    seconds = span.total_seconds()
    for length, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
