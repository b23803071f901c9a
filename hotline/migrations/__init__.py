"""Schema changes, in order, applied at start under an advisory lock: two processes that start at once do not race."""

from __future__ import annotations

from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from hotline.errors import Conflict
from hotline.i18n import mark

LOCK: Final = 1235100
"""Key of the advisory lock that is held while migrating."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "hotline:migrations")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The revision this code needs."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None  # noqa: S101 - versions/ is never empty
    return revision


def _upgrade(connection: Connection) -> None:
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current is not None and current not in known:
        raise Conflict(
            mark(
                "The database was made by a newer hotline (schema {current}). Start that version, or restore a backup."
            ),
            current=current,
        )
    if current != head():
        command.upgrade(_config(connection), "head")


async def migrate(engine: AsyncEngine) -> None:
    """Bring the schema to `head()`. Raises `Conflict` when the database is ahead of this code."""
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade)
