"""Between the draft and the signature things go on: what a letter was drafted for must still be so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.cases import details as d
from hotline.cases.handling import perform
from hotline.cases.models import Case, CaseEvent
from hotline.clock import SHANGHAI
from hotline.errors import Conflict
from hotline.letters.models import Letter, LetterState
from hotline.letters.writing import (
    Answered,
    NewLetter,
    Served,
    SignOff,
    Withdrawal,
    answer_letter,
    draft_letter,
    serve_letter,
    sign_off,
    withdraw_letter,
)
from hotline.reminders.engine import run_round
from hotline.reports.models import CaseFigures
from hotline.reports.running import bring_up_to_date
from hotline.reports.working_time import clock_of
from hotline.storage.database import Database
from hotline.web.console.timeline import LINES
from tests.factories import locked, make_actor, make_case, make_work, policy
from tests.service import MEDIATION

TAKEN = datetime(2026, 9, 21, 10, tzinfo=SHANGHAI).astimezone(UTC)
URGED = datetime(2026, 9, 28, 9, tzinfo=SHANGHAI).astimezone(UTC)
PROPOSED = datetime(2026, 10, 10, 9, tzinfo=SHANGHAI).astimezone(UTC)


async def a_case(database: Database) -> tuple[str, Actor, Actor]:
    """A case of the mediation centre in the hands of its staff: number, handler, supervisor."""
    async with database.transaction() as session:
        operator = await make_actor(session, Role.OPERATOR)
        staff = await make_actor(session, Role.STAFF, department=MEDIATION)
        supervisor = await make_actor(session, Role.SUPERVISOR)
        taken = await make_case(make_work(session, operator, now=TAKEN))
        work = make_work(session, staff, now=TAKEN)
        await perform(work, await locked(work, taken), d.Accept())
    return taken.case.number, staff, supervisor


async def a_criticism(database: Database) -> tuple[int, int, Actor, Actor]:
    """An overdue case runs to the proposed criticism: ids of 催办函 and draft, handler, supervisor."""
    _number, staff, supervisor = await a_case(database)
    for now in (URGED, PROPOSED):
        await run_round(database, policy(), now=now)
    async with database.transaction() as session:
        urge, draft = (await session.scalars(select(Letter).order_by(Letter.id))).all()
    assert draft.previous_id == urge.id
    return urge.id, draft.id, staff, supervisor


async def test_an_answer_that_does_not_resolve_the_case_saves_no_department_from_criticism(database: Database) -> None:
    urge, draft, staff, supervisor = await a_criticism(database)
    async with database.transaction() as session:
        work = make_work(session, staff, now=PROPOSED)
        await answer_letter(work, urge, Answered(answered_on=date(2026, 10, 10), words="正在办理"))
        letter = await sign_off(make_work(session, supervisor, now=PROPOSED), draft, SignOff())
        assert letter.state is LetterState.SENT


async def test_no_criticism_rests_on_a_letter_that_was_withdrawn(database: Database) -> None:
    urge, draft, _staff, supervisor = await a_criticism(database)
    async with database.transaction() as session:
        work = make_work(session, supervisor, now=PROPOSED)
        await withdraw_letter(work, urge, Withdrawal(reason="误发"))
        with pytest.raises(Conflict, match="withdrawn in the meantime"):
            await sign_off(work, draft, SignOff())


@pytest.mark.parametrize("changed", [{"department": "city-legal"}, {"resolve_by": PROPOSED + timedelta(days=3)}])
async def test_nobody_is_criticised_for_what_another_department_has_now_or_what_is_not_overdue(
    database: Database, changed: dict[str, object]
) -> None:
    _urge, draft, _staff, supervisor = await a_criticism(database)
    async with database.transaction() as session:
        await session.execute(update(Case).values(changed))
        with pytest.raises(Conflict):
            await sign_off(make_work(session, supervisor, now=PROPOSED), draft, SignOff())


async def test_a_letter_counts_once_it_is_served_and_no_longer_when_it_is_withdrawn(database: Database) -> None:
    number, staff, supervisor = await a_case(database)

    async def counted() -> int:
        await bring_up_to_date(database, clock_of(policy().calendar))
        async with database.transaction() as session:
            return (await session.scalars(select(CaseFigures.letters))).one()

    async with database.transaction() as session:
        work = make_work(session, staff, now=TAKEN)
        letter = await draft_letter(work, NewLetter(case=number, employer="滨海船厂"))
        await sign_off(make_work(session, supervisor, now=TAKEN), letter.id, SignOff())
    assert await counted() == 0
    async with database.transaction() as session:
        work = make_work(session, staff, now=TAKEN)
        await serve_letter(work, letter.id, Served(served_on=date(2026, 9, 21)))
    assert await counted() == 1
    async with database.transaction() as session:
        work = make_work(session, supervisor, now=TAKEN)
        await withdraw_letter(work, letter.id, Withdrawal(reason="误发"))
    assert await counted() == 0
    async with database.transaction() as session:
        events = (await session.scalars(select(CaseEvent).order_by(CaseEvent.version))).all()
        work = make_work(session, supervisor, now=TAKEN)
        lines = [LINES["letter"](work, event.details["letter"]) for event in events if "letter" in event.details]
    assert [line.removeprefix(lines[0]) for line in lines] == ["", "：已送达", "：已撤回"]
