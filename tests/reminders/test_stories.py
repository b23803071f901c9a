"""A stopped clock, moved by hand: what happens when nobody does anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.cases import details as d
from hotline.cases.handling import perform
from hotline.cases.lifecycle import Action, Status
from hotline.cases.models import Case, CaseEvent
from hotline.cases.statutory import begin_clock, change_clock
from hotline.cases.statutory_details import Begin, Suspend
from hotline.cases.statutory_hurry import hurry_all
from hotline.clock import SHANGHAI
from hotline.deadlines.statutes import Kind, Source, SuspensionKind
from hotline.documents.letter_texts import LetterKind
from hotline.documents.pdf import letter_pdf
from hotline.letters.filling import paper_of
from hotline.letters.models import Letter, LetterState
from hotline.registry.fields import Level
from hotline.registry.models import Organisation
from hotline.reminders.engine import Done, run_round
from hotline.reminders.models import Audience, Reminder, Step
from hotline.storage.database import Database
from tests.factories import locked, make_actor, make_call, make_case, make_work, policy
from tests.service import MEDIATION


def at(text: str) -> datetime:
    """A moment in Shanghai: 2026-09-21 10:00."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


TAKEN = at("2026-09-21 10:00")  # a Monday; it is urgent: resolve by the 24th, and 25 to 27 are 中秋节


async def a_case(database: Database, *, accept: bool = True, now: datetime = TAKEN) -> tuple[str, Actor]:
    """A case of the mediation centre, in the hands of one of its staff; number and handler."""
    async with database.transaction() as session:
        operator = await make_actor(session, Role.OPERATOR)
        staff = await make_actor(session, Role.STAFF, department=MEDIATION)
        await make_actor(session, Role.LEAD, department=MEDIATION)
        taken = await make_case(make_work(session, operator, now=now))
        assert taken.case.department == MEDIATION
        if accept:
            work = make_work(session, staff, now=now)
            await perform(work, await locked(work, taken), d.Accept())
    return taken.case.number, staff


def an_organisation(code: str, name: str, *, level: Level = Level.ENTERPRISE, **more: Any) -> Organisation:
    return Organisation(code=code, name=name, name_key=name, level=level, created_at=TAKEN, updated_at=TAKEN, **more)


async def a_round(database: Database, now: str | datetime) -> Done:
    return await run_round(database, policy(), now=now if isinstance(now, datetime) else at(now))


async def told(database: Database) -> list[tuple[Step, Audience]]:
    async with database.transaction() as session:
        rows = (await session.scalars(select(Reminder).order_by(Reminder.id))).all()
    return [(row.step, row.audience) for row in rows]


async def letters(database: Database) -> Sequence[Letter]:
    async with database.transaction() as session:
        return (await session.scalars(select(Letter).order_by(Letter.id))).all()


async def test_a_case_runs_from_the_reminder_over_the_urge_letter_to_the_proposed_criticism(database: Database) -> None:
    number, staff = await a_case(database)
    assert (await a_round(database, "2026-09-23 09:00")).total == 1
    assert await told(database) == [(Step.DUE_SOON, Audience.PERSON)]
    assert (await a_round(database, "2026-09-23 09:01")).total == 0

    assert (await a_round(database, "2026-09-24 17:00")).total == 0  # it is due today, at 17:30
    assert (await a_round(database, "2026-09-28 08:31")).letters == 1
    assert (await told(database))[1:] == [(Step.OVERDUE, Audience.DEPARTMENT), (Step.OVERDUE_COPY, Audience.LEADS)]
    (urge,) = await letters(database)
    assert (urge.state, urge.department, urge.signed_by_id) == (LetterState.SENT, MEDIATION, None)
    assert urge.number == "滨工热催〔2026〕1号"
    assert urge.title == f"关于尽快办理{number}号工单的催办函"
    assert "办理时限为2026年9月24日17:30，至今已超过时限1个工作日" in "".join(urge.paper["paragraphs"])
    assert "2026年10月8日前办结" in "".join(urge.paper["paragraphs"])  # three working days over 国庆节
    assert letter_pdf(paper_of(urge)).startswith(b"%PDF")

    # 29 and 30 September, 8 and 9 October, and the 10th, a Saturday that is worked.
    assert (await a_round(database, "2026-10-09 17:00")).total == 0
    assert (await a_round(database, "2026-10-10 08:30")).letters == 1
    assert (await told(database))[-1] == (Step.CRITICISM, Audience.SUPERVISORS)
    criticism = (await letters(database))[-1]
    assert (criticism.kind, criticism.state, criticism.number) == (LetterKind.CRITICISM, LetterState.DRAFT, "")
    assert "2026年9月28日，我单位以滨工热催〔2026〕1号催办函进行催办" in "".join(criticism.paper["paragraphs"])
    async with database.transaction() as session:
        events = (await session.scalars(select(CaseEvent).order_by(CaseEvent.version))).all()
        assert [event.action for event in events][-1] is Action.URGE
        assert events[-1].details["letter"]["number"] == urge.number
        assert (await session.scalars(select(Case.status))).one() is Status.ACCEPTED
    assert staff.account_id is not None


