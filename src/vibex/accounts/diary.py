"""The trading diary of one account: made of its journal, kept as rows and as `diary.jsonl`, and made again from it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from vibex.accounts.diary_entry import DiaryEntry
from vibex.accounts.diary_file import DiaryFile
from vibex.accounts.diary_story import DiaryStories
from vibex.domain import Event
from vibex.domain.ports import Journal
from vibex.store import Account, DiaryRepository, StoredEntry

_TAIL = 1000
"""Entries among which the last line of the file is looked for."""


class Diary:
    """Follows the journal of one account: `catch_up` at the start and after every announcement."""

    def __init__(self, account: Account, journal: Journal, repository: DiaryRepository, file: DiaryFile) -> None:
        self._account = account
        self._journal = journal
        self._repository = repository
        self._file = file
        self._stories = DiaryStories()
        self._seen = 0

    async def catch_up(self) -> Sequence[DiaryEntry]:
        """Tell everything that the journal has and the diary has not; the entries that were written now.

        The first call reads the whole journal, so that stories that were open go on, and mends a file that a crash
        left behind the rows, or that somebody took away.
        """
        known = await self._repository.last_seq(self._account)
        is_first = self._seen == 0
        told: list[tuple[Event, DiaryEntry]] = []
        async for event in self._journal.read(self._account.id, self._seen):
            entry = self._stories.follow(event)
            self._seen = event.seq or self._seen
            if entry is not None:
                told.append((event, entry))
        new = [(event, entry) for event, entry in told if (event.seq or 0) > known]
        if new:
            await self._repository.add(self._account, [_stored(event, entry) for event, entry in new])
        entries = [entry for _, entry in told]
        missing = self._missing_in_file(entries) if is_first else entries
        for entry in missing:
            self._file.append(entry)
        return [entry for _, entry in new]

    def _missing_in_file(self, entries: Sequence[DiaryEntry]) -> Sequence[DiaryEntry]:
        """The entries after the last line of the file; all of them when there is no file."""
        last = next(iter(deque(self._file.entries(), maxlen=1)), None)
        if last is None:
            return entries
        for back, entry in enumerate(reversed(entries[-_TAIL:])):
            if entry == last:
                return entries[len(entries) - back :]
        return [entry for entry in entries if entry.timestamp > last.timestamp]


def _stored(event: Event, entry: DiaryEntry) -> StoredEntry:
    return StoredEntry(
        seq=event.seq or 0,
        written_at=entry.timestamp,
        asset=entry.asset,
        action=entry.action,
        entry=entry.to_json(),
    )
