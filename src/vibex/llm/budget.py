"""Whether a call may be paid for: its highest cost, held before it is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from vibex.domain import Clock
from vibex.llm.dialect import Dialect, body
from vibex.llm.errors import OverBudget
from vibex.llm.prices import Price
from vibex.llm.request import ModelRequest

if TYPE_CHECKING:
    from vibex.store import ModelCallRepository, Owner

_UNSEEN_TOKENS = 1024
"""What an endpoint adds to the prompt: its template of turns, its own words about tools and schemas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """US dollars: the most that calls may cost one owner in a UTC day, and that one call may cost."""

    daily_usd: Decimal
    call_usd: Decimal


def highest_prompt_tokens(request: ModelRequest) -> int:
    """A bound from above: a token covers at least one byte of text, and all text stands in the body."""
    return len(body(request, Dialect())) + _UNSEEN_TOKENS


def affordable(request: ModelRequest, price: Price, limit_usd: Decimal) -> ModelRequest:
    """`request` with its answer bounded to what `limit_usd` can pay for beside the prompt, where it allows that.

    The prompt is bounded by its bytes, several times what it will come to; what the answer may cost in the worst case
    weighs more for dear models, and most answers are far shorter than their bound.
    """
    least = request.least_tokens
    if least is None:
        return request
    prompt = highest_prompt_tokens(request)
    empty, one = (price.highest_cost(prompt=prompt, output=tokens) for tokens in (0, 1_000_000))
    if one <= empty:
        return request
    room = int((limit_usd - empty) * 1_000_000 / (one - empty))
    return replace(request, max_tokens=min(request.max_tokens, room)) if room >= least else request


class Budget:
    """Holds dollars for calls in the store, where every process of the machine sees them."""

    def __init__(self, calls: ModelCallRepository, limits: Limits, clock: Clock) -> None:
        self._calls = calls
        self._limits = limits
        self._clock = clock

    def affordable(self, request: ModelRequest, price: Price) -> ModelRequest:
        """`request` as one call can pay for it."""
        return affordable(request, price, self._limits.call_usd)

    async def reserve(self, owner: Owner, call_id: str, request: ModelRequest, price: Price) -> Decimal:
        """Hold the highest cost of `request` and return it. Raises OverBudget, and holds nothing, when it does not fit.

        What is held is counted to the UTC day of the reservation, whenever the call ends.
        """
        needed = price.highest_cost(prompt=highest_prompt_tokens(request), output=request.max_tokens)
        if needed > self._limits.call_usd:
            raise OverBudget(
                f"this call may cost {_dollars(needed)}, more than the {_dollars(self._limits.call_usd)} of one call",
                needed_usd=needed,
                limit_usd=self._limits.call_usd,
                field="LLM_CALL_LIMIT_USD",
            )
        day = self._clock.now().date()
        if not await self._calls.reserve(
            owner,
            call_id=call_id,
            model=request.model,
            day=day,
            amount_usd=needed,
            daily_limit_usd=self._limits.daily_usd,
        ):
            committed = await self._calls.committed_usd(owner, day)
            raise OverBudget(
                f"this call may cost {_dollars(needed)}; {_dollars(committed)} of today's "
                f"{_dollars(self._limits.daily_usd)} are spent or held",
                needed_usd=needed,
                limit_usd=self._limits.daily_usd,
                field="LLM_DAILY_BUDGET_USD",
            )
        return needed


def _dollars(amount: Decimal) -> str:
    return f"${amount.quantize(Decimal('0.0001'))}"
