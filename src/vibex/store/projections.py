"""What is read out of the journal into tables that can be asked by symbol, time and state.

Written in the journal's own transaction. An event without the keys that name a row (`decision_id`, `client_order_id`,
`trade_id`, `symbol`, `equity`) stays in the journal alone: a reading never stands in the way of a fact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import cast

from sqlalchemy import TableClause
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.sql.dml import Insert

from vibex.domain import Event, EventType, JsonValue
from vibex.store.schema import Table
from vibex.store.trading_schema import DecisionRow, EquityRow, FillRow, OrderRow, PositionRow

_DECISION = ("symbol", "intent", "maker", "rule")
_ORDER = (
    "venue_order_id", "symbol", "side", "type", "quantity", "filled_quantity", "average_price", "price",
    "trigger_price", "status",
)  # fmt: skip
_FILL = ("client_order_id", "side", "price", "quantity", "fee", "fee_currency", "liquidity")
_POSITION = ("quantity", "entry_price", "liquidation_price", "unrealised_pnl")
_OVER = ("filled", "cancelled", "expired")
"""Not "refused": that may have been concluded from silence, and the venue's word overrides it."""
_ONCE = frozenset({"created_at", "decided_at"})


@dataclass(frozen=True, slots=True)
class _Reading:
    """One row. If it is there already it stays (`merged` False), is replaced (`whole`), or takes what is said."""

    table: type[Table]
    key: dict[str, object]
    values: dict[str, object]
    merged: bool = True
    whole: bool = False


def statements(event: Event) -> Iterator[tuple[Insert, dict[str, object]]]:
    """The upserts that `event` asks for, with their values; none for most events."""
    read = _READERS.get(event.type)
    reading = None if read is None else read(event)
    if reading is None:
        return
    said: tuple[str, ...] | None = None
    if reading.merged:
        said = tuple(name for name, value in reading.values.items() if value is not None or reading.whole)
    guarded = reading.table is OrderRow and reading.values["status"] not in _OVER
    yield _upsert(reading.table, tuple(reading.key), said, guarded), {**reading.key, **reading.values}


@cache
def _upsert(table: type[Table], key: tuple[str, ...], said: tuple[str, ...] | None, guarded: bool) -> Insert:
    """An insert that lays the columns `said` over a row that is there; None leaves that row as it is."""
    statement = insert(cast("TableClause", table.__table__))
    if said is None:
        return statement.on_conflict_do_nothing()
    changed = {name: statement.excluded[name] for name in said if name not in _ONCE}
    # A late report of an order that is over brings nothing new.
    open_yet = OrderRow.status.is_(None) | OrderRow.status.not_in(_OVER) if guarded else None
    return statement.on_conflict_do_update(index_elements=key, set_=changed, where=open_yet)


def _decision(event: Event) -> _Reading | None:
    key = _key(event, "decision_id")
    if key is None or not isinstance(event.data.get("symbol"), str):
        return None
    passed = event.data.get("passed")
    values: dict[str, object] = {
        **_story(event),
        **{name: _text(event.data.get(name)) for name in _DECISION},
        "passed": passed if isinstance(passed, bool) else None,
        "decided_at": event.event_at,
        "data": dict(event.data),
    }
    return _Reading(DecisionRow, key, values)


def _order(event: Event) -> _Reading | None:
    key = _key(event, "client_order_id")
    if key is None:
        return None
    reduce_only = event.data.get("reduce_only")
    values: dict[str, object] = {
        **_story(event),
        **{name: _text(event.data.get(name)) for name in _ORDER},
        "reduce_only": reduce_only if isinstance(reduce_only, bool) else None,
        "created_at": event.event_at,
        "updated_at": event.event_at,
    }
    return _Reading(OrderRow, key, values)


def _fill(event: Event) -> _Reading | None:
    key = _key(event, "symbol", "trade_id")
    if key is None:
        return None
    values = {**_story(event), **{name: _text(event.data.get(name)) for name in _FILL}, "event_at": event.event_at}
    return _Reading(FillRow, key, values, merged=False)


def _position(event: Event) -> _Reading | None:
    key = _key(event, "symbol")
    if key is None:
        return None
    values: dict[str, object] = {name: _text(event.data.get(name)) for name in _POSITION}
    return _Reading(PositionRow, key, {**values, "seq": event.seq, "updated_at": event.event_at}, whole=True)


def _equity(event: Event) -> _Reading | None:
    equity = _text(event.data.get("equity"))
    if equity is None:
        return None
    values: dict[str, object] = {
        "seq": event.seq,
        "equity": equity,
        "balance": _text(event.data.get("balance")),
        "available": _text(event.data.get("available")),
    }
    return _Reading(EquityRow, {"account_id": event.account_id, "at": event.event_at}, values)


_READERS: dict[EventType, Callable[[Event], _Reading | None]] = {
    EventType.DECISION: _decision,
    EventType.ORDER: _order,
    EventType.FILL: _fill,
    EventType.POSITION: _position,
    EventType.BALANCE: _equity,
}


def _key(event: Event, *names: str) -> dict[str, object] | None:
    values = {name: event.data.get(name) for name in names}
    if not all(isinstance(value, str) and value for value in values.values()):
        return None
    return {"account_id": event.account_id, **values}


def _story(event: Event) -> dict[str, object]:
    return {"seq": event.seq, "correlation_id": event.correlation_id}


def _text(value: JsonValue) -> str | None:
    """Decimal text as it stands; None for what is not said or is no scalar."""
    return None if value is None or isinstance(value, list | dict | bool) else str(value)
