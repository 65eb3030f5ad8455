"""The journal: durable facts per account, numbered without holes, written before the wire and under a lease.

Appends that wait at the same time are committed together, one sync of the disk for all. Each stands or falls alone:
what is wrong with one account's append never touches another's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from vibex.domain import AccountId, Clock, Event, InvalidInput, LeaseLost, RetryLater, StopTrading
from vibex.domain.ports import EventBus
from vibex.store.commands import check_entries_allowed
from vibex.store.database import Database
from vibex.store.journal_rows import Fact, event_of, is_whole, numbered, row_values
from vibex.store.leases import Lease, check_lease
from vibex.store.projections import statements
from vibex.store.trading_schema import JournalRow

_PAGE = 500


@dataclass(slots=True)
class _Append:
    """One call that waits for its commit."""

    lease: Lease
    content: Sequence[Fact | Event]
    is_entry: bool
    done: asyncio.Future[Sequence[Event]]


_Outcome = Sequence[Event] | StopTrading | InvalidInput


class SqlJournal:
    """The `Journal` of every account whose lease this process holds; `use` each lease after acquiring and renewing."""

    def __init__(self, database: Database, clock: Clock, bus: EventBus) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._leases: dict[AccountId, Lease] = {}
        self._waiting: list[_Append] = []
        self._writer: asyncio.Task[None] | None = None

    def use(self, lease: Lease) -> None:
        """Write for the account of `lease` under its fencing number from now on."""
        self._leases[lease.account_id] = lease

    async def record(self, account_id: AccountId, facts: Sequence[Fact]) -> Sequence[Event]:
        """Write all or none of `facts` in one transaction under the next numbers; the events as written.

        Raises LeaseLost without a lease in force, StopTrading when the store cannot be written.
        """
        return await self._enqueue(account_id, facts, is_entry=False)

    async def record_intent(self, account_id: AccountId, facts: Sequence[Fact]) -> Sequence[Event]:
        """As `record`, for the intent of an entry: raises EntriesStopped as well, and writes nothing, when a kill,
        pause, stop or close is open, or the account is paused, stopped or halted, at the moment of the commit."""
        return await self._enqueue(account_id, facts, is_entry=True)

    async def append(self, events: Sequence[Event]) -> int:
        """As `record`, for events of one account that its writer has numbered: they must continue the journal."""
        return (await self._append(events, is_entry=False))[-1].seq or 0

    async def append_intent(self, events: Sequence[Event]) -> int:
        """As `record_intent`, for events of one account that its writer has numbered."""
        return (await self._append(events, is_entry=True))[-1].seq or 0

    async def last_seq(self, account_id: AccountId) -> int:
        """The number of the newest row; 0 when there is none."""
        async with self._database.transaction() as session:
            return await session.run_sync(last_seq, account_id)

    async def read(self, account_id: AccountId, since: int) -> AsyncIterator[Event]:
        """Events with seq > since, in order. Raises StopTrading at a damaged row or a hole."""
        while True:
            query = (
                select(JournalRow)
                .where(JournalRow.account_id == account_id, JournalRow.seq > since)
                .order_by(JournalRow.seq)
                .limit(_PAGE)
            )
            async with self._database.transaction() as session:
                rows = list(await session.scalars(query))
            for row in rows:
                if row.seq != since + 1 or not is_whole(row):
                    raise StopTrading(
                        f"row {since + 1} of the journal of {account_id} is damaged or missing",
                        remedy="put back a backup of the store; what the venue holds is read from the venue",
                    )
                yield event_of(row)
                since = row.seq
            if len(rows) < _PAGE:
                return

    async def _append(self, events: Sequence[Event], *, is_entry: bool) -> Sequence[Event]:
        accounts = {event.account_id for event in events}
        account_id = accounts.pop() if len(accounts) == 1 else None
        if account_id is None:
            raise InvalidInput("an append is of the events of one account", field="events")
        return await self._enqueue(account_id, events, is_entry=is_entry)

    async def _enqueue(
        self, account_id: AccountId, content: Sequence[Fact | Event], *, is_entry: bool
    ) -> Sequence[Event]:
        if not content:
            raise InvalidInput("there is nothing to write", field="events")
        lease = self._leases.get(account_id)
        if lease is None:
            raise LeaseLost(f"this process holds no lease of account {account_id}")
        waiting = _Append(lease, content, is_entry, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_waiting())
        # Shielded: who stops waiting does not undo what may be on disk already.
        return await asyncio.shield(waiting.done)

    async def _write_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            outcomes: list[_Outcome]
            try:
                outcomes = await self._commit(batch)
            except Exception as error:  # lint: skip=broad-except every waiting caller is told; none may wait for ever
                outcomes = [_unwritable(error) for _ in batch]
            for append, outcome in zip(batch, outcomes, strict=True):
                if isinstance(outcome, StopTrading | InvalidInput):
                    append.done.set_exception(outcome)
                    # Marked as seen: a caller whose task was cancelled meanwhile hears nothing of it.
                    append.done.exception()
                else:
                    append.done.set_result(outcome)
                    await self._bus.announce(append.lease.account_id, outcome[-1].seq or 0)

    async def _commit(self, batch: Sequence[_Append]) -> list[_Outcome]:
        now = self._clock.now()
        return await self._database.exclusively(lambda session: _write(session, batch, now))


def _write(session: Session, batch: Sequence[_Append], now: datetime) -> list[_Outcome]:
    """What becomes of each append of the transaction; nothing of one that is refused is written."""
    outcomes: list[_Outcome] = []
    events: list[Event] = []
    rows: list[dict[str, object]] = []
    last: dict[AccountId, int] = {}
    refusals: dict[tuple[Lease, bool], StopTrading | None] = {}
    for append in batch:
        account_id = append.lease.account_id
        try:
            # Under the write lock the answer is the same for every append of the group.
            if (append.lease, append.is_entry) not in refusals:
                refusals[append.lease, append.is_entry] = _refusal(session, append, now)
            if refused := refusals[append.lease, append.is_entry]:
                raise refused
            if account_id not in last:
                last[account_id] = last_seq(session, account_id)
            written = _numbered(append, last[account_id], now)
            rows += [row_values(event) for event in written]
        except (StopTrading, InvalidInput) as error:
            outcomes.append(error)
            continue
        last[account_id] += len(written)
        events += written
        outcomes.append(written)
    if rows:
        write_rows(session, events, rows)
    return outcomes


def _refusal(session: Session, append: _Append, now: datetime) -> StopTrading | None:
    """Why nothing may be written under the lease of `append`, or no entry; None when it may."""
    try:
        check_lease(session, append.lease, now)
        if append.is_entry:
            check_entries_allowed(session, append.lease.account_id)
    except StopTrading as error:
        return error
    return None


def _numbered(append: _Append, last: int, now: datetime) -> list[Event]:
    """The events of `append`. Raises StopTrading when its writer numbered them and they do not continue at `last`."""
    account_id = append.lease.account_id
    events = [
        item if isinstance(item, Event) else numbered(item, account_id, last + place, now)
        for place, item in enumerate(append.content, start=1)
    ]
    if [event.seq for event in events] != list(range(last + 1, last + 1 + len(events))):
        raise StopTrading(
            f"the journal of {account_id} is at {last}; an append began at {events[0].seq}",
            remedy="read the journal again from what was known last",
        )
    return events


def write_rows(session: Session, events: Sequence[Event], rows: Sequence[dict[str, object]]) -> None:
    """Insert the rows of the journal and what is read out of them."""
    session.execute(insert(JournalRow), list(rows))
    for event in events:
        for statement, values in statements(event):
            session.execute(statement, values)


def last_seq(session: Session, account_id: AccountId) -> int:
    """The number of the newest row, inside the caller's transaction; 0 when there is none."""
    return session.scalar(select(func.max(JournalRow.seq)).where(JournalRow.account_id == account_id)) or 0


def _unwritable(error: Exception) -> StopTrading:
    told = error.message if isinstance(error, RetryLater) else repr(error)
    return StopTrading(
        f"the journal cannot be written: {told}", remedy="free space on the disk of VIBEX_HOME, or bring the store back"
    )
