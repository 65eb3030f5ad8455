"""A store, a clock that moves by hand, and clients of scripted servers."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.llm.questions import NOON, Clients
from vibex.domain import ManualClock
from vibex.store import Database, ModelCallRepository


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store with all its tables, made once: migrating takes longer than most tests."""
    file = tmp_path_factory.mktemp("store") / "vibex.db"

    async def migrate() -> None:
        database = Database(f"sqlite+aiosqlite:///{file}")
        await database.upgrade()
        await database.close()

    asyncio.run(migrate())
    return file


@pytest.fixture
async def database(migrated: Path, tmp_path: Path) -> AsyncIterator[Database]:
    file = shutil.copy(migrated, tmp_path / "vibex.db")
    database = Database(f"sqlite+aiosqlite:///{file}")
    yield database
    await database.close()


@pytest.fixture
def calls(database: Database) -> ModelCallRepository:
    return ModelCallRepository(database)


@pytest.fixture
def clients(clock: ManualClock, calls: ModelCallRepository) -> Clients:
    return Clients(clock, calls)
