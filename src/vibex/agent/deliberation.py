"""What belongs to one decision of a model: its settings, the ports it asks, the thought on its way, its record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from vibex.agent.memory.files import Remembered
from vibex.agent.prompt import Prompt
from vibex.agent.sanitize import Sanitized
from vibex.agent.tools import ToolLimits
from vibex.agent.wishes import Wishes
from vibex.domain import AccountId, Decision, InvalidInput
from vibex.llm import Answer

if TYPE_CHECKING:
    from vibex.store import Account


class Spending(Protocol):
    """What an account has spent on models."""

    async def spent_usd(self, account: Account, day: date) -> Decimal:
        """Dollars of that UTC day; what may have been billed and is not known counts in full."""
        ...


class Memory(Protocol):
    """What an account remembers."""

    def read(self) -> Remembered: ...

    def notes(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MakerSettings:
    """How one account asks its model.

    `deadline_s` runs from the time of the data until orders may be sent. `decision_usd` and `daily_usd` end the asking
    once so much is spent: a last call that was begun below a limit may pass it by what one call may cost.
    """

    model: str
    temperature: float | None = 0.2
    max_tokens: int = 8_000
    least_tokens: int = 2_000
    deadline_s: float = 30
    band_pct: Decimal = Decimal("0.5")
    decision_usd: Decimal = Decimal("0.50")
    daily_usd: Decimal = Decimal(5)
    tools: ToolLimits = field(default_factory=ToolLimits)

    def __post_init__(self) -> None:
        if self.deadline_s <= 0 or self.band_pct <= 0:
            raise InvalidInput("must be above 0", field="deadline_s" if self.deadline_s <= 0 else "band_pct")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliberation:
    """How one decision came about, for the journal: `correlation_id` finds the recorded calls.

    `fault` says why there was no usable answer; `cost_usd` None: the endpoint did not say; `remarks` are what an
    operator should know and what did not stop the decision.
    """

    account_id: AccountId
    at: datetime
    correlation_id: str
    decisions: tuple[Decision, ...]
    prompt: Prompt | None
    judged: Sanitized | None
    fault: str | None
    call_ids: tuple[str, ...]
    cost_usd: Decimal | None
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class Thought:
    """One decision on its way: what it is about, and what is there of it so far."""

    symbols: Sequence[str]
    wishes: Wishes
    correlation_id: str
    deadline: float
    prompt: Prompt | None = None
    judged: Sanitized | None = None
    fault: str | None = None
    answers: list[Answer] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def cost_usd(self) -> Decimal | None:
        costs = [answer.cost_usd for answer in self.answers]
        return None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))
