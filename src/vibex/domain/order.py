"""Orders: what may be sent (two types that only the right rooms make) and what is known of one that was.

The venue port takes `ApprovedEntry` and `ProtectiveExit` and nothing else. `ApprovedEntry` is made in `risk`
only (a project lint says so); `ProtectiveExit` can only reduce a position, by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from vibex.domain.errors import InvalidInput
from vibex.domain.ids import AccountId, ClientOrderId, VenueOrderId


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"

    @property
    def opposite(self) -> Side:
        return Side.SELL if self is Side.BUY else Side.BUY


class PositionSide(StrEnum):
    LONG = "long"
    SHORT = "short"

    @property
    def direction(self) -> int:
        """+1 for a long, −1 for a short."""
        return 1 if self is PositionSide.LONG else -1

    @property
    def entry_side(self) -> Side:
        return Side.BUY if self is PositionSide.LONG else Side.SELL


class OrderType(StrEnum):
    MARKET = "market"
    LIMIT = "limit"
    STOP_MARKET = "stop_market"
    STOP_LIMIT = "stop_limit"
    TAKE_PROFIT_MARKET = "take_profit_market"

    @property
    def has_price(self) -> bool:
        return self in (OrderType.LIMIT, OrderType.STOP_LIMIT)

    @property
    def has_trigger(self) -> bool:
        return self in (OrderType.STOP_MARKET, OrderType.STOP_LIMIT, OrderType.TAKE_PROFIT_MARKET)


class TimeInForce(StrEnum):
    GTC = "gtc"
    IOC = "ioc"
    FOK = "fok"
    POST_ONLY = "post_only"


class OrderStatus(StrEnum):
    """PENDING: journalled, not answered. UNKNOWN: sent, outcome not known; to be queried, never re-sent."""

    PENDING = "pending"
    UNKNOWN = "unknown"
    OPEN = "open"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    EXPIRED = "expired"

    @property
    def is_final(self) -> bool:
        return self in (OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REFUSED, OrderStatus.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedEntry:
    """An order that opens or adds to a position and that the risk gate has let through.

    `quantity` in base units; `price` for limit types, `trigger_price` for stop types, in quote currency.
    `rule` names the policy under which it passed; it must not be sent after `valid_until` or outside
    `min_price`..`max_price`.
    """

    account_id: AccountId
    client_order_id: ClientOrderId
    symbol: str
    side: Side
    type: OrderType
    quantity: Decimal
    leverage: Decimal
    valid_until: datetime
    min_price: Decimal
    max_price: Decimal
    rule: str
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC

    def __post_init__(self) -> None:
        _check_prices(self.type, self.price, self.trigger_price)
        _positive("quantity", self.quantity)
        _positive("leverage", self.leverage)
        _aware("valid_until", self.valid_until)
        _positive("min_price", self.min_price)
        _positive("max_price", self.max_price)
        if self.min_price > self.max_price:
            raise InvalidInput(f"price band {self.min_price}..{self.max_price} is empty", field="min_price")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectiveExit:
    """An order that can only reduce: reduce-only with a quantity, or (quantity None) the whole position.

    `side` is the side of the order: selling reduces a long. There is no flag to make it open anything.
    `time_in_force` counts for limit types; GTC rests, IOC is a rung of a ladder of exits.
    """

    account_id: AccountId
    client_order_id: ClientOrderId
    symbol: str
    side: Side
    type: OrderType
    quantity: Decimal | None
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC

    def __post_init__(self) -> None:
        _check_prices(self.type, self.price, self.trigger_price)
        if self.time_in_force not in (TimeInForce.GTC, TimeInForce.IOC):
            raise InvalidInput(f"an exit is never {self.time_in_force}", field="time_in_force")
        if self.time_in_force is TimeInForce.IOC and self.type.has_trigger:
            raise InvalidInput("an exit behind a trigger rests", field="time_in_force", remedy="leave it at gtc")
        if self.quantity is not None:
            _positive("quantity", self.quantity)

    @property
    def closes_position(self) -> bool:
        return self.quantity is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is known of an order of ours. `average_price` is None until something filled."""

    account_id: AccountId
    client_order_id: ClientOrderId
    venue_order_id: VenueOrderId | None
    symbol: str
    side: Side
    type: OrderType
    quantity: Decimal
    filled_quantity: Decimal
    average_price: Decimal | None
    price: Decimal | None
    trigger_price: Decimal | None
    reduce_only: bool
    status: OrderStatus
    created_at: datetime
    updated_at: datetime

    def __post_init__(self) -> None:
        _positive("quantity", self.quantity)
        _aware("created_at", self.created_at)
        _aware("updated_at", self.updated_at)
        if not 0 <= self.filled_quantity <= self.quantity:
            raise InvalidInput(f"{self.filled_quantity} of {self.quantity} filled", field="filled_quantity")
        if (self.average_price is None) != (self.filled_quantity == 0):
            raise InvalidInput("is known exactly when something filled", field="average_price")

    @property
    def remaining(self) -> Decimal:
        return self.quantity - self.filled_quantity


def _check_prices(order_type: OrderType, price: Decimal | None, trigger: Decimal | None) -> None:
    for field, value, wanted in (
        ("price", price, order_type.has_price),
        ("trigger_price", trigger, order_type.has_trigger),
    ):
        if wanted and value is None:
            raise InvalidInput(f"a {order_type} order needs one", field=field)
        if not wanted and value is not None:
            raise InvalidInput(f"a {order_type} order has none", field=field)
        if value is not None:
            _positive(field, value)


def _positive(field: str, value: Decimal) -> None:
    if not value.is_finite() or value <= 0:
        raise InvalidInput(f"{value} is not above 0", field=field)


def _aware(field: str, value: datetime) -> None:
    if value.tzinfo is None:
        raise InvalidInput("a time without zone", field=field, remedy="use aware UTC datetimes")
