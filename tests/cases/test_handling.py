"""Steps on a case: what each does, who may take it, and what is refused with who did what and when."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.cases import details as d
from hotline.cases.case_file import get_case_file
from hotline.cases.effects import NotNow
from hotline.cases.handling import StepRefused, case_to_work_on, offered, perform
from hotline.cases.intake import summary_of
from hotline.cases.lifecycle import Action, FollowUp, Status
from hotline.cases.models import Case, CaseDecision, CaseEvent
from hotline.cases.queries import CaseNotFound, get_case
from hotline.cases.queue import Desk as Lists
from hotline.cases.queue import list_cases
from hotline.errors import Changed, Invalid, NotAllowed
from hotline.privacy.models import TrailEntry
from hotline.storage.database import Database
from hotline.storage.models import Notice
from hotline.work import Work
from tests.factories import NOON, make_actor, make_case, make_work

MEDIATION = "city-mediation"


class Desk:
    """An operator, a member of staff, a lead, a supervisor and one case between them."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def open(self) -> Desk:
        session = self.session
        self.operator = make_work(session, await make_actor(session))
        self.staff = make_work(session, await make_actor(session, Role.STAFF, department=MEDIATION))
        self.other = make_work(session, await make_actor(session, Role.STAFF, department="city-legal"))
        self.supervisor = make_work(session, await make_actor(session, Role.SUPERVISOR))
        self.number = (await make_case(self.operator)).case.number
        return self

    async def do(self, work: Work, details: d.Details) -> Case:
        case = await get_case(work, self.number, lock=True)
        await perform(work, case, details)
        await self.session.flush()
        return case


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await Desk(session).open()


async def _resolved(desk: Desk) -> Case:
    await desk.do(desk.staff, d.Accept())
    return await desk.do(desk.staff, d.Resolve(disposition=d.Disposition.MEDIATED, done="已调解"))


async def test_a_call_is_routed_with_everything_that_belongs_to_it(desk: Desk) -> None:
    file = await get_case_file(desk.staff, desk.number)
    assert file.case.status is Status.ROUTED
    assert file.case.department == MEDIATION
    assert file.case.accept_by is not None
    assert file.case.due_at == file.case.accept_by < (file.case.resolve_by or NOON)
    assert file.caller.number == "+8613800001234"
    assert [event.action for event in file.events] == [Action.ROUTE]
    assert file.decisions[0].decision["evidence"]
    session = desk.session
    for table in (CaseEvent, TrailEntry, Notice, CaseDecision):
        count = select(func.count()).select_from(table).where(table.case_id == file.case.id)
        assert await session.scalar(count) == 1


async def test_a_returned_case_goes_back_to_the_desk(desk: Desk) -> None:
    details = d.Return(reason_code=d.ReturnReason.WRONG_DEPARTMENT, department="city-legal", reason="属于法律援助")
    case = await desk.do(desk.staff, details)
    assert (case.status, case.department, case.returns) == (Status.REVIEW, None, 1)
    with pytest.raises(CaseNotFound):
        await get_case(desk.staff, desk.number)
    again = await desk.do(desk.operator, d.Route(category="wage_arrears", department="city-legal", reason="改派"))
    assert (again.status, again.department) == (Status.ROUTED, "city-legal")
    decisions = (await get_case_file(desk.operator, desk.number)).decisions
    assert [row.actor_name is None for row in decisions] == [True, False]


async def test_who_comes_after_a_return_is_told_who_was_first(desk: Desk) -> None:
    details = d.Return(reason_code=d.ReturnReason.WRONG_DEPARTMENT, reason="属于法律援助")
    await desk.do(desk.staff, details)
    colleague = make_work(desk.session, await make_actor(desk.session, Role.STAFF, department=MEDIATION))
    with pytest.raises(Changed) as refused:
        await case_to_work_on(colleague, desk.number)
    assert refused.value.params["who"] == desk.staff.actor.name
    with pytest.raises(CaseNotFound):
        await case_to_work_on(desk.other, desk.number)


async def test_a_wrong_merge_is_taken_back(desk: Desk) -> None:
    lead, desk.number = desk.number, (await make_case(desk.operator)).case.number
    await desk.do(desk.operator, d.Merge(into=lead))
    case = await desk.do(desk.operator, d.Reopen(reason="不是同一件事"))
    assert (case.status, case.merged_into_id, case.ended_at) == (Status.REVIEW, None, None)


async def test_what_is_left_open_when_routing_is_taken_from_the_proposal(desk: Desk) -> None:
    await desk.do(desk.operator, d.Recall())
    case = await desk.do(desk.operator, d.Route())
    assert (case.status, case.department, case.category) == (Status.ROUTED, MEDIATION, "wage_arrears")


