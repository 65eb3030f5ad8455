"""What people see of accounts and tell them, whether a process trades them at this moment or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from vibex.accounts.configuration import AccountConfig
from vibex.domain import AccountId, Clock, InvalidInput, JsonValue
from vibex.settings import TradingVenue
from vibex.store import (
    Account,
    AccountRepository,
    AccountSource,
    Command,
    CommandKind,
    CommandRepository,
    Database,
    Lease,
    LeaseRepository,
    Owner,
    RegisteredAccount,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """One account: as it is configured (None: no more), as it is registered, who trades it now, what it was told."""

    registered: RegisteredAccount
    config: AccountConfig | None
    lease: Lease | None
    pending: Sequence[Command]

    def to_json(self) -> dict[str, JsonValue]:
        """Without a key: whether there is one is all that is told."""
        known, config = self.registered, self.config
        return {
            "id": known.id,
            "status": known.status.value,
            "halted_reason": known.halted_reason,
            "tag": known.tag,
            "source": known.source.value,
            "configured_in": None if config is None else config.origin,
            "venue": None if config is None else config.venue.value,
            "network": None if config is None or config.venue is TradingVenue.PAPER else config.aster.network.value,
            "venue_keys": None if config is None else config.has_venue_keys,
            "maker": None if config is None else config.maker,
            "model": None if config is None or config.maker != "model" else config.model.model,
            "assets": None if config is None else [*config.assets],
            "interval": None if config is None else config.interval.value,
            "policy_file": None if config is None or config.policy_file is None else str(config.policy_file),
            "strategy_file": None if config is None or config.strategy_file is None else str(config.strategy_file),
            "traded_by": None if self.lease is None else self.lease.holder,
            "pending": [{"command": one.kind.value, "by": one.given_by} for one in self.pending],
        }


class AccountsControl:
    """The accounts of one owner."""

    def __init__(self, database: Database, clock: Clock, owner: Owner) -> None:
        self._owner = owner
        self._accounts = AccountRepository(database, clock)
        self._commands = CommandRepository(database, clock)
        self._leases = LeaseRepository(database, clock)

    async def overview(self, configured: Sequence[AccountConfig]) -> list[AccountView]:
        """Every configured account, registered now if it was not, and those that are registered from before."""
        await self._accounts.enrol(self._owner, [account.id for account in configured], AccountSource.FILE)
        by_id = {account.id: account for account in configured}
        return [await self._view(known, by_id.get(known.id)) for known in await self._accounts.all(self._owner)]

    async def tell(
        self, account_id: str, kind: CommandKind, *, by: str, arguments: Mapping[str, JsonValue] | None = None
    ) -> AccountView:
        """Write a command for one registered account; the account with the command in it.

        Raises InvalidInput for an account that is not registered, and for resuming a halted one without `rearm`.
        """
        known = await self._registered(account_id)
        await self._commands.give(Account(known.id), kind, by=by, arguments=arguments)
        return await self._view(known, None)

    async def kill(self, account_id: str | None, *, by: str, flatten: bool) -> list[AccountView]:
        """Stop the entries of one account, or of all, from this moment on. The configuration is not asked: it may be
        broken. Raises InvalidInput when there is no such account, or none at all."""
        if account_id is not None:
            known = [await self._registered(account_id)]
        else:
            known = await self._accounts.all(self._owner)
        if not known:
            raise InvalidInput("no account was ever registered here", field="account", remedy="vibex accounts list")
        return [await self.tell(one.id, CommandKind.KILL, by=by, arguments={"flatten": flatten}) for one in known]

    async def _registered(self, account_id: str) -> RegisteredAccount:
        known = {one.id: one for one in await self._accounts.all(self._owner)}
        if account_id in known:
            return known[AccountId(account_id)]
        near = get_close_matches(account_id, known, n=1)
        raise InvalidInput(
            f"there is no account {account_id!r}",
            field="account",
            remedy=f"did you mean {near[0]}?" if near else "vibex accounts list shows and registers them",
        )

    async def _view(self, known: RegisteredAccount, config: AccountConfig | None) -> AccountView:
        account = Account(known.id)
        return AccountView(
            registered=known,
            config=config,
            lease=await self._leases.current(account),
            pending=await self._commands.pending(account),
        )
