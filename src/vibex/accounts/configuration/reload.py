"""Changes to the configuration while it is in use: watched by content, taken as a whole or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from vibex.accounts.configuration.account import AccountConfig
from vibex.accounts.configuration.loading import AccountsSource, load_accounts
from vibex.domain import AccountId, Clock, InvalidInput

_DOTENV = Path(".env")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload:
    """What a new reading differs in. With `refused` (why, in words) nothing changed and `accounts` are as before."""

    accounts: tuple[AccountConfig, ...]
    added: tuple[AccountId, ...] = ()
    removed: tuple[AccountId, ...] = ()
    changed: tuple[AccountId, ...] = ()
    unchanged: tuple[AccountId, ...] = ()
    refused: str | None = None


def difference(before: Sequence[AccountConfig], after: Sequence[AccountConfig]) -> Reload:
    """What became of each account; one that moved from the environment into a file is unchanged."""
    old = {account.id: account for account in before}
    new = {account.id: account for account in after}
    both = [each for each in new if each in old]
    return Reload(
        accounts=tuple(after),
        added=tuple(each for each in new if each not in old),
        removed=tuple(each for each in old if each not in new),
        changed=tuple(each for each in both if new[each].differences(old[each])),
        unchanged=tuple(each for each in both if not new[each].differences(old[each])),
    )


class AccountsWatch:
    """Reads the configuration again when the content of its file or of `./.env` is another.

    `source` says how it is read now (the environment is read anew each time); `check` refuses, by InvalidInput, what
    may be read and may not be traded.
    """

    def __init__(
        self, source: Callable[[], AccountsSource], clock: Clock, check: Callable[[AccountConfig], object]
    ) -> None:
        self._source = source
        self._clock = clock
        self._check = check
        self._seen: bytes | None = None
        self._accounts: tuple[AccountConfig, ...] = ()

    def start(self) -> tuple[AccountConfig, ...]:
        """The accounts as they are configured now. Raises InvalidInput when they cannot be used."""
        self._seen = self._content()
        self._accounts = self._load()
        return self._accounts

    async def reloads(self, *, every_s: float) -> AsyncIterator[Reload]:
        """One for each new content, good or bad, for as long as the caller listens."""
        while True:
            await self._clock.sleep(every_s)
            reload = self.poll()
            if reload is not None:
                yield reload

    def poll(self) -> Reload | None:
        """What is new since the last look; None when the content is the same."""
        content = self._content()
        if content == self._seen:
            return None
        self._seen = content
        try:
            accounts = self._load()
        except InvalidInput as error:
            return Reload(accounts=self._accounts, unchanged=tuple(a.id for a in self._accounts), refused=str(error))
        reload = difference(self._accounts, accounts)
        self._accounts = accounts
        return reload

    def _load(self) -> tuple[AccountConfig, ...]:
        accounts = load_accounts(self._source())
        for account in accounts:
            self._check(account)
        return accounts

    def _content(self) -> bytes:
        digest = sha256()
        for path in (_DOTENV, self._file()):
            try:
                digest.update(b"-" if path is None else path.read_bytes())
            except OSError as error:
                digest.update(f"cannot be read: {error.errno}".encode())
        return digest.digest()

    def _file(self) -> Path | None:
        try:
            return self._source().settings.accounts_file
        except InvalidInput:
            return None
