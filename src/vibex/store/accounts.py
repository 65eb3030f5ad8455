"""The registry of trading accounts: the tag that their order ids carry, and what people want of them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update

from vibex.domain import AccountId, Clock, InvalidInput
from vibex.store.database import Database
from vibex.store.scope import Account, Owner
from vibex.store.trading_schema import AccountRow

_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


class AccountSource(StrEnum):
    """Where an account is configured: by the operator's environment or file, or over the API."""

    FILE = "file"
    API = "api"


class AccountStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredAccount:
    """One account as the store knows it. `halted_reason` is None unless entries are halted until a person re-arms."""

    id: AccountId
    tag: str
    source: AccountSource
    status: AccountStatus
    halted_reason: str | None
    created_at: datetime


class AccountRepository:
    """The accounts of one owner, or one account, at a time. Rows stay when an account is no longer configured."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def enrol(self, owner: Owner, accounts: Sequence[AccountId], source: AccountSource) -> None:
        """Register those that are not there yet, active, each with a tag of its own. Known ones stay as they are.

        Raises InvalidInput, nothing registered, for an id that is another owner's or comes from another source.
        """
        async with self._database.exclusive() as session:
            known = {row.id: row for row in await session.scalars(select(AccountRow))}
            tags = {row.tag for row in known.values()}
            for account_id in accounts:
                if account_id in known:
                    _refuse_other(known[account_id], owner, source)
                    continue
                tag = _free_tag(tags)
                tags.add(tag)
                session.add(
                    AccountRow(
                        id=account_id,
                        owner_id=owner.id,
                        tag=tag,
                        source=source.value,
                        status=AccountStatus.ACTIVE.value,
                        halted_reason=None,
                        created_at=self._clock.now(),
                    )
                )

    async def all(self, owner: Owner) -> list[RegisteredAccount]:
        """Every account of the owner, by id."""
        query = select(AccountRow).where(AccountRow.owner_id == owner.id).order_by(AccountRow.id)
        async with self._database.transaction() as session:
            return [_account(row) for row in await session.scalars(query)]

    async def find(self, account: Account) -> RegisteredAccount | None:
        async with self._database.transaction() as session:
            row = await session.get(AccountRow, account.id)
        return None if row is None else _account(row)

    async def halt(self, account: Account, reason: str) -> None:
        """No entries any more until a person re-arms the account; the first reason stays."""
        async with self._database.exclusive() as session:
            await session.execute(
                update(AccountRow)
                .where(AccountRow.id == account.id, AccountRow.halted_reason.is_(None))
                .values(halted_reason=reason)
            )


def _refuse_other(known: AccountRow, owner: Owner, source: AccountSource) -> None:
    if known.owner_id != owner.id or known.source != source.value:
        raise InvalidInput(
            f"account {known.id} is there already, made {'by a file' if known.source == 'file' else 'over the API'}",
            field="account",
            remedy="give one of the two another id",
        )


def _free_tag(taken: set[str]) -> str:
    """33 million tags; a repeated one would let two accounts claim each other's orders."""
    while (tag := "".join(secrets.choice(_BASE32) for _ in range(5))) in taken:
        pass
    return tag


def _account(row: AccountRow) -> RegisteredAccount:
    return RegisteredAccount(
        id=AccountId(row.id),
        tag=row.tag,
        source=AccountSource(row.source),
        status=AccountStatus(row.status),
        halted_reason=row.halted_reason,
        created_at=row.created_at,
    )
