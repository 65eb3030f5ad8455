"""The words that every room shares: bars, instruments, orders, fills, positions, decisions, time, errors.

Must not know anything else of the product: no indicator, venue, database, HTTP or model.
"""

from vibex.domain.bars import Bars, format_ms, format_times
from vibex.domain.clock import Clock, ManualClock, SystemClock
from vibex.domain.decision import Decision, Intent, PartTarget, Protection, QuantityKind, QuantityRule
from vibex.domain.errors import (
    EntriesStopped,
    InvalidBars,
    InvalidInput,
    InvalidSpec,
    LeaseLost,
    NotSupported,
    OutcomeUnknown,
    RetryLater,
    SpecIssue,
    StopTrading,
    VibexError,
)
from vibex.domain.event import Event, EventType, JsonValue
from vibex.domain.fill import Fill, Liquidity
from vibex.domain.ids import AccountId, ClientOrderId, OrderKind, VenueOrderId, account_id, new_id
from vibex.domain.instrument import Instrument, Market
from vibex.domain.order import (
    ApprovedEntry,
    Order,
    OrderStatus,
    OrderType,
    PositionSide,
    ProtectiveExit,
    Side,
    TimeInForce,
)
from vibex.domain.position import Position
from vibex.domain.timeframe import Timeframe

__all__ = [
    "AccountId",
    "ApprovedEntry",
    "Bars",
    "ClientOrderId",
    "Clock",
    "Decision",
    "EntriesStopped",
    "Event",
    "EventType",
    "Fill",
    "Instrument",
    "Intent",
    "InvalidBars",
    "InvalidInput",
    "InvalidSpec",
    "JsonValue",
    "LeaseLost",
    "Liquidity",
    "ManualClock",
    "Market",
    "NotSupported",
    "Order",
    "OrderKind",
    "OrderStatus",
    "OrderType",
    "OutcomeUnknown",
    "PartTarget",
    "Position",
    "PositionSide",
    "Protection",
    "ProtectiveExit",
    "QuantityKind",
    "QuantityRule",
    "RetryLater",
    "Side",
    "SpecIssue",
    "StopTrading",
    "SystemClock",
    "TimeInForce",
    "Timeframe",
    "VenueOrderId",
    "VibexError",
    "account_id",
    "format_ms",
    "format_times",
    "new_id",
]
