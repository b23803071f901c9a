"""Time alone brings a statutory clock under thirty days: the running service makes its case urgent."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import select

from hotline import clock
from hotline.cases import statutory_details as d
from hotline.cases.models import Case, CaseEvent
from hotline.cases.statutory import begin_clock
from hotline.cases.statutory_queries import day_of
from hotline.deadlines.statutes import Kind, Source
from hotline.storage.database import Database
from tests.factories import make_actor, make_case, make_work
from tests.service import running_service


async def test_a_case_becomes_urgent_without_anybody(database: Database) -> None:
    now = clock.now()
    last_week, begun = now - timedelta(days=20), day_of(now) - timedelta(days=345)
    async with database.transaction() as session:
        work = make_work(session, await make_actor(session), now=last_week)
        case = (await make_case(work, "老板拖欠我的工资四个月了")).case
        assert case.urgency == "normal"
        asked = d.Begin(kind=Kind.ARBITRATION, trigger_on=begun, source=Source.WORKER)
        await begin_clock(work, case.number, asked)
    urgency = "normal"
    async with running_service(database.url):
        for _ in range(200):
            async with database.transaction() as session:
                urgency = await session.scalar(select(Case.urgency).where(Case.id == case.id)) or ""
                last = await session.scalar(select(CaseEvent).order_by(CaseEvent.version.desc()).limit(1))
            if urgency != "normal":
                break
            await asyncio.sleep(0.05)
    assert urgency == "urgent"
    assert last is not None
    assert (last.actor_id, last.details["fast_lane"]["kind"]) == (None, "arbitration")
