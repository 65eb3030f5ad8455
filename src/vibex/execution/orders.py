"""One order as the journal's facts tell it: a fold that survives events that come twice, late and out of order.

Bugs that it answers: fills after a "failure" (hummingbot#7294), fills inferred twice (nautilus_trader#3046), a cancel
that raced a fill (freqtrade#3647).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from vibex.domain import (
    ClientOrderId,
    InvalidInput,
    OrderKind,
    OrderStatus,
    OrderType,
    OutcomeUnknown,
    Side,
    VenueOrderId,
)
from vibex.execution.facts import Fact, FactKind, plain
from vibex.venues import ReportedOrder, Request

ZERO = Decimal(0)


class Overfilled(OutcomeUnknown):
    """More was filled than the order asks for: one of the two sides is wrong, and the account has to be read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedOrder:
    """`quantity` None is the whole position. `filled` is cumulative by the venue's word and never falls; `fills` are
    the executions that are known one by one, by trade id. `absent` marks a REFUSED that was concluded from silence:
    the venue's word still overrides it."""

    client_order_id: str
    kind: OrderKind
    symbol: str
    side: Side
    type: OrderType
    quantity: Decimal | None
    price: Decimal | None
    trigger_price: Decimal | None
    created_at: datetime
    correlation_id: str
    valid_until: datetime | None = None
    status: OrderStatus = OrderStatus.PENDING
    venue_order_id: VenueOrderId | None = None
    filled: Decimal = ZERO
    fills: Mapping[str, Decimal] = field(default_factory=dict)
    average_price: Decimal | None = None
    cancel_asked: bool = False
    absent: bool = False
    refusal: str = ""

    @property
    def is_live(self) -> bool:
        """Whether it may still trade, as far as is known."""
        return not self.status.is_final

    @property
    def is_in_doubt(self) -> bool:
        return self.status in (OrderStatus.PENDING, OrderStatus.UNKNOWN)

    @property
    def remaining(self) -> Decimal:
        """At full size while in doubt; 0 once final, and for an order of the whole position."""
        if self.quantity is None or not self.is_live:
            return ZERO
        return self.quantity - self.filled

    @property
    def missing_fills(self) -> Decimal:
        """What the venue counts as filled and no execution accounts for yet."""
        return max(ZERO, self.filled - sum(self.fills.values(), ZERO))

    def told(self, status: OrderStatus, filled: Decimal, average: Decimal | None, venue_id: str | None) -> TrackedOrder:
        """After the venue's report. Raises Overfilled beyond the quantity."""
        if self.quantity is not None and filled > self.quantity:
            raise Overfilled(f"{filled} of {self.quantity} filled", client_order_id=self.client_order_id)
        newer = filled > self.filled
        after = replace(
            self,
            filled=max(filled, self.filled),
            average_price=average if newer or self.average_price is None else self.average_price,
            venue_order_id=VenueOrderId(venue_id) if venue_id else self.venue_order_id,
        )
        was_concluded = self.status is OrderStatus.REFUSED and self.absent
        if self.status.is_final and not was_concluded:
            return replace(after, status=OrderStatus.FILLED) if after.is_complete else after
        if status.is_final or newer or self.is_in_doubt or was_concluded:
            return replace(after, status=status, absent=False)
        if after.is_complete:
            return replace(after, status=OrderStatus.FILLED)
        # A report of before: what was filled since is known already.
        return after if filled < self.filled else replace(after, status=status)

    @property
    def is_complete(self) -> bool:
        return self.quantity is not None and self.filled >= self.quantity

    def executed(self, trade_id: str, quantity: Decimal) -> TrackedOrder:
        """After one execution; a trade id that is known changes nothing. Raises Overfilled beyond the quantity."""
        if trade_id in self.fills:
            return self
        fills = {**self.fills, trade_id: quantity}
        total = sum(fills.values(), ZERO)
        if self.quantity is not None and total > self.quantity:
            raise Overfilled(f"{total} of {self.quantity} executed", client_order_id=self.client_order_id)
        status = self.status
        if self.quantity is not None and total >= self.quantity:
            status = OrderStatus.FILLED
        elif not status.is_final or self.absent:
            status = OrderStatus.PARTIALLY_FILLED
        return replace(
            self, fills=fills, filled=max(self.filled, total), status=status, absent=self.absent and status.is_final
        )

    def follow(self, fact: Fact) -> TrackedOrder:
        """After a fact about this order."""
        match fact.kind:
            case FactKind.ACCEPTED | FactKind.REPORTED:
                return self.told(
                    OrderStatus(fact.text("status")),
                    fact.number("filled_quantity"),
                    fact.maybe_number("average_price"),
                    fact.maybe_text("venue_order_id"),
                )
            case FactKind.FILL:
                return self.executed(fact.text("trade_id"), fact.number("quantity"))
            case FactKind.UNKNOWN if self.status is OrderStatus.PENDING:
                return replace(self, status=OrderStatus.UNKNOWN)
            case FactKind.REFUSED if self.is_in_doubt:
                return replace(self, status=OrderStatus.REFUSED, refusal=fact.text("code"))
            case FactKind.NOT_FOUND if self.is_in_doubt:
                return replace(self, status=OrderStatus.REFUSED, absent=True, refusal="not-found")
            case FactKind.NOT_FOUND if self.is_live:
                # It was there and is gone without a word: over, whatever the reason.
                return replace(self, status=OrderStatus.EXPIRED, absent=True)
            case FactKind.LATE:
                return replace(self, status=OrderStatus.EXPIRED)
            case FactKind.CANCEL_ASKED:
                return replace(self, cancel_asked=True)
            case _:
                return self


