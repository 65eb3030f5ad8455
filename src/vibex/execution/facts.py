"""The facts that execution writes into the journal, and their form there: names, and decimal text for money.

State is the fold of these facts; nothing that a restart needs is kept anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from vibex.domain import EventType, InvalidInput, JsonValue


class FactKind(StrEnum):
    # An order's life.
    INTENT = "intent"
    LATE = "late"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NOT_FOUND = "not_found"
    REPORTED = "reported"
    RECOVERED = "recovered"
    DUPLICATE = "duplicate"
    OVERFILLED = "overfilled"
    CANCEL_ASKED = "cancel_asked"
    CANCEL_REFUSED = "cancel_refused"
    FILL = "fill"
    REJECTED = "rejected"
    # Protection of a position.
    PLAN = "plan"
    PROTECTED = "protected"
    RESIZED = "resized"
    STOP_BREACHED = "stop_breached"
    REARMED = "rearmed"
    EXIT = "exit"
    ALREADY_FLAT = "already_flat"
    CLEANED = "cleaned"
    # Venue against journal.
    ADOPTED = "adopted"
    EXTERNAL = "external"
    FOREIGN = "foreign"
    LIQUIDATED = "liquidated"
    DELEVERAGED = "deleveraged"
    RECONCILED = "reconciled"
    # The account.
    TROUBLE = "trouble"
    TROUBLE_OVER = "trouble_over"
    OUTLIER = "outlier"
    KILL_STARTED = "kill_started"
    KILL_DONE = "kill_done"

    @property
    def event_type(self) -> EventType:
        return _EVENT_TYPES.get(self, EventType.ORDER)


_EVENT_TYPES = {
    FactKind.FILL: EventType.FILL,
    FactKind.REJECTED: EventType.RISK,
    FactKind.ADOPTED: EventType.RECONCILIATION,
    FactKind.EXTERNAL: EventType.RECONCILIATION,
    FactKind.FOREIGN: EventType.RECONCILIATION,
    FactKind.LIQUIDATED: EventType.RECONCILIATION,
    FactKind.DELEVERAGED: EventType.RECONCILIATION,
    FactKind.RECONCILED: EventType.RECONCILIATION,
    FactKind.TROUBLE: EventType.ACCOUNT,
    FactKind.TROUBLE_OVER: EventType.ACCOUNT,
    FactKind.OUTLIER: EventType.MARKET,
    FactKind.KILL_STARTED: EventType.ACCOUNT,
    FactKind.KILL_DONE: EventType.ACCOUNT,
}

_STATUS = {
    FactKind.INTENT: "pending",
    FactKind.LATE: "expired",
    FactKind.UNKNOWN: "unknown",
    FactKind.REFUSED: "refused",
    FactKind.NOT_FOUND: "refused",
}
"""What the state of an order is after a fact that does not carry the venue's word, for those who list orders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row. `at` is when it happened; `symbol` and `order` (client order id) where it is about one."""

    kind: FactKind
    at: datetime
    correlation_id: str
    symbol: str | None = None
    order: str | None = None
    values: Mapping[str, JsonValue] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if not isinstance(value, str):
            raise self._unreadable(name)
        return value

    def maybe_text(self, name: str) -> str | None:
        return None if self.values.get(name) is None else self.text(name)

    def number(self, name: str) -> Decimal:
        try:
            return Decimal(self.text(name))
        except InvalidOperation:
            raise self._unreadable(name) from None

    def maybe_number(self, name: str) -> Decimal | None:
        return None if self.values.get(name) is None else self.number(name)

    def maybe_time(self, name: str) -> datetime | None:
        text = self.maybe_text(name)
        try:
            return None if text is None else datetime.fromisoformat(text)
        except ValueError:
            raise self._unreadable(name) from None

    def _unreadable(self, name: str) -> InvalidInput:
        return InvalidInput(f"a {self.kind} row without a readable {name}", field=name, remedy="restore the journal")


def data_of(fact: Fact) -> dict[str, JsonValue]:
    """The `data` of the journal's event for `fact`; the names are those that the store reads its tables from."""
    status = {"status": _STATUS[fact.kind]} if fact.kind in _STATUS else {}
    return {"fact": fact.kind.value, "symbol": fact.symbol, "client_order_id": fact.order, **status, **fact.values}


def fact_of(data: Mapping[str, JsonValue], at: datetime, correlation_id: str) -> Fact | None:
    """The fact behind an event's `data`; None for an event that another room wrote.

    Raises InvalidInput for a fact that this version does not know.
    """
    if "fact" not in data:
        return None
    kind, symbol, order = data["fact"], data.get("symbol"), data.get("client_order_id")
    try:
        known = FactKind(str(kind))
    except ValueError:
        raise InvalidInput(f"{kind!r} is no fact of execution", field="fact", remedy="restore the journal") from None
    values = {name: value for name, value in data.items() if name not in ("fact", "symbol", "client_order_id")}
    return Fact(
        kind=known,
        at=at,
        correlation_id=correlation_id,
        symbol=None if symbol is None else str(symbol),
        order=None if order is None else str(order),
        values=values,
    )


def plain(value: Decimal | None) -> str | None:
    """Decimal text without an exponent."""
    return None if value is None else f"{value:f}"
