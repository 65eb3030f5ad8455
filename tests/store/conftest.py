"""A fresh store with two registered accounts, one lease, and a clock that moves only when told to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vibex.domain import AccountId, EventType, JsonValue, ManualClock
from vibex.store import (
    LOCAL_OWNER,
    Account,
    AccountRepository,
    AccountSource,
    Database,
    Fact,
    Lease,
    LeaseRepository,
    ProcessEventBus,
    SqlJournal,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ALPHA, BETA = AccountId("alpha"), AccountId("beta")
TTL = timedelta(seconds=10)

MakeFact = Callable[..., Fact]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
async def trading_store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'trading.db'}")
    await database.upgrade()
    await AccountRepository(database, clock).enrol(LOCAL_OWNER, [ALPHA, BETA], AccountSource.FILE)
    yield database
    await database.close()


@pytest.fixture
async def lease(trading_store: Database, clock: ManualClock) -> Lease:
    return await LeaseRepository(trading_store, clock).acquire(Account(ALPHA), "here", ttl=TTL)


@pytest.fixture
def journal(trading_store: Database, clock: ManualClock, lease: Lease) -> SqlJournal:
    journal = SqlJournal(trading_store, clock, ProcessEventBus())
    journal.use(lease)
    return journal


def fact(kind: EventType = EventType.RISK, **data: JsonValue) -> Fact:
    return Fact(type=kind, event_at=NOON, correlation_id="story", data=data)
