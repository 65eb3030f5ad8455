"""Identifiers: time-ordered UUIDs, account ids, and the client order id that every order carries."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from vibex.domain.clock import Clock
from vibex.domain.errors import InvalidInput

AccountId = NewType("AccountId", str)
VenueOrderId = NewType("VenueOrderId", str)

_ACCOUNT = re.compile(r"[A-Za-z0-9_]{1,32}")
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


def new_id(clock: Clock) -> str:
    """A UUIDv7 (RFC 9562 §5.7) as text: 48 bits of epoch milliseconds, then 74 random bits."""
    epoch_ms = int(clock.now().timestamp() * 1000)
    value = (epoch_ms & (1 << 48) - 1) << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return str(UUID(int=value))


def account_id(text: str) -> AccountId:
    """`text` as an account id. Raises InvalidInput unless it is 1 to 32 letters, digits and underscores."""
    if not _ACCOUNT.fullmatch(text):
        raise InvalidInput(
            f"{text!r} is no account id", field="account_id", remedy="use 1 to 32 letters, digits and underscores"
        )
    return AccountId(text)


class OrderKind(StrEnum):
    """The letter in a client order id that says what the order is for."""

    ENTRY = "e"
    STOP = "s"
    TARGET = "t"
    EXIT = "x"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOrderId:
    """Our name for an order: "vx", account tag (5), lease epoch (4), sequence (6), kind (1), attempt (2).

    `account_tag` is the account's stored unique tag in base32; the numbers are base36. A number that does not
    fit is refused, never wrapped: a repeated id would hide an order.
    """

    account_tag: str
    lease_epoch: int
    sequence: int
    kind: OrderKind
    attempt: int = 0

    def __post_init__(self) -> None:
        if len(self.account_tag) != 5 or any(c not in _BASE32 for c in self.account_tag):
            raise InvalidInput(f"{self.account_tag!r} is not 5 base32 characters", field="account_tag")
        for name, value, width in (
            ("lease_epoch", self.lease_epoch, 4),
            ("sequence", self.sequence, 6),
            ("attempt", self.attempt, 2),
        ):
            if not 0 <= value < 36**width:
                raise InvalidInput(f"{value} does not fit in {width} base36 digits", field=name)

    def __str__(self) -> str:
        return "".join(
            (
                "vx",
                self.account_tag,
                _base36(self.lease_epoch, 4),
                _base36(self.sequence, 6),
                self.kind.value,
                _base36(self.attempt, 2),
            )
        )

    @classmethod
    def parse(cls, text: str) -> ClientOrderId:
        """Read an id back. Raises InvalidInput when `text` is not one of ours."""
        if len(text) != 20 or not text.startswith("vx") or any(c not in _BASE36 for c in text):
            raise InvalidInput(f"{text!r} is not a client order id of ours", field="client_order_id")
        try:
            return cls(
                account_tag=text[2:7],
                lease_epoch=int(text[7:11], 36),
                sequence=int(text[11:17], 36),
                kind=OrderKind(text[17]),
                attempt=int(text[18:20], 36),
            )
        except ValueError:
            raise InvalidInput(f"{text!r} has an unknown kind {text[17]!r}", field="client_order_id") from None


def _base36(value: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        value, digit = divmod(value, 36)
        digits = _BASE36[digit] + digits
    return digits
