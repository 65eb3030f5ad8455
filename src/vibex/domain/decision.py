"""A wish to trade, whoever made it: a model, a strategy, an ensemble or a person. Only `risk` makes orders of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from vibex.domain.errors import InvalidInput
from vibex.domain.ids import AccountId
from vibex.domain.order import PositionSide
from vibex.domain.protection import LevelRule


class Intent(StrEnum):
    OPEN = "open"
    REDUCE = "reduce"
    CLOSE = "close"
    REVERSE = "reverse"
    AMEND = "amend"
    HOLD = "hold"

    @property
    def opens(self) -> bool:
        return self in (Intent.OPEN, Intent.REVERSE)


class QuantityKind(StrEnum):
    NOTIONAL = "notional"  # quote currency
    BASE = "base"  # base units
    EQUITY_PERCENT = "equity_percent"  # of equity, as margin
    EXPOSURE_PERCENT = "exposure_percent"  # of equity, as notional: whatever leverage the account chooses
    POSITION_FRACTION = "position_fraction"  # 0 < value ≤ 1 of the open position


@dataclass(frozen=True, slots=True)
class QuantityRule:
    """How much, said so that it can be sized at the moment of the order."""

    kind: QuantityKind
    value: Decimal

    def __post_init__(self) -> None:
        if not self.value.is_finite() or self.value <= 0:
            raise InvalidInput(f"{self.value} is not above 0", field="quantity")
        if self.kind is QuantityKind.POSITION_FRACTION and self.value > 1:
            raise InvalidInput(f"{self.value} is more than the whole position", field="quantity")


@dataclass(frozen=True, slots=True)
class PartTarget:
    """One of several targets: it takes `fraction` of what was entered, 0 < fraction ≤ 1."""

    rule: LevelRule
    fraction: Decimal

    def __post_init__(self) -> None:
        if not 0 < self.fraction <= 1:
            raise InvalidInput(f"{self.fraction} is no part of a position", field="fraction")


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """The exits that go with a decision; None leaves that one as it is (amend) or absent (open).

    `parts` are several targets in the place of one; the last takes what the others leave when they are 1 together.
    """

    stop: LevelRule | None = None
    target: LevelRule | None = None
    parts: tuple[PartTarget, ...] = ()

    def __post_init__(self) -> None:
        if self.target is not None and self.parts:
            raise InvalidInput("one target and several exclude each other", field="parts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One wish for one symbol.

    `maker` names who decided. `data_at` is the time of the newest data it was made on; it is void after
    `data_at + time_to_live` and while the price lies outside `min_price`..`max_price`. `exit_plan` and
    `rationale` are free text of unknown origin: data to be shown escaped, never instructions.
    """

    id: str
    account_id: AccountId
    symbol: str
    intent: Intent
    maker: str
    data_at: datetime
    time_to_live: timedelta
    side: PositionSide | None = None
    quantity: QuantityRule | None = None
    protection: Protection = Protection()
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    exit_plan: str = ""
    rationale: str = ""

    def __post_init__(self) -> None:
        if self.data_at.tzinfo is None:
            raise InvalidInput("a time without zone", field="data_at")
        if self.time_to_live <= timedelta(0):
            raise InvalidInput("is over before it began", field="time_to_live")
        if self.intent.opens and (self.side is None or self.quantity is None):
            raise InvalidInput(f"{self.intent} needs a side and a quantity", field="side")
        if self.intent is Intent.REDUCE and self.quantity is None:
            raise InvalidInput("reduce needs a quantity", field="quantity")
        if self.intent is Intent.HOLD and (self.quantity is not None or self.protection != Protection()):
            raise InvalidInput("hold touches nothing", field="intent")

    @property
    def valid_until(self) -> datetime:
        return self.data_at + self.time_to_live
