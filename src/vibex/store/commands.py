"""What people tell an account to do: rows that whoever holds the lease takes up, and that stop entries at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vibex.domain import AccountId, Clock, EntriesStopped, InvalidInput, JsonValue
from vibex.store.accounts import AccountStatus
from vibex.store.database import Database
from vibex.store.leases import Lease, check_lease
from vibex.store.scope import Account
from vibex.store.trading_schema import AccountRow, CommandRow


class CommandKind(StrEnum):
    """`close` closes positions, `decide` asks for a cycle now, `kill` halts (with `flatten` it closes as well)."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    DECIDE = "decide"
    KILL = "kill"
    CLOSE = "close"


_STOPPING = (CommandKind.PAUSE, CommandKind.STOP, CommandKind.KILL, CommandKind.CLOSE)
_STATUS_AFTER = {
    CommandKind.PAUSE: AccountStatus.PAUSED,
    CommandKind.RESUME: AccountStatus.ACTIVE,
    CommandKind.STOP: AccountStatus.STOPPED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command. `arguments`: `flatten` (kill), `rearm` (resume, leaves a halt as well), `symbol` (close)."""

    id: int
    account_id: AccountId
    kind: CommandKind
    given_by: str
    given_at: datetime
    arguments: Mapping[str, JsonValue] = field(default_factory=dict)


class CommandRepository:
    """The commands of one account at a time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def give(
        self, account: Account, kind: CommandKind, *, by: str, arguments: Mapping[str, JsonValue] | None = None
    ) -> Command:
        """Write a command. From its commit on no entry of the account is written, if it is one that stops entries.

        Raises InvalidInput for an account that is not registered, and for resuming a halted one without `rearm`.
        """
        asked = dict(arguments or {})
        async with self._database.exclusive() as session:
            registered = await session.get(AccountRow, account.id)
            if registered is None:
                raise InvalidInput(f"there is no account {account.id}", field="account", remedy="vibex accounts list")
            if kind is CommandKind.RESUME and asked.get("rearm") is not True:
                await session.run_sync(_refuse_halted, registered)
            row = CommandRow(
                account_id=account.id, kind=kind.value, arguments=asked, given_by=by, given_at=self._clock.now()
            )
            session.add(row)
            await session.flush()
            return _command(row)

    async def pending(self, account: Account) -> list[Command]:
        """Those that nobody took up yet, in the order they were given."""
        async with self._database.transaction() as session:
            return [_command(row) for row in await session.run_sync(_open, account.id)]

    async def consume(self, lease: Lease, command: Command) -> bool:
        """Mark `command` as taken up and write what follows from it (status, halt) in one transaction.

        False when it was taken up before. Raises LeaseLost, nothing changed, when `lease` holds no longer.
        """
        now = self._clock.now()
        async with self._database.exclusive() as session:
            await session.run_sync(check_lease, lease, now)
            row = await session.get(CommandRow, command.id)
            if row is None or row.account_id != lease.account_id or row.consumed_at is not None:
                return False
            row.consumed_at = now
            changes: dict[str, str | None] = {}
            if command.kind in _STATUS_AFTER:
                changes["status"] = _STATUS_AFTER[command.kind].value
            if command.kind is CommandKind.KILL:
                changes["halted_reason"] = f"kill by {command.given_by} at {command.given_at.isoformat()}"
            elif command.kind is CommandKind.RESUME and command.arguments.get("rearm") is True:
                changes["halted_reason"] = None
            if changes:
                await session.execute(update(AccountRow).where(AccountRow.id == lease.account_id).values(**changes))
        return True


def check_entries_allowed(session: Session, account_id: AccountId) -> None:
    """Whether an entry may be written, inside the caller's transaction. Raises EntriesStopped with the reason."""
    row = session.get(AccountRow, account_id)
    if row is None:
        raise EntriesStopped(f"account {account_id} is not registered", reason="unregistered")
    if row.halted_reason is not None:
        raise EntriesStopped(
            f"account {account_id} is halted: {row.halted_reason}",
            reason="halted",
            remedy=f"look at it, then vibex accounts resume {account_id} --rearm",
        )
    if row.status != AccountStatus.ACTIVE.value:
        raise EntriesStopped(f"account {account_id} is {row.status}", reason=row.status)
    for command in _open(session, account_id):
        if CommandKind(command.kind) in _STOPPING:
            raise EntriesStopped(
                f"{command.kind} of account {account_id} by {command.given_by} is being carried out",
                reason=command.kind,
            )


def _refuse_halted(session: Session, registered: AccountRow) -> None:
    killed = [row for row in _open(session, AccountId(registered.id)) if row.kind == CommandKind.KILL]
    if registered.halted_reason is not None or killed:
        why = registered.halted_reason or f"kill by {killed[0].given_by} is being carried out"
        raise InvalidInput(
            f"account {registered.id} is halted: {why}",
            field="account",
            remedy=f"look at its positions and orders, then vibex accounts resume {registered.id} --rearm",
        )


def _open(session: Session, account_id: AccountId) -> list[CommandRow]:
    query = (
        select(CommandRow)
        .where(CommandRow.account_id == account_id, CommandRow.consumed_at.is_(None))
        .order_by(CommandRow.id)
    )
    return list(session.scalars(query))


def _command(row: CommandRow) -> Command:
    return Command(
        id=row.id,
        account_id=AccountId(row.account_id),
        kind=CommandKind(row.kind),
        given_by=row.given_by,
        given_at=row.given_at,
        arguments=row.arguments,
    )
