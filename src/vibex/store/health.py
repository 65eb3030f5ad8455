"""Whether a database can be reached, and which schema it has, without changing it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from vibex.domain import InvalidInput

_REMEDY = "correct DATABASE_URL, or leave it empty for a file under VIBEX_HOME"


async def schema_version(url: str) -> str | None:
    """The newest migration that the database at `url` has, None when it has none.

    Raises InvalidInput (field "DATABASE_URL") when it is no URL or cannot be reached.
    """
    engine = _engine(url)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
            found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            return None if found is None else str(found)
    except OperationalError as error:
        if "alembic_version" in str(error.orig):
            return None
        raise InvalidInput(f"cannot be reached: {error.orig}", field="DATABASE_URL", remedy=_REMEDY) from None
    except SQLAlchemyError as error:
        raise InvalidInput(f"cannot be read: {error}", field="DATABASE_URL", remedy=_REMEDY) from None
    finally:
        await engine.dispose()


def _engine(url: str) -> AsyncEngine:
    """Refuses a SQLite file that is not there: connecting would make it."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database and not Path(parsed.database).exists():
            raise InvalidInput(f"there is no file {parsed.database}", field="DATABASE_URL", remedy=_REMEDY)
        return create_async_engine(parsed)
    except (ArgumentError, ImportError) as error:
        raise InvalidInput(str(error).splitlines()[0], field="DATABASE_URL", remedy=_REMEDY) from None
