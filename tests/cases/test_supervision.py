"""Following up and supervising: attempts on different days, instructions with a date, departments asked to help."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.roles import Role
from hotline.cases import details as d
from hotline.cases.case_file import get_case_file
from hotline.cases.effects import NotNow
from hotline.cases.follow_up import take_step
from hotline.cases.handling import offered
from hotline.cases.lifecycle import Action, FollowUp, Status
from hotline.cases.models import Case
from hotline.cases.queries import get_case
from hotline.cases.queue import Desk as Lists
from hotline.cases.queue import list_cases
from hotline.cases.task_models import CoHandling, Instruction
from hotline.clock import SHANGHAI
from hotline.deadlines.hours import Hours
from hotline.errors import Invalid, NotAllowed
from hotline.work import Work
from tests.factories import NOON, make_actor, make_case, make_work, policy

MEDIATION, LEGAL, HELP = "city-mediation", "city-legal", "city-help"
DONE = d.Resolve(disposition=d.Disposition.MEDIATED, done="已调解")


class Desk:
    """An operator, staff of three departments, a supervisor and one accepted case between them."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def open(self, number: str = "138 0000 1234") -> Desk:
        session = self.session
        self.operator = make_work(session, await make_actor(session))
        self.staff = make_work(session, await make_actor(session, Role.STAFF, department=MEDIATION))
        self.legal = make_work(session, await make_actor(session, Role.STAFF, department=LEGAL))
        self.help = make_work(session, await make_actor(session, Role.STAFF, department=HELP))
        self.supervisor = make_work(session, await make_actor(session, Role.SUPERVISOR))
        self.number = (await make_case(self.operator, number=number)).case.number
        await self.do(self.staff, d.Accept())
        return self

    async def do(self, work: Work, details: d.Details, *, days: int = 0, close_too: bool = False) -> Case:
        later = make_work(self.session, work.actor, now=NOON + timedelta(days=days))
        case = await get_case(later, self.number, lock=True)
        await take_step(later, case, details, close_too=close_too)
        await self.session.flush()
        return case

    async def tasks(self) -> list[CoHandling]:
        return [*await self.session.scalars(select(CoHandling).order_by(CoHandling.id))]


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await Desk(session).open()


async def test_a_second_attempt_on_one_day_is_refused_and_not_counted(desk: Desk) -> None:
    await desk.do(desk.staff, DONE)
    first = await desk.do(desk.operator, d.CallBack(outcome=FollowUp.UNREACHABLE))
    assert first.follow_up_by is not None
    assert first.follow_up_by.date() == date(2026, 3, 5)
    with pytest.raises(Invalid) as refused:
        await desk.do(desk.operator, d.CallBack(outcome=FollowUp.UNREACHABLE))
    assert [mistake.field for mistake in refused.value.mistakes] == ["outcome"]
    assert (await get_case(desk.operator, desk.number)).follow_up_attempts == 1
    reached = await desk.do(desk.operator, d.CallBack(outcome=FollowUp.SATISFIED, solved=True, in_time=False))
    assert (reached.satisfied, reached.solved, reached.in_time) == (True, True, False)


async def test_the_day_of_an_attempt_is_that_of_shanghai(desk: Desk) -> None:
    """Half past midnight there is still the evening before in UTC."""
    await desk.do(desk.staff, DONE)
    evening = make_work(desk.session, desk.operator.actor, now=NOON + timedelta(hours=11, minutes=30))
    after_midnight = make_work(desk.session, desk.operator.actor, now=NOON + timedelta(hours=12, minutes=30))
    assert evening.now.date() == after_midnight.now.date()
    for work in (evening, after_midnight):
        case = await get_case(work, desk.number, lock=True)
        await take_step(work, case, d.CallBack(outcome=FollowUp.UNREACHABLE))
        await desk.session.flush()
    assert case.follow_up_attempts == 2


