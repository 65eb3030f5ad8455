"""What comes over a venue's streams: closed sets of events for markets and for an account.

`event_at` is the venue's time. Delivery is neither ordered nor complete; what is missed is announced as `Interrupted`,
after which the account has to be read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from vibex.domain import PositionSide, Side, Timeframe
from vibex.venues.reports import (
    BookLevel,
    BookSnapshot,
    MarginMode,
    MarkPrice,
    ReportedFill,
    ReportedOrder,
    ReportedPosition,
)


class Channel(StrEnum):
    TRADES = "trades"
    MARK_PRICE = "mark_price"
    BARS = "bars"
    QUOTE = "quote"
    BOOK = "book"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One channel of one symbol; `timeframe` is needed for bars and for nothing else."""

    channel: Channel
    symbol: str
    timeframe: Timeframe | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A public trade; `side` is the taker's."""

    symbol: str
    trade_id: str
    price: Decimal
    quantity: Decimal
    side: Side
    event_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    symbol: str
    update_id: int
    bid: BookLevel
    ask: BookLevel
    event_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BarUpdate:
    """The running bar; final when `is_closed`. `open_time` in epoch milliseconds, the label of the bar."""

    symbol: str
    timeframe: Timeframe
    open_time: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    is_closed: bool
    event_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BookChanged:
    """The best levels of a book that is known to be whole."""

    book: BookSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLost:
    """A gap: the book of `symbol` must not be used until the next `BookChanged`; as after every `Interrupted`."""

    symbol: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """Events may be missing. While not `resumed` nothing comes; when `resumed` read the account (or the market) again:
    what happens from here on will be told."""

    why: str
    resumed: bool


MarketEvent = Trade | MarkPrice | BarUpdate | Quote | BookChanged | BookLost | Interrupted


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged:
    """`execution` is the venue's word: NEW, TRADE, CANCELED, EXPIRED, CALCULATED (a liquidation)."""

    order: ReportedOrder
    fill: ReportedFill | None
    execution: str
    event_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletChange:
    """`change` leaves out profit, loss and fees: transfers and funding."""

    asset: str
    wallet: Decimal
    cross_wallet: Decimal
    change: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanged:
    """Only what changed, with the reason in the venue's word."""

    reason: str
    wallets: Sequence[WalletChange]
    positions: Sequence[ReportedPosition]
    event_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginCalled:
    """Positions near liquidation, as (symbol, side or None); may come after the liquidation itself."""

    positions: Sequence[tuple[str, PositionSide | None]]
    event_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationChanged:
    """Somebody changed a setting of the account; what did not change is None."""

    symbol: str | None
    leverage: Decimal | None
    hedge: bool | None
    multi_assets: bool | None
    event_at: datetime
    margin_mode: MarginMode | None = None


AccountEvent = OrderChanged | AccountChanged | MarginCalled | ConfigurationChanged | Interrupted
