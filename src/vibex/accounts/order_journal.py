"""The durable journal as execution writes it: facts of one account in, events of the store out, and back."""

from __future__ import annotations

from collections.abc import Sequence

from vibex.domain import AccountId
from vibex.execution.facts import Fact, data_of, fact_of
from vibex.store import Fact as Row
from vibex.store import SqlJournal


class AccountJournal:
    """Implements `execution.ports.OrderJournal` for the account whose lease `journal` holds."""

    def __init__(self, journal: SqlJournal, account_id: AccountId) -> None:
        self._journal, self._account_id = journal, account_id

    async def append_intent(self, fact: Fact, *, opens: bool) -> None:
        write = self._journal.record_intent if opens else self._journal.record
        await write(self._account_id, [_row(fact)])

    async def append(self, facts: Sequence[Fact]) -> None:
        await self._journal.record(self._account_id, [_row(fact) for fact in facts])

    async def read(self) -> Sequence[Fact]:
        """What execution wrote; rows of other rooms are passed over."""
        events = self._journal.read(self._account_id, 0)
        facts = [fact_of(event.data, event.event_at, event.correlation_id) async for event in events]
        return tuple(fact for fact in facts if fact is not None)


def _row(fact: Fact) -> Row:
    return Row(type=fact.kind.event_type, event_at=fact.at, correlation_id=fact.correlation_id, data=data_of(fact))
