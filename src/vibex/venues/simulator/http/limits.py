"""Request weights per address and orders per account, by the minute; over the limit 429, then bans that grow."""

from __future__ import annotations

from dataclasses import dataclass, field

MINUTE_MS = 60_000
WEIGHT_LIMIT = 2400
ORDER_LIMIT = 1200
FIRST_BAN_MS = 2 * MINUTE_MS
LONGEST_BAN_MS = 3 * 24 * 60 * MINUTE_MS
STRIKES_BEFORE_BAN = 10


class Throttled(Exception):
    """HTTP 429 (`until_ms`: the next minute) or 418 (`until_ms`: the end of the ban)."""

    def __init__(self, status: int, code: int, message: str, until_ms: int) -> None:
        self.status, self.code, self.message, self.until_ms = status, code, message, until_ms
        super().__init__(message)


@dataclass(slots=True)
class _Address:
    minute: int = -1
    used: int = 0
    strikes: int = 0
    bans: int = 0
    banned_until: int = 0


@dataclass(slots=True)
class _Orders:
    minute: int = -1
    count: int = 0


@dataclass(slots=True)
class Limits:
    """Who keeps asking after a 429 is banned: 2 minutes, doubling with each ban, up to 3 days."""

    _addresses: dict[str, _Address] = field(default_factory=dict)
    _orders: dict[str, _Orders] = field(default_factory=dict)

    def charge(self, address: str, weight: int, now_ms: int) -> int:
        """Count a request; the weight used in this minute. Raises Throttled."""
        record = self._addresses.setdefault(address, _Address())
        if now_ms < record.banned_until:
            raise _ban(record.banned_until)
        minute = now_ms // MINUTE_MS
        if record.minute != minute:
            record.minute, record.used = minute, 0
        record.used += weight
        if record.used > WEIGHT_LIMIT:
            record.strikes += 1
            if record.strikes > STRIKES_BEFORE_BAN:
                raise self.ban(address, now_ms)
            message = f"Too many requests; current limit is {WEIGHT_LIMIT} requests per minute."
            raise Throttled(429, -1003, message, (minute + 1) * MINUTE_MS)
        return record.used

    def ban(self, address: str, now_ms: int, length_ms: int | None = None) -> Throttled:
        """Ban `address` from now on; what to answer it."""
        record = self._addresses.setdefault(address, _Address())
        grown = min(LONGEST_BAN_MS, FIRST_BAN_MS * 2 ** min(record.bans, 12))
        record.banned_until = now_ms + (length_ms or grown)
        record.bans += 1
        record.strikes = 0
        return _ban(record.banned_until)

    def order(self, account: str, count: int, now_ms: int) -> int:
        """Count new orders; how many in this minute. Raises Throttled with −1015."""
        record = self._orders.setdefault(account, _Orders())
        minute = now_ms // MINUTE_MS
        if record.minute != minute:
            record.minute, record.count = minute, 0
        if record.count + count > ORDER_LIMIT:
            message = f"Too many new orders; current limit is {ORDER_LIMIT} orders per MINUTE."
            raise Throttled(429, -1015, message, (minute + 1) * MINUTE_MS)
        record.count += count
        return record.count


def _ban(until_ms: int) -> Throttled:
    message = f"Way too many requests; IP banned until {until_ms}. Please use the websocket to avoid bans."
    return Throttled(418, -1003, message, until_ms)