async def test_who_comes_second_is_told_who_was_first(desk: Desk) -> None:
    await desk.do(desk.staff, d.Accept())
    with pytest.raises(StepRefused) as refused:
        await desk.do(desk.staff, d.Accept())
    assert refused.value.params["who"] == desk.staff.actor.name
    assert refused.value.params["at"] == NOON


async def test_a_case_in_other_hands_is_not_there(desk: Desk) -> None:
    with pytest.raises(CaseNotFound):
        await desk.do(desk.other, d.Accept())


async def test_who_was_asked_to_help_may_read_and_note_but_not_decide(desk: Desk) -> None:
    await desk.do(desk.staff, d.CoHandle(department="city-legal", reason="请协助"))
    assert Action.NOTE in offered(desk.other.actor, await desk.do(desk.other, d.Note(text="已看过材料")), NOON)
    with pytest.raises(NotAllowed):
        await desk.do(desk.other, d.Accept())


async def test_a_case_is_closed_after_the_worker_was_called_back(desk: Desk) -> None:
    await _resolved(desk)
    with pytest.raises(NotNow):
        await desk.do(desk.operator, d.Close())
    case = await desk.do(desk.operator, d.CallBack(outcome=FollowUp.SATISFIED))
    assert (case.status, case.follow_up_by, case.satisfied) == (Status.FOLLOWED_UP, None, True)
    waiting = await list_cases(desk.operator, Lists.CALL_BACKS)
    assert desk.number in {row.number for row in waiting.rows}
    case = await desk.do(desk.operator, d.Close())
    assert (case.status, case.ended_at) == (Status.CLOSED, NOON)


async def test_three_attempts_without_an_answer_suffice(desk: Desk) -> None:
    await _resolved(desk)
    for attempt in (1, 2, 3):
        assert Action.CLOSE not in offered(desk.operator.actor, await get_case(desk.operator, desk.number), NOON)
        on_another_day = make_work(desk.session, desk.operator.actor, now=NOON + timedelta(days=attempt))
        case = await desk.do(on_another_day, d.CallBack(outcome=FollowUp.UNREACHABLE))
        assert case.follow_up_attempts == attempt
    assert (await desk.do(desk.operator, d.Close())).status is Status.CLOSED


async def test_an_unsatisfied_worker_reopens_the_case_or_it_is_said_why_not(desk: Desk) -> None:
    await _resolved(desk)
    await desk.do(desk.operator, d.CallBack(outcome=FollowUp.UNSATISFIED, words="钱还没到"))
    with pytest.raises(Invalid):
        await desk.do(desk.operator, d.Close())
    case = await desk.do(desk.operator, d.Reopen(reason="钱还没到"))
    assert (case.status, case.department, case.reopened) == (Status.ROUTED, MEDIATION, 1)
    assert case.resolved_at is None


async def test_an_anonymous_case_is_closed_without_a_call_back(session: AsyncSession) -> None:
    desk = Desk(session)
    await desk.open()
    desk.number = (await make_case(desk.operator, number="")).case.number
    await _resolved(desk)
    assert (await desk.do(desk.operator, d.Close())).status is Status.CLOSED


async def test_an_extension_moves_the_date_and_is_given_twice_at_most(desk: Desk) -> None:
    case = await desk.do(desk.staff, d.Accept())
    for _ in range(2):
        before = case.resolve_by
        assert before is not None
        await desk.do(desk.staff, d.AskExtension(days=2, reason="等材料"))
        with pytest.raises(NotNow):
            await desk.do(desk.staff, d.AskExtension(days=2, reason="等材料"))
        case = await desk.do(desk.supervisor, d.GrantExtension())
        assert case.resolve_by is not None
        assert case.resolve_by - before >= timedelta(days=2)
        assert case.due_at == case.resolve_by
    with pytest.raises(NotNow):
        await desk.do(desk.staff, d.AskExtension(days=2, reason="等材料"))


async def test_repeats_go_on_under_one_case(desk: Desk) -> None:
    lead, desk.number = desk.number, (await make_case(desk.operator)).case.number
    case = await desk.do(desk.operator, d.Merge(into=lead))
    assert (case.status, case.merged_into_id is not None) == (Status.MERGED, True)
    desk.number = lead
    with pytest.raises(Invalid):
        await desk.do(desk.operator, d.Merge(into=lead))


async def test_a_repeat_is_shown_on_the_case_it_goes_on_under(desk: Desk) -> None:
    lead, desk.number = desk.number, (await make_case(desk.operator)).case.number
    await desk.do(desk.operator, d.Merge(into=lead))
    assert [row.number for row in (await get_case_file(desk.staff, lead)).repeats] == [desk.number]
    confidential = (await make_case(desk.operator, confidential=True)).case.number
    desk.number = confidential
    await desk.do(desk.operator, d.Merge(into=lead))
    other = make_work(desk.session, await make_actor(desk.session))
    assert confidential not in {row.number for row in (await get_case_file(other, lead)).repeats}


