"""Folds an account's events into diary entries: the same events give the same entries, so a diary can be made again.

A story is what one decision led to: its orders and fills share its correlation id. It is told when it is settled: at
once where nothing was sent, when the entry is over without a fill, and when what was filled is protected. Closing a
position, and every event of risk, reconciliation and the account, is an entry of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from vibex.accounts.diary_entry import DiaryEntry
from vibex.domain import ClientOrderId, Event, EventType, InvalidInput, JsonValue, OrderKind
from vibex.domain.money import to_decimal, to_float

_Kept = TypeVar("_Kept")
_MOST_REMEMBERED = 2000
"""Stories and orders that a fold keeps in mind; no position is held over that many decisions of its account."""
_QUOTES = ("USDT", "USDC", "USD1", "USD")
_FINAL = frozenset({"filled", "cancelled", "refused", "expired"})
_TOLD_BY_ITSELF = frozenset({EventType.RISK, EventType.RECONCILIATION, EventType.ACCOUNT})
_CLOSED_BY = {OrderKind.STOP: "stop loss", OrderKind.TARGET: "take profit", OrderKind.EXIT: "exit"}


@dataclass(slots=True)
class _Order:
    """What the events have said of one order. `first_fill_at` is None until something filled."""

    kind: OrderKind
    said: dict[str, JsonValue] = field(default_factory=dict)
    fills: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    first_fill_at: datetime | None = None
    told: bool = False

    def execute(self, fill: Mapping[str, JsonValue]) -> None:
        """One execution; its quantity and price are its own, not the order's."""
        trade, quantity, price = fill.get("trade_id"), _number(fill.get("quantity")), _number(fill.get("price"))
        self.said.setdefault("side", fill.get("side"))
        if isinstance(trade, str) and quantity is not None and price is not None:
            self.fills[trade] = (quantity, price)

    @property
    def filled(self) -> Decimal:
        reported = _number(self.said.get("filled_quantity")) or Decimal(0)
        return max(reported, sum((quantity for quantity, _ in self.fills.values()), Decimal(0)))

    @property
    def average(self) -> Decimal | None:
        reported = _number(self.said.get("average_price"))
        total = sum((quantity for quantity, _ in self.fills.values()), Decimal(0))
        if reported is not None or total == 0:
            return reported
        return sum((quantity * price for quantity, price in self.fills.values()), Decimal(0)) / total

    @property
    def is_over(self) -> bool:
        quantity = _number(self.said.get("quantity"))
        return self.said.get("status") in _FINAL or (quantity is not None and self.filled >= quantity)

    @property
    def level(self) -> float | None:
        return _float(self.said.get("trigger_price")) or _float(self.said.get("price"))

    @property
    def venue_id(self) -> str | None:
        return _text(self.said.get("venue_order_id"))


@dataclass(slots=True)
class _Story:
    """One decision and its orders by purpose; the newest order of a purpose counts."""

    symbol: str | None = None
    decision: dict[str, JsonValue] = field(default_factory=dict)
    orders: dict[OrderKind, _Order] = field(default_factory=dict)
    told: bool = False


