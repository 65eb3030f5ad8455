"""A closed trade with the decision that opened it, and the lesson that is kept of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from vibex.domain import InvalidInput, PositionSide


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningDecision:
    """What was wanted: levels, plan and reason as they stood in the decision; the texts are untrusted."""

    id: str
    at: datetime
    maker: str
    stop: Decimal | None = None
    target: Decimal | None = None
    exit_plan: str = ""
    rationale: str = ""
    regimes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedTrade:
    """One position from flat to flat. `pnl` is net of `fees` and of `funding` (costs when positive), in quote currency;
    `funding` None: it is not known and not in `pnl`.

    `exit_reason` is a short word: stop, target, decision, liquidation, external. `decision` is None when nobody here
    opened the position. Raises InvalidInput for prices and quantities that are not above 0 and times without zone or
    order.
    """

    id: str
    asset: str
    side: PositionSide
    quantity: Decimal
    entry_price: Decimal
    exit_price: Decimal
    opened_at: datetime
    closed_at: datetime
    pnl: Decimal
    fees: Decimal
    exit_reason: str
    decision: OpeningDecision | None
    funding: Decimal | None = None

    def __post_init__(self) -> None:
        for name in ("quantity", "entry_price", "exit_price"):
            value: Decimal = getattr(self, name)
            if not value.is_finite() or value <= 0:
                raise InvalidInput(f"{value} is not above 0", field=name)
        if not (self.pnl.is_finite() and self.fees.is_finite() and (self.funding is None or self.funding.is_finite())):
            raise InvalidInput("is not a finite number", field="pnl")
        if self.opened_at.tzinfo is None or self.closed_at.tzinfo is None or self.closed_at < self.opened_at:
            raise InvalidInput("a trade is closed after it was opened, in times with a zone", field="closed_at")

    @property
    def held(self) -> timedelta:
        return self.closed_at - self.opened_at

    @property
    def return_pct(self) -> Decimal:
        """Net result in percent of the entry's notional."""
        return self.pnl / (self.entry_price * self.quantity) * 100

    @property
    def r_multiple(self) -> Decimal | None:
        """Net result in units of what the decided stop risked; None without a stop on its side of the entry."""
        stop = None if self.decision is None else self.decision.stop
        if stop is None:
            return None
        risked = (self.entry_price - stop) * self.side.direction * self.quantity
        return self.pnl / risked if risked > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A trade and what is said of it; `reflection` may have been edited by a person, and is untrusted like any text."""

    trade: ClosedTrade
    reflection: str
