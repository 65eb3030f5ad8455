"""All accounts of one process, from every place where one may be written down; each id and each key once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vibex.accounts.configuration.account import AccountConfig, account_of
from vibex.accounts.configuration.environment import defaults, refuse_stray, single_account, suffixed_account
from vibex.accounts.configuration.file import read_file
from vibex.domain import AccountId, InvalidInput, account_id
from vibex.settings import AccountsSettings, TradingVenue, part_of

SINGLE = AccountId("default")
"""The account of a process that trades one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsSource:
    """Where accounts are looked for: the variables, and what a command line says over them (None: nothing)."""

    environment: Mapping[str, str]
    multi_account: bool | None = None
    file: Path | None = None

    @property
    def settings(self) -> AccountsSettings:
        """The variables with what the command line said over them."""
        found = part_of(AccountsSettings, self.environment)
        said = {"multi_account": self.multi_account, "accounts_file": self.file}
        return found.model_copy(update={name: value for name, value in said.items() if value is not None})


def load_accounts(source: AccountsSource) -> tuple[AccountConfig, ...]:
    """Every configured account, those of the environment first.

    Raises InvalidInput, and loads none, for anything that is wrong in any of them.
    """
    settings, environment = source.settings, source.environment
    if not settings.multi_account:
        _refuse_many(settings)
        return (account_of(SINGLE, single_account(environment), "environment"),)
    ids = [account_id(text) for text in settings.account_ids]
    accounts = [account_of(each, suffixed_account(environment, each), "environment") for each in ids]
    if settings.accounts_file is not None:
        shared = defaults(environment)
        for each, values in read_file(settings.accounts_file, environment):
            accounts.append(account_of(each, {**shared, **values}, str(settings.accounts_file)))
    if not accounts:
        raise InvalidInput(
            "many accounts are asked for and none is named",
            field="MULTI_ACCOUNT_MODE",
            remedy="set ACCOUNT_IDS=account1,account2, or name a file: --config accounts.yaml or ACCOUNTS_FILE",
        )
    _refuse_twins(accounts)
    if settings.accounts_file is None:
        # With a file a name may be one that the file refers to.
        refuse_stray(environment, ids)
    return tuple(accounts)


def _refuse_many(settings: AccountsSettings) -> None:
    for name, value in (("ACCOUNT_IDS", settings.account_ids), ("ACCOUNTS_FILE", settings.accounts_file)):
        if value:
            raise InvalidInput(
                "names accounts, but one account trades",
                field=name,
                remedy="set MULTI_ACCOUNT_MODE=true or give --multi-account, or remove it",
            )


def _refuse_twins(accounts: Sequence[AccountConfig]) -> None:
    """Two accounts on the same keys would trade against each other's orders."""
    ids: dict[AccountId, AccountConfig] = {}
    keys: dict[str, AccountId] = {}
    for account in accounts:
        twin = ids.setdefault(account.id, account)
        if twin is not account:
            places = (
                f"in {twin.origin} and in {account.origin}" if twin.origin != account.origin else f"in {twin.origin}"
            )
            raise InvalidInput(f"is configured twice, {places}", field=f"account {account.id}", remedy="remove one")
        if account.venue is TradingVenue.PAPER:
            continue
        for secret in (account.aster.api_key, account.aster.private_key, account.aster.mnemonic):
            if secret is None:
                continue
            first = keys.setdefault(secret.get_secret_value(), account.id)
            if first != account.id:
                raise InvalidInput(
                    f"has the same venue keys as account {first}",
                    field=f"account {account.id}",
                    remedy="give each its own: two writers of one venue account undo each other's orders",
                )
