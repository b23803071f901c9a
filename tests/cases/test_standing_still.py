"""What needs a decision: every kind, oldest first, once on the list of everything, and only what one may see."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.roles import Role
from hotline.cases import details as d
from hotline.cases.handling import perform
from hotline.cases.queries import get_case
from hotline.cases.standing_still import Stall, count_stalled, list_stalled, silent_since
from hotline.clock import SHANGHAI
from hotline.errors import NotAllowed
from hotline.work import Work
from tests.factories import NOON, make_actor, make_case, make_work, policy

MEDIATION, LEGAL = "city-mediation", "city-legal"
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


class World:
    """People, and a case of each kind."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def fill(self) -> World:
        session = self.session
        self.operator = make_work(session, await make_actor(session))
        self.staff = make_work(session, await make_actor(session, Role.STAFF, department=MEDIATION))
        self.lead = make_work(session, await make_actor(session, Role.LEAD, department=LEGAL))
        self.supervisor = make_work(session, await make_actor(session, Role.SUPERVISOR))
        self.asked = await self.accepted(d.AskExtension(days=2, reason="等材料"))
        self.returned = await self.case()
        await self.do(self.staff, self.returned, d.Return(reason_code=d.ReturnReason.WRONG_DEPARTMENT, reason="不属于"))
        self.instructed = await self.accepted()
        await self.do(self.supervisor, self.instructed, d.Supervise(text="请报", by_on=date(2026, 3, 5)))
        self.helped = await self.accepted(d.CoHandle(department=LEGAL, reason="请算", by_on=date(2026, 3, 5)))
        self.quiet = await self.accepted()
        return self

    async def case(self) -> str:
        return (await make_case(self.operator)).case.number

    async def accepted(self, *more: d.Details) -> str:
        number = await self.case()
        for details in (d.Accept(), *more):
            await self.do(self.staff, number, details)
        return number

    async def do(self, work: Work, number: str, details: d.Details) -> None:
        await perform(work, await get_case(work, number, lock=True), details)
        await self.session.flush()

    def later(self, days: int, work: Work | None = None) -> Work:
        work = work or self.supervisor
        return make_work(self.session, work.actor, now=NOON + timedelta(days=days))


@pytest.fixture
async def world(session: AsyncSession) -> World:
    return await World(session).fill()


async def kinds(work: Work, kind: Stall | None = None) -> list[tuple[str, str]]:
    rows, _next = await list_stalled(work, kind)
    return [(row.kind.value, row.case.number) for row in rows]


async def test_a_case_stands_once_under_the_most_pressing_reason(world: World) -> None:
    now = [("extension", world.asked), ("returned", world.returned)]
    assert await kinds(world.later(0)) == now
    soon = {*now, ("instruction", world.instructed), ("co_handling", world.helped)}
    assert {*await kinds(world.later(2))} == soon
    rows = await kinds(world.later(20))
    assert sorted(number for _kind, number in rows) == sorted({number for _kind, number in rows})
    assert {*rows} == {*soon, ("silent", world.quiet)}


async def test_a_kind_alone_shows_all_of_it_and_is_counted(world: World) -> None:
    late = world.later(20)
    found = {kind: {number for _kind, number in await kinds(late, kind)} for kind in Stall}
    assert found[Stall.EXTENSION] == {world.asked}
    assert found[Stall.INSTRUCTION] == {world.instructed}
    assert found[Stall.CO_HANDLING] == {world.helped}
    assert len(found[Stall.SILENT]) == len(found[Stall.OVERDUE]) == 5
    assert await count_stalled(late) == {kind: len(numbers) for kind, numbers in found.items()}


async def test_each_says_who_asked_for_what_and_why(world: World) -> None:
    rows, _next = await list_stalled(world.later(2), None)
    said = {row.kind: (row.by, row.said) for row in rows}
    assert said[Stall.EXTENSION] == (world.staff.actor.name, "等材料")
    assert said[Stall.RETURNED] == (world.staff.actor.name, "不属于")
    assert said[Stall.INSTRUCTION] == (world.supervisor.actor.name, "请报")


async def test_pages_follow_one_another_without_a_gap_or_a_repetition(world: World) -> None:
    late, key, seen = world.later(20), None, []
    while True:
        rows, key = await list_stalled(late, None, after=key, size=2)
        seen += [(row.since, row.case.number) for row in rows]
        if key is None:
            break
    assert seen == sorted(seen)
    assert len(seen) == 5


async def test_what_has_ended_or_been_answered_stands_there_no_longer(world: World) -> None:
    await world.do(world.staff, world.instructed, d.Note(text="已督促", reported=True))
    legal = make_work(world.session, await make_actor(world.session, Role.STAFF, department=LEGAL))
    await world.do(legal, world.helped, d.CoAnswer(text="已算"))
    await world.do(world.supervisor, world.asked, d.RefuseExtension(reason="请按期"))
    await world.do(world.operator, world.returned, d.Withdraw(reason="不办了"))
    assert await kinds(world.later(1)) == []


async def test_a_lead_sees_the_own_departments_alone_and_staff_nothing(world: World) -> None:
    assert await kinds(world.later(20, world.lead)) == []
    with pytest.raises(NotAllowed):
        await list_stalled(world.staff, None)


@given(DAYS, st.integers(1, 30))
def test_silence_is_so_many_whole_working_days(today: date, days: int) -> None:
    calendar = policy().calendar
    since = silent_since(calendar, today, days)
    assert isinstance(since, datetime)
    first = since.astimezone(SHANGHAI).date()
    passed = [first + timedelta(days=n) for n in range((today - first).days)]
    assert sum(map(calendar.is_working_day, passed)) == days
    assert calendar.is_working_day(first)
