"""Any life a case can have: people step by step do whatever is offered to them, and whatever is not is refused."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.roles import Role
from hotline.cases.details import DETAILS, Details
from hotline.cases.effects import NotNow
from hotline.cases.handling import StepRefused, offered, perform
from hotline.cases.lifecycle import ENDS, IN_HANDS, STEPS, UNRESOLVED, Action, Status
from hotline.cases.models import Case, CaseEvent
from hotline.cases.queries import CaseNotFound, get_case
from hotline.cases.task_models import CoHandling
from hotline.clock import SHANGHAI
from hotline.errors import NotAllowed
from hotline.storage.database import Database
from hotline.work import Work
from tests.factories import NOON, WAGES, make_actor, make_case, make_work, policy

_T = TypeVar("_T")
PEOPLE = ((Role.OPERATOR, None), (Role.STAFF, "city-mediation"), (Role.LEAD, "city"), (Role.SUPERVISOR, None))
HANDLING = tuple(department.code for department in policy().departments if department.handles)
UNDECIDED = "今天天气怎么样"
OUTCOMES = ("satisfied", "unsatisfied", "unreachable")
ONWARD = (Action.ROUTE, Action.ACCEPT, Action.RESOLVE, Action.FOLLOW_UP, Action.CLOSE, Action.REOPEN)
"""Steps that lead from one part of a life to the next: taken often, so that lives are whole ones."""


class Life(RuleBasedStateMachine):
    """One case in a transaction that is rolled back, four people, and a second case to merge into."""

    done: ClassVar[Counter[Action]] = Counter()

    def __init__(self, url: str) -> None:
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self.database = Database(url, pool_size=2)
        self.session: AsyncSession = self.database.session()
        self.work: dict[Role, Work] = {}
        self.now = NOON

    def do(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        return self.runner.run(coroutine)

    @initialize(sure=st.booleans(), confidential=st.booleans(), number=st.sampled_from(["", "0411-83631234"]))
    def take_a_call(self, *, sure: bool, confidential: bool, number: str) -> None:
        async def begin() -> tuple[str, str]:
            for role, department in PEOPLE:
                self.work[role] = make_work(self.session, await make_actor(self.session, role, department=department))
            operator = self.work[Role.OPERATOR]
            narrative = WAGES if sure else UNDECIDED
            taken = await make_case(operator, narrative, confidential=confidential, number=number)
            return taken.case.number, (await make_case(operator)).case.number

        self.number, self.other = self.do(begin())

    def read(self) -> Case:
        async def find() -> Case:
            return (await self.session.scalars(select(Case).where(Case.number == self.number))).one()

        return self.do(find())

    def details(self, action: Action, data: st.DataObject) -> Details:
        """Everything the form of this action asks for, and nothing that is wrong by itself."""
        case = self.read()
        elsewhere = [code for code in HANDLING if code != case.department and code not in case.co_handlers]
        fields: dict[str, Any] = {
            "reason": "因为",
            "text": "请抓紧",
            "answer": "已答复",
            "refer_to": "12333",
            "reason_code": "wrong_department",
            "disposition": "mediated",
            "done": "已办",
            "difficulty": data.draw(st.sampled_from(["normal", "hard", "complex"])),
            "days": data.draw(st.integers(1, 5)),
            "into": self.other,
            "department": data.draw(st.sampled_from(elsewhere)),
            "category": data.draw(st.sampled_from(sorted(policy().categories))),
            "outcome": data.draw(st.sampled_from(self.outcomes(case))),
        }
        if action in {Action.CO_ANSWER, Action.CO_RELEASE}:
            fields["department"] = next(iter(case.co_awaited), None)
        if action is Action.RECLASSIFY:  # it is refused where nothing would change
            fields["category"] = data.draw(
                st.sampled_from([one for one in policy().categories if one != case.category])
            )
        known = {field.alias or name for name, field in DETAILS[action].model_fields.items()}
        return DETAILS[action].model_validate({name: value for name, value in fields.items() if name in known})

    def outcomes(self, case: Case) -> tuple[str, ...]:
        """What a call can have come to: of two attempts in vain on one day only the first counts."""
        today = self.now.astimezone(SHANGHAI).date()
        return OUTCOMES[:2] if case.attempted_on == today else OUTCOMES

    async def take(self, role: Role, details: Details) -> None:
        work = make_work(self.session, self.work[role].actor, now=self.now)
        await perform(work, await get_case(work, self.number, lock=True), details)
        await self.session.flush()

    @rule(onward=st.sampled_from([True, True, False]), data=st.data())
    def somebody_does_what_is_offered(self, *, onward: bool, data: st.DataObject) -> None:
        self.now += timedelta(hours=data.draw(st.integers(0, 72)))
        case = self.read()
        ways = [(role, action) for role, work in self.work.items() for action in offered(work.actor, case, self.now)]
        ways = [way for way in ways if onward and way[1] in ONWARD] or ways
        if not ways:
            return
        role, action = data.draw(st.sampled_from(ways))
        details = self.details(action, data)
        before, version = case.status, case.version
        self.do(self.take(role, details))
        rows = [step for step in STEPS if step.action is action and before in step.sources]
        targets = {row.target or before for row in rows if row.outcome == details.outcome}
        assert case.version == version + 1
        assert case.status in targets
        self.done[action] += 1

    @rule(role=st.sampled_from([role for role, _department in PEOPLE]), data=st.data())
    def somebody_tries_what_is_not_offered(self, role: Role, data: st.DataObject) -> None:
        case = self.read()
        others = [action for action in Action if action not in offered(self.work[role].actor, case, self.now)]
        details = self.details(data.draw(st.sampled_from(others)), data)
        stands = (case.status, case.version, case.department, case.due_at)
        try:
            self.do(self.take(role, details))
        except (StepRefused, NotAllowed, NotNow, CaseNotFound):
            pass
        else:
            raise AssertionError(f"{role} did {details.action} at {stands}")
        assert (case.status, case.version, case.department, case.due_at) == stands

    @invariant()
    def what_a_case_says_about_itself_agrees(self) -> None:
        if not self.work:
            return
        case = self.read()
        assert (case.ended_at is not None) == (case.status in ENDS)
        assert case.status not in IN_HANDS or case.department is not None
        assert case.status is not Status.ACCEPTED or (case.handler_id is not None and case.accepted_at is not None)
        assert (case.due_at is None) == (case.status in ENDS)
        assert case.status is not Status.REVIEW or {case.department, case.handler_id, case.resolve_by} == {None}
        assert case.status is not Status.RESOLVED or None not in {case.resolved_at, case.disposition, case.follow_up_by}
        assert case.status is not Status.MERGED or case.merged_into_id is not None
        assert not case.extension_asked or case.status is Status.ACCEPTED
        assert {*case.co_awaited} <= {*case.co_handlers}
        assert case.department not in case.co_awaited
        assert not case.co_awaited or case.status in UNRESOLVED
        assert case.report_on is None or case.status not in ENDS

    @invariant()
    def what_others_were_asked_agrees_with_the_case(self) -> None:
        if not self.work:
            return
        case = self.read()

        async def find() -> set[str]:
            open_ = select(CoHandling.department).where(CoHandling.case_id == case.id, CoHandling.ended_at.is_(None))
            return {*await self.session.scalars(open_)}

        assert self.do(find()) == {*case.co_awaited}

    @invariant()
    def its_events_are_one_chain_without_a_gap(self) -> None:
        if not self.work:
            return
        case = self.read()

        async def find() -> list[CaseEvent]:
            found = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.version)
            return [*(await self.session.scalars(found)).all()]

        events = self.do(find())
        assert [event.version for event in events] == [*range(1, case.version + 1)]
        assert [event.before for event in events] == [Status.RECEIVED, *(event.after for event in events[:-1])]
        assert events[-1].after is case.status

    def teardown(self) -> None:
        self.do(self.session.close())
        self.do(self.database.close())
        self.runner.close()


@pytest.mark.timeout(300)
def test_whatever_is_offered_can_be_done_and_nothing_else_is(database_url: str) -> None:
    quick = settings(
        max_examples=20,
        stateful_step_count=30,
        phases=[Phase.reuse, Phase.generate],  # a life is told step by step; making it shorter takes minutes
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )

    class HereAndNow(Life):
        def __init__(self) -> None:
            super().__init__(database_url)

    Life.done.clear()
    run_state_machine_as_test(HereAndNow, settings=quick)
    assert Life.done.keys() >= {*ONWARD}
