"""Strategies and all their versions. A deleted strategy is hidden, not gone: its trials still count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from vibex.domain import InvalidInput, JsonValue
from vibex.store.database import Database
from vibex.store.schema import StrategyRow, StrategyVersionRow
from vibex.store.scope import Owner

VersionAuthor = Literal["user", "reader", "model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStrategy:
    """One idea; `reading` is what it does in one line, as of its newest version."""

    id: str
    name: str
    reading: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVersion:
    """One state of a strategy. `place` counts from 0; `parent` is the place of the version that it was made from, None
    for the first; `difference` is what changed since then, an object per change; `text` is what was asked for."""

    place: int
    created_at: datetime
    author: VersionAuthor
    text: str
    spec: Mapping[str, JsonValue]
    spec_digest: str
    difference: Sequence[JsonValue] = ()
    parent: int | None = None


class StrategyRepository:
    """The strategies of one owner at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, owner: Owner, strategy: StoredStrategy, versions: Sequence[StoredVersion]) -> None:
        """Write a strategy and those of its `versions` that are not there yet, in one transaction.

        A version that is there stays as it is; a strategy that was deleted comes back. Raises InvalidInput for
        another owner's strategy.
        """
        async with self._database.transaction() as session:
            await write_strategy(session, owner, strategy, versions)

    async def newest(self, owner: Owner, *, limit: int = 100) -> list[StoredStrategy]:
        """At most `limit` strategies that are not deleted, last changed first."""
        query = (
            select(StrategyRow)
            .where(StrategyRow.owner_id == owner.id, StrategyRow.deleted_at.is_(None))
            .order_by(StrategyRow.updated_at.desc(), StrategyRow.id.desc())
            .limit(limit)
        )
        async with self._database.transaction() as session:
            return [_strategy(row) for row in await session.scalars(query)]

    async def versions(self, owner: Owner, strategy_id: str) -> list[StoredVersion]:
        """Every version in the order in which they were made; none when it is another's."""
        query = (
            select(StrategyVersionRow)
            .where(StrategyVersionRow.owner_id == owner.id, StrategyVersionRow.strategy_id == strategy_id)
            .order_by(StrategyVersionRow.place)
        )
        async with self._database.transaction() as session:
            return [_version(row) for row in await session.scalars(query)]

    async def delete(self, owner: Owner, strategy_id: str, at: datetime) -> bool:
        """Hide the strategy; False when there is none, or it is another's, or hidden already."""
        async with self._database.transaction() as session:
            found = await session.scalars(
                update(StrategyRow)
                .where(
                    StrategyRow.id == strategy_id, StrategyRow.owner_id == owner.id, StrategyRow.deleted_at.is_(None)
                )
                .values(deleted_at=at)
                .returning(StrategyRow.id)
            )
            return found.one_or_none() is not None


async def write_strategy(
    session: AsyncSession, owner: Owner, strategy: StoredStrategy, versions: Sequence[StoredVersion]
) -> None:
    """`StrategyRepository.keep` inside a transaction that writes more than that."""
    row = await session.get(StrategyRow, strategy.id)
    if row is None:
        session.add(StrategyRow(owner_id=owner.id, **asdict(strategy)))
        await session.flush()
    elif row.owner_id != owner.id:
        raise InvalidInput(f"there is no strategy {strategy.id}", field="strategy")
    else:
        row.name, row.reading, row.updated_at = strategy.name, strategy.reading, strategy.updated_at
        row.deleted_at = None
    query = select(StrategyVersionRow.place).where(StrategyVersionRow.strategy_id == strategy.id)
    known = set(await session.scalars(query))
    for version in versions:
        if version.place not in known:
            session.add(StrategyVersionRow(owner_id=owner.id, strategy_id=strategy.id, **_columns(version)))


def _columns(version: StoredVersion) -> dict[str, object]:
    return {**asdict(version), "spec": dict(version.spec), "difference": list(version.difference)}


def _strategy(row: StrategyRow) -> StoredStrategy:
    return StoredStrategy(**{name: getattr(row, name) for name in StoredStrategy.__dataclass_fields__})


def _version(row: StrategyVersionRow) -> StoredVersion:
    values = {name: getattr(row, name) for name in StoredVersion.__dataclass_fields__}
    return StoredVersion(**{**values, "difference": tuple(row.difference)})
