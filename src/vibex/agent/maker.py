"""The model as a maker of decisions: context, prompt, question, judged answer; whatever fails becomes a hold.

One decision has a deadline that counts from the time of its data, and two limits in dollars. A limit that is reached,
a model that is down, late or talks nonsense: every symbol holds with the reason, and what protects open positions rests
at the venue.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from vibex.agent.context import (
    AccountSource,
    AccountView,
    Context,
    ContextBuilder,
    Reading,
)
from vibex.agent.deliberation import Deliberation, MakerSettings, Memory, Spending, Thought
from vibex.agent.memory import Lesson, MemoryQuery, relevant
from vibex.agent.prompt import Prompt, PromptWriter, answer_schema
from vibex.agent.sanitize import OpenPosition, SanitizeInput, sanitize
from vibex.agent.tools import answer_call, indicator_tool
from vibex.agent.wishes import Wishes
from vibex.domain import AccountId, Clock, Decision, InvalidInput, VibexError, new_id
from vibex.llm import (
    Answer,
    AnswerMalformed,
    Message,
    Model,
    ModelRequest,
    NotRecorded,
    Occasion,
    OverBudget,
    Role,
)

if TYPE_CHECKING:
    from vibex.store import Owner


class ModelMaker:
    """A `DecisionMaker` for one account; `tell` hears how each decision came about."""

    def __init__(
        self,
        settings: MakerSettings,
        *,
        model: Model,
        owner: Owner,
        contexts: ContextBuilder,
        accounts: AccountSource,
        spending: Spending,
        clock: Clock,
        memory: Memory | None = None,
        writer: PromptWriter | None = None,
        secrets: Sequence[str] = (),
        tell: Callable[[Deliberation], None] | None = None,
    ) -> None:
        self._settings = settings
        self._model = model
        self._owner = owner
        self._contexts = contexts
        self._accounts = accounts
        self._spending = spending
        self._clock = clock
        self._memory = memory
        self._writer = writer or PromptWriter()
        self._secrets = tuple(secrets)
        self._tell = tell

    @property
    def name(self) -> str:
        return f"model:{self._settings.model}"

    async def decide(self, account_id: AccountId, symbols: Sequence[str], at: datetime) -> Sequence[Decision]:
        """One decision per symbol, made on data no later than `at`. Raises NotRecorded, a defect of a replay."""
        wishes = Wishes(
            account_id=account_id,
            maker=self.name,
            data_at=at,
            time_to_live=timedelta(seconds=self._settings.deadline_s),
            band_pct=self._settings.band_pct,
            clock=self._clock,
        )
        left_s = self._settings.deadline_s - (self._clock.now() - at).total_seconds()
        thought = Thought(symbols, wishes, new_id(self._clock), self._clock.deadline(left_s))
        try:
            if left_s <= 0:
                raise TimeoutError
            async with asyncio.timeout(left_s):
                decisions = await self._think(thought)
        except NotRecorded:
            raise
        except TimeoutError:
            decisions = self._hold(thought, f"no decision within {self._settings.deadline_s:g} s of the data")
        except OverBudget as error:
            decisions = self._hold(thought, f"managing exits only: {error.message}")
        except VibexError as error:
            decisions = self._hold(thought, str(error))
        self._report(thought, decisions)
        return decisions

    async def _think(self, thought: Thought) -> tuple[Decision, ...]:
        from vibex.store import Account

        at, account_id = thought.wishes.data_at, thought.wishes.account_id
        view = await self._accounts.read(account_id, at)
        spent = await self._spending.spent_usd(Account(account_id), self._clock.now().date())
        why = self._why_not_to_ask(view, at, spent)
        if why is not None:
            return self._hold(thought, why)
        context = await self._contexts.build(thought.symbols, view, at)
        lessons, notes = await self._remembered(context, thought)
        thought.prompt = self._writer.write(
            context, lessons=lessons, notes=notes, tools=self._settings.tools.rounds > 0
        )
        given = judged_against(context, self._secrets)
        try:
            text = _text(await self._ask(thought, context, thought.prompt))
        except AnswerMalformed as error:
            if not error.text.strip():
                raise
            text, thought.fault = error.text, error.message
        thought.judged = sanitize(text, given)
        return thought.wishes.of(thought.judged.decisions, thought.judged.reasons, context)

    def _why_not_to_ask(self, view: AccountView, at: datetime, spent: Decimal) -> str | None:
        stale = view.is_stale(at, self._contexts.freshness)
        if stale is not None:
            return f"the account's state is not known: {stale}"
        if view.state.equity is None:
            return "the account's equity is not known"
        if view.limits.state != "ACTIVE" and not view.state.positions:
            return f"trading is {view.limits.state} and nothing is open"
        if spent >= self._settings.daily_usd:
            return f"managing exits only: ${spent:.4f} of today's ${self._settings.daily_usd} for models are spent"
        return None

    async def _ask(self, thought: Thought, context: Context, prompt: Prompt) -> Answer:
        """Rounds of question and tool calls until there is an answer, a limit is reached or the time is up."""
        turns, limits = prompt.messages, self._settings.tools
        calls_left = limits.calls
        for round_ in range(limits.rounds + 1):
            offers = round_ < limits.rounds and calls_left > 0
            answer = await self._question(thought, context, turns, offers_tools=offers)
            wishes = answer.tool_calls
            if answer.structured is not None or not wishes:
                return answer
            answered, calls_left = wishes[:calls_left], calls_left - len(wishes[:calls_left])
            turns = (
                *turns,
                Message(role=Role.ASSISTANT, text=answer.text, tool_calls=wishes),
                *(
                    Message(
                        role=Role.TOOL,
                        text=answer_call(call, context, limits) if call in answered else _NO_CALL_LEFT,
                        tool_call_id=call.id,
                    )
                    for call in wishes
                ),
            )
            self._refuse_dear(thought)
        raise AnswerMalformed("the model asked for tools until none was left")

    async def _question(
        self, thought: Thought, context: Context, turns: tuple[Message, ...], *, offers_tools: bool
    ) -> Answer:
        settings = self._settings
        request = ModelRequest(
            model=settings.model,
            messages=turns,
            max_tokens=settings.max_tokens,
            least_tokens=settings.least_tokens,
            temperature=settings.temperature,
            answer_schema=answer_schema([asset.asset for asset in context.assets]),
            tools=(indicator_tool(context, settings.tools),) if offers_tools else (),
        )
        occasion = Occasion(
            owner=self._owner,
            purpose="trade_decision",
            subject=",".join(asset.asset for asset in context.assets)[:64],
            account_id=thought.wishes.account_id,
            correlation_id=thought.correlation_id,
            context={} if thought.prompt is None else thought.prompt.to_json(),
        )
        answer = await self._model.ask(request, occasion, deadline=thought.deadline)
        thought.answers.append(answer)
        return answer

    def _refuse_dear(self, thought: Thought) -> None:
        """Raises OverBudget once this decision has cost its limit, or nobody knows what it has cost."""
        limit, spent = self._settings.decision_usd, thought.cost_usd
        if spent is None or spent >= limit:
            known = "an unknown amount" if spent is None else f"${spent:.4f}"
            raise OverBudget(
                f"this decision has cost {known} of at most ${limit}",
                needed_usd=limit if spent is None else spent,
                limit_usd=limit,
                field="decision_usd",
            )

    async def _remembered(self, context: Context, thought: Thought) -> tuple[tuple[Lesson, ...], str]:
        """Relevant lessons and the person's notes; without a memory that can be read a decision is still made."""
        if self._memory is None:
            return (), ""
        try:
            remembered = await asyncio.to_thread(self._memory.read)
            notes = await asyncio.to_thread(self._memory.notes)
        except (InvalidInput, OSError) as error:
            thought.remarks.append(f"decided without memory: {error}")
            return (), ""
        thought.remarks += remembered.unreadable
        held = context.account.state.positions
        query = MemoryQuery(
            at=context.at,
            regimes={each.asset: frozenset(name.value for name in each.regime.names) for each in context.assets},
            sides={position.asset: position.side for position in held},
        )
        return relevant(remembered.lessons, query), notes

    def _hold(self, thought: Thought, why: str) -> tuple[Decision, ...]:
        thought.fault = why
        return thought.wishes.holds(thought.symbols, why)

    def _report(self, thought: Thought, decisions: tuple[Decision, ...]) -> None:
        if self._tell is None:
            return
        self._tell(
            Deliberation(
                account_id=thought.wishes.account_id,
                at=thought.wishes.data_at,
                correlation_id=thought.correlation_id,
                decisions=decisions,
                prompt=thought.prompt,
                judged=thought.judged,
                fault=thought.fault,
                call_ids=tuple(answer.call_id for answer in thought.answers),
                cost_usd=thought.cost_usd,
                remarks=tuple(thought.remarks),
            )
        )


_NO_CALL_LEFT = json.dumps({"error": "no call is left; answer now"})


def _text(answer: Answer) -> str:
    """What the model wrote; where its answer was conveyed as a call, what it called with and not the words beside."""
    if answer.structured is not None and any("as tool" in concession for concession in answer.concessions):
        return json.dumps(answer.structured)
    return answer.text


def judged_against(context: Context, secrets: tuple[str, ...] = ()) -> SanitizeInput:
    """The account of `context` as an answer is judged against it."""
    view = context.account
    assets = tuple(asset.asset for asset in context.assets)
    return SanitizeInput(
        assets=assets,
        equity=view.state.equity or Decimal(0),
        prices={asset.asset: asset.price.value for asset in context.assets if isinstance(asset.price, Reading)},
        positions={
            held.asset: OpenPosition(quantity=held.signed_quantity, stop=held.stop)
            for held in view.state.positions
            if held.asset in assets
        },
        max_exposure=view.limits.max_exposure,
        flip=view.limits.flip,
        pyramiding=view.limits.pyramiding,
        secrets=secrets,
    )
