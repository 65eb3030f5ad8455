"""Facts, numbered per account: what the journal stores and the event bus announces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vibex.domain.errors import InvalidInput
from vibex.domain.ids import AccountId

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]
"""What a JSON document may hold; money in it is decimal text."""


class EventType(StrEnum):
    DECISION = "decision"
    ORDER = "order"
    FILL = "fill"
    POSITION = "position"
    BALANCE = "balance"
    MARKET = "market"
    RISK = "risk"
    RECONCILIATION = "reconciliation"
    ACCOUNT = "account"
    HEARTBEAT = "heartbeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`seq` counts per account from 1 without holes; None (with no account) for what is nobody's.

    `event_at` is when it happened, `recorded_at` when it was written down here. `correlation_id` joins the
    prompt, decision, verdict, order, fill and stop of one story.
    """

    type: EventType
    account_id: AccountId | None
    seq: int | None
    event_at: datetime
    recorded_at: datetime
    correlation_id: str
    data: Mapping[str, JsonValue]

    def __post_init__(self) -> None:
        if (self.account_id is None) != (self.seq is None):
            raise InvalidInput("an account's event is numbered, any other is not", field="seq")
        if self.seq is not None and self.seq < 1:
            raise InvalidInput(f"{self.seq} is below 1", field="seq")
        if self.event_at.tzinfo is None or self.recorded_at.tzinfo is None:
            raise InvalidInput("a time without zone", field="event_at")
