"""Schema changes, in order, applied at start under an advisory lock: two processes that start at once do not race.

Nearly every start finds the schema as it should be: then a look at one row suffices, and the library that changes
schemas (`hotline.migrations.upgrading`, a tenth of a second to load) stays on the shelf.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

VERSIONS: Final = Path(__file__).parent / "versions"


def head() -> str:
    """The revision this code needs: the files in `versions/` begin with their revisions, in order."""
    return max(path.stem.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py"))


async def migrate(engine: AsyncEngine) -> None:
    """Bring the schema to `head()`. Raises `Conflict` when the database is ahead of this code."""
    async with engine.begin() as connection:
        if await _current(connection) != head():
            await connection.run_sync(import_module("hotline.migrations.upgrading").upgrade)


async def _current(connection: AsyncConnection) -> str | None:
    """The revision the database has; None for one without a schema."""
    if await connection.scalar(text("select to_regclass('alembic_version')")) is None:
        return None
    found: str | None = await connection.scalar(text("select max(version_num) from alembic_version"))
    return found
