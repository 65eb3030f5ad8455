"""What a row of the journal looks like, and how one sees that it is whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from vibex.domain import AccountId, Event, EventType, InvalidInput, JsonValue
from vibex.domain.json_text import loads
from vibex.store.trading_schema import JournalRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """An event before the journal numbers it. Money in `data` is decimal text."""

    type: EventType
    event_at: datetime
    correlation_id: str
    data: Mapping[str, JsonValue]


def numbered(fact: Fact, account_id: AccountId, seq: int, recorded_at: datetime) -> Event:
    return Event(
        type=fact.type,
        account_id=account_id,
        seq=seq,
        event_at=fact.event_at,
        recorded_at=recorded_at,
        correlation_id=fact.correlation_id,
        data=fact.data,
    )


def row_values(event: Event, emergency_id: str | None = None) -> dict[str, object]:
    """The columns of `event`. Raises InvalidInput for data that is no JSON (a NaN, for one)."""
    try:
        data = json.dumps(dict(event.data), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"cannot be written as JSON: {error}", field="data") from None
    values: dict[str, object] = {
        "account_id": event.account_id,
        "seq": event.seq,
        "type": event.type.value,
        "event_at": event.event_at,
        "recorded_at": event.recorded_at,
        "correlation_id": event.correlation_id,
        "data": data,
        "emergency_id": emergency_id,
    }
    return {**values, "checksum": _checksum(values)}


def is_whole(row: JournalRow) -> bool:
    """Whether the row says what was written."""
    names = ("account_id", "seq", "type", "event_at", "recorded_at", "correlation_id", "data", "emergency_id")
    return row.checksum == _checksum({name: getattr(row, name) for name in names})


def event_of(row: JournalRow) -> Event:
    return Event(
        type=EventType(row.type),
        account_id=AccountId(row.account_id),
        seq=row.seq,
        event_at=row.event_at,
        recorded_at=row.recorded_at,
        correlation_id=row.correlation_id,
        data=loads(row.data),
    )


def _checksum(values: Mapping[str, object]) -> str:
    """32 hexadecimal digits over all columns, their names and their lengths."""
    digest = sha256()
    for name in sorted(values):
        value = values[name]
        text = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
        digest.update(f"{name}:{len(text)}:{text}\n".encode())
    return digest.hexdigest()[:32]