async def test_unsatisfied_takes_the_case_up_again_in_the_same_step(desk: Desk) -> None:
    await desk.do(desk.staff, DONE)
    said = d.CallBack(outcome=FollowUp.UNSATISFIED, words="钱还没到", solved=False, reopen=True, reason="催付余款")
    case = await desk.do(desk.operator, said)
    assert (case.status, case.department, case.reopened) == (Status.ROUTED, MEDIATION, 1)
    assert (case.satisfied, case.attempted_on) == (None, None)
    events = (await get_case_file(desk.operator, desk.number)).events
    assert [event.action for event in events[-2:]] == [Action.FOLLOW_UP, Action.REOPEN]
    assert events[-2].details == {"outcome": "unsatisfied", "attempt": 1, "solved": False}
    assert events[-1].reason == "催付余款"


async def test_unsatisfied_and_not_taken_up_again_says_why(desk: Desk) -> None:
    await desk.do(desk.staff, DONE)
    for reopen in (True, False):
        with pytest.raises(Invalid):
            await desk.do(desk.operator, d.CallBack(outcome=FollowUp.UNSATISFIED, reopen=reopen))
    said = d.CallBack(outcome=FollowUp.UNSATISFIED, reopen=False, reason="要求于法无据，已解释")
    case = await desk.do(desk.operator, said, close_too=True)
    assert case.status is Status.CLOSED
    events = (await get_case_file(desk.operator, desk.number)).events
    assert events[-2].details["not_reopened"] == "要求于法无据，已解释"


async def test_a_case_closed_without_an_answer_says_why(desk: Desk, session: AsyncSession) -> None:
    await desk.do(desk.staff, DONE)
    for day in range(3):
        await desk.do(desk.operator, d.CallBack(outcome=FollowUp.UNREACHABLE), days=day)
    await desk.do(desk.operator, d.Close(), days=3)
    anonymous = await Desk(session).open(number="")
    await anonymous.do(anonymous.staff, DONE)
    await anonymous.do(anonymous.operator, d.Close())
    closed = [(await get_case_file(one.operator, one.number)).events[-1].details for one in (desk, anonymous)]
    assert [one["without_call_back"] for one in closed] == ["unreached", "no_number"]


async def test_a_department_asked_to_help_has_a_clock_of_its_own(desk: Desk) -> None:
    await desk.do(desk.staff, d.CoHandle(department=LEGAL, reason="请算补偿金"))
    (task,) = await desk.tasks()
    assert task.due_at.date() == date(2026, 3, 9)  # three working days after Wednesday, over a weekend
    assert [day["on"] for day in task.why["skipped"]] == ["2026-03-07", "2026-03-08"]
    for desk_of_list in (Lists.QUEUE, Lists.HELPING):
        (row,) = (await list_cases(desk.legal, desk_of_list)).rows
        assert (row.number, row.due_at, row.helping) == (desk.number, task.due_at, True)
    (row,) = (await list_cases(desk.staff, Lists.QUEUE)).rows
    assert (row.number, row.helping) == (desk.number, False)


async def test_the_lead_department_cannot_resolve_before_all_have_answered(desk: Desk) -> None:
    await desk.do(desk.staff, d.CoHandle(department=LEGAL, reason="请算补偿金"))
    await desk.do(desk.staff, d.CoHandle(department=HELP, reason="请看困难情况", by_on=date(2026, 3, 6)))
    with pytest.raises(NotNow) as refused:
        await desk.do(desk.staff, DONE)
    assert "法律" in refused.value.params["departments"]
    assert Action.CO_ANSWER in offered(desk.legal.actor, await get_case(desk.legal, desk.number), desk.legal.now)
    await desk.do(desk.legal, d.CoAnswer(text="补偿金两万元"))
    with pytest.raises(NotNow):
        await desk.do(desk.legal, d.CoAnswer(text="再说一次"))
    with pytest.raises(NotAllowed):
        await desk.do(desk.staff, d.CoAnswer(text="不是我"))
    with pytest.raises(NotNow):
        await desk.do(desk.staff, DONE)
    await desk.do(desk.supervisor, d.CoRelease(reason="不再需要"))
    assert (await list_cases(desk.legal, Lists.HELPING)).rows == []
    assert (await desk.do(desk.staff, DONE)).status is Status.RESOLVED
    answered, released = (await get_case_file(desk.staff, desk.number)).co_handlings
    assert (answered.words, answered.released) == ("补偿金两万元", False)
    assert (released.words, released.released) == ("不再需要", True)


