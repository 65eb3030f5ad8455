"""Questions to models: what was asked and answered, and the dollars held before and paid after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore
from sqlalchemy.ext.asyncio import AsyncSession

from vibex.domain import JsonValue
from vibex.store.database import Database
from vibex.store.schema import ModelBudgetRow, ModelCallRow, ModelReservationRow
from vibex.store.scope import Account, Owner, Scope


class CallOutcome(StrEnum):
    """How a call ended; `LOST` is the one whose bill nobody knows."""

    ANSWERED = "answered"
    REFUSED = "refused"
    MALFORMED = "malformed"
    LOST = "lost"
    UNAVAILABLE = "unavailable"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One call as it was made. Tokens and `cost_usd` are None where the endpoint did not say.

    `purpose` and `subject` are the caller's labels, to find the call by; `context` is what the prompt was made from.
    """

    id: str
    asked_at: datetime
    model: str
    base_url: str
    request_digest: str
    request: Mapping[str, JsonValue]
    answer: Mapping[str, JsonValue]
    outcome: CallOutcome
    latency_ms: int
    purpose: str
    subject: str | None = None
    account_id: str | None = None
    correlation_id: str | None = None
    context: Mapping[str, JsonValue]
    error: str | None = None
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: Decimal | None = None


class ModelCallRepository:
    """The model calls of one owner or account at a time. Money belongs to the owner."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(
        self, owner: Owner, *, call_id: str, model: str, day: date, amount_usd: Decimal, daily_limit_usd: Decimal
    ) -> bool:
        """Hold `amount_usd` of the owner's `day` for one call; False, and nothing held, when it does not fit.

        One conditional update decides, so that callers at the same moment cannot hold the same dollar twice.
        """
        today = (ModelBudgetRow.owner_id == owner.id, ModelBudgetRow.day == day)
        async with self._database.transaction() as session:
            await session.execute(
                insert_or_ignore(ModelBudgetRow)
                .values(owner_id=owner.id, day=day, committed_usd=Decimal(0))
                .on_conflict_do_nothing()
            )
            held = await _changed(
                session,
                update(ModelBudgetRow)
                .where(*today, ModelBudgetRow.committed_usd <= daily_limit_usd - amount_usd)
                .values(committed_usd=ModelBudgetRow.committed_usd + amount_usd),
            )
            if held:
                await session.execute(
                    insert(ModelReservationRow).values(
                        id=call_id, owner_id=owner.id, day=day, model=model, reserved_usd=amount_usd
                    )
                )
        return held

    async def settle(self, owner: Owner, call: ModelCall) -> None:
        """Write the finished call and replace what was held for it by its cost, in one transaction.

        A cost of None leaves the reservation counted until its day ends: what may have been billed is not spent again.
        A call that is settled already stays as it is.
        """
        async with self._database.transaction() as session:
            added = await _changed(
                session,
                insert_or_ignore(ModelCallRow).values(owner_id=owner.id, **asdict(call)).on_conflict_do_nothing(),
            )
            if not added or call.cost_usd is None:
                return
            mine = (ModelReservationRow.id == call.id, ModelReservationRow.owner_id == owner.id)
            held = await session.scalar(select(ModelReservationRow).where(*mine))
            if held is None or not await _changed(
                session,
                update(ModelReservationRow)
                .where(*mine, ModelReservationRow.cost_usd.is_(None))
                .values(cost_usd=call.cost_usd),
            ):
                return
            await session.execute(
                update(ModelBudgetRow)
                .where(ModelBudgetRow.owner_id == owner.id, ModelBudgetRow.day == held.day)
                .values(committed_usd=ModelBudgetRow.committed_usd + (call.cost_usd - held.reserved_usd))
            )

    async def committed_usd(self, owner: Owner, day: date) -> Decimal:
        """Dollars of that UTC day that are paid or held."""
        query = select(ModelBudgetRow.committed_usd).where(
            ModelBudgetRow.owner_id == owner.id, ModelBudgetRow.day == day
        )
        async with self._database.transaction() as session:
            return await session.scalar(query) or Decimal(0)

    async def spent_usd(self, account: Account, day: date) -> Decimal:
        """Dollars of the calls that `account` asked for in that UTC day; a call of unknown cost counts as was held."""
        start = datetime.combine(day, time(), UTC)
        query = (
            select(func.coalesce(ModelCallRow.cost_usd, ModelReservationRow.reserved_usd))
            .outerjoin(ModelReservationRow, ModelReservationRow.id == ModelCallRow.id)
            .where(_within(account), ModelCallRow.asked_at >= start, ModelCallRow.asked_at < start + timedelta(days=1))
        )
        async with self._database.transaction() as session:
            return sum((cost for cost in await session.scalars(query) if cost is not None), Decimal(0))

    async def newest(
        self,
        scope: Scope,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        purpose: str | None = None,
        subject: str | None = None,
        correlation_id: str | None = None,
        limit: int = 100,
    ) -> list[ModelCall]:
        """At most `limit` calls with since ≤ asked_at < until that carry the given labels, last ended first."""
        conditions = [_within(scope)]
        if since is not None:
            conditions.append(ModelCallRow.asked_at >= since)
        if until is not None:
            conditions.append(ModelCallRow.asked_at < until)
        for column, value in (
            (ModelCallRow.purpose, purpose),
            (ModelCallRow.subject, subject),
            (ModelCallRow.correlation_id, correlation_id),
        ):
            if value is not None:
                conditions.append(column == value)
        query = select(ModelCallRow).where(*conditions).order_by(ModelCallRow.seq.desc()).limit(limit)
        async with self._database.transaction() as session:
            return [_call(row) for row in await session.scalars(query)]

    async def find(self, scope: Scope, call_id: str) -> ModelCall | None:
        """The call of that id; None when there is none or when it is another's."""
        query = select(ModelCallRow).where(_within(scope), ModelCallRow.id == call_id)
        async with self._database.transaction() as session:
            row = await session.scalar(query)
        return None if row is None else _call(row)


async def _changed(session: AsyncSession, statement: object) -> bool:
    """Whether the update touched a row."""
    result = await session.execute(statement, execution_options={"synchronize_session": False})  # type: ignore[call-overload]
    return cast("CursorResult[object]", result).rowcount == 1


def _within(scope: Scope) -> ColumnElement[bool]:
    if isinstance(scope, Owner):
        return ModelCallRow.owner_id == scope.id
    return ModelCallRow.account_id == scope.id


def _call(row: ModelCallRow) -> ModelCall:
    values = {name: getattr(row, name) for name in ModelCall.__dataclass_fields__}
    return ModelCall(**{**values, "outcome": CallOutcome(row.outcome)})