async def test_two_cases_merged_into_each_other_at_once_do_not_both_end(database: Database) -> None:
    async with database.transaction() as session:
        desk = await Desk(session).open()
        second = (await make_case(desk.operator)).case.number
    async with database.transaction() as one, database.transaction() as two:
        here, there = make_work(one, desk.operator.actor), make_work(two, desk.operator.actor)
        left = await get_case(here, desk.number, lock=True)
        right = await get_case(there, second, lock=True)
        with pytest.raises(NotNow):
            await perform(here, left, d.Merge(into=second))
        await one.rollback()
        await perform(there, right, d.Merge(into=desk.number))
    async with database.transaction() as session:
        found = await session.execute(select(Case.number, Case.ended_at))
        assert {row.number for row in found if row.ended_at} == {second}


async def test_another_category_goes_to_the_department_it_has(session: AsyncSession) -> None:
    operator = make_work(session, await make_actor(session))
    taken = await make_case(operator, first=d.Route(category="schooling_aid", reason="其实是助学"))
    assert taken.case.department == "city-help"
    desk = await Desk(session).open()
    await desk.do(desk.operator, d.Recall())
    case = await desk.do(desk.operator, d.Route(category="schooling_aid", reason="其实是助学"))
    assert case.department == "city-help"


async def test_another_category_given_with_an_answer_stands_beside_the_one_of_the_rules(desk: Desk) -> None:
    await desk.do(desk.operator, d.Recall())
    await desk.do(desk.operator, d.Answer(answer="已解答", category="legal_advice"))
    decisions = (await get_case_file(desk.operator, desk.number)).decisions
    assert [(row.actor_name is None, row.category) for row in decisions] == [
        (True, "wage_arrears"),
        (False, "legal_advice"),
    ]


async def test_nothing_of_the_old_handling_stays_on_a_case_that_comes_back(desk: Desk) -> None:
    await _resolved(desk)
    case = await desk.do(desk.operator, d.Reopen(reason="钱还没到"))
    assert (case.disposition, case.accepted_at, case.resolved_at) == (None, None, None)
    await desk.do(desk.staff, d.Accept())
    await desk.do(desk.staff, d.AskExtension(days=2, reason="等材料"))
    case = await desk.do(desk.staff, d.Return(reason_code=d.ReturnReason.MISSING_FACTS, reason="缺单位"))
    assert (case.accepted_at, case.extension_asked) == (None, False)


def test_a_summary_shows_no_part_of_a_number_that_was_cut() -> None:
    narrative = "我" * 20 + " " * 215 + "13800001234 请回电"
    assert "1380000" not in summary_of(narrative[:241])
    assert "1380000" not in summary_of(narrative)


async def test_an_operator_decides_otherwise_and_both_decisions_stand(session: AsyncSession) -> None:
    operator = make_work(session, await make_actor(session))
    first = d.Route(category="legal_advice", department="city-legal", reason="只想咨询")
    taken = await make_case(operator, first=first)
    assert taken.case.department == "city-legal"
    decisions = (await get_case_file(operator, taken.case.number)).decisions
    assert [(row.actor_name is None, row.category) for row in decisions] == [
        (True, "wage_arrears"),
        (False, "legal_advice"),
    ]


async def test_answered_on_the_spot_and_referred_outside_are_ends(session: AsyncSession) -> None:
    operator = make_work(session, await make_actor(session))
    answered = await make_case(operator, "加班费怎么算", d.Answer(answer="平日一倍半"))
    referred = await make_case(operator, "养老金什么时候发", d.Refer(refer_to="12333"))
    assert (answered.case.status, referred.case.status) == (Status.ANSWERED, Status.REFERRED)
    assert answered.case.ended_at == referred.case.ended_at == NOON


async def test_what_the_rules_are_unsure_of_goes_into_review(session: AsyncSession) -> None:
    operator = make_work(session, await make_actor(session))
    taken = await make_case(operator, "你好，在吗")
    assert (taken.case.status, taken.case.department) == (Status.REVIEW, None)


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMINISTRATOR, Role.AUDITOR, Role.SECURITY_OFFICER])
async def test_only_the_desk_takes_calls(session: AsyncSession, role: Role) -> None:
    department = MEDIATION if role is Role.STAFF else None
    actor: Actor = await make_actor(session, role, department=department)
    with pytest.raises(NotAllowed):
        await make_case(make_work(session, actor))


async def test_the_outcome_of_a_resolution_is_remembered(desk: Desk) -> None:
    await desk.do(desk.staff, d.Accept())
    details = d.Resolve(
        disposition=d.Disposition.SATISFIED_CLAIM, done="已付清", money_recovered=Decimal("120000.50"), people_helped=30
    )
    case = await desk.do(desk.staff, details)
    assert (case.disposition, case.resolved_at) == ("satisfied_claim", NOON)
    events = (await get_case_file(desk.staff, desk.number)).events
    assert events[-1].details["money_recovered"] == "120000.50"
