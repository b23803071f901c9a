"""An import that was given up or begun anew while it waited writes nothing; what was carried out stays called so."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import clock
from hotline.accounts.roles import Role
from hotline.errors import Conflict
from hotline.registry import importing, store
from hotline.registry.importing import Wish, work_on
from hotline.registry.imports import SILENT, begin_import, get_import, give_up, go_on, is_at_work
from hotline.registry.models import ImportState, RegistryImport
from hotline.storage.database import Database
from hotline.work import Work
from tests.factories import make_actor, policy
from tests.registry.conftest import city_rows, count, table


async def sent(database: Database, folder: Path) -> int:
    """A file that was uploaded; the number of its import."""
    content = table(folder / "city.csv", city_rows(60)).read_bytes()
    async with database.transaction() as session:
        row = await begin_import(session, file_name="city.csv", content=content, actor_id=None, now=clock.now())
        return row.id


async def somebody(session: AsyncSession) -> Work:
    return Work(session, policy(), await make_actor(session, Role.SUPERVISOR), clock.now())


async def silent(session: AsyncSession, number: int) -> None:
    """As if nothing had been heard of the run for long."""
    (await get_import(session, number, lock=True)).seen_at = clock.now() - timedelta(minutes=3)
    await session.flush()


async def look(database: Database, number: int) -> RegistryImport:
    async with database.transaction() as session:
        return await get_import(session, number)


async def test_an_import_given_up_while_it_waits_changes_nothing(database: Database, tmp_path: Path) -> None:
    number = await sent(database, tmp_path)
    async with database.transaction() as holding:
        await store.hold_register(holding, wait=True)
        run = asyncio.create_task(work_on(database.url, Wish(number, apply=True), path=tmp_path / "city.csv"))
        async with database.transaction() as session:
            await silent(session, number)
            await give_up(await somebody(session), number)
    assert (await run).state is ImportState.GIVEN_UP
    assert await count(database) == 0


@pytest.mark.parametrize("apply", [True, False])
async def test_a_run_that_was_begun_anew_writes_nothing_down(
    database: Database, tmp_path: Path, *, apply: bool
) -> None:
    number = await sent(database, tmp_path)
    async with database.transaction() as session:
        await silent(session, number)
        anew = await go_on(await somebody(session), number, apply=False)
    overtaken = await work_on(database.url, Wish(number, apply=apply))
    assert (overtaken.state, overtaken.rows_done, overtaken.headings) == (ImportState.CHECKING, 0, [])
    assert await count(database) == 0
    checked = await work_on(database.url, Wish(number, apply=False, attempt=anew.attempt))
    assert (checked.state, checked.rows_new) == (ImportState.CHECKED, 60)


async def test_what_was_imported_is_not_called_refused_by_a_run_that_comes_late(
    database: Database, tmp_path: Path
) -> None:
    number = await sent(database, tmp_path)
    assert (await work_on(database.url, Wish(number, apply=True))).state is ImportState.DONE
    late = await work_on(database.url, Wish(number, apply=True))
    assert (late.state, late.problem) == (ImportState.DONE, None)
    assert await count(database) == 60


@pytest.mark.parametrize("ahead", [SILENT, -SILENT], ids=["ahead", "behind"])
def test_a_run_that_was_heard_of_at_another_time_is_not_at_work(ahead: timedelta) -> None:
    now, short_of_it = clock.now(), ahead * 0.9
    assert not is_at_work(RegistryImport(state=ImportState.APPLYING, seen_at=now + ahead), now=now)
    assert is_at_work(RegistryImport(state=ImportState.APPLYING, seen_at=now + short_of_it), now=now)


async def test_a_run_that_waits_says_that_it_lives(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BEAT_SECONDS", 0.05)
    number = await sent(database, tmp_path)
    async with database.transaction() as holding:
        await store.hold_register(holding, wait=True)
        async with database.transaction() as session:
            await silent(session, number)
        run = asyncio.create_task(work_on(database.url, Wish(number, apply=True)))
        async with asyncio.timeout(60):
            while not is_at_work(await look(database, number), now=clock.now()):  # noqa: ASYNC110 - it runs elsewhere
                await asyncio.sleep(0.05)
        async with database.transaction() as session:
            with pytest.raises(Conflict, match="being worked on"):
                await give_up(await somebody(session), number)
    assert (await run).state is ImportState.DONE
    assert await count(database) == 60
