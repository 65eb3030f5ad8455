"""The words that every room shares: bars, instruments, orders, fills, positions, decisions, time, errors.

Must not know anything else of the product: no indicator, venue, database, HTTP or model.
"""

from vibex.domain.bars import Bars, format_ms
from vibex.domain.clock import Clock, ManualClock, SystemClock
from vibex.domain.errors import (
    InvalidBars,
    InvalidInput,
    InvalidSpec,
    NotSupported,
    OutcomeUnknown,
    RetryLater,
    SpecIssue,
    StopTrading,
    VibexError,
)
from vibex.domain.instrument import Instrument, Market
from vibex.domain.timeframe import Timeframe

__all__ = [
    "Bars",
    "Clock",
    "Instrument",
    "InvalidBars",
    "InvalidInput",
    "InvalidSpec",
    "ManualClock",
    "Market",
    "NotSupported",
    "OutcomeUnknown",
    "RetryLater",
    "SpecIssue",
    "StopTrading",
    "SystemClock",
    "Timeframe",
    "VibexError",
    "format_ms",
]
