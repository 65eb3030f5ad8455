"""Runs are stored under an owner and migrations build the schema that the code expects."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from vibex.domain import InvalidInput, RetryLater
from vibex.store import LOCAL_OWNER, Database, Owner, Run, RunRepository
from vibex.store.schema import RunRow, Table

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
RUN = Run(
    id="018cc251-f400-7000-8000-000000000000",
    created_at=NOON,
    strategy_name="Golden cross",
    symbols=("SPY",),
    timeframe="1d",
    simulated=False,
    summary_stats={"sharpe": None, "trades": 3},
    digests={"data": "ab"},
    folder="runs/1",
    period_start=NOON - timedelta(days=900),
    period_end=NOON - timedelta(days=1),
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'deep' / 'vibex.db'}")
    await database.upgrade()
    yield database
    await database.close()


async def test_a_run_reads_back_as_it_was_written(database: Database) -> None:
    runs = RunRepository(database)
    await runs.add(LOCAL_OWNER, RUN)
    assert await runs.find(LOCAL_OWNER, RUN.id) == RUN


async def test_another_owner_sees_nothing(database: Database) -> None:
    runs = RunRepository(database)
    await runs.add(LOCAL_OWNER, RUN)
    assert await runs.find(Owner("someone"), RUN.id) is None
    assert await runs.newest(Owner("someone")) == []


async def test_runs_are_listed_newest_first_and_bounded(database: Database) -> None:
    runs = RunRepository(database)
    for day in range(4):
        await runs.add(LOCAL_OWNER, replace(RUN, id=str(day), created_at=NOON + timedelta(days=day)))
    assert [run.id for run in await runs.newest(LOCAL_OWNER, limit=3)] == ["3", "2", "1"]


async def test_upgrading_twice_is_harmless(database: Database) -> None:
    await RunRepository(database).add(LOCAL_OWNER, RUN)
    await database.upgrade()
    assert await RunRepository(database).find(LOCAL_OWNER, RUN.id) == RUN


async def test_migrations_build_the_schema_of_the_code(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Table.metadata))

    async with database.transaction() as session:
        connection = await session.connection()
        assert await connection.run_sync(differences) == []


async def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    async def write_then_fail() -> None:
        async with database.transaction() as session:
            session.add(
                RunRow(
                    id="x",
                    owner_id=LOCAL_OWNER.id,
                    created_at=NOON,
                    strategy_name="n",
                    symbols=[],
                    timeframe="1d",
                    simulated=False,
                    summary_stats={},
                    digests={},
                    folder="",
                )
            )
            await session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await write_then_fail()
    assert await RunRepository(database).newest(LOCAL_OWNER) == []


async def test_a_store_without_its_schema_says_that_it_cannot_be_used(tmp_path: Path) -> None:
    empty = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(RetryLater, match="store cannot be used"):
        await RunRepository(empty).newest(LOCAL_OWNER)
    await empty.close()


@pytest.mark.parametrize("url", ["nonsense", "postgresql://localhost/x"])
def test_a_database_that_cannot_be_used_is_refused_by_name(url: str) -> None:
    with pytest.raises(InvalidInput, match="DATABASE_URL"):
        Database(url)