async def test_who_gets_the_case_does_not_help_any_longer(desk: Desk) -> None:
    await desk.do(desk.staff, d.CoHandle(department=LEGAL, reason="请算补偿金"))
    case = await desk.do(desk.staff, d.HandOver(department=LEGAL, reason="属于法律援助"))
    assert (case.department, case.co_handlers, case.co_awaited) == (LEGAL, [], [])
    assert [task.released for task in await desk.tasks()] == [True]


async def test_of_a_confidential_case_no_other_department_is_asked(session: AsyncSession) -> None:
    operator = make_work(session, await make_actor(session))
    lead = make_work(session, await make_actor(session, Role.LEAD, department=MEDIATION))
    taken = await make_case(operator, confidential=True)
    assert Action.CO_HANDLE not in offered(lead.actor, taken.case, lead.now)


@pytest.mark.parametrize("answer", [d.Note(text="已督促企业", reported=True), DONE])
async def test_an_instruction_with_a_date_is_answered_by_a_report_or_a_resolution(
    desk: Desk, answer: d.Details
) -> None:
    with pytest.raises(Invalid):
        await desk.do(desk.supervisor, d.Supervise(text="过期的", by_on=date(2026, 3, 3)))
    await desk.do(desk.supervisor, d.Supervise(text="请专人办理"))
    await desk.do(desk.supervisor, d.Supervise(text="三日内报结果", by_on=date(2026, 3, 9)))
    case = await desk.do(desk.supervisor, d.Supervise(text="先报进展", by_on=date(2026, 3, 6)))
    assert (case.supervised, case.report_on) == (True, date(2026, 3, 6))
    await desk.do(desk.staff, d.CoHandle(department=LEGAL, reason="请协助"))
    for other in (desk.operator, desk.legal):
        with pytest.raises(Invalid):
            await desk.do(other, d.Note(text="我不是承办部门", reported=True))
    await desk.do(desk.legal, d.CoAnswer(text="已协助"))
    case = await desk.do(desk.staff, answer)
    assert case.report_on is None
    reports = select(Instruction.report).order_by(Instruction.id)
    assert [*await desk.session.scalars(reports)] == [None, answer.why, answer.why]


@pytest.mark.parametrize("decision", [d.GrantExtension(), d.RefuseExtension(reason="请按期办")])
async def test_of_an_extension_decided_the_worker_is_to_be_told(desk: Desk, decision: d.Details) -> None:
    await desk.do(desk.staff, d.AskExtension(days=2, reason="等材料"))
    case = await desk.do(desk.supervisor, decision)
    assert case.to_tell == decision.action.value
    case = await desk.do(desk.operator, d.Note(text="已电话告知", told=True))
    assert case.to_tell is None
    with pytest.raises(Invalid):
        await desk.do(desk.operator, d.Note(text="又告知一次", told=True))
    assert (await get_case_file(desk.staff, desk.number)).events[-1].details == {"told": decision.action.value}


async def test_who_helps_has_until_the_end_of_the_own_working_day(desk: Desk) -> None:
    night = policy().calendar.with_hours({LEGAL: Hours.of("00:00-24:00", every_day=True)})
    work = replace(desk.staff, policy=replace(policy(), calendar=night))
    for helper, day in ((LEGAL, NOON.date()), (HELP, None)):
        case = await get_case(work, desk.number, lock=True)
        await take_step(work, case, d.CoHandle(department=helper, reason="请协助核对", by_on=day))
        await desk.session.flush()
    ends = {one.department: one.due_at.astimezone(SHANGHAI).strftime("%H:%M") for one in await desk.tasks()}
    assert ends == {LEGAL: "23:59", HELP: "17:30"}
