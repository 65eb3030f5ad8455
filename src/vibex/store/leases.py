"""One writer per account across processes: a lease that runs out, with a number that fences off its last holder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vibex.domain import AccountId, Clock, LeaseLost, RetryLater, StopTrading
from vibex.store.database import Database
from vibex.store.scope import Account
from vibex.store.trading_schema import LeaseRow

_LAST_EPOCH = 36**4 - 1
"""The highest fencing number that a client order id can carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to write for one account until `expires_at`; `epoch` is the fencing number."""

    account_id: AccountId
    holder: str
    epoch: int
    expires_at: datetime


class LeaseRepository:
    """Leases by the store's own lock: two processes never hold one account at a moment of their (one) clock."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def acquire(self, account: Account, holder: str, *, ttl: timedelta) -> Lease:
        """Take the lease with the next fencing number, when it is free, has run out or is `holder`'s own.

        Raises RetryLater while another holds it, StopTrading when the fencing numbers are used up.
        """
        now = self._clock.now()
        async with self._database.exclusive() as session:
            row = await session.get(LeaseRow, account.id)
            if row is not None and row.holder != holder and row.expires_at > now:
                wait = row.expires_at - now
                raise RetryLater(
                    f"account {account.id} is traded by another process ({row.holder})",
                    retry_after_ms=int(wait.total_seconds() * 1000) + 1,
                )
            epoch = 1 if row is None else row.epoch + 1
            if epoch > _LAST_EPOCH:
                raise StopTrading(
                    f"account {account.id} has used all {_LAST_EPOCH} lease numbers",
                    remedy="configure the keys under a new account id",
                )
            lease = Lease(account_id=account.id, holder=holder, epoch=epoch, expires_at=now + ttl)
            if row is None:
                session.add(_row(lease))
            else:
                row.holder, row.epoch, row.expires_at = holder, epoch, lease.expires_at
        return lease

    async def renew(self, lease: Lease, *, ttl: timedelta) -> Lease:
        """The same lease with a later end. Raises LeaseLost when it ran out or is another's: acquire it anew."""
        now = self._clock.now()
        async with self._database.exclusive() as session:
            await session.run_sync(check_lease, lease, now)
            renewed = replace(lease, expires_at=now + ttl)
            await session.execute(
                update(LeaseRow).where(LeaseRow.account_id == lease.account_id).values(expires_at=renewed.expires_at)
            )
        return renewed

    async def release(self, lease: Lease) -> None:
        """Let another holder begin at once; harmless when the lease is lost already."""
        async with self._database.exclusive() as session:
            row = await session.get(LeaseRow, lease.account_id)
            if row is not None and (row.holder, row.epoch) == (lease.holder, lease.epoch):
                row.expires_at = min(row.expires_at, self._clock.now())

    async def current(self, account: Account) -> Lease | None:
        """The lease that is in force now; None when nobody may write."""
        query = select(LeaseRow).where(LeaseRow.account_id == account.id, LeaseRow.expires_at > self._clock.now())
        async with self._database.transaction() as session:
            row = await session.scalar(query)
        if row is None:
            return None
        return Lease(account_id=account.id, holder=row.holder, epoch=row.epoch, expires_at=row.expires_at)


def check_lease(session: Session, lease: Lease, now: datetime) -> None:
    """Whether `lease` still holds, inside the caller's transaction. Raises LeaseLost when it does not."""
    row = session.get(LeaseRow, lease.account_id)
    if row is None or (row.holder, row.epoch) != (lease.holder, lease.epoch):
        raise LeaseLost(f"account {lease.account_id} is another process's to trade: lease {lease.epoch} was taken over")
    if row.expires_at <= now:
        raise LeaseLost(f"lease {lease.epoch} of account {lease.account_id} ran out at {row.expires_at.isoformat()}")


def _row(lease: Lease) -> LeaseRow:
    return LeaseRow(account_id=lease.account_id, holder=lease.holder, epoch=lease.epoch, expires_at=lease.expires_at)
