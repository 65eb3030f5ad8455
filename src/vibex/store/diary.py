"""The diary as rows, for those who ask for it by asset and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert

from vibex.domain import JsonValue
from vibex.store.database import Database
from vibex.store.scope import Account
from vibex.store.trading_schema import DiaryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """One entry; `seq` is the journal row that completed it, `entry` its line in the file."""

    seq: int
    written_at: datetime
    asset: str | None
    action: str
    entry: Mapping[str, JsonValue]


class DiaryRepository:
    """The diary of one account at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, account: Account, entries: Sequence[StoredEntry]) -> None:
        """Keep the entries; one that is there already stays."""
        async with self._database.exclusive() as session:
            for entry in entries:
                await session.execute(
                    insert(DiaryRow)
                    .values(
                        account_id=account.id,
                        seq=entry.seq,
                        written_at=entry.written_at,
                        asset=entry.asset,
                        action=entry.action,
                        entry=dict(entry.entry),
                    )
                    .on_conflict_do_nothing()
                )

    async def last_seq(self, account: Account) -> int:
        """The journal row of the newest entry; 0 when there is none."""
        query = select(func.max(DiaryRow.seq)).where(DiaryRow.account_id == account.id)
        async with self._database.transaction() as session:
            return await session.scalar(query) or 0

    async def newest(
        self,
        account: Account,
        *,
        asset: str | None = None,
        action: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[StoredEntry]:
        """At most `limit` entries with since ≤ time < until, newest first; `before` a seq goes on after a page."""
        conditions = [DiaryRow.account_id == account.id]
        for column, value in ((DiaryRow.asset, asset), (DiaryRow.action, action)):
            if value is not None:
                conditions.append(column == value)
        if since is not None:
            conditions.append(DiaryRow.written_at >= since)
        if until is not None:
            conditions.append(DiaryRow.written_at < until)
        if before is not None:
            conditions.append(DiaryRow.seq < before)
        query = select(DiaryRow).where(*conditions).order_by(DiaryRow.seq.desc()).limit(limit)
        async with self._database.transaction() as session:
            return [
                StoredEntry(seq=r.seq, written_at=r.written_at, asset=r.asset, action=r.action, entry=r.entry)
                for r in await session.scalars(query)
            ]
