"""The clocks of a case: first contact, waiting for the worker, extensions, another difficulty; with reasons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.cases import details as d
from hotline.cases.clock_facts import ClockFacts, clocks_of
from hotline.cases.clocks import count_again
from hotline.cases.effects import NotNow
from hotline.cases.handling import offered, perform
from hotline.cases.lifecycle import Action, FollowUp
from hotline.cases.models import Case, CaseEvent
from hotline.clock import SHANGHAI
from hotline.deadlines.due import Terms, count
from hotline.deadlines.hours import Hours
from tests.factories import locked, make_actor, make_case, make_work, policy
from tests.service import MEDIATION

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@dataclass(slots=True)
class Handled:
    """A case in hand since Tuesday, 24 November 2026, ten o'clock: five working days, due on 1 December."""

    session: AsyncSession
    people: dict[Role, Actor]
    taken: Any

    async def do(self, role: Role, details: d.Details, now: datetime) -> tuple[Case, CaseEvent]:
        work = make_work(self.session, self.people[role], now=now)
        case = await locked(work, self.taken)
        event = await perform(work, case, details)
        await self.session.flush()
        return case, event

    async def clocks(self, now: datetime) -> dict[str, ClockFacts]:
        work = make_work(self.session, self.people[Role.SUPERVISOR], now=now)
        return {facts.clock: facts for facts in clocks_of(work, await locked(work, self.taken))}


@pytest.fixture
async def handled(session: AsyncSession) -> Handled:
    people = {
        Role.OPERATOR: await make_actor(session),
        Role.SUPERVISOR: await make_actor(session, Role.SUPERVISOR),
        Role.STAFF: await make_actor(session, Role.STAFF, department=MEDIATION),
    }
    first = d.Route(category="wage_arrears", department=MEDIATION, urgency="normal", difficulty="normal")
    taken = await make_case(make_work(session, people[Role.OPERATOR], now=TUESDAY), first=first)
    made = Handled(session, people, taken)
    await made.do(Role.STAFF, d.Accept(), TUESDAY)
    return made


