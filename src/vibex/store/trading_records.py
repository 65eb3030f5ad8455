"""Questions to what was read out of the journal: decisions, orders, fills, positions, equity; and income and
performance, which are written here because no event of the journal carries them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ColumnElement, Executable, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import InstrumentedAttribute

from vibex.domain import JsonValue
from vibex.domain.money import to_decimal
from vibex.store.database import Database
from vibex.store.schema import Table
from vibex.store.scope import Account
from vibex.store.trading_schema import (
    DecisionRow,
    EquityRow,
    FillRow,
    IncomeRow,
    OrderRow,
    PerformanceRow,
    PositionRow,
)

Record = Mapping[str, JsonValue | datetime]
"""One row by column name; amounts are decimal text, None where nobody said."""


class Period(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Income:
    """Money that came (positive) or went without a fill of ours; `venue_id` and `kind` tell a repeated report."""

    venue_id: str
    kind: str
    amount: Decimal
    currency: str
    event_at: datetime
    symbol: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """since ≤ time < until; None leaves a condition out. `limit` rows at most, newest first."""

    symbol: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    status: str | None = None
    correlation_id: str | None = None
    limit: int = 100


class TradingRecords:
    """The records of one account at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def decisions(self, account: Account, wanted: Filter) -> list[Record]:
        """`status` of the filter is the name of the rule that judged."""
        return await self._rows(account, wanted, DecisionRow, DecisionRow.decided_at, DecisionRow.rule)

    async def orders(self, account: Account, wanted: Filter) -> list[Record]:
        return await self._rows(account, wanted, OrderRow, OrderRow.created_at, OrderRow.status)

    async def fills(self, account: Account, wanted: Filter) -> list[Record]:
        """`status` of the filter is the side."""
        return await self._rows(account, wanted, FillRow, FillRow.event_at, FillRow.side)

    async def positions(self, account: Account) -> list[Record]:
        """The last known position of every symbol, flat ones with quantity "0"."""
        query = select(PositionRow.__table__).where(PositionRow.account_id == account.id).order_by(PositionRow.symbol)
        return await self._records(query)

    async def equity(self, account: Account, since: datetime, until: datetime) -> list[tuple[datetime, Decimal]]:
        """(time, equity) with since ≤ time < until, oldest first."""
        query = (
            select(EquityRow)
            .where(EquityRow.account_id == account.id, EquityRow.at >= since, EquityRow.at < until)
            .order_by(EquityRow.at)
        )
        async with self._database.transaction() as session:
            return [(row.at, to_decimal(row.equity)) for row in await session.scalars(query)]

    async def add_income(self, account: Account, incomes: Sequence[Income]) -> None:
        """Keep what the venue reported; what is there already stays."""
        async with self._database.exclusive() as session:
            for income in incomes:
                await session.execute(
                    insert(IncomeRow)
                    .values(
                        account_id=account.id,
                        venue_id=income.venue_id,
                        kind=income.kind,
                        symbol=income.symbol,
                        amount=str(income.amount),
                        currency=income.currency,
                        event_at=income.event_at,
                    )
                    .on_conflict_do_nothing()
                )

    async def income(self, account: Account, wanted: Filter) -> list[Income]:
        """`status` of the filter is the kind."""
        rows = await self._rows(account, wanted, IncomeRow, IncomeRow.event_at, IncomeRow.kind)
        names = ("venue_id", "kind", "currency", "event_at", "symbol")
        return [
            Income(amount=to_decimal(str(row["amount"])), **{name: row[name] for name in names})  # type: ignore[arg-type]
            for row in rows
        ]

    async def keep_performance(
        self, account: Account, period: Period, start: datetime, metrics: Mapping[str, JsonValue], at: datetime
    ) -> None:
        """What was computed last for the period that began at `start`; it replaces what was computed before."""
        row = insert(PerformanceRow).values(
            account_id=account.id, period=period.value, start=start, computed_at=at, metrics=dict(metrics)
        )
        changed = {"computed_at": row.excluded.computed_at, "metrics": row.excluded.metrics}
        async with self._database.exclusive() as session:
            await session.execute(
                row.on_conflict_do_update(index_elements=["account_id", "period", "start"], set_=changed)
            )

    async def performance(self, account: Account, period: Period, *, limit: int = 100) -> list[Record]:
        """The newest `limit` snapshots of that length, newest first."""
        query = (
            select(PerformanceRow.__table__)
            .where(PerformanceRow.account_id == account.id, PerformanceRow.period == period.value)
            .order_by(PerformanceRow.start.desc())
            .limit(limit)
        )
        return await self._records(query)

    async def _rows(
        self,
        account: Account,
        wanted: Filter,
        table: type[Table],
        time: InstrumentedAttribute[datetime],
        status: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    ) -> list[Record]:
        columns = table.__table__.columns
        conditions: list[ColumnElement[bool]] = [columns["account_id"] == account.id]
        if wanted.symbol is not None:
            conditions.append(columns["symbol"] == wanted.symbol)
        if wanted.status is not None:
            conditions.append(status == wanted.status)
        if wanted.since is not None:
            conditions.append(time >= wanted.since)
        if wanted.until is not None:
            conditions.append(time < wanted.until)
        if wanted.correlation_id is not None and "correlation_id" in columns:
            conditions.append(columns["correlation_id"] == wanted.correlation_id)
        order = [time.desc(), *([columns["seq"].desc()] if "seq" in columns else [])]
        return await self._records(select(table.__table__).where(*conditions).order_by(*order).limit(wanted.limit))

    async def _records(self, query: Executable) -> list[Record]:
        async with self._database.transaction() as session:
            return [dict(row) for row in (await session.execute(query)).mappings()]
