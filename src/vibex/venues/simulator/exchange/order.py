"""An order: what was asked (`OrderRequest`), what became of it (`Order`), and one execution (`Fill`)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vibex.venues.simulator.exchange.words import (
    ZERO,
    OrderType,
    PositionSide,
    SelfTrade,
    Side,
    Status,
    TimeInForce,
    WorkingType,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """`POST order` with its parameters read; None means not sent. `callback_rate` is in percent."""

    symbol: str
    side: Side
    type: OrderType
    position_side: PositionSide | None = None
    time_in_force: TimeInForce | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    stop_price: Decimal | None = None
    reduce_only: bool | None = None
    close_position: bool = False
    activation_price: Decimal | None = None
    callback_rate: Decimal | None = None
    working_type: WorkingType = WorkingType.CONTRACT_PRICE
    price_protect: bool = False
    self_trade: SelfTrade | None = None
    client_id: str | None = None


@dataclass(slots=True, kw_only=True)
class Order:
    """One order of one account; only the exchange changes it. `filled` in base, `cost` in quote units."""

    order_id: int
    account: str
    symbol: str
    client_id: str
    side: Side
    position_side: PositionSide
    type: OrderType
    orig_type: OrderType
    time_in_force: TimeInForce
    quantity: Decimal
    price: Decimal
    stop_price: Decimal = ZERO
    reduce_only: bool = False
    close_position: bool = False
    activation_price: Decimal = ZERO
    callback_rate: Decimal = ZERO
    working_type: WorkingType = WorkingType.CONTRACT_PRICE
    price_protect: bool = False
    self_trade: SelfTrade = SelfTrade.EXPIRE_TAKER
    created: int
    updated: int
    status: Status = Status.NEW
    filled: Decimal = ZERO
    cost: Decimal = ZERO
    # Trailing orders: whether the activation price was reached, and the best price since.
    active: bool = False
    extreme: Decimal = ZERO
    changes: int = 0
    # Made by the venue to close an account that ran out of margin: pays the liquidation fee.
    liquidation: bool = False

    @property
    def remaining(self) -> Decimal:
        return self.quantity - self.filled

    @property
    def average_price(self) -> Decimal:
        return self.cost / self.filled if self.filled else ZERO

    @property
    def waiting(self) -> bool:
        """True for a conditional order that has not triggered: it stands in no book and holds no margin."""
        return self.type.conditional


def house_order(
    number: int, account: str, symbol: str, side: Side, price: Decimal, quantity: Decimal, now: int
) -> Order:
    """A limit order of a house account that came from a recording, not through the filters. A stale one gives way to a
    newer one of the same account."""
    return Order(
        order_id=number,
        account=account,
        symbol=symbol,
        client_id=f"recorded-{number}",
        side=side,
        position_side=PositionSide.BOTH,
        type=OrderType.LIMIT,
        orig_type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        quantity=quantity,
        price=price,
        self_trade=SelfTrade.EXPIRE_MAKER,
        created=now,
        updated=now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One execution seen from one account. `fee` is above 0 when paid, `realised` is before the fee."""

    trade_id: int
    order_id: int
    symbol: str
    side: Side
    position_side: PositionSide
    price: Decimal
    quantity: Decimal
    fee: Decimal
    realised: Decimal
    maker: bool
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """One public trade. `buyer_is_maker` is true when the seller took."""

    trade_id: int
    price: Decimal
    quantity: Decimal
    time: int
    buyer_is_maker: bool
