"""Reads the account, compares, and does what the comparison says: at start, after a gap, on doubt, and every so often.

Entries wait from the moment of doubt until the two sides agree.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from vibex.domain import Clock, RetryLater, StopTrading
from vibex.execution.books import Books
from vibex.execution.brackets import Brackets
from vibex.execution.facts import FactKind, plain
from vibex.execution.ledger import is_forced
from vibex.execution.ports import StateGate, TradedVenue
from vibex.execution.reconcile import (
    Adopt,
    Ask,
    Clean,
    HoldMode,
    Protect,
    ReadFills,
    ReportForeign,
    TakePosition,
    compare_orders,
    compare_positions,
    held_at,
    quantity,
)
from vibex.execution.sending import Sender
from vibex.risk.states import Threat
from vibex.venues import AccountSnapshot, ReportedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Seconds: between two reconciliations, after one that failed, and for events that are on their way."""

    every_s: float = 30.0
    again_s: float = 1.0
    settle_s: float = 0.5


class Reconciler:
    """Of one account; one reconciliation at a time."""

    def __init__(
        self,
        venue: TradedVenue,
        books: Books,
        sender: Sender,
        brackets: Brackets,
        gate: StateGate,
        clock: Clock,
        rhythm: Rhythm | None = None,
    ) -> None:
        self._venue, self._books, self._sender = venue, books, sender
        self._brackets, self._gate, self._clock = brackets, gate, clock
        self._rhythm = rhythm or Rhythm()
        self._wanted = asyncio.Event()
        self._foreign: set[str] = set()
        self._turn = asyncio.Lock()
        self.done_at: float | None = None

    def ask(self, why: str) -> None:
        """Reconcile as soon as possible; entries wait until then."""
        self._gate.report(Threat.MISMATCH, why)
        self._wanted.set()

    async def keep(self) -> None:
        """For ever: on demand, and every `every_s`."""
        while True:
            try:
                async with asyncio.timeout(self._rhythm.every_s):
                    await self._wanted.wait()
            except TimeoutError:
                pass
            self._wanted.clear()
            if not await self.reconcile("on demand"):
                await self._clock.sleep(self._rhythm.again_s)
                self._wanted.set()

    async def reconcile(self, why: str) -> bool:
        """Whether venue and journal agree now and every position is protected; False when the venue cannot be read."""
        async with self._turn:
            try:
                agrees = await self._reconcile(why)
            except (RetryLater, StopTrading) as error:
                if self._books.is_fenced:
                    raise
                self._gate.report(Threat.MISMATCH, f"the account cannot be read: {error}")
                return False
            if agrees:
                self._gate.clear(Threat.MISMATCH)
                self.done_at = self._clock.monotonic()
            return agrees

    async def _reconcile(self, why: str) -> bool:
        await self._books.catch_up()
        snapshot = await self._venue.account_snapshot()
        facts_before = len(self._books.ledger.trades)
        hedged = await self._settle_orders(snapshot)
        ledger = self._books.ledger
        if self._differs(snapshot):
            await self._clock.sleep(self._rhythm.settle_s)
            snapshot = await self._venue.account_snapshot()
            await self._settle_orders(snapshot)
        for symbol, position in held_at(snapshot).items():
            self._brackets.liquidates_at(symbol, position.liquidation_price)
        taken = await self._settle_positions(snapshot)
        if taken or len(ledger.trades) != facts_before:
            await self._books.note(FactKind.RECONCILED, why, why=why, positions_taken=taken)
        if hedged:
            self._gate.report(Threat.MISMATCH, "the account is in hedge mode, which this product does not trade in")
        doubts = [one for one in ledger.live() if one.is_in_doubt]
        for doubt in doubts:
            self._sender.doubt(doubt.client_order_id)
        exposed = [symbol for symbol, held in ledger.positions.items() if held.quantity]
        return not hedged and not taken and all(self._brackets.is_protected(one) for one in exposed)

    def _differs(self, snapshot: AccountSnapshot) -> bool:
        held, ledger = held_at(snapshot), self._books.ledger
        return any(quantity(held, one) != ledger.position(one).quantity for one in {*held, *ledger.positions})

    async def _settle_orders(self, snapshot: AccountSnapshot) -> bool:
        """Orders and executions; whether the account is in hedge mode."""
        hedged = False
        for action in compare_orders(self._books.ledger, snapshot):
            match action:
                case Adopt(order):
                    await self._books.hear(order)
                case Ask(name, in_doubt):
                    await self._ask(name, in_doubt=in_doubt)
                case ReadFills(symbol):
                    await self._sender.read_fills(symbol)
                case ReportForeign(order):
                    await self._report_foreign(order)
                case HoldMode():
                    hedged = True
                case _:
                    continue
        return hedged

    async def _ask(self, name: str, *, in_doubt: bool) -> None:
        if in_doubt:
            # Once here, so that its executions are known as ours; the proof of absence takes longer.
            if not await self._sender.ask(name):
                self._sender.doubt(name)
            return
        if not await self._sender.ask(name) and self._sender.known(name).is_live:
            # It was acknowledged and is gone: the venue has forgotten it, or cannot say now.
            order = self._sender.known(name)
            found = await self._venue.query(order.symbol, name)
            if not isinstance(found, ReportedOrder):
                await self._books.note(FactKind.NOT_FOUND, order.correlation_id, symbol=order.symbol, order=name)

    async def _settle_positions(self, snapshot: AccountSnapshot) -> int:
        """How many positions had to be taken from the venue because nothing explains them."""
        taken = 0
        for action in compare_positions(self._books.ledger, snapshot):
            match action:
                case TakePosition():
                    taken += 1
                    await self._take(action)
                case Protect(symbol) | Clean(symbol):
                    await self._brackets.protect(symbol)
                case _:
                    continue
        return taken

    async def _take(self, action: TakePosition) -> None:
        kind = FactKind.EXTERNAL if action.is_closed else FactKind.ADOPTED
        await self._books.note(
            kind,
            f"taken-{action.symbol}",
            symbol=action.symbol,
            quantity=plain(action.venue),
            entry_price=plain(action.entry_price),
            journal=plain(action.journal),
        )
        self._gate.report(Threat.MISMATCH, f"{action.symbol}: venue {action.venue}, journal {action.journal}")

    async def _report_foreign(self, order: ReportedOrder) -> None:
        if order.client_order_id in self._foreign or is_forced(order.client_order_id):
            return
        self._foreign.add(order.client_order_id)
        await self._books.note(
            FactKind.FOREIGN,
            order.client_order_id,
            symbol=order.symbol,
            order=order.client_order_id,
            side=order.side.value,
            quantity=plain(order.quantity),
            price=plain(order.price),
        )
