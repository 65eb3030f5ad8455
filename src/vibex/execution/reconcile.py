"""Venue against journal: a pure comparison that says what to do. The venue wins on facts, the journal on intent.

Bugs that it answers: a dead trade that was served on (freqtrade#7107), a mismatch that was logged and then traded as
if flat (bytex#30), an in-flight order called rejected because nobody looked it up (nautilus_trader#4958).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from vibex.domain import OrderKind
from vibex.execution.ledger import Ledger
from vibex.venues import AccountSnapshot, PositionMode, ReportedOrder, ReportedPosition

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Adopt:
    """The venue's word about an order of ours is news, or the journal has lost the order."""

    order: ReportedOrder


@dataclass(frozen=True, slots=True)
class Ask:
    """Live in the journal, not among the open orders: final, or never arrived. `in_doubt` needs proof of absence."""

    client_order_id: str
    in_doubt: bool


@dataclass(frozen=True, slots=True)
class ReadFills:
    """The position differs, or an order filled more than is accounted for."""

    symbol: str


@dataclass(frozen=True, slots=True)
class TakePosition:
    """What fills do not explain: the venue's quantity and entry price become ours."""

    symbol: str
    journal: Decimal
    venue: Decimal
    entry_price: Decimal | None

    @property
    def is_closed(self) -> bool:
        return self.venue == 0


@dataclass(frozen=True, slots=True)
class Protect:
    symbol: str


@dataclass(frozen=True, slots=True)
class Clean:
    """Own exits rest beside a flat position."""

    symbol: str


@dataclass(frozen=True, slots=True)
class ReportForeign:
    """Somebody else's order; never touched."""

    order: ReportedOrder


@dataclass(frozen=True, slots=True)
class HoldMode:
    """The account is in hedge mode: positions are closed, none is opened."""


Action = Adopt | Ask | ReadFills | TakePosition | Protect | Clean | ReportForeign | HoldMode


def compare_orders(ledger: Ledger, snapshot: AccountSnapshot) -> list[Action]:
    """First look: orders, and where executions have to be read."""
    actions: list[Action] = []
    if snapshot.position_mode is PositionMode.HEDGE:
        actions.append(HoldMode())
    listed = {order.client_order_id: order for order in snapshot.open_orders}
    for order in snapshot.open_orders:
        if not ledger.is_ours(order.client_order_id):
            actions.append(ReportForeign(order))
        elif ledger.news(order, None, snapshot.taken_at, told=False):
            actions.append(Adopt(order))
    for known in ledger.live():
        # What was sent while the snapshot was read need not be in it.
        if known.client_order_id not in listed and known.created_at < snapshot.started_at:
            actions.append(Ask(known.client_order_id, known.is_in_doubt))
    held = held_at(snapshot)
    differing = {one for one in {*held, *ledger.positions} if quantity(held, one) != ledger.position(one).quantity}
    actions.extend(ReadFills(symbol) for symbol in sorted(differing | ledger.missing_fills()))
    return actions


def compare_positions(ledger: Ledger, snapshot: AccountSnapshot) -> list[Action]:
    """Second look, when every execution has been read: what still differs is taken over, then all is protected."""
    actions: list[Action] = []
    held = held_at(snapshot)
    for symbol in sorted({*held, *ledger.positions, *ledger.exposed()}):
        ours, theirs = ledger.position(symbol).quantity, quantity(held, symbol)
        if ours != theirs:
            entry = held[symbol].entry_price if symbol in held else None
            actions.append(TakePosition(symbol, ours, theirs, entry))
        if theirs:
            actions.append(Protect(symbol))
        elif ledger.live(symbol, OrderKind.STOP, OrderKind.TARGET):
            actions.append(Clean(symbol))
    return actions


def held_at(snapshot: AccountSnapshot) -> Mapping[str, ReportedPosition]:
    """Net positions by symbol; of two legs in hedge mode the larger."""
    held: dict[str, ReportedPosition] = {}
    for position in sorted(snapshot.positions, key=lambda one: abs(one.quantity)):
        if position.quantity:
            held[position.symbol] = position
    return held


def quantity(held: Mapping[str, ReportedPosition], symbol: str) -> Decimal:
    return held[symbol].quantity if symbol in held else ZERO
