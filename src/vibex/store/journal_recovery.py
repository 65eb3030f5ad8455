"""What is done to a journal before it is trusted again: a torn end is cut off, emergency records are taken in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from vibex.domain import AccountId, Clock, Event, EventType, StopTrading
from vibex.store.database import Database
from vibex.store.emergency import EmergencyFile, EmergencyRecord
from vibex.store.journal import last_seq, write_rows
from vibex.store.journal_rows import Fact, is_whole, numbered, row_values
from vibex.store.leases import Lease, check_lease
from vibex.store.trading_schema import JournalRow

_TAIL = 1000
"""Rows looked at before trading; older ones are looked at by whoever reads them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """`dropped` are the numbers of torn rows at the end, `merged` how many emergency records became rows."""

    dropped: Sequence[int] = ()
    merged: int = 0


async def recover(database: Database, lease: Lease, clock: Clock, emergency: EmergencyFile | None = None) -> Recovered:
    """Make the journal of the lease's account whole, in one transaction that ends with rows which say so.

    A torn row at the end is dropped and a RECONCILIATION event (step REPAIRED) takes its number. Emergency records of
    the account that are not in the journal yet are appended; the file keeps them until `clear_merged`.
    Raises LeaseLost, and StopTrading for damage that is not at the end.
    """
    now = clock.now()
    records = [] if emergency is None else [r for r in emergency.records() if r.account_id == lease.account_id]
    async with database.exclusive() as session:
        await session.run_sync(check_lease, lease, now)
        dropped = await _drop_torn_end(session, lease.account_id)
        seq = await session.run_sync(last_seq, lease.account_id)
        events: list[tuple[Event, str | None]] = []
        if dropped:
            fact = Fact(
                type=EventType.RECONCILIATION,
                event_at=now,
                correlation_id=f"recovery-{lease.epoch}",
                data={"step": "REPAIRED", "dropped": [*dropped], "words": "torn rows at the end were dropped"},
            )
            events.append((numbered(fact, lease.account_id, seq + 1, now), None))
        missing = await _not_merged(session, lease.account_id, records)
        for record in missing:
            place = seq + len(events) + 1
            events.append((numbered(record.fact, lease.account_id, place, record.recorded_at), record.id))
        if events:
            rows = [row_values(event, emergency_id) for event, emergency_id in events]
            await session.run_sync(write_rows, [event for event, _ in events], rows)
    return Recovered(dropped=dropped, merged=len(missing))


async def clear_merged(database: Database, emergency: EmergencyFile) -> bool:
    """Empty the file when the journal has all of its records; False, and nothing changed, while one is missing."""
    records = emergency.records()
    async with database.transaction() as session:
        for account_id in {record.account_id for record in records}:
            mine = [record for record in records if record.account_id == account_id]
            if await _not_merged(session, account_id, mine):
                return False
    emergency.clear()
    return True


async def _drop_torn_end(session: AsyncSession, account_id: AccountId) -> list[int]:
    """The numbers of the rows that were dropped, lowest first."""
    newest = select(JournalRow).where(JournalRow.account_id == account_id).order_by(JournalRow.seq.desc()).limit(_TAIL)
    rows = list(await session.scalars(newest))
    torn = 0
    while torn < len(rows) and not is_whole(rows[torn]):
        torn += 1
    rest = rows[torn:]
    if rows and not rest:
        raise StopTrading(f"the last {len(rows)} rows of the journal of {account_id} are damaged", remedy=_BACKUP)
    for newer, older in pairwise(rest):
        if not is_whole(older) or older.seq != newer.seq - 1:
            raise StopTrading(f"row {newer.seq - 1} of the journal of {account_id} is damaged", remedy=_BACKUP)
    numbers = sorted(row.seq for row in rows[:torn])
    if numbers:
        await session.execute(
            delete(JournalRow).where(JournalRow.account_id == account_id, JournalRow.seq >= numbers[0])
        )
        session.expunge_all()
    return numbers


_BACKUP = "put back a backup of the store; what the venue holds is read from the venue"


async def _not_merged(
    session: AsyncSession, account_id: AccountId, records: Sequence[EmergencyRecord]
) -> list[EmergencyRecord]:
    query = select(JournalRow.emergency_id).where(
        JournalRow.account_id == account_id, JournalRow.emergency_id.is_not(None)
    )
    there = set(await session.scalars(query)) if records else set()
    return [record for record in records if record.id not in there]
