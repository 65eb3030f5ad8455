"""Journal and ledger as one: a fact is durable before it counts, and whoever waits for news is woken.

When the journal cannot be written, entries stop at their intent; exits go on, their rows kept in memory and written
first as soon as the journal takes rows again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from vibex.domain import Clock, JsonValue, OrderKind, StopTrading
from vibex.domain.errors import EntriesStopped, LeaseLost
from vibex.execution.facts import Fact, FactKind
from vibex.execution.ledger import Ledger
from vibex.execution.orders import Overfilled, TrackedOrder, intended
from vibex.execution.plans import Plan, plan_data
from vibex.execution.ports import OrderJournal, StateGate
from vibex.risk.states import Threat
from vibex.venues import ReportedFill, ReportedOrder, Request

_log = logging.getLogger(__name__)


class Books:
    """Belongs to one event loop. `on_doubt` is called when the venue's word does not fit: read the account again."""

    def __init__(self, journal: OrderJournal, ledger: Ledger, gate: StateGate, clock: Clock) -> None:
        self._journal, self.ledger, self._gate, self._clock = journal, ledger, gate, clock
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()
        self._unwritten: list[Fact] = []
        self.on_doubt: Callable[[str], None] = lambda why: _log.warning("read the account again: %s", why)
        self.on_fill: Callable[[str], None] | None = None
        self.is_fenced = False

    async def open(self) -> None:
        """Rebuild the ledger from the journal."""
        self.ledger.fold(await self._journal.read())

    async def intend(
        self, request: Request, kind: OrderKind, correlation_id: str, *, plan: Plan | None = None, purpose: str = ""
    ) -> TrackedOrder:
        """The intent, durable. Raises LeaseLost, for an entry EntriesStopped or StopTrading too: send nothing then."""
        fact = intended(request, kind, self._clock.now(), correlation_id, purpose=purpose)
        if plan is not None:
            fact = Fact(
                kind=fact.kind,
                at=fact.at,
                correlation_id=correlation_id,
                symbol=fact.symbol,
                order=fact.order,
                values={**fact.values, "protection": plan_data(plan)},
            )
        opens = kind is OrderKind.ENTRY
        async with self._turn:
            try:
                await self._flush()
                await self._journal.append_intent(fact, opens=opens)
            except LeaseLost as error:
                self._lost(error)
                raise
            except EntriesStopped:
                raise
            except StopTrading as error:
                self._gate.report(Threat.STORE, error.message)
                if opens:
                    raise
                self._unwritten.append(fact)
            self.ledger.follow(fact)
        return self.ledger.orders[str(request.client_order_id)]

    async def catch_up(self) -> None:
        """Write what could not be written before, if the journal takes rows again."""
        async with self._turn:
            try:
                await self._flush()
            except LeaseLost as error:
                self._lost(error)
                raise
            except StopTrading as error:
                self._gate.report(Threat.STORE, error.message)

    async def write(self, *facts: Fact) -> None:
        """Raises LeaseLost when the lease is another's; a journal that cannot be written is reported, not raised."""
        if not facts:
            return
        async with self._turn:
            await self._append(facts)

    async def note(
        self,
        kind: FactKind,
        correlation_id: str,
        *,
        symbol: str | None = None,
        order: str | None = None,
        **values: JsonValue,
    ) -> None:
        """One row about now."""
        at = self._clock.now()
        await self.write(
            Fact(kind=kind, at=at, correlation_id=correlation_id, symbol=symbol, order=order, values=values)
        )

    async def hear(
        self, order: ReportedOrder | None, fill: ReportedFill | None = None, *, told: bool = False
    ) -> list[Fact]:
        """Write down what is new in the venue's word. An overfill is noted and makes the account be read again."""
        async with self._turn:
            at = self._clock.now()
            try:
                facts = self.ledger.news(order, fill, at, told=told)
            except Overfilled as error:
                name = error.client_order_id
                symbol = self.ledger.orders[name].symbol if name in self.ledger.orders else None
                noted = Fact(
                    kind=FactKind.OVERFILLED,
                    at=at,
                    correlation_id=name,
                    symbol=symbol,
                    order=name,
                    values={"words": error.message},
                )
                await self._append([noted])
                self._gate.report(Threat.MISMATCH, error.message)
                self.on_doubt(error.message)
                return [noted]
            await self._append(facts)
        for fact in facts:
            if fact.kind is FactKind.FILL and fact.symbol is not None and self.on_fill is not None:
                self.on_fill(fact.symbol)
        return facts

    async def until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Whether `done` came true within `seconds`; looked at after every fact."""
        deadline = self._clock.deadline(seconds)
        while not done():
            left = deadline - self._clock.monotonic()
            if left <= 0:
                return False
            self._news.clear()
            try:
                async with asyncio.timeout(left):
                    await self._news.wait()
            except TimeoutError:
                return done()
        return True

    def now(self) -> datetime:
        return self._clock.now()

    async def _append(self, facts: Sequence[Fact]) -> None:
        if not facts:
            return
        try:
            await self._flush()
            await self._journal.append(facts)
        except LeaseLost as error:
            self._lost(error)
            raise
        except StopTrading as error:
            _log.error("the journal cannot be written: %s", error.message)
            self._gate.report(Threat.STORE, error.message)
            self._unwritten.extend(facts)
        self.ledger.fold(facts)
        self._news.set()

    async def _flush(self) -> None:
        """What could not be written before, first."""
        if self._unwritten:
            await self._journal.append(tuple(self._unwritten))
            self._unwritten.clear()
            self._gate.clear(Threat.STORE)

    def _lost(self, error: LeaseLost) -> None:
        self.is_fenced = True
        self._gate.report(Threat.LEASE, error.message)
        self._news.set()
