"""The engine, sessions and migrations of one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from vibex.domain import InvalidInput, RetryLater

T = TypeVar("T")


class Database:
    """One database, by SQLAlchemy URL. `upgrade` before first use; `close` at the end."""

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise InvalidInput(
                "is not a database URL", field="DATABASE_URL", remedy="sqlite+aiosqlite:///FILE, for example"
            ) from None
        if parsed.get_backend_name() != "sqlite":
            raise InvalidInput(
                f"{parsed.get_backend_name()} is not supported yet",
                field="DATABASE_URL",
                remedy="leave it empty, or use sqlite+aiosqlite:///FILE",
            )
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_async_engine(parsed.set(drivername="sqlite+aiosqlite"))
        event.listen(self._engine.sync_engine, "connect", _set_pragmas)
        # Opens no file before it is used.
        self._in_thread = create_engine(parsed.set(drivername="sqlite"))
        event.listen(self._in_thread, "connect", _set_pragmas)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    async def upgrade(self) -> None:
        """Bring the schema to the newest version; harmless when it is there."""
        async with self._engine.begin() as connection:
            await connection.run_sync(_migrate)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed at the end, or undone by an exception.

        Raises RetryLater, nothing written, when the database is locked, damaged, out of reach or without its schema.
        """
        with _as_retry_later():
            async with self._sessions() as session, session.begin():
                yield session

    @asynccontextmanager
    async def exclusive(self) -> AsyncIterator[AsyncSession]:
        """As `transaction`, with the write lock from the first statement: what is read is true when it commits."""
        async with self.transaction() as session:
            await session.execute(text("BEGIN IMMEDIATE"))
            yield session

    async def exclusively(self, work: Callable[[Session], T]) -> T:
        """Run `work` in one `exclusive` transaction on a thread of its own: many statements cost one hand-over."""

        def run() -> T:
            with _as_retry_later(), Session(self._in_thread, expire_on_commit=False) as session, session.begin():
                session.execute(text("BEGIN IMMEDIATE"))
                return work(session)

        return await asyncio.to_thread(run)

    async def close(self) -> None:
        await self._engine.dispose()
        await asyncio.to_thread(self._in_thread.dispose)


@contextmanager
def _as_retry_later() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if isinstance(error, IntegrityError):
            raise
        raise RetryLater(f"the store cannot be used: {error.orig}") from error


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _set_pragmas(connection: DBAPIConnection, _record: object) -> None:
    """WAL lets readers go on while a backtest writes; the time-out waits for the other writer instead of failing.

    FULL syncs the log at every commit: an order's intent that was told as written outlives a loss of power.
    """
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=10000", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
