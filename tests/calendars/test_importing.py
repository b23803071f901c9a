"""A notice comes in: exactly the dates move that must, once, and who they belong to is told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hotline.accounts.roles import Role
from hotline.calendars import queries
from hotline.calendars.importing import import_notice, preview_notice
from hotline.calendars.in_force import with_calendar
from hotline.calendars.recounting import HEARD_AFTER, recount, recount_batch
from hotline.cases import details as d
from hotline.cases.handling import perform
from hotline.cases.models import Case, CaseEvent
from hotline.cases.queries import get_case
from hotline.cases.task_models import CoHandling
from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import YearTable
from hotline.deadlines.notices import read_notice
from hotline.errors import Conflict, NotAllowed
from hotline.storage.database import Database
from tests.factories import locked, make_actor, make_case, make_work, policy
from tests.service import MEDIATION

MONDAY = datetime(2026, 12, 28, 2, 0, tzinfo=UTC)
"""Four working days before a year whose table is not published."""
NOTICE = """\
[years.2027]
source = "关于2027年部分节假日安排的通知（示例）"
holidays = [{ name = "元旦", from = 2027-01-01, until = 2027-01-04 }]
make_up = [{ name = "元旦", on = 2027-01-09 }]
"""
CORRECTED = NOTICE.replace("until = 2027-01-04", "until = 2027-01-03")


def tables(text: str) -> tuple[YearTable, ...]:
    return read_notice(text.encode(), file="2027.toml", calendar=policy().calendar)


@dataclass(frozen=True, slots=True)
class World:
    database: Database
    numbers: dict[str, str]
    supervisor: Any
    operator: Any

    async def import_(self, text: str, *, now: datetime = MONDAY) -> int:
        async with self.database.transaction() as session:
            notice = await import_notice(make_work(session, self.supervisor, now=now), tables(text), file_name="x.toml")
            return notice.id

    async def cases(self) -> dict[str, Case]:
        async with self.database.transaction() as session:
            found = {case.number: case for case in await session.scalars(select(Case))}
        return {name: found[number] for name, number in self.numbers.items()}

    async def told(self, name: str) -> list[Any]:
        query = select(CaseEvent.details).join(Case, Case.id == CaseEvent.case_id)
        async with self.database.transaction() as session:
            events = await session.scalars(query.where(Case.number == self.numbers[name]))
            return [event["moved"] for event in events if "moved" in event]


@pytest.fixture
async def world(database: Database) -> World:
    """Cases whose dates lie before the new year, over it, and beyond the exchange; one has ended, one is in review."""
    firsts: dict[str, d.Details] = {
        "over": d.Route(category="wage_arrears", department=MEDIATION, urgency="normal", difficulty="normal"),
        "before": d.Route(category="wage_arrears", department=MEDIATION, urgency="critical"),
        "beyond": d.Route(category="wage_arrears", department=MEDIATION, urgency="normal", difficulty="hard"),
        "ended": d.Answer(answer="已答复"),
        "review": d.Queue(),
    }
    numbers = {}
    async with database.transaction() as session:
        operator = await make_actor(session, login="desk")
        supervisor = await make_actor(session, Role.SUPERVISOR, login="head")
        for at, (name, first) in enumerate(firsts.items()):
            work = make_work(session, operator, now=MONDAY)
            numbers[name] = (await make_case(work, first=first, number=f"138 0000 {at:04}")).case.number
    return World(database, numbers, supervisor, operator)


def on(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(SHANGHAI).date().isoformat()


async def test_importing_next_years_table_moves_exactly_the_dates_it_must(world: World) -> None:
    before = await world.cases()
    assert on(before["over"].resolve_by) == "2027-01-05"
    assert before["over"].dues["resolve"]["provisional"]
    notice = await world.import_(NOTICE)
    await recount(world.database, policy(), now=MONDAY)
    after = await world.cases()
    assert on(after["over"].resolve_by) == "2027-01-06"
    assert after["over"].version == 2
    assert await world.told("over") == [
        [{"clock": "resolve", "before": "2027-01-05T17:30:00+08:00", "after": "2027-01-06T17:30:00+08:00"}]
    ]
    for name in ("before", "beyond", "ended", "review"):
        assert (after[name].version, after[name].resolve_by, after[name].due_at) == (
            before[name].version,
            before[name].resolve_by,
            before[name].due_at,
        ), name
        assert await world.told(name) == []
    assert before["beyond"].dues["resolve"]["provisional"]
    assert not after["beyond"].dues["resolve"]["provisional"]  # the date stays, and is now for good
    async with world.database.transaction() as session:
        rows, total = await queries.moved_by(make_work(session, world.supervisor), notice, size=10)
        outsider = await make_actor(session, Role.STAFF, department="city-aid", login="elsewhere")
        unseen, none = await queries.moved_by(make_work(session, outsider), notice, size=10)
        (department,) = await queries.departments_moved(make_work(session, world.supervisor), notice)
    assert [(row.number, row.department, row.clock) for row in rows] == [(world.numbers["over"], MEDIATION, "resolve")]
    assert (total, [*unseen], none) == (1, [], 0)
    assert (department.department, department.cases, department.dates) == (MEDIATION, 1, 1)


async def test_a_correction_moves_back_what_was_wrong(world: World) -> None:
    before = await world.cases()
    await world.import_(NOTICE)
    await recount(world.database, policy(), now=MONDAY)
    await world.import_(CORRECTED)
    await recount(world.database, policy(), now=MONDAY)
    after = await world.cases()
    assert {name: case.resolve_by for name, case in after.items() if name != "beyond"} == {
        name: case.resolve_by for name, case in before.items() if name != "beyond"
    }
    # With one rest day less before it and the Saturday still worked, fifteen days end a day earlier.
    assert (on(before["beyond"].resolve_by), on(after["beyond"].resolve_by)) == ("2027-01-19", "2027-01-18")
    assert (len(await world.told("over")), len(await world.told("beyond"))) == (2, 1)


async def test_two_processes_at_once_move_each_date_once(world: World) -> None:
    await world.import_(NOTICE)
    other = Database(world.database.url)
    both = (recount(database, policy(), now=MONDAY, size=1) for database in (world.database, other))
    batches = await asyncio.gather(*both)
    await other.close()
    assert sum(batches) == 3  # two cases have dates in that year, and once there was none left
    assert len(await world.told("over")) == 1


async def test_who_is_killed_in_the_middle_has_moved_nothing_and_another_goes_on(world: World) -> None:
    await world.import_(NOTICE)

    async def killed() -> None:
        async with world.database.transaction() as session:
            assert await recount_batch(session, policy(), now=MONDAY, size=2)
            raise LookupError

    with pytest.raises(LookupError):
        await killed()
    assert await world.told("over") == []
    await recount(world.database, policy(), now=MONDAY, size=2)
    assert len(await world.told("over")) == 1


async def test_a_second_pass_finds_what_was_counted_by_the_old_calendar_meanwhile(world: World) -> None:
    await world.import_(NOTICE)
    await recount(world.database, policy(), now=MONDAY)
    async with world.database.transaction() as session:  # a process that has not heard of it yet
        first = d.Route(category="wage_arrears", department=MEDIATION, urgency="normal", difficulty="normal")
        taken = await make_case(make_work(session, world.operator, now=MONDAY), first=first)
    assert await recount(world.database, policy(), now=MONDAY) == 0
    assert await recount(world.database, policy(), now=MONDAY + HEARD_AFTER + timedelta(seconds=1)) == 1
    async with world.database.transaction() as session:
        case = (await session.scalars(select(Case).where(Case.id == taken.case.id))).one()
    assert on(case.resolve_by) == "2027-01-06"
    assert len(await world.told("over")) == 1


async def test_what_an_import_would_move_is_told_before_it_does(world: World) -> None:
    async with world.database.transaction() as session:
        used = await with_calendar(session, policy())
        preview = await preview_notice(session, used.calendar, tables(NOTICE))
    assert [(move.number, move.clock, on(move.after)) for move in preview.moves] == [
        (world.numbers["over"], "resolve", "2027-01-06")
    ]
    assert (preview.new_years, preview.whole, preview.cases) == ((2027,), True, 1)
    assert "2027-01-04" in {new.on.isoformat() for _old, new in preview.days}
    assert (await world.cases())["over"].version == 1


async def test_the_same_notice_twice_changes_nothing(world: World) -> None:
    await world.import_(NOTICE)
    with pytest.raises(Conflict, match="in force already"):
        await world.import_(NOTICE)


async def test_only_a_supervisor_imports(world: World) -> None:
    async with world.database.transaction() as session:
        with pytest.raises(NotAllowed):
            await import_notice(make_work(session, world.operator), tables(NOTICE), file_name="x.toml")


async def test_an_extended_date_is_counted_again_with_its_extension(world: World) -> None:
    async with world.database.transaction() as session:
        staff = await make_actor(session, Role.STAFF, department=MEDIATION, login="worker")
        work = make_work(session, staff, now=MONDAY)
        taken = await make_case(
            make_work(session, world.operator, now=MONDAY),
            first=d.Route(category="wage_arrears", department=MEDIATION, urgency="normal", difficulty="normal"),
        )
        case = await locked(work, taken)
        await perform(work, case, d.Accept())
        await perform(work, case, d.AskExtension(reason="等回单", days=5))
        await perform(make_work(session, world.supervisor, now=MONDAY), case, d.GrantExtension())
        assert on(case.resolve_by) == "2027-01-12"
    await world.import_(NOTICE.replace("make_up", "# make_up"))
    await recount(world.database, policy(), now=MONDAY)
    async with world.database.transaction() as session:
        case = (await session.scalars(select(Case).where(Case.id == taken.case.id))).one()
    assert on(case.resolve_by) == on(case.due_at) == "2027-01-13"
    assert case.dues["resolve"]["extensions"][0]["days"] == 5


async def test_the_date_of_a_department_that_helps_moves_too_but_not_a_day_somebody_named(world: World) -> None:
    by_day = datetime(2027, 1, 4, tzinfo=SHANGHAI).date()
    async with world.database.transaction() as session:
        work = make_work(session, world.supervisor, now=datetime(2026, 12, 30, 2, 0, tzinfo=UTC))
        for helper, day in (("city-legal", None), ("city-help", by_day)):
            case = await get_case(work, world.numbers["before"], lock=True)
            await perform(work, case, d.CoHandle(department=helper, reason="请协助核对", by_on=day))
            await session.flush()
    await world.import_(NOTICE)
    await recount(world.database, policy(), now=MONDAY)
    async with world.database.transaction() as session:
        dates = {one.department: on(one.due_at) for one in await session.scalars(select(CoHandling))}
        events = [event.details async for event in await session.stream_scalars(select(CaseEvent))]
    assert dates == {"city-legal": "2027-01-06", "city-help": "2027-01-04"}
    told = [event["answer_by"] for event in events if {"notice", "helper"} <= event.keys()]
    assert told == ["2027-01-06T17:30:00+08:00"]
