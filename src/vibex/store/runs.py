"""Finished backtests: written once, listed newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from vibex.domain import JsonValue
from vibex.store.database import Database
from vibex.store.schema import RunRow
from vibex.store.scope import Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One finished backtest. `folder` holds its files (result.json, report.html …).

    `period_start` and `period_end` are the opens of the first and the last tested bar; None when not recorded.
    """

    id: str
    created_at: datetime
    strategy_name: str
    symbols: Sequence[str]
    timeframe: str
    simulated: bool
    summary_stats: Mapping[str, JsonValue]
    digests: Mapping[str, str]
    folder: str
    period_start: datetime | None = None
    period_end: datetime | None = None


class RunRepository:
    """The runs of one owner at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, owner: Owner, run: Run) -> None:
        row = RunRow(
            id=run.id,
            owner_id=owner.id,
            created_at=run.created_at,
            strategy_name=run.strategy_name,
            symbols=list(run.symbols),
            timeframe=run.timeframe,
            period_start=run.period_start,
            period_end=run.period_end,
            simulated=run.simulated,
            summary_stats=dict(run.summary_stats),
            digests=dict(run.digests),
            folder=run.folder,
        )
        async with self._database.transaction() as session:
            session.add(row)

    async def newest(self, owner: Owner, *, limit: int = 100, strategy_name: str | None = None) -> list[Run]:
        """At most `limit` runs of `owner`, newest first; with `strategy_name` those of that name."""
        query = select(RunRow).where(RunRow.owner_id == owner.id)
        if strategy_name is not None:
            query = query.where(RunRow.strategy_name == strategy_name)
        query = query.order_by(RunRow.created_at.desc(), RunRow.id.desc()).limit(limit)
        async with self._database.transaction() as session:
            return [_run(row) for row in await session.scalars(query)]

    async def find(self, owner: Owner, run_id: str) -> Run | None:
        """The run of that id; None when there is none or when it is another owner's."""
        query = select(RunRow).where(RunRow.owner_id == owner.id, RunRow.id == run_id)
        async with self._database.transaction() as session:
            row = await session.scalar(query)
        return None if row is None else _run(row)


def _run(row: RunRow) -> Run:
    return Run(
        id=row.id,
        created_at=row.created_at,
        strategy_name=row.strategy_name,
        symbols=tuple(row.symbols),
        timeframe=row.timeframe,
        period_start=row.period_start,
        period_end=row.period_end,
        simulated=row.simulated,
        summary_stats=row.summary_stats,
        digests=row.digests,
        folder=row.folder,
    )