def on(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(SHANGHAI).strftime("%m-%d %H:%M")


async def test_the_first_contact_has_a_clock_of_its_own_that_stops_once(handled: Handled) -> None:
    assert on((await handled.clocks(TUESDAY))["contact"].due_at) == "11-25 17:30"
    case, _event = await handled.do(Role.STAFF, d.Contact(text="已通话，约明日见面"), at(24, 15))
    assert case.contacted_at == at(24, 15)
    told = (await handled.clocks(at(26)))["contact"]
    assert (told.runs, told.stopped_at, told.gross) == (False, at(24, 15), timedelta(hours=4))
    with pytest.raises(NotNow, match="on record already"):
        await handled.do(Role.STAFF, d.Contact(text="再次"), at(25))


async def test_who_left_no_number_is_not_to_be_contacted(session: AsyncSession) -> None:
    operator = make_work(session, await make_actor(session), now=TUESDAY)
    first = d.Route(category="wage_arrears", department=MEDIATION)
    taken = await make_case(operator, first=first, number="")
    assert taken.case.contact_by is None
    assert Action.CONTACT not in offered(operator.actor, taken.case, TUESDAY)


async def test_a_call_back_that_reached_the_worker_is_a_contact(handled: Handled) -> None:
    await handled.do(Role.STAFF, d.Resolve(disposition=d.Disposition.MEDIATED, done="已调解"), at(25))
    case, _event = await handled.do(Role.OPERATOR, d.CallBack(outcome=FollowUp.UNREACHABLE), at(26))
    assert case.contacted_at is None
    case, _event = await handled.do(Role.OPERATOR, d.CallBack(outcome=FollowUp.SATISFIED), at(27))
    assert case.contacted_at == at(27)


async def test_waiting_for_the_worker_moves_the_date_and_going_on_moves_it_back(handled: Handled) -> None:
    case, event = await handled.do(Role.STAFF, d.Wait(reason="等工资条", days=3), at(25))
    assert (on(case.paused_until), on(case.resolve_by)) == ("11-30 17:30", "12-04 17:30")
    assert case.due_at == case.resolve_by
    assert event.details["before"] == "2026-12-01T17:30:00+08:00"
    with pytest.raises(NotNow, match="paused already"):
        await handled.do(Role.STAFF, d.Wait(reason="还等"), at(26))
    case, _event = await handled.do(Role.STAFF, d.Resume(), at(27, 9))
    assert (case.paused_until, on(case.resolve_by)) == (None, "12-03 17:30")
    told = (await handled.clocks(at(27, 17, 30)))["resolve"]
    assert [(day["on"], day["reason"]) for day in told.skipped][:2] == [
        ("2026-11-25", "paused"),
        ("2026-11-26", "paused"),
    ]
    assert (told.gross, told.net) == (timedelta(hours=30, minutes=30), timedelta(hours=15, minutes=30))
    with pytest.raises(NotNow, match="not paused"):
        await handled.do(Role.STAFF, d.Resume(), at(28))


async def test_a_pause_that_ends_before_it_began_because_the_clock_was_set_back_was_none(handled: Handled) -> None:
    before = (await handled.clocks(TUESDAY))["resolve"].due_at
    await handled.do(Role.STAFF, d.Wait(reason="等工资条", days=3), at(25, 16))
    case, _event = await handled.do(Role.STAFF, d.Resume(), at(25, 14))
    assert case.resolve_by == before
    told = (await handled.clocks(at(25, 15)))["resolve"]
    assert [pause.until - pause.since for pause in told.pauses] == [timedelta()]
    assert told.gross == told.net > timedelta()


async def test_a_pause_ends_by_itself_and_with_the_resolution(handled: Handled) -> None:
    case, _event = await handled.do(Role.STAFF, d.Wait(reason="等工资条", days=1), at(25))
    staff = handled.people[Role.STAFF]
    assert Action.RESUME in offered(staff, case, at(26, 17))
    assert Action.RESUME not in offered(staff, case, at(26, 17, 31))
    await handled.do(Role.STAFF, d.Wait(reason="等身份证", days=5), at(27))
    case, _event = await handled.do(Role.STAFF, d.Resolve(disposition=d.Disposition.ADVISED, done="已答复"), at(28))
    assert case.paused_until is None
    assert [on(pause.until) for pause in (await handled.clocks(at(30)))["resolve"].pauses] == [
        "11-26 17:30",
        "11-28 10:00",
    ]


async def test_what_is_overdue_is_neither_paused_nor_extended(handled: Handled) -> None:
    late = datetime(2026, 12, 1, 17, 31, tzinfo=SHANGHAI)
    with pytest.raises(NotNow, match="an overdue case is not paused"):
        await handled.do(Role.STAFF, d.Wait(reason="等工资条"), late)
    with pytest.raises(NotNow, match="asked for before the date"):
        await handled.do(Role.STAFF, d.AskExtension(reason="来不及", days=5), late)
    case, _event = await handled.do(Role.STAFF, d.AskExtension(reason="来不及", days=5), late - timedelta(minutes=1))
    assert not {Action.WAIT, Action.ASK_EXTENSION} & {*offered(handled.people[Role.STAFF], case, late)}


async def test_two_extensions_are_counted_on_and_explained(handled: Handled) -> None:
    for day in (25, 26):
        await handled.do(Role.STAFF, d.AskExtension(reason="等回单", days=5), at(day))
        case, _event = await handled.do(Role.SUPERVISOR, d.GrantExtension(), at(day, 11))
    assert on(case.resolve_by) == "12-15 17:30"
    told = (await handled.clocks(at(27)))["resolve"]
    assert ([one.days for one in told.extensions], len(told.counted)) == ([5, 5], 15)
    with pytest.raises(NotNow, match="extended twice"):
        await handled.do(Role.STAFF, d.AskExtension(reason="再等", days=5), at(27))


async def test_another_difficulty_counts_from_the_same_beginning_and_keeps_the_old_date(handled: Handled) -> None:
    await handled.do(Role.STAFF, d.AskExtension(reason="等回单", days=2), at(25))
    await handled.do(Role.SUPERVISOR, d.GrantExtension(), at(25))
    case, event = await handled.do(Role.SUPERVISOR, d.Reclassify(difficulty="hard", reason="涉及多人"), at(26))
    assert (case.difficulty, on(case.resolve_by)) == ("hard", "12-17 17:30")
    assert event.details == {
        "difficulty": "hard",
        "before": "2026-12-03T17:30:00+08:00",
        "resolve_by": "2026-12-17T17:30:00+08:00",
    }
    assert (await handled.clocks(at(26)))["resolve"].terms.rule == "difficulty.hard"
    assert (case.accepted_at, case.department) == (TUESDAY, MEDIATION)


async def test_every_date_can_be_counted_again_from_what_is_kept(handled: Handled) -> None:
    await handled.do(Role.STAFF, d.Wait(reason="等工资条", days=4), at(25))
    await handled.do(Role.STAFF, d.AskExtension(reason="等回单", days=3), at(26))
    await handled.do(Role.SUPERVISOR, d.GrantExtension(), at(26))
    case, _event = await handled.do(Role.STAFF, d.Resume(), at(27))
    calendar = policy().calendar
    for clock, date in {"accept": case.accept_by, "contact": case.contact_by, "resolve": case.resolve_by}.items():
        assert count(Terms.from_json(case.dues[clock]), calendar=calendar).due_at == date, clock


async def test_who_gets_a_case_starts_anew_and_the_old_date_stays_in_the_trail(handled: Handled) -> None:
    await handled.do(Role.STAFF, d.Wait(reason="等工资条", days=3), at(25))
    case, event = await handled.do(Role.STAFF, d.HandOver(department="city-legal", reason="需法律援助"), at(26))
    assert (case.paused_until, on(case.resolve_by), on(case.contact_by)) == (None, "12-03 17:30", "11-27 17:30")
    assert event.details["before"] == "2026-12-02T17:30:00+08:00"


async def test_a_department_that_works_every_day_does_not_make_the_call_back_due_on_a_saturday(
    handled: Handled,
) -> None:
    friday = at(27)
    night = policy().calendar.with_hours({MEDIATION: Hours.of("00:00-24:00", every_day=True)})
    work = make_work(handled.session, handled.people[Role.STAFF], now=friday)
    work = replace(work, policy=replace(policy(), calendar=night))
    case = await locked(work, handled.taken)
    await perform(work, case, d.Resolve(disposition=d.Disposition.MEDIATED, done="已调解"))
    assert on(case.follow_up_by) == "11-30 17:30"
    assert [*count_again(case, night)] == []
