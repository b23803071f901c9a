"""The database ready for work: there, and with the schema of this version."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hotline.migrations import migrate
from hotline.settings import Settings
from hotline.storage.database import PATIENT_SECONDS, Database
from hotline.storage.embedded import database_address


@asynccontextmanager
async def ready_database(settings: Settings) -> AsyncIterator[Database]:
    """The database these settings name, or the embedded one, migrated; watched while the block runs.

    Raises `Unavailable` when there is none to be had, `Conflict` when it was made by a newer version.
    """
    async with database_address(settings) as url, migrated(url, settings) as database:
        yield database


@asynccontextmanager
async def migrated(url: str, settings: Settings) -> AsyncIterator[Database]:
    """The database at this address with the schema of this version. Raises what `ready_database` raises."""
    patient = Database(url, pool_size=2, command_seconds=PATIENT_SECONDS)
    try:
        await migrate(patient.engine)
    finally:
        await patient.close()
    database = Database(url, pool_size=settings.pool_size)
    try:
        yield database
    finally:
        await database.close()
