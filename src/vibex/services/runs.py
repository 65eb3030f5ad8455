"""A finished run is kept under `VIBEX_HOME` and listed."""

from __future__ import annotations

import os
import shutil
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime
from pathlib import Path

from vibex.backtest import BacktestResult
from vibex.backtest.files import refuse_unusable_folder, write_result
from vibex.domain import Clock, new_id
from vibex.settings import StorageSettings


def use_compiled_folder(storage: StorageSettings) -> None:
    """Keep numba's compiled code under `VIBEX_HOME` in this process, unless NUMBA_CACHE_DIR says otherwise.

    Has effect only before numba is first imported.
    """
    os.environ.setdefault("NUMBA_CACHE_DIR", str(storage.compiled_folder))


async def save_run(result: BacktestResult, storage: StorageSettings, clock: Clock, run_id: str | None = None) -> Path:
    """Keep `result` under `VIBEX_HOME` and list it among the runs; the folder written. `run_id` None: a new one.

    Files come first: a run that is listed has all of them, and one that cannot be listed leaves none.
    """
    from vibex.store import LOCAL_OWNER, Database, Run, RunRepository

    run_id, created_at = run_id or new_id(clock), clock.now()
    folder = storage.runs_folder / run_id
    refuse_unusable_folder(folder, "VIBEX_HOME")
    database = Database(storage.url)
    async with AsyncExitStack() as closing:
        closing.push_async_callback(database.close)
        with ExitStack() as on_failure:
            on_failure.callback(shutil.rmtree, folder, ignore_errors=True)
            await database.upgrade()
            write_result(result, folder, run_id=run_id, created_at=created_at)
            row = Run(
                id=run_id,
                created_at=created_at,
                strategy_name=result.spec.name,
                symbols=result.spec.symbols,
                timeframe=result.spec.timeframe.value,
                period_start=_moment(int(result.plan.time[0])),
                period_end=_moment(int(result.plan.time[-1])),
                simulated=is_simulated(result),
                summary_stats=result.summary_stats,
                digests=result.digests,
                folder=folder.relative_to(storage.home).as_posix(),
            )
            await RunRepository(database).add(LOCAL_OWNER, row)
            on_failure.pop_all()
    return folder


def _moment(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)


def is_simulated(result: BacktestResult) -> bool:
    """Whether any price of the run came from the generator."""
    return any(quality.get("simulated") is True for quality in result.data_quality)