class DiaryStories:
    """The fold: `follow` every event of one account in order."""

    def __init__(self) -> None:
        self._stories: dict[str, _Story] = {}
        self._orders: dict[str, _Order] = {}
        self._opened: dict[str, _Order] = {}

    def follow(self, event: Event) -> DiaryEntry | None:
        """The entry that `event` completes; None for most events."""
        if event.type in _TOLD_BY_ITSELF:
            return _step(event)
        if event.type is EventType.DECISION:
            return self._decided(event)
        if event.type in (EventType.ORDER, EventType.FILL):
            return self._ordered(event)
        return None

    def _decided(self, event: Event) -> DiaryEntry | None:
        story = self._story(event)
        story.decision.update({name: value for name, value in event.data.items() if value is not None})
        story.symbol = _text(event.data.get("symbol")) or story.symbol
        if story.told or not (story.decision.get("intent") == "hold" or story.decision.get("passed") is False):
            return None
        return self._tell(event, story)

    def _ordered(self, event: Event) -> DiaryEntry | None:
        order = self._order(event)
        if order is None:
            return None
        story = self._story(event)
        story.symbol = story.symbol or _text(event.data.get("symbol"))
        story.orders[order.kind] = order
        if event.type is EventType.FILL:
            order.execute(event.data)
        else:
            order.said.update({name: value for name, value in event.data.items() if value is not None})
        if order.first_fill_at is None and order.filled > 0:
            order.first_fill_at = event.event_at
            if order.kind is OrderKind.ENTRY and story.symbol is not None:
                self._opened[story.symbol] = order
        if order.kind is not OrderKind.ENTRY and order.is_over and order.filled > 0 and not order.told:
            order.told = True
            return self._closed(event, story, order)
        return self._tell(event, story) if self._is_settled(story) else None

    def _story(self, event: Event) -> _Story:
        return _remembered(self._stories, event.correlation_id, _Story)

    def _order(self, event: Event) -> _Order | None:
        """The order that the event is about; None when it is about none of ours."""
        name = event.data.get("client_order_id")
        if not isinstance(name, str):
            return None
        try:
            kind = ClientOrderId.parse(name).kind
        except InvalidInput:
            return None
        return _remembered(self._orders, name, lambda: _Order(kind))

    def _is_settled(self, story: _Story) -> bool:
        entry = story.orders.get(OrderKind.ENTRY)
        if story.told or entry is None or not entry.is_over:
            return False
        stop = story.orders.get(OrderKind.STOP)
        return entry.filled == 0 or (stop is not None and stop.venue_id is not None)

    def _tell(self, event: Event, story: _Story) -> DiaryEntry:
        story.told = True
        decision, nothing = story.decision, _Order(OrderKind.ENTRY)
        entry = story.orders.get(OrderKind.ENTRY, nothing)
        stop, target = story.orders.get(OrderKind.STOP, nothing), story.orders.get(OrderKind.TARGET, nothing)
        return DiaryEntry(
            timestamp=event.event_at,
            asset=_asset(story.symbol),
            action=_action(decision, entry),
            allocation_usd=_float(decision.get("allocation_usd")),
            amount=to_float(entry.filled) if entry.filled else None,
            entry_price=None if entry.average is None else to_float(entry.average),
            tp_price=target.level or _float(decision.get("tp_price")),
            tp_oid=target.venue_id,
            sl_price=stop.level or _float(decision.get("sl_price")),
            sl_oid=stop.venue_id,
            exit_plan=_text(decision.get("exit_plan")) or "",
            rationale=_text(decision.get("rationale")) or "",
            order_result=_result(decision, entry),
            opened_at=entry.first_fill_at,
            filled=entry.filled > 0,
        )

    def _closed(self, event: Event, story: _Story, order: _Order) -> DiaryEntry:
        unknown = _Order(OrderKind.ENTRY)
        entry = story.orders.get(OrderKind.ENTRY) or self._opened.get(story.symbol or "", unknown)
        why = _text(story.decision.get("rationale")) if OrderKind.ENTRY not in story.orders else None
        average = "an unknown price" if order.average is None else f"{order.average:f}"
        return DiaryEntry(
            timestamp=event.event_at,
            asset=_asset(story.symbol),
            action=_text(order.said.get("side")) or "close",
            amount=to_float(order.filled),
            entry_price=None if entry.average is None else to_float(entry.average),
            exit_plan=_text(story.decision.get("exit_plan")) or "",
            rationale=f"closed by {_CLOSED_BY[order.kind]} at {average}" + (f": {why}" if why else ""),
            order_result="success",
            opened_at=entry.first_fill_at,
            filled=True,
        )


def _remembered(known: dict[str, _Kept], name: str, make: Callable[[], _Kept]) -> _Kept:
    """The one of that name, made when there is none; the oldest is forgotten when there are too many."""
    if name not in known:
        while len(known) >= _MOST_REMEMBERED:
            del known[next(iter(known))]
        known[name] = make()
    return known[name]


def _step(event: Event) -> DiaryEntry:
    """An event that is told as it is: its name and its words."""
    name = next((event.data[key] for key in ("fact", "step", "rule") if isinstance(event.data.get(key), str)), None)
    return DiaryEntry(
        timestamp=event.event_at,
        asset=_asset(_text(event.data.get("symbol"))),
        action=_text(name) or event.type.value,
        rationale=_text(event.data.get("words")) or "",
    )


def _action(decision: dict[str, JsonValue], entry: _Order) -> str:
    if decision.get("intent") == "hold":
        return "hold"
    side = _text(entry.said.get("side")) or _text(decision.get("side"))
    return {"long": "buy", "short": "sell"}.get(side or "", side or _text(decision.get("intent")) or "hold")


def _result(decision: dict[str, JsonValue], entry: _Order) -> str | None:
    if decision.get("passed") is False:
        return f"refused: {decision.get('rule') or 'no rule named'}"
    if entry.filled == 0:
        return _text(entry.said.get("status"))
    quantity = _number(entry.said.get("quantity"))
    return "success" if quantity is None or entry.filled >= quantity else "partial"


def _asset(symbol: str | None) -> str | None:
    """BTC of BTCUSDT and of BTC/USDT."""
    if symbol is None or "/" in symbol:
        return symbol and symbol.partition("/")[0]
    return next((symbol.removesuffix(quote) for quote in _QUOTES if symbol.endswith(quote)), symbol)


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: JsonValue) -> Decimal | None:
    """None for what is not said or is no number: a diary never stands in the way of trading."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return to_decimal(value)
    except InvalidInput:
        return None


def _float(value: JsonValue) -> float | None:
    number = _number(value)
    return None if number is None else to_float(number)
