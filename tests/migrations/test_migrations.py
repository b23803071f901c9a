"""The schema: what the steps lead to is what the tables say, and a database ahead of the code is left alone."""

from __future__ import annotations

import asyncio

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from hotline.errors import Conflict
from hotline.migrations import head, migrate
from hotline.migrations.upgrading import config_for
from hotline.schema import metadata
from hotline.storage.database import PATIENT_SECONDS, Database


def test_the_newest_file_is_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(config_for()).get_current_head() == head()


async def test_the_steps_lead_to_the_tables_of_the_code(database: Database) -> None:
    async with database.engine.connect() as connection:
        difference = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), metadata)
        )
    assert difference == []


async def test_two_that_start_at_once_do_not_race(database: Database) -> None:
    patient = Database(database.url, command_seconds=PATIENT_SECONDS)  # as the service migrates: one waits for another
    async with database.engine.begin() as connection:
        await connection.execute(text("drop schema public cascade"))
        await connection.execute(text("create schema public"))
    await asyncio.gather(*(migrate(patient.engine) for _ in range(3)))
    await patient.close()
    async with database.engine.connect() as connection:
        assert await connection.scalar(text("select version_num from alembic_version")) == head()


async def test_a_database_made_by_a_newer_version_is_left_alone(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(Conflict):
        await migrate(database.engine)


FILLED = """
insert into cases (id, number, status, channel, category, department, urgency, difficulty, confidential, employer,
    place, wish, reachable, summary, co_handlers, opened_at)
values
    (1, '2026-000001', 'routed', 'phone', 'wage_arrears', 'city-mediation', 'normal', 'normal', false, '栎禾服装厂', '',
        '', true, '拖欠工资', '{city-help}', '2026-03-04T04:00:00Z'),
    (2, '2026-000002', 'review', 'web', null, null, 'normal', 'normal', true, '', '', '', false, '还没有分类', '{}',
        '2026-03-04T05:00:00Z');
insert into case_texts (case_id, narrative, searched, grams)
values (1, '拖欠工资', '拖欠工资', '{拖欠,欠工,工资}'), (2, '还没有分类', '还没有分类', '{还没,没有,有分,分类}');
"""
KEPT = """
select string_agg(c.number || c.status || c.employer || t.narrative, ',' order by c.id)
from cases c join case_texts t on t.case_id = c.id
"""


@pytest.mark.parametrize("revision", [f"{number:04d}" for number in range(1, int(head()) + 1)])
async def test_a_filled_database_of_every_earlier_version_is_brought_up_with_all_it_holds(
    database: Database, revision: str
) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text("drop schema public cascade"))
        await connection.execute(text("create schema public"))
        await connection.run_sync(lambda sync: command.upgrade(config_for(sync), revision))
        for statement in filter(str.strip, FILLED.split(";")):
            await connection.execute(text(statement))
        before = await connection.scalar(text(KEPT))
    await migrate(database.engine)
    async with database.engine.connect() as connection:
        assert await connection.scalar(text("select version_num from alembic_version")) == head()
        assert await connection.scalar(text(KEPT)) == before
        marks = await connection.scalars(
            text(
                "select array(select g from unnest(grams) g where g like 'at %' order by g) from case_texts order by 1"
            )
        )
        wanted = [[], ["at city-help", "at city-mediation"]] if revision == "0001" else [[], []]
        assert [*marks] == wanted  # who writes with a later version marks the desks himself


@pytest.mark.parametrize("change", ["update trail set act = 'x'", "delete from trail", "truncate trail"])
async def test_the_trail_refuses_to_be_changed(database: Database, change: str) -> None:
    async with database.engine.connect() as connection:
        with pytest.raises(Exception, match="only ever added to"):
            await connection.execute(text(change))
