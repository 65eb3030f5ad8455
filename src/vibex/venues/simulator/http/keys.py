"""The credentials of one simulated account, for both signing schemes; worth nothing anywhere else."""

from __future__ import annotations

import secrets
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKeys:
    """`api_key` and `secret` sign v1 (HMAC); `user` owns the account and `signer` signs v3 with `private_key`.

    `private_key` is None when the signer's key was supplied by somebody who keeps it.
    """

    account: str
    api_key: str
    secret: str
    user: str
    signer: str
    private_key: str | None = None

    def __repr__(self) -> str:
        return f"AccountKeys(account={self.account!r}, api_key={self.api_key!r}, signer={self.signer!r})"

    def shown(self) -> dict[str, str | None]:
        """Everything, secrets included, for the ready line or the keys file."""
        return {
            "account": self.account,
            "api_key": self.api_key,
            "secret": self.secret,
            "user": self.user,
            "signer": self.signer,
            "private_key": self.private_key,
        }


def generate_keys(account: str) -> AccountKeys:
    """Fresh random keys; the names begin with `sim-`, so that nobody takes them for real ones."""
    from eth_keys.datatypes import PrivateKey

    private = PrivateKey(secrets.token_bytes(32))
    owner = PrivateKey(secrets.token_bytes(32))
    return AccountKeys(
        account=account,
        api_key=f"sim-{secrets.token_hex(16)}",
        secret=f"sim-{secrets.token_hex(32)}",
        user=owner.public_key.to_checksum_address(),
        signer=private.public_key.to_checksum_address(),
        private_key=private.to_hex(),
    )
