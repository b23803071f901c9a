"""The schema: what the steps lead to is what the tables say, and a database ahead of the code is left alone."""

from __future__ import annotations

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from hotline.errors import Conflict
from hotline.migrations import head, migrate
from hotline.migrations.upgrading import config_for
from hotline.schema import metadata
from hotline.storage.database import Database


def test_the_newest_file_is_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(config_for()).get_current_head() == head()


async def test_the_steps_lead_to_the_tables_of_the_code(database: Database) -> None:
    async with database.engine.connect() as connection:
        difference = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), metadata)
        )
    assert difference == []


async def test_two_that_start_at_once_do_not_race(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text("drop schema public cascade"))
        await connection.execute(text("create schema public"))
    await asyncio.gather(*(migrate(database.engine) for _ in range(3)))
    async with database.engine.connect() as connection:
        assert await connection.scalar(text("select version_num from alembic_version")) == head()


async def test_a_database_made_by_a_newer_version_is_left_alone(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(Conflict):
        await migrate(database.engine)


@pytest.mark.parametrize("change", ["update trail set act = 'x'", "delete from trail", "truncate trail"])
async def test_the_trail_refuses_to_be_changed(database: Database, change: str) -> None:
    async with database.engine.connect() as connection:
        with pytest.raises(Exception, match="only ever added to"):
            await connection.execute(text(change))
