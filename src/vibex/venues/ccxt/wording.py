"""How a number, a time and an id of ours are written for venues."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from vibex.domain import InvalidInput


def plain(number: Decimal) -> str:
    """Digits without exponent and without trailing zeros, which Hyperliquid's signature does not forgive."""
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def epoch_ms(time: datetime) -> int:
    """Raises InvalidInput for a time without zone."""
    if time.tzinfo is None:
        raise InvalidInput("a time without zone", field="start", remedy="use aware UTC datetimes")
    return round(time.timestamp() * 1000)


def at(milliseconds: Decimal | int) -> datetime:
    return datetime.fromtimestamp(float(milliseconds) / 1000, UTC)
