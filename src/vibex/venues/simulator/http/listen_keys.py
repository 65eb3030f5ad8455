"""Listen keys of the user stream: sixty minutes each, one per account, renewed by POST or PUT."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from vibex.venues.simulator.exchange.refusal import Refusal

LIFETIME_MS = 60 * 60_000


@dataclass(slots=True)
class ListenKeys:
    _by_account: dict[str, str] = field(default_factory=dict)
    _expires: dict[str, int] = field(default_factory=dict)

    def create(self, account: str, now_ms: int) -> str:
        """The live key, extended, or a new one."""
        key = self._by_account.get(account)
        if key is None or not self.is_live(key, now_ms):
            key = f"sim-{secrets.token_hex(28)}"
            self._by_account[account] = key
        self._expires[key] = now_ms + LIFETIME_MS
        return key

    def extend(self, account: str, now_ms: int) -> str:
        """−1125 when the account has no live key."""
        key = self._by_account.get(account)
        if key is None or not self.is_live(key, now_ms):
            raise Refusal(-1125)
        self._expires[key] = now_ms + LIFETIME_MS
        return key

    def close(self, account: str) -> None:
        key = self._by_account.pop(account, None)
        if key is None:
            raise Refusal(-1125)
        self._expires.pop(key, None)

    def is_live(self, key: str, now_ms: int) -> bool:
        return self._expires.get(key, 0) > now_ms

    def account_of(self, key: str, now_ms: int) -> str | None:
        """Whose live key this is; None for any other text."""
        if not self.is_live(key, now_ms):
            return None
        return next((account for account, known in self._by_account.items() if known == key), None)

    def expire(self, account: str) -> None:
        """End the key now, as the venue does when nobody renews it."""
        key = self._by_account.get(account)
        if key is not None:
            self._expires[key] = 0
