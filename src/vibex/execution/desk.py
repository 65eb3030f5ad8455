"""The parts of this room put together for one account: start in the right order, keep going, stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from vibex.domain import AccountId, Clock, OrderKind
from vibex.domain.errors import LeaseLost
from vibex.execution.books import Books
from vibex.execution.brackets import Brackets, Deadlines
from vibex.execution.exits import Ladder, Leaver
from vibex.execution.flow import Flow
from vibex.execution.health import Bounds, Watch
from vibex.execution.kill import KillSwitch
from vibex.execution.lease_ids import LeaseIds
from vibex.execution.ledger import Ledger
from vibex.execution.listening import Listener
from vibex.execution.ports import OrderJournal, StateGate, TradedVenue
from vibex.execution.reconciling import Reconciler, Rhythm
from vibex.execution.sending import Patience, Sender
from vibex.risk.states import Threat


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Every waiting time of this room."""

    patience: Patience = field(default_factory=Patience)
    deadlines: Deadlines = field(default_factory=Deadlines)
    ladder: Ladder = field(default_factory=Ladder)
    rhythm: Rhythm = field(default_factory=Rhythm)
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Who trades: the account, its tag in client order ids, and the epoch of the lease under which it is held."""

    account_id: AccountId
    account_tag: str
    lease_epoch: int


class Desk:
    """Execution for one account. `async with desk:` starts it; entries pass once venue and journal agree."""

    def __init__(
        self,
        seat: Seat,
        venue: TradedVenue,
        journal: OrderJournal,
        gate: StateGate,
        clock: Clock,
        *,
        symbols: Sequence[str] = (),
        habits: Habits | None = None,
    ) -> None:
        habits = habits or Habits()
        self._seat, self._venue, self._gate, self._clock = seat, venue, gate, clock
        self.books = Books(journal, Ledger(account_tag=seat.account_tag), gate, clock)
        self.ids = LeaseIds(seat.account_tag, seat.lease_epoch)
        self.sender = Sender(
            venue, self.books, gate, clock, stream_is_healthy=lambda: self.listener.is_healthy, patience=habits.patience
        )
        self.leaver = Leaver(seat.account_id, venue, self.books, self.sender, self.ids, clock, habits.ladder)
        self.brackets = Brackets(
            seat.account_id,
            venue,
            self.books,
            self.sender,
            self.leaver,
            self.ids,
            clock,
            deadlines=habits.deadlines,
        )
        self.reconciler = Reconciler(venue, self.books, self.sender, self.brackets, gate, clock, habits.rhythm)
        self.listener = Listener(venue, self.books, gate, self.reconciler, self._changed)
        self.flow = Flow(venue, self.books, self.sender, self.brackets, self.leaver, clock)
        self.kill = KillSwitch(venue, self.books, self.sender, self.brackets, self.leaver, gate, clock)
        self.watch = Watch(venue, self.books, gate, clock, symbols, habits.bounds)
        self.books.on_doubt = self.reconciler.ask
        self.brackets.on_doubt = self.reconciler.ask
        self.books.on_fill = self._changed
        self._tasks: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None

    async def __aenter__(self) -> Desk:
        """Journal, stream, reconciliation, protection; in this order. Entries are barred until all of it is done."""
        self._gate.report(Threat.MISMATCH, "the account has not been read yet")
        await self.books.open()
        self.ids.begin(self.books.ledger.next_sequence(self._seat.lease_epoch))
        if self.books.ledger.killed:
            self._gate.report(Threat.KILLED, "the kill switch was pulled before the restart")
        self._start(self.listener.listen)
        await self.reconciler.reconcile("start")
        for work in (self.reconciler.keep, self.watch.keep, self.watch.watch_prices):
            self._start(work)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stops working; the venue's stops stay."""
        await self.sender.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def check(self) -> None:
        """Raise what ended a part of this desk; LeaseLost when the account is another's now."""
        if self._failure is not None:
            raise self._failure

    @property
    def is_settled(self) -> bool:
        """Every order answered for, every position protected."""
        ledger = self.books.ledger
        doubts = any(order.is_in_doubt for order in ledger.live())
        exposed = [symbol for symbol, held in ledger.positions.items() if held.quantity]
        return not doubts and not ledger.missing_fills() and all(map(self.brackets.is_protected, exposed))

    def _changed(self, symbol: str) -> None:
        """Exits follow the position: without waiting, since more events may be behind this one."""
        ledger = self.books.ledger
        beside = ledger.live(symbol, OrderKind.STOP, OrderKind.TARGET)
        if ledger.position(symbol).quantity or beside:
            self._start(lambda: self._follow(symbol))

    async def _follow(self, symbol: str) -> None:
        await self.brackets.protect(symbol)

    def _start(self, work: Callable[[], Awaitable[object]]) -> None:
        async def guarded() -> None:
            try:
                await work()
            except LeaseLost as error:
                self._failure = self._failure or error

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._failure = self._failure or error
            self._gate.report(Threat.BEHAVIOUR, f"a part of execution ended: {error}")
