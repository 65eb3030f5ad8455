"""From intent to outcome: the journal first, then the wire, once. What was not answered is asked for, never sent again.

Bugs that it answers: a time-out read as a failure (hummingbot#493), "not found" right after a send read as one
(hummingbot#601), a retry that fired after the stream had accepted the order (nautilus_trader#4215).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from vibex.domain import (
    ApprovedEntry,
    Clock,
    OrderKind,
    OrderStatus,
    ProtectiveExit,
    RetryLater,
    StopTrading,
)
from vibex.domain.errors import EntriesStopped
from vibex.execution.books import Books
from vibex.execution.facts import FactKind
from vibex.execution.orders import TrackedOrder, report
from vibex.execution.plans import Plan
from vibex.execution.ports import StateGate, TradedVenue
from vibex.execution.refusals import Meaning, meaning_of
from vibex.risk.states import Threat
from vibex.venues import Accepted, NotFound, Outcome, Refused, Request, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds. An order counts as never arrived after `proof_answers` times "not found" over `proof_s`, counted from
    the send, in which a signed request can still be let in by the venue."""

    questions: tuple[float, ...] = (0.2, 0.5, 1.0, 2.0, 4.0)
    longest_pause_s: float = 15.0
    proof_answers: int = 2
    proof_s: float = 10.5
    cancel_tries: int = 4


class CancelReason:
    """Why an order was cancelled; a cancel without a listed reason does not exist (execution rules, §6)."""

    REPLACED = "replaced"
    FLAT = "flat"
    KILL = "kill"
    STALE = "stale"
    DEADLINE = "deadline"
    ASKED = "asked"


