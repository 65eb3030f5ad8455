"""Which part of history may a strategy not see, and was it opened? One seal per idea and symbols, opened once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from vibex.store.database import Database
from vibex.store.schema import SealRow
from vibex.store.scope import Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSeal:
    """Bars of `symbols` that open at or after `sealed_from` are kept from the strategy until `opened_at`, None = never
    opened. `symbols` is the sorted list of them, joined by commas."""

    strategy_id: str
    symbols: str
    sealed_from: datetime
    opened_at: datetime | None = None


class SealRepository:
    """The seals of one owner at a time. A seal never moves, and what was opened stays opened."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, owner: Owner, strategy_id: str) -> list[StoredSeal]:
        """Every seal of that idea."""
        query = select(SealRow).where(SealRow.owner_id == owner.id, SealRow.strategy_id == strategy_id)
        async with self._database.transaction() as session:
            rows = (await session.execute(query)).scalars().all()
        return [
            StoredSeal(
                strategy_id=row.strategy_id, symbols=row.symbols, sealed_from=row.sealed_from, opened_at=row.opened_at
            )
            for row in rows
        ]

    async def add(self, owner: Owner, seal: StoredSeal) -> None:
        """Keep a new seal; one that is there already stands as it is."""
        known = {each.symbols for each in await self.of(owner, seal.strategy_id)}
        if seal.symbols in known:
            return
        values = {
            "owner_id": owner.id,
            "strategy_id": seal.strategy_id,
            "symbols": seal.symbols,
            "sealed_from": seal.sealed_from,
            "opened_at": seal.opened_at,
        }
        async with self._database.transaction() as session:
            await session.execute(insert(SealRow).values(**values))

    async def open(self, owner: Owner, strategy_id: str, symbols: str, at: datetime) -> None:
        """Note when the seal was opened; a second time changes nothing."""
        async with self._database.transaction() as session:
            await session.execute(
                update(SealRow)
                .where(
                    SealRow.owner_id == owner.id,
                    SealRow.strategy_id == strategy_id,
                    SealRow.symbols == symbols,
                    SealRow.opened_at.is_(None),
                )
                .values(opened_at=at)
            )
