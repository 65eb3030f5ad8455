"""What a crash, a torn row or a lost store leaves behind, and that it is made whole exactly once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.store.conftest import ALPHA, BETA, NOON, TTL, fact
from vibex.domain import EventType, InvalidInput, LeaseLost, ManualClock, StopTrading
from vibex.store import (
    Account,
    Database,
    EmergencyFile,
    Lease,
    LeaseRepository,
    ProcessEventBus,
    SqlJournal,
    clear_merged,
    recover,
)

WRITER = """
import asyncio, sys
from datetime import timedelta
from vibex.domain import AccountId, EventType, SystemClock
from vibex.store import *

async def main():
    clock, alpha = SystemClock(), AccountId("alpha")
    database = Database("sqlite+aiosqlite:///" + sys.argv[1])
    journal = SqlJournal(database, clock, ProcessEventBus())
    lease = await LeaseRepository(database, clock).acquire(Account(alpha), sys.argv[2], ttl=timedelta(hours=1))
    journal.use(lease)
    if sys.argv[2] == "second":
        print(lease.epoch, flush=True)
        return
    while True:
        now = clock.now()
        story = [Fact(type=EventType.RISK, event_at=now, correlation_id=str(n), data={"n": n}) for n in range(3)]
        print((await journal.record(alpha, story))[-1].seq, flush=True)

asyncio.run(main())
"""


def killed_writer(command: list[str], written: int) -> tuple[int, str]:
    """The last number that a writer told before SIGKILL met it, and what a second one was told then."""
    with subprocess.Popen([*command, "first"], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(written)]
        writer.kill()
        acknowledged += [int(line) for line in writer.stdout if line.endswith("\n")]
    second = subprocess.run([*command, "second"], capture_output=True, text=True, check=False)
    return acknowledged[-1], second.stderr


async def damage(database: Database, seq: int) -> None:
    async with database.transaction() as session:
        await session.execute(text("UPDATE journal SET data = '{}' WHERE seq = :seq"), {"seq": seq})


async def test_a_writer_that_is_killed_leaves_whole_groups_and_everything_it_was_told(
    trading_store: Database, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path / "trading.db")]
    acknowledged, refused = killed_writer(command, written=3)
    assert "traded by another process (first)" in refused, "its lease outlives it until it runs out"
    async with trading_store.transaction() as session:
        await session.execute(text("UPDATE leases SET expires_at = '2020-01-01 00:00:00.000000'"))
    late = ManualClock(NOON)
    lease = await LeaseRepository(trading_store, late).acquire(Account(ALPHA), "test", ttl=TTL)
    assert lease.epoch == 2
    assert await recover(trading_store, lease, late) == await recover(trading_store, lease, late)
    journal = SqlJournal(trading_store, late, ProcessEventBus())
    seqs = [event.seq async for event in journal.read(ALPHA, 0)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) >= acknowledged
    assert len(seqs) % 3 == 0, "a group is written whole or not at all"


async def test_torn_rows_at_the_end_are_dropped_and_told_in_the_journal(
    journal: SqlJournal, trading_store: Database, clock: ManualClock, lease: Lease
) -> None:
    await journal.record(ALPHA, [fact(n=n) for n in range(4)])
    await damage(trading_store, 4)
    with pytest.raises(StopTrading, match="row 4"):
        [event async for event in journal.read(ALPHA, 0)]
    assert (await recover(trading_store, lease, clock)).dropped == [4]
    events = [event async for event in journal.read(ALPHA, 0)]
    assert [event.data.get("n") for event in events[:3]] == [0, 1, 2]
    assert (events[3].type, events[3].data["step"]) == (EventType.RECONCILIATION, "REPAIRED")
    assert (await recover(trading_store, lease, clock)).dropped == []


async def test_damage_before_the_end_stops_trading(
    journal: SqlJournal, trading_store: Database, clock: ManualClock, lease: Lease
) -> None:
    await journal.record(ALPHA, [fact(n=n) for n in range(4)])
    await damage(trading_store, 2)
    with pytest.raises(StopTrading, match="row 2"):
        await recover(trading_store, lease, clock)


async def test_emergency_records_enter_the_journal_once(
    journal: SqlJournal, trading_store: Database, clock: ManualClock, lease: Lease, tmp_path: Path
) -> None:
    await journal.record(ALPHA, [fact()])
    path = tmp_path / "emergency.journal"
    with EmergencyFile(path, clock) as file:
        assert path.stat().st_size == 16 * 1024 * 1024
        assert path.stat().st_blocks * 512 >= 16 * 1024 * 1024, "the space is taken, not promised"
        for number in range(2):
            file.append(ALPHA, fact(EventType.ORDER, client_order_id=f"x{number}", status="pending"))
        file.append(BETA, fact())
    with EmergencyFile(path, clock) as file:
        for merged in (2, 0):
            assert (await recover(trading_store, lease, clock, file)).merged == merged
        assert not await clear_merged(trading_store, file), "the other account's record is not in its journal yet"
        other = await LeaseRepository(trading_store, clock).acquire(Account(BETA), "here", ttl=TTL)
        assert (await recover(trading_store, other, clock, file)).merged == 1
        assert await clear_merged(trading_store, file)
        assert file.records() == []
        file.append(ALPHA, fact())
        assert len(file.records()) == 1
    events = [event async for event in journal.read(ALPHA, 0)]
    assert [event.data.get("client_order_id") for event in events] == [None, "x0", "x1"]


def test_a_torn_emergency_record_is_dropped_and_overwritten(tmp_path: Path, clock: ManualClock) -> None:
    path = tmp_path / "emergency.journal"
    with EmergencyFile(path, clock, size=4096) as file:
        first, second = (file.append(ALPHA, fact(n=n)) for n in range(2))
    content = path.read_bytes()
    place = content.index(second.id.encode())
    path.write_bytes(content[:place] + bytes(len(content) - place))
    with EmergencyFile(path, clock, size=4096) as file:
        assert file.records() == [first]
        third = file.append(ALPHA, fact(n=3))
        assert file.records() == [first, third]
        with pytest.raises(StopTrading, match="full"):
            file.append(ALPHA, fact(text="x" * 4096))
        with pytest.raises(InvalidInput, match="another process"):
            EmergencyFile(path, clock, size=4096)


async def test_recovery_needs_the_lease(trading_store: Database, clock: ManualClock, lease: Lease) -> None:
    clock.advance(TTL.total_seconds())
    with pytest.raises(LeaseLost):
        await recover(trading_store, lease, clock)


RACER = """
import asyncio, sys
from datetime import timedelta
from vibex.domain import AccountId, SystemClock
from vibex.domain.errors import RetryLater
from vibex.store import *

async def main():
    leases = LeaseRepository(Database("sqlite+aiosqlite:///" + sys.argv[1]), SystemClock())
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        print((await leases.acquire(Account(AccountId("alpha")), sys.argv[2], ttl=timedelta(hours=1))).epoch)
    except RetryLater:
        print("held")

asyncio.run(main())
"""


def test_of_processes_that_ask_at_once_one_gets_the_lease(trading_store: Database, tmp_path: Path) -> None:
    command = [sys.executable, "-c", RACER, str(tmp_path / "trading.db")]
    pipe = subprocess.PIPE
    names = ("one", "two")
    racers = [subprocess.Popen([*command, name], text=True, stdin=pipe, stdout=pipe) for name in names]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    answers = sorted(racer.communicate()[0].strip() for racer in racers)
    assert answers == ["1", "held"]
