"""The journal: numbered without holes, under a lease, all or nothing, and closed to entries after a kill."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text
from sqlalchemy.engine.interfaces import DBAPIConnection

from tests.store.conftest import ALPHA, BETA, NOON, TTL, fact
from vibex.domain import (
    EntriesStopped,
    Event,
    EventType,
    InvalidInput,
    LeaseLost,
    ManualClock,
    RetryLater,
    StopTrading,
)
from vibex.store import (
    Account,
    AccountRepository,
    CommandKind,
    CommandRepository,
    Database,
    Lease,
    LeaseRepository,
    ProcessEventBus,
    SqlJournal,
)


async def everything(journal: SqlJournal, since: int = 0) -> list[Event]:
    return [event async for event in journal.read(ALPHA, since)]


async def test_events_read_back_as_written_and_are_numbered_from_one(journal: SqlJournal) -> None:
    written = await journal.record(ALPHA, [fact(price="0.10", note="見"), fact()])
    written = [*written, *await journal.record(ALPHA, [fact(nested={"a": [1, None, True]})])]
    assert [event.seq for event in written] == [1, 2, 3]
    assert await everything(journal) == written
    assert await everything(journal, since=2) == written[2:]
    assert await journal.last_seq(ALPHA) == 3
    assert await journal.last_seq(BETA) == 0


async def test_a_numbered_append_must_continue_the_journal(journal: SqlJournal) -> None:
    first, second = await journal.record(ALPHA, [fact(), fact()])
    assert await journal.append([replace(second, seq=3)]) == 3
    for wrong in ([first], [replace(first, seq=5)], [replace(first, seq=4), replace(first, seq=6)]):
        with pytest.raises(StopTrading, match="is at 3"):
            await journal.append(wrong)
    assert await journal.last_seq(ALPHA) == 3


async def test_waiting_appends_are_committed_together_and_fail_alone(
    journal: SqlJournal, trading_store: Database, clock: ManualClock
) -> None:
    journal.use(await LeaseRepository(trading_store, clock).acquire(Account(BETA), "here", ttl=TTL))
    commits = 0

    def count(_connection: object) -> None:
        nonlocal commits
        commits += 1

    sqlalchemy_event.listen(trading_store._in_thread, "commit", count)
    results = await asyncio.gather(
        *(journal.record(ALPHA, [fact(n=n)]) for n in range(20)),
        journal.record(BETA, [fact(price=float("nan"))]),
        *(journal.record(BETA, [fact(n=n)]) for n in range(20)),
        return_exceptions=True,
    )
    assert isinstance(results[20], InvalidInput)
    assert [one for one in results if isinstance(one, BaseException)] == [results[20]]
    assert (await journal.last_seq(ALPHA), await journal.last_seq(BETA)) == (20, 20)
    assert commits <= 4, "41 appends and two questions share a few syncs of the disk"


async def test_without_a_lease_nothing_is_written(trading_store: Database, clock: ManualClock) -> None:
    with pytest.raises(LeaseLost, match="holds no lease"):
        await SqlJournal(trading_store, clock, ProcessEventBus()).record(ALPHA, [fact()])


async def test_an_older_lease_is_fenced_off_and_an_ended_one_writes_nothing(
    journal: SqlJournal, trading_store: Database, clock: ManualClock, lease: Lease
) -> None:
    leases = LeaseRepository(trading_store, clock)
    await journal.record(ALPHA, [fact()])
    clock.advance(TTL.total_seconds())
    with pytest.raises(LeaseLost, match="ran out"):
        await journal.record(ALPHA, [fact()])
    newer = await leases.acquire(Account(ALPHA), "elsewhere", ttl=TTL)
    assert newer.epoch == lease.epoch + 1
    with pytest.raises(LeaseLost, match="taken over"):
        await journal.record(ALPHA, [fact()])
    assert await journal.last_seq(ALPHA) == 1


@pytest.mark.parametrize("kind", [CommandKind.KILL, CommandKind.PAUSE, CommandKind.STOP, CommandKind.CLOSE])
async def test_no_entry_is_written_after_a_command_that_stops_and_exits_are(
    kind: CommandKind, journal: SqlJournal, trading_store: Database, clock: ManualClock, lease: Lease
) -> None:
    commands = CommandRepository(trading_store, clock)
    await journal.record_intent(ALPHA, [fact(EventType.ORDER)])
    command = await commands.give(Account(ALPHA), kind, by="me")
    with pytest.raises(EntriesStopped) as refused:
        await journal.record_intent(ALPHA, [fact(EventType.ORDER)])
    assert refused.value.reason == kind.value
    await journal.record(ALPHA, [fact(EventType.ORDER, reduce_only=True)])
    assert await commands.consume(lease, command)
    assert not await commands.consume(lease, command)
    if kind is CommandKind.CLOSE:
        await journal.record_intent(ALPHA, [fact(EventType.ORDER)])
    else:
        with pytest.raises(EntriesStopped):
            await journal.record_intent(ALPHA, [fact(EventType.ORDER)])


async def test_a_halt_is_left_by_a_person_who_says_so(
    journal: SqlJournal, trading_store: Database, clock: ManualClock, lease: Lease
) -> None:
    commands, accounts = CommandRepository(trading_store, clock), AccountRepository(trading_store, clock)
    await accounts.halt(Account(ALPHA), "drawdown")
    await accounts.halt(Account(ALPHA), "a later reason")
    with pytest.raises(EntriesStopped, match="drawdown"):
        await journal.record_intent(ALPHA, [fact()])
    with pytest.raises(InvalidInput, match="drawdown"):
        await commands.give(Account(ALPHA), CommandKind.RESUME, by="me")
    command = await commands.give(Account(ALPHA), CommandKind.RESUME, by="me", arguments={"rearm": True})
    assert await commands.consume(lease, command)
    await journal.record_intent(ALPHA, [fact()])


async def test_a_full_disk_stops_trading_and_writes_nothing(journal: SqlJournal, trading_store: Database) -> None:
    await journal.record(ALPHA, [fact()])
    async with trading_store.transaction() as session:
        pages = await session.scalar(text("PRAGMA page_count"))

    def limit(connection: DBAPIConnection, _record: object) -> None:
        connection.cursor().execute(f"PRAGMA max_page_count={pages}")

    await trading_store.close()
    sqlalchemy_event.listen(trading_store._in_thread, "connect", limit)
    with pytest.raises(StopTrading, match="full"):
        await journal.record(ALPHA, [fact(text="x" * 100_000)])
    assert await journal.last_seq(ALPHA) == 1


async def test_a_listener_hears_of_rows_that_are_there(
    trading_store: Database, clock: ManualClock, lease: Lease
) -> None:
    bus = ProcessEventBus()
    journal = SqlJournal(trading_store, clock, bus)
    journal.use(lease)
    mine, others = bus.announcements(ALPHA), bus.announcements(BETA)
    await journal.record(ALPHA, [fact(), fact()])
    assert await anext(mine) == (ALPHA, 2)
    assert await everything(journal, since=1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(others), 0)


async def test_a_caller_that_goes_away_does_not_undo_what_was_written(journal: SqlJournal) -> None:
    task = asyncio.create_task(journal.record(ALPHA, [fact()]))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await journal.record(ALPHA, [fact()])
    assert [event.seq for event in await everything(journal)] == [1, 2]


async def test_one_account_has_one_lease_and_the_next_has_a_higher_number(
    trading_store: Database, clock: ManualClock, lease: Lease
) -> None:
    leases = LeaseRepository(trading_store, clock)
    with pytest.raises(RetryLater, match="another process") as held:
        await leases.acquire(Account(ALPHA), "elsewhere", ttl=TTL)
    assert held.value.retry_after_ms == 10_001
    renewed = await leases.renew(lease, ttl=2 * TTL)
    assert renewed.expires_at == NOON + timedelta(seconds=20)
    assert await leases.current(Account(ALPHA)) == renewed
    await leases.release(renewed)
    assert await leases.current(Account(ALPHA)) is None
    second = await leases.acquire(Account(ALPHA), "elsewhere", ttl=TTL)
    assert second.epoch == 2
    await leases.release(lease)
    assert await leases.current(Account(ALPHA)) == second, "a lost lease releases nothing"
    with pytest.raises(LeaseLost):
        await leases.renew(renewed, ttl=TTL)