class Sender:
    """Sends for one account. `stream_is_healthy` says whether the account's events would have told of an order."""

    def __init__(
        self,
        venue: TradedVenue,
        books: Books,
        gate: StateGate,
        clock: Clock,
        *,
        stream_is_healthy: Callable[[], bool],
        patience: Patience | None = None,
    ) -> None:
        self._venue, self._books, self._gate, self._clock = venue, books, gate, clock
        self._healthy = stream_is_healthy
        self._patience = patience or Patience()
        self._asking: dict[str, asyncio.Task[None]] = {}

    async def enter(self, entry: ApprovedEntry, correlation_id: str, plan: Plan | None) -> Outcome:
        """Send an approved entry. What the gate, a command, its age or a doubt in its symbol forbids is not sent."""
        forbidden = self._forbidden(entry)
        if forbidden is not None:
            return await self._not_sent(entry, correlation_id, *forbidden)
        try:
            await self._books.intend(entry, OrderKind.ENTRY, correlation_id, plan=plan)
        except EntriesStopped as error:
            return await self._not_sent(entry, correlation_id, "barred", error.message)
        except StopTrading as error:
            return Refused(
                code="not-journalled", words=error.message, remedy=error.remedy or "mend the store", stop=True
            )
        # Writing takes time, and the state may have changed meanwhile.
        refusal = self._gate.refusal()
        if self._clock.now() > entry.valid_until or refusal is not None:
            name = str(entry.client_order_id)
            words = refusal or "the approval ran out before the order was sent"
            await self._books.note(FactKind.LATE, correlation_id, symbol=entry.symbol, order=name, words=words)
            return Refused(code="too-late", words=words, remedy="ask the risk gate again")
        return await self._send(entry, correlation_id)

    async def leave(self, order: ProtectiveExit, kind: OrderKind, correlation_id: str, *, purpose: str) -> Outcome:
        """Send an exit: no gate, no age. Raises LeaseLost when another process holds the account."""
        await self._books.intend(order, kind, correlation_id, purpose=purpose)
        return await self._send(order, correlation_id)

    async def cancel(self, order: TrackedOrder, reason: str) -> TrackedOrder:
        """Take `order` back; its state afterwards. A cancel is harmless when repeated, so it is, a few times."""
        name, books = order.client_order_id, self._books
        await books.note(FactKind.CANCEL_ASKED, order.correlation_id, symbol=order.symbol, order=name, reason=reason)
        pauses = _pauses(self._patience)
        for _ in range(self._patience.cancel_tries):
            outcome = await self._venue.cancel(order.symbol, name)
            if isinstance(outcome, Accepted):
                await books.hear(outcome.order)
            elif isinstance(outcome, Refused):
                await books.note(
                    FactKind.CANCEL_REFUSED, order.correlation_id, symbol=order.symbol, order=name, code=outcome.code
                )
                if meaning_of(outcome) is not Meaning.MISSING and outcome.retry_after_ms is None:
                    break
            if not isinstance(outcome, Accepted):
                await self.ask(name)
            if not self.known(name).is_live or self.known(name).is_in_doubt:
                break
            await self._clock.sleep(next(pauses))
        return self.known(name)

    async def ask(self, name: str) -> bool:
        """One question about the order; whether it was answered with its state."""
        order = self.known(name)
        try:
            found = await self._venue.query(order.symbol, name)
        except (RetryLater, StopTrading):
            return False
        if isinstance(found, NotFound):
            return False
        await self._books.hear(found)
        await self.account_for(order.symbol)
        return True

    async def account_for(self, symbol: str) -> None:
        """Read the executions that the journal lacks: the venue counts more than it was told of (fault 12)."""
        if symbol not in self._books.ledger.missing_fills():
            return
        await self._books.until(lambda: symbol not in self._books.ledger.missing_fills(), 0.5)
        if symbol in self._books.ledger.missing_fills():
            await self.read_fills(symbol)

    async def read_fills(self, symbol: str) -> bool:
        """Every execution since the oldest order that is not accounted for; False when they cannot be had now."""
        ledger = self._books.ledger
        concerned = [one.created_at for one in ledger.orders.values() if one.symbol == symbol and one.missing_fills]
        now = self._clock.now()
        since = min([*concerned, ledger.last_fill_at or now]) - timedelta(minutes=1)
        try:
            fills = await self._venue.fills(symbol, since, now + timedelta(minutes=1))
        except (RetryLater, StopTrading):
            return False
        for fill in fills:
            await self._books.hear(None, fill)
        return True

    def doubt(self, name: str) -> None:
        """Find out, in the background, what became of an order that is not answered for."""
        task = self._asking.get(name)
        if task is None or task.done():
            self._asking[name] = asyncio.create_task(self.resolve(name))

    async def resolve(self, name: str) -> None:
        """Ask until the order's fate is proved: it is there, or it was not there twice over ten seconds while the
        stream, the open orders and the executions say nothing of it either."""
        since, answers = self._clock.monotonic(), 0
        order = self.known(name)
        for pause in _pauses(self._patience):
            await self._books.until(lambda: not self.known(name).is_in_doubt, pause)
            if not self.known(name).is_in_doubt or self._books.is_fenced:
                return
            try:
                found = await self._venue.query(order.symbol, name)
            except (RetryLater, StopTrading):
                continue
            if not isinstance(found, NotFound):
                await self._books.hear(found)
                await self.account_for(order.symbol)
                return
            answers += 1
            waited = self._clock.monotonic() - since
            # Counted from the first question, also after a restart: the answers have to lie apart.
            proved = answers >= self._patience.proof_answers and waited >= self._patience.proof_s
            if proved and self._healthy() and await self._is_nowhere(order):
                await self._books.note(
                    FactKind.NOT_FOUND, order.correlation_id, symbol=order.symbol, order=name, answers=answers
                )
                return

    async def close(self) -> None:
        for task in self._asking.values():
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    def known(self, name: str) -> TrackedOrder:
        return self._books.ledger.orders[name]

    async def _is_nowhere(self, order: TrackedOrder) -> bool:
        """Neither among the open orders nor in the executions."""
        try:
            snapshot = await self._venue.account_snapshot()
        except (RetryLater, StopTrading):
            return False
        for one in snapshot.open_orders:
            if one.client_order_id == order.client_order_id:
                await self._books.hear(one)
                return False
        return await self.read_fills(order.symbol) and self.known(order.client_order_id).is_in_doubt

    def _forbidden(self, entry: ApprovedEntry) -> tuple[str, str] | None:
        refusal = self._gate.refusal()
        if refusal is not None:
            return "state", refusal
        if self._clock.now() > entry.valid_until:
            return "too-late", f"the approval ran out at {entry.valid_until:%H:%M:%S}"
        doubt = self._books.ledger.in_doubt(entry.symbol)
        if doubt is not None:
            return "in-doubt", f"what became of {doubt.client_order_id} is not known yet"
        return None

    async def _not_sent(self, entry: ApprovedEntry, correlation_id: str, code: str, words: str) -> Refused:
        await self._books.note(
            FactKind.REJECTED,
            correlation_id,
            symbol=entry.symbol,
            order=str(entry.client_order_id),
            code=code,
            words=words,
        )
        return Refused(code=code, words=words, remedy="ask the risk gate again when it has passed")

    async def _send(self, request: Request, correlation_id: str) -> Outcome:
        name = str(request.client_order_id)
        outcome = await self._venue.place(request)
        match outcome:
            case Accepted(order=order):
                await self._books.write(report(order, self._clock.now(), correlation_id, FactKind.ACCEPTED))
                await self.account_for(request.symbol)
            case Refused(code=code, words=words):
                await self._refused(request.symbol, name, correlation_id, code, words)
                if outcome.stop:
                    self._gate.report(Threat.BEHAVIOUR, words)
            case Unknown(why=why):
                await self._books.note(FactKind.UNKNOWN, correlation_id, symbol=request.symbol, order=name, words=why)
                self.doubt(name)
        return outcome

    async def _refused(self, symbol: str, name: str, correlation_id: str, code: str, words: str) -> None:
        """A refusal is proof, unless the stream has meanwhile told that the order lives (nautilus_trader#4215)."""
        if self.known(name).status is OrderStatus.PENDING:
            await self._books.note(FactKind.REFUSED, correlation_id, symbol=symbol, order=name, code=code, words=words)


def _pauses(patience: Patience) -> Iterator[float]:
    yield from patience.questions
    pause = patience.questions[-1]
    while True:
        pause = min(pause, patience.longest_pause_s)
        yield pause
        pause *= 1.5
