"""Both signing schemes, checked: v1 HMAC with its time window, v3 EIP-712 with its nonces."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from vibex.venues.simulator.exchange.refusal import Refusal
from vibex.venues.simulator.exchange.rules import Habits
from vibex.venues.simulator.http.keys import AccountKeys

if TYPE_CHECKING:
    from eth_keys.datatypes import PrivateKey

NONCE_WINDOW_US = 10_000_000
NONCES_KEPT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request as it came: query and body are the exact text, because that is what is signed."""

    method: str
    path: str
    query: str = ""
    body: str = ""
    api_key: str | None = None
    address: str = "127.0.0.1"

    def pairs(self) -> list[tuple[str, str]]:
        """Query, then body, decoded; empty values are kept."""
        return [pair for text in (self.query, self.body) if text for pair in parse_qsl(text, keep_blank_values=True)]


def eip712_digest(message: str, chain_id: int) -> bytes:
    """keccak(0x1901 ‖ domain separator ‖ struct hash) of the one-field type `Message(string msg)`."""
    from eth_utils.crypto import keccak

    domain, message_type = _constant_hashes(chain_id)
    return keccak(b"\x19\x01" + domain + keccak(message_type + keccak(message.encode())))


@cache
def _constant_hashes(chain_id: int) -> tuple[bytes, bytes]:
    """The domain separator and the hash of the message's type; they are five of the eight hashes of a digest."""
    from eth_utils.crypto import keccak

    domain_type = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    domain = keccak(
        keccak(domain_type) + keccak(b"AsterSignTransaction") + keccak(b"1") + chain_id.to_bytes(32, "big") + bytes(32)
    )
    return domain, keccak(b"Message(string msg)")


class Verifier:
    """Who sent this? Keeps the nonces of each user. `chain_id` is 1666 on mainnet and 714 on testnet."""

    def __init__(self, keys: Iterable[AccountKeys], *, chain_id: int = 1666, habits: Habits | None = None) -> None:
        self._habits = habits or Habits()
        self._chain_id = chain_id
        self._by_api_key: dict[str, AccountKeys] = {}
        self._by_agent: dict[tuple[str, str], AccountKeys] = {}
        self._nonces: dict[str, list[int]] = {}
        self._signers: dict[str, PrivateKey] = {}
        for one in keys:
            self._by_api_key[one.api_key] = one
            self._by_agent[one.user.lower(), one.signer.lower()] = one

    def by_key(self, sent: Sent) -> str:
        """The account of the API key alone, for calls that need no signature."""
        if not sent.api_key:
            raise Refusal(-2014)
        found = self._by_api_key.get(sent.api_key)
        if found is None:
            raise Refusal(-2015)
        return found.account

    def v1(self, sent: Sent, now_ms: int) -> str:
        """The account that signed by HMAC; −2014, −2015, −1102, −1130, −1021 or −1022."""
        self.by_key(sent)
        keys = self._by_api_key[sent.api_key or ""]
        values = dict(sent.pairs())
        timestamp = _whole(values.get("timestamp"), "timestamp")
        window = _whole(values.get("recvWindow", "5000"), "recvWindow")
        if window > 60_000:
            raise Refusal(-1130, "recvWindow")
        if timestamp >= now_ms + 1000 or now_ms - timestamp > window:
            raise Refusal(-1021)
        query, body, signature = _split(sent)
        expected = hmac.new(keys.secret.encode(), (query + body).encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, signature.lower()):
            raise Refusal(-1022)
        return keys.account

    def v3(self, sent: Sent, now_ms: int) -> str:
        """The account whose agent signed; the nonce counts as used only when everything else was right."""
        values = dict(sent.pairs())
        nonce = _whole(values.get("nonce"), "nonce")
        for name in ("user", "signer"):
            if not values.get(name):
                raise Refusal(-1102, name)
        keys = self._by_agent.get((values["user"].lower(), values["signer"].lower()))
        query, body, signature = _split(sent)
        # One of the two carries the message; with both, they were signed as one list.
        message = "&".join(part for part in (query, body) if part)
        if keys is None:
            raise Refusal(-2015)
        self._check_nonce(keys.user, nonce, now_ms)
        if not self._signed_by(keys, eip712_digest(message, self._chain_id), signature):
            raise Refusal(-1022)
        self._keep_nonce(keys.user, nonce)
        return keys.account

    def _check_nonce(self, user: str, nonce: int, now_ms: int) -> None:
        if abs(nonce - now_ms * 1000) > NONCE_WINDOW_US:
            raise Refusal(-4225)
        kept = self._nonces.get(user, [])
        if nonce in kept:
            raise Refusal(self._habits.duplicate_nonce_code)
        if len(kept) >= NONCES_KEPT and nonce < min(kept):
            raise Refusal(-4225)

    def _keep_nonce(self, user: str, nonce: int) -> None:
        kept = self._nonces.setdefault(user, [])
        kept.append(nonce)
        if len(kept) > NONCES_KEPT:
            kept.remove(min(kept))

    def _signed_by(self, keys: AccountKeys, digest: bytes, signature: str) -> bool:
        from eth_keys.datatypes import Signature
        from eth_keys.exceptions import BadSignature
        from eth_utils.exceptions import ValidationError

        try:
            raw = bytes.fromhex(signature.removeprefix("0x"))
        except ValueError:
            return False
        if len(raw) != 65 or raw[64] not in (27, 28):
            return False
        vrs = raw[:64] + bytes([raw[64] - 27])
        # Signatures are deterministic (RFC 6979): comparing with our own is three times cheaper than recovery.
        if keys.private_key is not None and self._signer(keys).sign_msg_hash(digest).to_bytes() == vrs:
            return True
        try:
            found = Signature(vrs).recover_public_key_from_msg_hash(digest)
        except (BadSignature, ValidationError):
            return False
        return found.to_checksum_address().lower() == keys.signer.lower()

    def _signer(self, keys: AccountKeys) -> PrivateKey:
        """Kept, because making one derives the public key, which costs as much as a signature."""
        from eth_keys.datatypes import PrivateKey

        found = self._signers.get(keys.signer)
        if found is None:
            text = (keys.private_key or "").removeprefix("0x")
            found = self._signers[keys.signer] = PrivateKey(bytes.fromhex(text))
        return found


def _split(sent: Sent) -> tuple[str, str, str]:
    """Query and body without the signature, and the signature, which must stand last in one of them."""
    for text, other in ((sent.body, sent.query), (sent.query, sent.body)):
        head, found, signature = text.rpartition("signature=")
        if found and "&" not in signature and (not head or head.endswith("&")):
            bare = head[:-1] if head else ""
            return (other, bare, signature) if text is sent.body else (bare, other, signature)
    if any(name == "signature" for name, _ in sent.pairs()):
        raise Refusal(-1022)
    raise Refusal(-1102, "signature")


def _whole(text: str | None, name: str) -> int:
    if text is None or not text.isascii() or not text.isdigit():
        raise Refusal(-1102, name)
    return int(text)


def names_of_signing(version: str) -> Sequence[str]:
    """Parameters that belong to the signature and not to the call."""
    return ("nonce", "user", "signer", "signature") if version == "v3" else ("timestamp", "recvWindow", "signature")
