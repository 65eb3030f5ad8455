"""Our client order ids as the 128-bit numbers that Hyperliquid takes, there and back without a table.

An id is worth 91 bits: tag 25, lease epoch 21, sequence 32, kind 2, attempt 11. In front of them stand 37 bits that say
that the number is ours.
"""

from __future__ import annotations

from vibex.domain import InvalidInput
from vibex.domain.ids import ClientOrderId, OrderKind

_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_KINDS = (OrderKind.ENTRY, OrderKind.STOP, OrderKind.TARGET, OrderKind.EXIT)
_OURS = int.from_bytes(b"vibex", "big") & (1 << 37) - 1
_FIELDS = 91


def to_number(client_order_id: str) -> str:
    """`vx…` → 0x and 32 hexadecimal digits. Raises InvalidInput for an id that is not one of ours."""
    parts = ClientOrderId.parse(client_order_id)
    tag = 0
    for letter in parts.account_tag:
        tag = tag << 5 | _BASE32.index(letter)
    packed = _OURS
    for value, bits in (
        (tag, 25),
        (parts.lease_epoch, 21),
        (parts.sequence, 32),
        (_KINDS.index(parts.kind), 2),
        (parts.attempt, 11),
    ):
        packed = packed << bits | value
    return f"0x{packed:032x}"


def from_number(number: str) -> str:
    """The id that `number` stands for; a foreign number as it is."""
    try:
        packed = int(number, 16)
    except ValueError:
        return number
    if packed >> _FIELDS != _OURS:
        return number
    attempt, packed = packed & 0x7FF, packed >> 11
    kind, packed = packed & 0b11, packed >> 2
    sequence, packed = packed & 0xFFFFFFFF, packed >> 32
    epoch, packed = packed & 0x1FFFFF, packed >> 21
    tag = "".join(_BASE32[packed >> shift & 31] for shift in (20, 15, 10, 5, 0))
    try:
        return str(
            ClientOrderId(account_tag=tag, lease_epoch=epoch, sequence=sequence, kind=_KINDS[kind], attempt=attempt)
        )
    except InvalidInput:
        return number