def intended(request: Request, kind: OrderKind, at: datetime, correlation_id: str, *, purpose: str = "") -> Fact:
    """The row that stands in the journal before `request` is sent."""
    until = getattr(request, "valid_until", None)
    return Fact(
        kind=FactKind.INTENT,
        at=at,
        correlation_id=correlation_id,
        symbol=request.symbol,
        order=str(request.client_order_id),
        values={
            "kind": kind.value,
            "side": request.side.value,
            "type": request.type.value,
            "quantity": plain(request.quantity),
            "price": plain(request.price),
            "trigger_price": plain(request.trigger_price),
            "valid_until": until.isoformat() if isinstance(until, datetime) else None,
            "purpose": purpose,
        },
    )


def order_of(fact: Fact) -> TrackedOrder:
    """The order that an INTENT (or, for one of ours that the journal has lost, a RECOVERED) row begins."""
    if fact.symbol is None or fact.order is None:
        raise InvalidInput("an intent without symbol or order", field="order", remedy="restore the journal")
    return TrackedOrder(
        client_order_id=fact.order,
        kind=OrderKind(fact.text("kind")),
        symbol=fact.symbol,
        side=Side(fact.text("side")),
        type=OrderType(fact.text("type")),
        quantity=fact.maybe_number("quantity"),
        price=fact.maybe_number("price"),
        trigger_price=fact.maybe_number("trigger_price"),
        created_at=fact.at,
        correlation_id=fact.correlation_id,
        valid_until=fact.maybe_time("valid_until"),
        status=OrderStatus.UNKNOWN if fact.kind is FactKind.RECOVERED else OrderStatus.PENDING,
    )


_TYPES = {
    "MARKET": OrderType.MARKET,
    "LIMIT": OrderType.LIMIT,
    "STOP_MARKET": OrderType.STOP_MARKET,
    "STOP": OrderType.STOP_LIMIT,
    "TAKE_PROFIT_MARKET": OrderType.TAKE_PROFIT_MARKET,
}


def recovered(order: ReportedOrder, at: datetime) -> Fact:
    """The row that begins an order of ours which the venue knows and the journal does not."""
    return Fact(
        kind=FactKind.RECOVERED,
        at=at,
        correlation_id=order.client_order_id,
        symbol=order.symbol,
        order=order.client_order_id,
        values={
            "kind": ClientOrderId.parse(order.client_order_id).kind.value,
            "side": order.side.value,
            "type": _TYPES.get(order.venue_type.upper(), OrderType.MARKET).value,
            "quantity": None if order.closes_position else plain(order.quantity),
            "price": plain(order.price),
            "trigger_price": plain(order.trigger_price),
        },
    )


def report(order: ReportedOrder, at: datetime, correlation_id: str, kind: FactKind = FactKind.REPORTED) -> Fact:
    return Fact(
        kind=kind,
        at=at,
        correlation_id=correlation_id,
        symbol=order.symbol,
        order=order.client_order_id,
        values={
            "status": order.status.value,
            "filled_quantity": plain(order.filled_quantity),
            "average_price": plain(order.average_price),
            "venue_order_id": str(order.venue_order_id),
        },
    )
