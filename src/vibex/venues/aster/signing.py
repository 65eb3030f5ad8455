"""Signatures over the exact text that is sent: EIP-712 by the agent's key (v3), or HMAC-SHA256 (v1).

Source: the venue's "Pro API" authentication pages, and its vectors in the tests.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Protocol
from urllib.parse import urlencode

from vibex.venues.aster.credentials import AgentKey, Credentials, HmacKey
from vibex.venues.aster.nonce import NonceAllocator
from vibex.venues.aster.wallets import load_account

Params = Sequence[tuple[str, str]]
"""Parameters in the order in which they are signed and sent."""

_DOMAIN_TYPE = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_RECEIVE_WINDOW_MS = "5000"


class Signer(Protocol):
    @property
    def headers(self) -> dict[str, str]: ...

    def sign(self, params: Params) -> str:
        """`params` as form text with everything the scheme adds; the signature comes last. Each call is a new
        request: a nonce or time stamp is never reused."""
        ...


class AgentSigner:
    """Wallet signatures. Adds nonce, user, signer and signature."""

    def __init__(self, key: AgentKey, chain_id: int, nonces: NonceAllocator) -> None:
        from eth_utils.crypto import keccak

        self._key = key
        self._nonces = nonces
        self._keccak: Callable[[bytes], bytes] = keccak
        self._account = load_account().from_key(key.key.get_secret_value())
        self._separator = domain_separator(chain_id)
        self._type_hash = self._keccak(b"Message(string msg)")

    @property
    def headers(self) -> dict[str, str]:
        return {}

    def sign(self, params: Params) -> str:
        return self.sign_with(params, self._nonces.next())

    def sign_with(self, params: Params, nonce: int) -> str:
        message = urlencode([*params, ("nonce", str(nonce)), ("user", self._key.user), ("signer", self._key.signer)])
        signed = self._account.unsafe_sign_hash(self.digest(message))
        return f"{message}&signature=0x{bytes(signed.signature).hex()}"

    def digest(self, message: str) -> bytes:
        """EIP-712: keccak(0x1901 ‖ domain separator ‖ keccak(type hash ‖ keccak(message)))."""
        struct = self._keccak(self._type_hash + self._keccak(message.encode()))
        return self._keccak(b"\x19\x01" + self._separator + struct)


def domain_separator(chain_id: int) -> bytes:
    """The 32 bytes that bind a signature to this venue and network (EIP-712 §hashStruct of the domain)."""
    from eth_utils.crypto import keccak

    parts = (
        keccak(_DOMAIN_TYPE),
        keccak(b"AsterSignTransaction"),
        keccak(b"1"),
        chain_id.to_bytes(32, "big"),
        bytes(32),
    )
    return bytes(keccak(b"".join(parts)))


class HmacSigner:
    """The older scheme. Adds recvWindow, timestamp and signature; the key goes into a header."""

    def __init__(self, key: HmacKey, server_now_ms: Callable[[], int]) -> None:
        self._key = key
        self._server_now_ms = server_now_ms

    @property
    def headers(self) -> dict[str, str]:
        return {"X-MBX-APIKEY": self._key.api_key.get_secret_value()}

    def sign(self, params: Params) -> str:
        text = urlencode([*params, ("recvWindow", _RECEIVE_WINDOW_MS), ("timestamp", str(self._server_now_ms()))])
        return f"{text}&signature={self.signature(text)}"

    def signature(self, text: str) -> str:
        return hmac.new(self._key.secret.get_secret_value().encode(), text.encode(), hashlib.sha256).hexdigest()


def signer_of(
    credentials: Credentials, *, chain_id: int, nonces: NonceAllocator, server_now_ms: Callable[[], int]
) -> Signer:
    """The signer of either kind of key."""
    if isinstance(credentials, AgentKey):
        return AgentSigner(credentials, chain_id, nonces)
    return HmacSigner(credentials, server_now_ms)
