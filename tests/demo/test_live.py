"""What goes on while somebody looks around, one step at a time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hotline.accounts.models import Account
from hotline.cases.lifecycle import Status
from hotline.cases.models import Case, CaseEvent
from hotline.demo import live
from hotline.demo.live import ON_THE_WAY, Bustle
from hotline.demo.people import COLLEAGUES, SHOWN
from hotline.storage.database import Database
from tests.demo.conftest import TODAY


async def logins(database: Database) -> dict[int, str]:
    async with database.transaction() as session:
        return {one.id: one.login for one in (await session.scalars(select(Account))).all()}


async def test_a_call_is_taken_by_a_colleague_and_stands_in_the_lists(lively: Bustle) -> None:
    database, number = lively.database, await lively.call(now=TODAY)
    names = await logins(database)
    async with database.transaction() as session:
        case = (await session.scalars(select(Case).where(Case.number == number))).one()
    assert names[case.taken_by_id or 0] in COLLEAGUES
    assert case.version == 1


async def test_what_goes_on_leaves_new_cases_and_the_work_of_visitors_alone(lively: Bustle) -> None:
    database = lively.database
    new = await lively.call(now=TODAY)
    soon = TODAY + timedelta(minutes=1)
    moved = [number for _ in range(8) for status in ON_THE_WAY if (number := await lively.advance(status, now=soon))]
    names = await logins(database)
    async with database.transaction() as session:
        steps = (await session.scalars(select(CaseEvent).where(CaseEvent.at == soon))).all()
        kept = (await session.scalars(select(Case).where(Case.number.in_(moved), Case.status == Status.ACCEPTED))).all()
    assert len(moved) > 8
    assert new not in moved
    assert {step.before for step in steps} >= set(ON_THE_WAY)
    assert not {names[step.actor_id or 0] for step in steps} & set(SHOWN)
    assert not {names[case.handler_id or 0] for case in kept} & set(SHOWN)


async def test_a_step_that_fails_is_logged_and_the_next_call_comes(
    lively: Bustle, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = lively.database
    monkeypatch.setattr(live, "EVERY", (0.01, 0.02))
    async with database.transaction() as session:
        last = await session.scalar(select(func.max(Case.id))) or 0
        await (await session.connection()).exec_driver_sql("alter table cases rename to away")
    task = asyncio.create_task(lively.go_on())
    await asyncio.sleep(0.3)
    async with database.transaction() as session:
        await (await session.connection()).exec_driver_sql("alter table away rename to cases")
    try:
        async with asyncio.timeout(20):
            while True:
                async with database.transaction() as session:
                    if await session.scalar(select(Case.id).where(Case.id > last)):
                        break
                await asyncio.sleep(0.05)
        assert not task.done()
    finally:
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
