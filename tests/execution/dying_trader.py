"""A process that opens a position over the durable journal and is killed behind its nth row: `… FILE N`.

FILE holds the venue's ready line, the account and the store's address.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from vibex.accounts.order_journal import AccountJournal
from vibex.domain import Clock, account_id
from vibex.domain.protection import PercentAway
from vibex.execution.facts import Fact
from vibex.execution.ports import OrderJournal
from vibex.store import (
    LOCAL_OWNER,
    Account,
    AccountRepository,
    AccountSource,
    Database,
    LeaseRepository,
    ProcessEventBus,
    SqlJournal,
)
from vibex.testing import stepped
from vibex.testing.drills.stage import PERCENT, Place, Stage


class Killing:
    """SIGKILL as soon as `rows` rows are on the disk; `rows` 0: never."""

    def __init__(self, journal: OrderJournal, rows: int) -> None:
        self._journal, self._rows, self._written = journal, rows, 0

    async def append_intent(self, fact: Fact, *, opens: bool) -> None:
        await self._journal.append_intent(fact, opens=opens)
        self._count(1)

    async def append(self, facts: Sequence[Fact]) -> None:
        await self._journal.append(facts)
        self._count(len(facts))

    async def read(self) -> Sequence[Fact]:
        return await self._journal.read()

    def _count(self, rows: int) -> None:
        self._written += rows
        if 0 < self._rows <= self._written:
            os.kill(os.getpid(), signal.SIGKILL)


class DurableStage(Stage):
    """A stage over the store: `start` takes the lease with the next fencing number."""

    database: Database

    async def start_durable(self, url: str, rows: int) -> None:
        name = account_id(self.place.account)
        self.database = Database(url)
        await self.database.upgrade()
        await AccountRepository(self.database, self.clock).enrol(LOCAL_OWNER, [name], AccountSource.FILE)
        lease = await LeaseRepository(self.database, self.clock).acquire(Account(name), "desk", ttl=timedelta(days=1))
        journal = SqlJournal(self.database, self.clock, ProcessEventBus())
        journal.use(lease)
        self.epoch = lease.epoch - 1
        await self.start_on(Killing(AccountJournal(journal, name), rows))


def open_position(ready: dict[str, Any], account: str, url: str, rows: int) -> None:
    async def main(clock: Clock) -> None:
        stage = DurableStage(Place(ready, account, random.Random(1)), clock)
        await stage.start_durable(url, rows)
        await stage.enter(stop=PERCENT, target=PercentAway(PERCENT.percent * 2))
        await stage.settle()

    stepped.run(main, ready["clock"], ready["token"])


if __name__ == "__main__":
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    open_position(told["ready"], told["account"], told["url"], int(sys.argv[2]))
