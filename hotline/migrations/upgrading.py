"""Changing the schema with alembic, step by step to the newest revision; there is no alembic.ini."""

from __future__ import annotations

from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from hotline.errors import Conflict
from hotline.i18n import mark

LOCK: Final = 1235100
"""Key of the advisory lock that is held while migrating."""


def config_for(connection: Connection | None = None) -> Config:
    """What alembic has to know: where the steps are, and on which connection they are taken."""
    config = Config()
    config.set_main_option("script_location", "hotline:migrations")
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Bring the schema to the newest revision, one process at a time. Raises `Conflict` when it is ahead of us."""
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
    steps = ScriptDirectory.from_config(config_for())
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {step.revision for step in steps.walk_revisions()}:
        raise Conflict(
            mark(
                "The database was made by a newer hotline (schema {current}). Start that version, or restore a backup."
            ),
            current=current,
        )
    if current != steps.get_current_head():
        command.upgrade(config_for(connection), "head")
