"""Where exits are written down while the store cannot be: one file whose space is taken before it is needed.

16 MiB, filled with zeros and synced when it is made, so that a full disk cannot refuse it. A record is its length and
CRC-32 (each four bytes, big-endian) and its JSON. The first record that does not add up ends the file: it was torn.
"""

from __future__ import annotations

import fcntl
import json
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from zlib import crc32

from vibex.domain import AccountId, Clock, EventType, InvalidInput, StopTrading, account_id, new_id
from vibex.domain.json_text import loads
from vibex.store.journal_rows import Fact

SIZE = 16 * 1024 * 1024
_HEAD = struct.Struct(">II")


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyRecord:
    """One fact that the journal has to take up later; `id` makes taking it up twice harmless."""

    id: str
    account_id: AccountId
    fact: Fact
    recorded_at: datetime


class EmergencyFile:
    """The file at `path`, for one process at a time. Raises InvalidInput when another has it open."""

    def __init__(self, path: Path, clock: Clock, *, size: int = SIZE) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._clock = clock
        self._size = size
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(self._descriptor).st_size < size:
                self._fill(os.fstat(self._descriptor).st_size)
        except OSError as error:
            os.close(self._descriptor)
            if isinstance(error, BlockingIOError):
                raise InvalidInput(
                    f"{path} is in use by another process", field="VIBEX_HOME", remedy="give each process its own"
                ) from None
            raise
        self._end = sum(_HEAD.size + length for length, _ in self._frames())

    def __enter__(self) -> EmergencyFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(self, account: AccountId, fact: Fact) -> EmergencyRecord:
        """Write and sync one record. Raises StopTrading when it does not fit or the disk refuses."""
        record = EmergencyRecord(id=new_id(self._clock), account_id=account, fact=fact, recorded_at=self._clock.now())
        content = _encode(record)
        if self._end + _HEAD.size + len(content) > self._size:
            raise StopTrading(f"the emergency file {self.path} is full", remedy="bring the store back")
        try:
            os.pwrite(self._descriptor, _HEAD.pack(len(content), crc32(content)) + content, self._end)
            os.fsync(self._descriptor)
        except OSError as error:
            raise StopTrading(f"the emergency file {self.path} cannot be written: {error.strerror}") from error
        self._end += _HEAD.size + len(content)
        return record

    def records(self) -> list[EmergencyRecord]:
        """Every whole record, oldest first."""
        return [_decode(content) for _, content in self._frames()]

    def clear(self) -> None:
        """Forget the records, once the journal has them. The space stays taken."""
        os.pwrite(self._descriptor, bytes(max(self._end, _HEAD.size)), 0)
        os.fsync(self._descriptor)
        self._end = 0

    def close(self) -> None:
        os.close(self._descriptor)

    def _fill(self, begin: int) -> None:
        """Written, not only reserved: a file system may promise space that it does not have."""
        block = bytes(1024 * 1024)
        for offset in range(begin, self._size, len(block)):
            os.pwrite(self._descriptor, block[: self._size - offset], offset)
        os.fsync(self._descriptor)

    def _frames(self) -> Iterator[tuple[int, bytes]]:
        offset = 0
        while offset + _HEAD.size <= self._size:
            length, check = _HEAD.unpack(os.pread(self._descriptor, _HEAD.size, offset))
            content = os.pread(self._descriptor, length, offset + _HEAD.size) if 0 < length < self._size else b""
            if len(content) != length or not content or crc32(content) != check:
                return
            yield length, content
            offset += _HEAD.size + length


def _encode(record: EmergencyRecord) -> bytes:
    document = {
        "id": record.id,
        "account_id": record.account_id,
        "recorded_at": record.recorded_at.isoformat(),
        "type": record.fact.type.value,
        "event_at": record.fact.event_at.isoformat(),
        "correlation_id": record.fact.correlation_id,
        "data": dict(record.fact.data),
    }
    return json.dumps(document, separators=(",", ":"), allow_nan=False).encode()


def _decode(content: bytes) -> EmergencyRecord:
    document = loads(content.decode())
    fact = Fact(
        type=EventType(document["type"]),
        event_at=datetime.fromisoformat(document["event_at"]),
        correlation_id=document["correlation_id"],
        data=document["data"],
    )
    return EmergencyRecord(
        id=document["id"],
        account_id=account_id(document["account_id"]),
        fact=fact,
        recorded_at=datetime.fromisoformat(document["recorded_at"]),
    )
