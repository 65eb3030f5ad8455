"""Trading accounts as people see them and speak to them, on the store of this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from vibex.domain import Clock

if TYPE_CHECKING:
    from vibex.accounts.control import AccountsControl
    from vibex.settings import StorageSettings


@asynccontextmanager
async def open_accounts(storage: StorageSettings, clock: Clock) -> AsyncIterator[AccountsControl]:
    """What is known of the trading accounts of this machine, and the way to tell them something."""
    from vibex.accounts.control import AccountsControl
    from vibex.store import LOCAL_OWNER, Database

    database = Database(storage.url)
    try:
        await database.upgrade()
        yield AccountsControl(database, clock, LOCAL_OWNER)
    finally:
        await database.close()
