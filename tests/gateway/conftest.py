"""A gateway over an empty home, asked without a network, and a way to put runs into it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from vibex.gateway import create_app
from vibex.settings import StorageSettings
from vibex.store import LOCAL_OWNER, Database, Run, RunRepository

AddRun = Callable[..., Awaitable[Run]]

RUN = Run(
    id="01934c5e-0000-7000-8000-000000000001",
    created_at=datetime(2024, 5, 6, 7, 8, tzinfo=UTC),
    strategy_name="Golden cross",
    symbols=("SPY", "QQQ"),
    timeframe="1d",
    simulated=False,
    summary_stats={"total_return_pct": 12.345, "max_drawdown_pct": -8.1, "sharpe": None, "trades": 3},
    digests={"data": "ab", "spec": "cd"},
    folder="runs/01934c5e-0000-7000-8000-000000000001",
    period_start=datetime(2019, 1, 2, tzinfo=UTC),
    period_end=datetime(2024, 1, 2, tzinfo=UTC),
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def storage(home: Path, monkeypatch: pytest.MonkeyPatch) -> StorageSettings:
    monkeypatch.setenv("VIBEX_HOME", str(home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return StorageSettings()


@pytest.fixture
def app(storage: StorageSettings) -> FastAPI:
    return create_app(storage)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:3000") as client,
    ):
        yield client


@pytest.fixture
async def add_run(client: httpx.AsyncClient, storage: StorageSettings) -> AsyncIterator[AddRun]:
    database = Database(storage.url)

    async def add(*, files: dict[str, str] | None = None, **changes: object) -> Run:
        run = replace(RUN, **changes)  # type: ignore[arg-type]  # each test names fields of Run
        folder = storage.home / run.folder
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in (files or {}).items():
            (folder / name).write_text(text, encoding="utf-8")
        await RunRepository(database).add(LOCAL_OWNER, run)
        return run

    yield add
    await database.close()
