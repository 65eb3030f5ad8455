"""The credentials of one simulated account, for both signing schemes; worth nothing anywhere else."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from vibex.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKeys:
    """`api_key` and `secret` sign v1 (HMAC); `user` owns the account and `signer` signs v3 with `private_key`.

    `private_key` is None when the signer's key was supplied by somebody who keeps it; `supplied` keys are never shown.
    """

    account: str
    api_key: str
    secret: str
    user: str
    signer: str
    private_key: str | None = None
    supplied: bool = False

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


def supply_keys(account: str, values: Mapping[str, str]) -> AccountKeys:
    """Keys that somebody has already: `api_key` with `api_secret`, or `user` with `private_key` or `signer`, or both.
    What is not among them is generated and never shown. InvalidInput, which repeats none of them, for half a set."""
    from eth_keys.datatypes import PrivateKey
    from eth_utils.exceptions import ValidationError

    made = replace(generate_keys(account), supplied=True)
    if "api_key" in values and "api_secret" in values:
        made = replace(made, api_key=values["api_key"], secret=values["api_secret"])
    elif "api_key" in values or "api_secret" in values:
        raise _half(account, "api_key and api_secret")
    text, signer = values.get("private_key", "").removeprefix("0x"), values.get("signer")
    if "user" in values and (text or signer):
        try:
            private = PrivateKey(bytes.fromhex(text)) if text else None
            own = private.public_key.to_checksum_address() if private else str(signer)
        except (ValueError, ValidationError) as error:
            raise InvalidInput(f"the private key of {account} is none ({type(error).__name__})", field="key") from None
        if signer is not None and signer.lower() != own.lower():
            raise InvalidInput(f"the private key of {account} does not belong to its signer", field="key")
        return replace(made, user=values["user"], signer=own, private_key=text or None)
    if "user" in values or text or signer:
        raise _half(account, "user, and private_key or signer")
    if made.api_key != values.get("api_key"):
        raise _half(account, "api_key and api_secret, or user and private_key")
    return made


def _half(account: str, needed: str) -> InvalidInput:
    return InvalidInput(f"the keys of {account} are not complete", field="key", remedy=f"it takes {needed}")