async def test_a_case_that_was_resolved_or_extended_in_time_is_not_urged(database: Database) -> None:
    await a_case(database)
    async with database.transaction() as session:
        await session.execute(update(Case).values(resolve_by=at("2026-10-09 17:30"), due_at=at("2026-10-09 17:30")))
    assert (await a_round(database, "2026-09-29 10:00")).letters == 0
    async with database.transaction() as session:
        await session.execute(update(Case).values(status=Status.RESOLVED))
    assert (await a_round(database, "2026-10-13 10:00")).total == 0


async def test_a_date_that_moves_is_something_new_to_be_told(database: Database) -> None:
    await a_case(database)
    assert (await a_round(database, "2026-09-29 10:00")).letters == 1
    async with database.transaction() as session:
        await session.execute(update(Case).values(resolve_by=at("2026-10-09 17:30"), due_at=at("2026-10-09 17:30")))
    assert (await a_round(database, "2026-10-12 10:00")).letters == 1
    assert [letter.serial for letter in await letters(database)] == [1, 2]


async def test_a_date_put_right_backwards_is_no_second_letter_and_spares_no_criticism(database: Database) -> None:
    await a_case(database)
    assert (await a_round(database, "2026-09-29 10:00")).letters == 1
    async with database.transaction() as session:
        await session.execute(update(Case).values(resolve_by=at("2026-09-23 17:30"), due_at=at("2026-09-23 17:30")))
    assert (await a_round(database, "2026-09-30 10:00")).letters == 0
    assert (await a_round(database, "2026-10-12 10:00")).told[Step.CRITICISM] == 1
    assert [letter.kind for letter in await letters(database)] == [LetterKind.URGE, LetterKind.CRITICISM]


async def test_what_nobody_accepts_is_urged_too_when_its_limit_is_longer_than_the_look_back(database: Database) -> None:
    await a_case(database, accept=False)
    short = replace(policy().reminding.case, look_back_days=2)
    strict = replace(policy(), reminding=replace(policy().reminding, case=short))
    assert (await run_round(database, strict, now=at("2026-09-28 10:00"))).letters == 0
    async with database.transaction() as session:
        await session.execute(update(Case).values(resolve_by=at("2026-09-28 17:30")))
    assert (await run_round(database, strict, now=at("2026-09-29 10:00"))).letters == 1


async def test_who_works_until_midnight_is_reminded_the_working_day_before(database: Database) -> None:
    await a_case(database)
    async with database.transaction() as session:
        await session.execute(update(Case).values(resolve_by=at("2026-09-24 23:59"), due_at=at("2026-09-24 23:59")))
    assert (await a_round(database, "2026-09-23 09:00")).told[Step.DUE_SOON] == 1


async def test_nothing_goes_out_at_night_on_a_holiday_or_on_a_weekend_but_on_a_make_up_saturday(
    database: Database,
) -> None:
    await a_case(database)
    for quiet in ("2026-09-29 08:29", "2026-09-29 17:30", "2026-09-29 23:59", "2026-10-01 10:00", "2026-10-11 10:00"):
        assert (await a_round(database, quiet)).total == 0, quiet
    assert (await a_round(database, "2026-10-10 10:00")).letters == 1


async def test_who_does_not_accept_in_time_is_told_on_to_the_lead(database: Database) -> None:
    await a_case(database, accept=False)
    assert (await a_round(database, "2026-09-22 17:00")).total == 0
    assert (await a_round(database, "2026-09-23 09:00")).total == 1
    assert await told(database) == [(Step.NOT_ACCEPTED, Audience.LEADS)]


async def test_a_clock_that_is_set_back_sends_nothing_twice_and_counts_no_negative_time(database: Database) -> None:
    await a_case(database)
    assert (await a_round(database, "2026-09-29 10:45")).letters == 1
    for again in ("2026-09-29 08:45", "2026-09-28 10:00", "2026-09-29 10:46"):
        assert (await a_round(database, again)).letters == 0, again
    assert [letter.field_values["超期工作日"] for letter in await letters(database)] == ["2"]


