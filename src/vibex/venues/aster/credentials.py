"""The keys of an account: an agent's key for wallet signatures, or the older pair for HMAC. Neither ever prints."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import SecretStr

from vibex.domain import InvalidInput
from vibex.venues.aster.wallets import load_account

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_HEX_KEY = re.compile(r"(0x)?[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentKey:
    """`user` is the main wallet that owns the account, `signer` the agent whose private key `key` is (hex)."""

    user: str
    signer: str
    key: SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class HmacKey:
    api_key: SecretStr
    secret: SecretStr

    def __post_init__(self) -> None:
        text = self.api_key.get_secret_value()
        if not (text.isascii() and text.isprintable()):
            raise InvalidInput("holds a character that no HTTP header can carry", field="ASTERDEX_API_KEY")


Credentials = AgentKey | HmacKey


def agent_key(
    *,
    user: str,
    signer: str | None = None,
    private_key: SecretStr | None = None,
    mnemonic: SecretStr | None = None,
) -> AgentKey:
    """The agent's key from its private key or its words (first account of the usual path m/44'/60'/0'/0/0).

    Raises InvalidInput, without repeating the key, for a malformed address or key, and when `signer` is given and is
    not the address that the key signs for.
    """
    wallet = load_account()

    _check_address("ASTERDEX_USER", user)
    if (private_key is None) == (mnemonic is None):
        raise InvalidInput(
            "exactly one of private key and mnemonic is needed",
            field="ASTERDEX_PRIVATE_KEY",
            remedy="set ASTERDEX_PRIVATE_KEY or ASTERDEX_MNEMONIC",
        )
    if private_key is not None:
        text = private_key.get_secret_value().strip()
        if not _HEX_KEY.fullmatch(text):
            raise InvalidInput("is not 64 hexadecimal digits", field="ASTERDEX_PRIVATE_KEY")
        try:
            account = wallet.from_key(text)
        except ValueError:
            # Not chained: the library's message repeats the key.
            raise InvalidInput("is no private key of this curve", field="ASTERDEX_PRIVATE_KEY") from None
    elif mnemonic is not None:
        wallet.enable_unaudited_hdwallet_features()
        try:
            account = wallet.from_mnemonic(mnemonic.get_secret_value().strip())
        except ValueError:
            raise InvalidInput(
                "is no valid list of words", field="ASTERDEX_MNEMONIC", remedy="12 to 24 BIP-39 words"
            ) from None
    if signer is not None:
        _check_address("ASTERDEX_SIGNER", signer)
        if signer.lower() != account.address.lower():
            raise InvalidInput(
                f"the key signs for {account.address}, not for {signer}",
                field="ASTERDEX_SIGNER",
                remedy="use the private key of the agent, not of the main wallet",
            )
    return AgentKey(user=user, signer=str(account.address), key=SecretStr(account.key.hex()))


def _check_address(field: str, text: str) -> None:
    if not _ADDRESS.fullmatch(text):
        raise InvalidInput(f"{text!r} is no wallet address", field=field, remedy="0x and 40 hexadecimal digits")
