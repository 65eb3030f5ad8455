"""One execution of an order of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from vibex.domain.errors import InvalidInput
from vibex.domain.ids import AccountId, ClientOrderId
from vibex.domain.order import Side


class Liquidity(StrEnum):
    MAKER = "maker"
    TAKER = "taker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """`trade_id` is the venue's and makes a repeated report harmless. `fee` is a cost when positive, a rebate
    when negative, in `fee_currency`. `event_at` is the venue's time, `received_at` ours."""

    account_id: AccountId
    client_order_id: ClientOrderId
    trade_id: str
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    fee: Decimal
    fee_currency: str
    liquidity: Liquidity
    event_at: datetime
    received_at: datetime

    def __post_init__(self) -> None:
        if self.price <= 0 or self.quantity <= 0:
            raise InvalidInput(f"{self.quantity} at {self.price} is no fill", field="price")
        if self.event_at.tzinfo is None or self.received_at.tzinfo is None:
            raise InvalidInput("a time without zone", field="event_at")

    @property
    def notional(self) -> Decimal:
        return self.price * self.quantity