@pytest.mark.parametrize(
    ("due", "notice", "letter"),
    [
        (date(2026, 12, 31), "2026-06-30 09:00", "2026-12-01 09:00"),
        (date(2028, 8, 29), "2028-02-29 09:00", "2028-07-31 09:00"),
    ],
)
async def test_a_term_runs_to_the_notice_and_to_the_letter_of_the_superior(
    database: Database, due: date, notice: str, letter: str
) -> None:
    async with database.transaction() as session:
        session.add(an_organisation("C1", "滨海市总工会", level=Level.CITY))
        await session.flush()
        session.add(an_organisation("E1", "䶮𠮷" + "长" * 190, superior_code="C1", next_election_on=due))
    assert (await a_round(database, at(notice) - timedelta(days=4))).total == 0
    assert (await a_round(database, notice)).told[Step.TERM_NOTICE] == 1
    assert (await a_round(database, letter)).told[Step.TERM_URGE] == 1
    assert (await a_round(database, at(letter) + timedelta(days=1))).total == 0
    (written,) = await letters(database)
    assert written.paper["issuer"] == "滨海市总工会"
    assert written.paper["addressee"] == "䶮𠮷" + "长" * 190
    assert letter_pdf(paper_of(written)).startswith(b"%PDF")


@pytest.mark.parametrize("due", [date(1986, 5, 4), date(1900, 1, 1), date(1000, 1, 1), date(2024, 2, 29)])
async def test_a_term_that_ended_long_ago_is_one_letter(database: Database, due: date) -> None:
    async with database.transaction() as session:
        session.add(an_organisation("E1", "滨海船厂工会", next_election_on=due))
    for day in ("2026-09-29 10:00", "2026-09-30 10:00", "2027-03-02 10:00", "2030-05-06 10:00"):
        await a_round(database, day)
    assert [(letter.kind, letter.serial) for letter in await letters(database)] == [(LetterKind.TERM_URGE, 1)]


async def test_numbers_begin_anew_with_the_year_and_none_is_missing(database: Database) -> None:
    for _ in range(3):
        await a_case(database, now=at("2026-12-21 10:00"))
    assert (await a_round(database, "2026-12-31 10:00")).letters == 3
    await a_case(database, now=at("2026-12-24 10:00"))
    assert (await a_round(database, "2027-01-05 10:00")).letters == 1
    assert [letter.number for letter in await letters(database)] == [
        *(f"滨工热催〔2026〕{serial}号" for serial in (1, 2, 3)),
        "滨工热催〔2027〕1号",
    ]


async def test_a_policy_without_its_own_wording_writes_in_the_usual_one() -> None:
    assert {*policy().letters} == {*LetterKind}
    assert replace(policy(), letters={}).letters == {}
    assert make_call().narrative


async def test_who_has_the_case_is_told_once_that_a_period_of_the_law_is_nearly_over(database: Database) -> None:
    number, staff = await a_case(database)
    async with database.transaction() as session:
        work = make_work(session, staff, now=TAKEN)
        await begin_clock(
            work, number, Begin(kind=Kind.ARBITRATION, trigger_on=date(2025, 11, 2), source=Source.WORKER)
        )
    assert (Step.LAPSES_SOON, Audience.PERSON) not in await told_after(database, "2026-09-30 10:00")
    assert (Step.LAPSES_SOON, Audience.PERSON) in await told_after(database, "2026-10-09 10:00")
    assert (await told_after(database, "2026-10-09 11:00")).count((Step.LAPSES_SOON, Audience.PERSON)) == 1


async def test_nobody_is_told_of_a_period_that_stands_still(database: Database) -> None:
    number, staff = await a_case(database)
    async with database.transaction() as session:
        work = make_work(session, staff, now=TAKEN)
        begin = Begin(kind=Kind.ARBITRATION, trigger_on=date(2025, 10, 20), source=Source.WORKER)
        clock = await begin_clock(work, number, begin)
        ill = Suspend(suspension=SuspensionKind.FORCE_MAJEURE, first_on=date(2026, 9, 1), words="疫情封控至今")
        await change_clock(work, number, clock.id, ill)
    # Written down is 10 November; with every day it moves on, and seven weeks are left.
    assert Step.LAPSES_SOON not in {step for step, _audience in await told_after(database, "2026-10-30 10:00")}


async def told_after(database: Database, now: str) -> list[tuple[Step, Audience]]:
    """What everybody was told until a round at this moment, and what became urgent before it."""
    async with database.transaction() as session:
        await hurry_all(session, policy(), now=at(now))
    await a_round(database, now)
    return await told(database)
