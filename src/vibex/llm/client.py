"""The one client of the product: pays, asks, tries again where that is safe, and records every call."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import TYPE_CHECKING

from vibex.domain import Clock, InvalidInput, RetryLater, VibexError, new_id
from vibex.llm.answer import Answer, RawAnswer
from vibex.llm.assembly import Assembly
from vibex.llm.budget import Budget, Limits
from vibex.llm.dialect import Dialect, after_refusal, blames_schema, body
from vibex.llm.endpoint import Endpoint, endpoint_of
from vibex.llm.errors import AnswerLost, AnswerMalformed, ModelRefused
from vibex.llm.model import Listener, Occasion
from vibex.llm.patience import Retries, Timeouts
from vibex.llm.prices import Price, Prices, prices_of
from vibex.llm.reading import is_truncated, refuse_unusable, structured_value
from vibex.llm.refusal import Rejected, Unavailable
from vibex.llm.request import ModelRequest

if TYPE_CHECKING:
    from vibex.llm.transport import Transport
    from vibex.settings import ModelSettings
    from vibex.store import CallOutcome, ModelCallRepository


@dataclass(slots=True, kw_only=True)
class _Call:
    """One call on its way: what it is recorded under, and what of the answer is there. `sent` is the request with its
    answer bounded to what may be paid."""

    id: str
    request: ModelRequest
    sent: ModelRequest
    occasion: Occasion
    price: Price
    asked_at: datetime
    started: float
    assembly: Assembly = field(default_factory=Assembly)
    dialect: Dialect = field(default_factory=Dialect)


class ModelClient:
    """Asks one endpoint. Belongs to one event loop; `close` it, or use it as an async context."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        calls: ModelCallRepository,
        prices: Prices,
        limits: Limits,
        clock: Clock,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._calls = calls
        self._prices = prices
        self._budget = Budget(calls, limits, clock)
        self._clock = clock
        self._timeouts = timeouts or Timeouts()
        self._retries = retries or Retries()
        self._rng = rng or random.Random()
        self._dialects: dict[str, Dialect] = {}
        self._opened: Transport | None = None

    async def __aenter__(self) -> ModelClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Give the connections back; harmless when there are none."""
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    async def ask(
        self,
        request: ModelRequest,
        occasion: Occasion,
        *,
        listen: Listener | None = None,
        deadline: float | None = None,
    ) -> Answer:
        """See `Model.ask`. A lost answer is asked for once more when `Retries.after_loss` says so, as a call of its
        own with money and a record of its own."""
        own = self._clock.deadline(self._timeouts.total)
        deadline = own if deadline is None else min(own, deadline)
        if self._clock.monotonic() >= deadline:
            raise RetryLater("there is no time left to ask")
        try:
            return await self._ask_once(request, occasion, deadline, listen)
        except AnswerLost:
            if not self._retries.after_loss or self._clock.monotonic() >= deadline:
                raise
        return await self._ask_once(request, occasion, deadline, listen)

    async def _ask_once(
        self, request: ModelRequest, occasion: Occasion, deadline: float, listen: Listener | None
    ) -> Answer:
        price = self._prices.of(request.model)
        call_id = new_id(self._clock)
        sent = self._budget.affordable(request, price)
        await self._budget.reserve(occasion.owner, call_id, sent, price)
        call = _Call(
            id=call_id,
            request=request,
            sent=sent,
            occasion=occasion,
            price=price,
            asked_at=self._clock.now(),
            started=self._clock.monotonic(),
        )
        try:
            await self._send(call, deadline, listen)
            return await self._accept(call)
        except asyncio.CancelledError:
            await self._settle(call, call.assembly.as_it_stands(), AnswerLost("cancelled by the caller"))
            raise
        except (ModelRefused, AnswerMalformed, AnswerLost, RetryLater, InvalidInput) as error:
            await self._settle(call, call.assembly.as_it_stands(), error)
            raise

    async def _send(self, call: _Call, deadline: float, listen: Listener | None) -> None:
        """Attempts until the answer is in `call.assembly`."""
        attempt, model = 1, call.request.model
        call.dialect = self._dialects.get(model, Dialect())
        while True:
            try:
                await self._transport().exchange(
                    body(call.sent, call.dialect),
                    call.assembly,
                    deadline=deadline,
                    started=call.started,
                    listen=listen,
                )
                return
            except Rejected as rejection:
                other = (
                    after_refusal(call.dialect, call.request, rejection.said) if rejection.may_be_a_feature else None
                )
                if other is None:
                    raise rejection.as_invalid_input(model) from None
                call.dialect = other
                if not blames_schema(rejection.said):
                    self._dialects[model] = other
            except Unavailable as fault:
                wait_s = max(fault.retry_after_s or 0.0, self._retries.wait_s(attempt, self._rng))
                if attempt >= self._retries.attempts or self._clock.monotonic() + wait_s >= deadline:
                    wish_ms = None if fault.retry_after_s is None else round(fault.retry_after_s * 1000)
                    raise RetryLater(f"{model} cannot be asked: {fault}", retry_after_ms=wish_ms) from None
                attempt += 1
                await self._clock.sleep(wait_s)

    async def _accept(self, call: _Call) -> Answer:
        refuse_unusable(call.assembly.as_it_stands(), call.request, calls_tools=call.assembly.calls_tools)
        raw = call.assembly.answer()
        structured, text, wishes = structured_value(raw, call.request)
        cost, latency_ms = await self._settle(call, raw, None)
        return Answer(
            call_id=call.id,
            text=text,
            structured=structured,
            tool_calls=wishes,
            chunks=raw.chunks,
            usage=raw.usage,
            cost_usd=cost,
            latency_ms=latency_ms,
            model=raw.model or call.request.model,
            is_truncated=is_truncated(raw),
            concessions=call.dialect.concessions(call.request),
        )

    async def _settle(self, call: _Call, raw: RawAnswer, error: VibexError | None) -> tuple[Decimal | None, int]:
        """Record the call and its cost; the cost and the latency in ms."""
        from vibex.store import CallOutcome, ModelCall

        outcome = CallOutcome(_outcome(error))
        cost = _cost(call, raw, outcome)
        latency_ms = round((self._clock.monotonic() - call.started) * 1000)
        usage, occasion = raw.usage, call.occasion
        record = ModelCall(
            id=call.id,
            asked_at=call.asked_at,
            model=call.request.model,
            base_url=self._endpoint.base_url,
            request_digest=call.request.digest(),
            request=call.request.document(),
            answer={
                **raw.document(),
                "concessions": list(call.dialect.concessions(call.request)),
            },
            outcome=outcome,
            latency_ms=latency_ms,
            purpose=occasion.purpose,
            subject=occasion.subject,
            account_id=occasion.account_id,
            correlation_id=occasion.correlation_id,
            context=dict(occasion.context),
            error=error.message if error else None,
            prompt_tokens=usage.prompt if usage else None,
            cached_tokens=usage.cached if usage else None,
            output_tokens=usage.output if usage else None,
            cost_usd=cost,
        )
        await self._calls.settle(occasion.owner, record)
        return cost, latency_ms

    def _transport(self) -> Transport:
        if self._opened is None:
            from vibex.llm.transport import Transport

            self._opened = Transport(self._endpoint, self._timeouts, self._clock)
        return self._opened


def open_model(settings: ModelSettings, calls: ModelCallRepository, clock: Clock) -> ModelClient:
    """The client of the configured endpoint. Raises InvalidInput naming the setting that is missing or wrong."""
    return ModelClient(
        endpoint_of(settings),
        calls=calls,
        prices=prices_of(settings),
        limits=Limits(daily_usd=settings.daily_budget_usd, call_usd=settings.call_limit_usd),
        clock=clock,
    )


def _outcome(error: VibexError | None) -> str:
    match error:
        case None:
            return "answered"
        case ModelRefused():
            return "refused"
        case AnswerMalformed():
            return "malformed"
        case RetryLater():
            return "unavailable"
        case InvalidInput():
            return "rejected"
        case _:
            return "lost"


def _cost(call: _Call, raw: RawAnswer, outcome: CallOutcome) -> Decimal | None:
    """Dollars; nothing for what was never answered, None where the endpoint may have billed and did not say what.

    Counts that come before the end of an answer are of no use: some endpoints send them while it grows.
    """
    if outcome in {"unavailable", "rejected"}:
        return Decimal(0)
    if outcome == "lost" or raw.usage is None or raw.finish is None:
        return None
    return call.price.cost(raw.usage)
