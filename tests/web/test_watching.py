"""Looking at what comes in: nothing is lost on a busy day, and what takes long is waited for."""

from __future__ import annotations

import asyncio

from aiohttp import web
from sqlalchemy import select, text

from hotline import clock
from hotline.incidents.models import Incident
from hotline.storage.database import Database
from hotline.storage.listener import END, MISSED, QUEUE_LENGTH, Heard
from hotline.web.keys import DATABASE, RULES, Rules
from hotline.web.watching import ToLookAt, look
from tests.factories import make_work, policy
from tests.incidents.crowd import Crowd

BUSY = 5 * QUEUE_LENGTH


def opened(n: int, *, version: int = 1) -> Heard:
    """The notice of a new case, or of a later step of one."""
    return Heard(n + 1, "route", {"number": f"2026-{n:06d}", "version": version})


async def test_more_cases_than_the_queue_holds_are_all_looked_at_however_long_a_look_takes() -> None:
    queue: asyncio.Queue[Heard] = asyncio.Queue(QUEUE_LENGTH)
    told = ToLookAt()
    hearing = asyncio.create_task(told.hear(queue))
    for n in range(BUSY):
        queue.put_nowait(opened(n))
        queue.put_nowait(opened(n, version=2))
        await asyncio.sleep(0)
    assert told.take() == {f"2026-{n:06d}" for n in range(BUSY)}
    assert told.take() == frozenset()
    queue.put_nowait(END)
    await asyncio.wait_for(hearing, 5)
    assert told.ended


async def test_what_was_missed_or_failed_is_made_good_by_looking_at_everything_once() -> None:
    queue: asyncio.Queue[Heard] = asyncio.Queue(QUEUE_LENGTH)
    told = ToLookAt()
    for heard in (opened(1), MISSED, END):
        queue.put_nowait(heard)
    await told.hear(queue)
    assert told.waits.is_set()
    assert told.take() is None
    assert not told.waits.is_set()
    told.again()
    assert told.waits.is_set()
    assert [told.take(), told.take()] == [None, frozenset()]


async def test_a_look_at_everything_may_take_longer_than_a_page_may(database: Database) -> None:
    async with database.transaction() as session:
        crowd = await Crowd(session).open()
        crowd.operator = make_work(session, crowd.operator.actor, now=clock.now())
        await crowd.calls(5)
    impatient = Database(database.url, command_seconds=0.5)
    app = web.Application()
    app[DATABASE], app[RULES] = impatient, Rules(policy())
    async with database.transaction() as session:
        await session.execute(text("lock table incidents"))
        at_all = asyncio.create_task(look(app, None))
        at_new = asyncio.create_task(look(app, crowd.numbers))
        assert not await at_new
        assert not at_all.done()
    assert await at_all
    await impatient.close()
    async with database.transaction() as session:
        (one,) = await session.scalars(select(Incident))
    assert one.callers == 5
