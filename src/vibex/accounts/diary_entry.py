"""One line of the trading diary: the fifteen fields of the agent's requirements (§5.2), nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from vibex.domain import InvalidInput, JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryEntry:
    """What happened, to which asset, and why. What does not apply or is not known is None, never 0.

    `action` is buy, sell or hold for decisions and fills, else the name of the step (`reconciled`, `kill_done`, …).
    `allocation_usd` is the notional that was wished for, `amount` what was filled, in base units. `order_result` is
    success, partial, the order's last state, or the rule that refused. `opened_at` is the first fill.
    """

    timestamp: datetime
    asset: str | None
    action: str
    allocation_usd: float | None = None
    amount: float | None = None
    entry_price: float | None = None
    tp_price: float | None = None
    tp_oid: str | None = None
    sl_price: float | None = None
    sl_oid: str | None = None
    exit_plan: str = ""
    rationale: str = ""
    order_result: str | None = None
    opened_at: datetime | None = None
    filled: bool = False

    def to_json(self) -> dict[str, JsonValue]:
        return {
            name: value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, document: object) -> DiaryEntry:
        """Read back what `to_json` made. Raises InvalidInput for anything else."""
        names = {field.name for field in fields(cls)}
        if not isinstance(document, Mapping) or set(document) != names:
            raise InvalidInput("is no entry of a diary", field="diary", remedy="rebuild it from the journal")
        try:
            times = {name: _time(document[name]) for name in ("timestamp", "opened_at")}
            return cls(**{**document, **times})
        except (TypeError, ValueError):
            raise InvalidInput("holds no time", field="diary", remedy="rebuild it from the journal") from None


def _time(text: object) -> datetime | None:
    return None if text is None else datetime.fromisoformat(str(text))
