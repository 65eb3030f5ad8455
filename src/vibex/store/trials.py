"""How often was this idea tried on these data? Every run of a strategy, and the count its result is judged with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import distinct, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from vibex.store.database import Database
from vibex.store.schema import TrialRow
from vibex.store.scope import Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One run. `strategy_id` is the lineage: one idea over all its versions; `spec_digest` is that of the rules alone,
    so that a new name makes no new trial; `run_id` is None where the run was looked at and not kept."""

    id: str
    strategy_id: str
    data_digest: str
    spec_digest: str
    run_at: datetime
    run_id: str | None = None


class TrialRepository:
    """The trials of one owner at a time. Rows are added and never taken back: a look cannot be undone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, owner: Owner, trial: Trial) -> tuple[int, int]:
        """Note a run; how many runs, and how many distinct rules, its lineage has now seen these data with."""
        async with self._database.transaction() as session:
            await session.execute(insert(TrialRow).values(owner_id=owner.id, **asdict(trial)))
            return await _count(session, owner, trial.strategy_id, trial.data_digest)

    async def count(self, owner: Owner, strategy_id: str, data_digest: str) -> tuple[int, int]:
        """Runs and distinct rules of that lineage on those data."""
        async with self._database.transaction() as session:
            return await _count(session, owner, strategy_id, data_digest)


async def _count(session: AsyncSession, owner: Owner, strategy_id: str, data_digest: str) -> tuple[int, int]:
    query = select(func.count(), func.count(distinct(TrialRow.spec_digest))).where(
        TrialRow.owner_id == owner.id, TrialRow.strategy_id == strategy_id, TrialRow.data_digest == data_digest
    )
    runs, rules = (await session.execute(query)).one()
    return int(runs), int(rules)
