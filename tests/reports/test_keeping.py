"""The figures follow the cases: whatever was missed is found, nobody waits, two at once do no harm."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, text

from hotline import clock
from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.cases import details as d
from hotline.cases.handling import perform
from hotline.deadlines.calendar import Calendar
from hotline.reports.keeping import LOOK_BACK, get_state, hold_figures
from hotline.reports.models import CaseFigures, Flag
from hotline.reports.running import bring_up_to_date, compare_everything, is_due, rebuild
from hotline.reports.working_time import WorkingClock, clock_of
from hotline.storage.database import Database
from tests.factories import NOON, locked, make_actor, make_case, make_work, policy
from tests.reports import made_cases

MEDIATION = "city-mediation"


def office() -> WorkingClock:
    return clock_of(policy().calendar)


async def counted(database: Database) -> dict[str, int]:
    """Cases, their figures, and how many of these are current."""
    async with database.transaction() as session:
        row = (
            await session.execute(
                text(
                    "select count(*) as cases, count(f.case_id) as counted, "
                    "count(*) filter (where f.version = c.version) as current "
                    "from cases c left join case_figures f on f.case_id = c.id"
                )
            )
        ).one()
    return dict(row._mapping)


async def test_steps_are_followed_and_what_was_missed_is_found(database: Database) -> None:
    async with database.transaction() as session:
        operator, staff = await make_actor(session), await make_actor(session, Role.STAFF, department=MEDIATION)
        taken = await make_case(make_work(session, operator))
        session.add(made_cases.make_case(took=3))  # without an event: only comparing finds it
    await bring_up_to_date(database, office())
    assert await counted(database) == {"cases": 2, "counted": 2, "current": 2}
    async with database.transaction() as session:
        await perform(
            work := make_work(session, staff, now=NOON + timedelta(hours=3)), await locked(work, taken), d.Accept()
        )
    assert (await counted(database))["current"] == 1
    await bring_up_to_date(database, office())
    assert (await counted(database))["current"] == 2
    async with database.transaction() as session:
        found = (await session.scalars(select(CaseFigures).where(CaseFigures.case_id == taken.case.id))).one()
        assert found.flags & (1 << Flag.ACCEPTED)
        assert found.contact_clock == found.accept_clock is not None
        assert (await get_state(session)).as_of is not None


async def test_the_time_a_case_waited_for_its_worker_is_kept_when_it_is_reopened_or_handed_over(
    database: Database,
) -> None:
    async with database.transaction() as session:
        operator, staff = await make_actor(session), await make_actor(session, Role.STAFF, department=MEDIATION)
        taken = await make_case(make_work(session, operator))
    steps: list[tuple[float, Actor, d.Details]] = [
        (0, staff, d.Accept()),
        (1, staff, d.Wait(reason="等待劳动合同", days=3)),
        (2, staff, d.Resume()),
        (3, staff, d.Resolve(disposition=d.Disposition.MEDIATED, done="已调解")),
        (4, operator, d.Reopen(reason="仍未支付")),
        (4, staff, d.Accept()),
        (4.5, staff, d.Wait(reason="等待工资条", days=3)),
        (5, staff, d.HandOver(department="city-legal", reason="需要法律援助")),
    ]
    for hours, actor, details in steps:
        async with database.transaction() as session:
            work = make_work(session, actor, now=NOON + timedelta(hours=hours))
            await perform(work, await locked(work, taken), details)
    await bring_up_to_date(database, office())
    async with database.transaction() as session:
        found = (await session.scalars(select(CaseFigures))).one()
    assert found.paused == 60 + 30


async def test_an_event_that_becomes_visible_late_is_looked_at_all_the_same(database: Database) -> None:
    async with database.transaction() as session:
        await make_case(make_work(session, await make_actor(session)))
        until = await session.scalar(text("select max(id) from case_events"))
        await session.execute(
            text("update figure_state set events_until = :until, checked_at = now()"), {"until": until}
        )
    await compare_everything(database, office())
    async with database.transaction() as session:
        await session.execute(
            text("update figure_state set events_until = events_until + :back"), {"back": LOOK_BACK // 2}
        )
        await session.execute(text("update case_figures set version = 0"))
    await bring_up_to_date(database, office())
    assert await counted(database) == {"cases": 1, "counted": 1, "current": 1}


async def test_while_one_process_writes_another_leaves_it_alone(database: Database) -> None:
    async with database.transaction() as session:
        session.add(made_cases.make_case(took=3))
    async with database.transaction() as session:
        assert await hold_figures(session)
        assert not await compare_everything(database, office())
        assert not await rebuild(database, office())
    assert await rebuild(database, office())
    assert (await counted(database))["current"] == 1


async def test_another_calendar_measures_everything_anew(database: Database) -> None:
    async with database.transaction() as session:
        session.add(made_cases.make_case(took=30))
    await compare_everything(database, office())
    calendar = policy().calendar
    tables = [table for year, table in calendar.tables.items() if year != 2026]
    other = WorkingClock(Calendar.of(calendar.weekends, tables, hours=calendar.hours))
    await bring_up_to_date(database, other)
    async with database.transaction() as session:
        stale = select(func.count()).where(CaseFigures.fingerprint != other.fingerprint)
        assert await session.scalar(stale) == 0


def test_a_clock_set_back_does_not_put_comparing_off() -> None:
    assert is_due(None, now=NOON)
    assert not is_due(NOON, now=NOON + timedelta(minutes=1))
    assert is_due(NOON, now=NOON - timedelta(hours=2))
    assert is_due(NOON, now=NOON + timedelta(hours=1))


def test_beside_a_clock_that_runs_fast_comparing_is_no_more_frequent_and_looking_is() -> None:
    clock.run_fast(600)
    try:
        assert not is_due(NOON, now=NOON + timedelta(hours=1))
        assert is_due(NOON, now=NOON + timedelta(hours=151))
        assert [clock.real_seconds(900, least=5), clock.real_seconds(90_000, least=5)] == [5, 150]
    finally:
        clock.run_fast(1)
