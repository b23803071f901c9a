"""A case knows against whom it is: where it may go, and who may know of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.cases import details as d
from hotline.cases.case_file import get_case_file
from hotline.cases.handling import case_to_work_on, perform
from hotline.cases.intake import propose
from hotline.cases.queries import CaseNotFound, get_case
from hotline.errors import Invalid
from hotline.registry.index import load_units
from hotline.routing.departments import Department, DepartmentTree
from hotline.routing.units import NO_UNITS
from hotline.work import Work
from tests.factories import NOON, make_actor, make_call, make_case, policy
from tests.organisations import put_organisations
from tests.routing.units_made import ROWS

STORY = "宏达机械拖欠工资四个月，三十多个人没有发"
OWN = Department(
    code="hongda-union",
    name="宏达机械公司工会",
    name_en="Hongda",
    superior="beicheng",
    handles=("dispute_mediation",),
    organisation="BC-10",
)


@pytest.fixture
async def operator(session: AsyncSession) -> Work:
    """An operator who knows the small register; one department is the union of an employer in it."""
    await put_organisations(session, ROWS)
    known = policy().with_units(await load_units(session))
    tree = DepartmentTree([*known.departments, OWN])
    known = replace(known, routing=replace(known.routing, departments=tree))
    return Work(session, known, await make_actor(session), NOON, "127.0.0.1", "test")


async def _somebody(work: Work, role: Role, department: str | None = None, *ties: str) -> Work:
    actor = await make_actor(work.session, role, department=department)
    units, links = work.policy.routing.units, work.policy.routing.links
    tied = [unit.id for code in ties if (unit := units.by_code(code))]
    conflicts, names = links.against(department, tied)
    below = work.policy.departments.below(department) if department else frozenset[str]()
    return replace(work, actor=replace(actor, departments=below, conflicts=conflicts, conflict_names=names))


def _id(work: Work, code: str) -> int:
    unit = work.policy.routing.units.by_code(code)
    assert unit is not None
    return unit.id


async def test_a_case_keeps_against_whom_it_is(operator: Work) -> None:
    taken = await make_case(operator, STORY)
    case = await get_case(operator, taken.case.number)
    await operator.session.refresh(case)
    assert (case.unit_id, case.employer_key, case.territory) == (_id(operator, "BC-10"), "宏达机械", "beicheng-gulou")
    assert case.department == "beicheng-mediation"


async def test_two_ways_of_writing_an_employer_who_is_not_registered_are_one(operator: Work) -> None:
    one = (await make_case(operator, "老板拖欠工资", employer="滨海市金源五金（集团）有限公司")).case
    other = (await make_case(operator, "老板拖欠工资", employer="金源五金")).case
    nobody = (await make_case(operator, "老板拖欠工资")).case
    assert (one.unit_id, one.employer_key) == (None, other.employer_key)
    assert (nobody.employer_key, nobody.territory) == ("", None)


async def test_a_matter_passes_the_union_of_the_employer_itself(operator: Work) -> None:
    decision = propose(operator, make_call(STORY))
    assert decision.department == "beicheng-mediation"
    assert "hongda-union" in [step.department for step in decision.path]
    elsewhere = propose(operator, make_call("第一小学拖欠工资四个月", place="北城区"))
    assert "hongda-union" not in [step.department for step in elsewhere.path]


async def test_nor_does_a_matter_whose_unit_nobody_could_tell_when_the_employer_may_be_meant(operator: Work) -> None:
    decision = propose(operator, make_call("宏达机械厂拖欠工资四个月", place="北城区"))
    assert decision.unit is None
    assert decision.department != "hongda-union"
    assert "hongda-union" in [step.department for step in decision.path]


@pytest.mark.parametrize("name", ["宏达", "宏达机械", "滨海宏达机械有限公司", "滨海第二机床厂"])
async def test_who_is_tied_sees_no_case_that_names_the_employer_without_its_unit(operator: Work, name: str) -> None:
    before = replace(operator, policy=operator.policy.with_units(NO_UNITS))  # cases may be older than the register
    alias = (await make_case(before, "老板拖欠工资", employer=name)).case
    assert (alias.unit_id, bool(alias.employer_key)) == (None, True)
    other = (await make_case(operator, "老板拖欠工资", employer="金源五金")).case
    await operator.session.flush()
    tied = await _somebody(operator, Role.SUPERVISOR, None, "BC-10")
    assert (await get_case(tied, other.number)).number == other.number
    with pytest.raises(CaseNotFound):
        await get_case(tied, alias.number)
    supervisor = await _somebody(operator, Role.SUPERVISOR)
    case = await get_case(supervisor, alias.number, lock=True)
    with pytest.raises(Invalid):
        await perform(supervisor, case, d.HandOver(category=None, department="hongda-union", reason="就近处理"))


@pytest.mark.parametrize(
    "details",
    [
        d.HandOver(category=None, department="hongda-union", reason="就近处理"),
        d.CoHandle(department="hongda-union", reason="请协助"),
    ],
)
async def test_nobody_can_send_it_there_either(operator: Work, details: d.Details) -> None:
    supervisor = await _somebody(operator, Role.SUPERVISOR)
    taken = await make_case(operator, STORY)
    case = await get_case(supervisor, taken.case.number, lock=True)
    with pytest.raises(Invalid) as refused:
        await perform(supervisor, case, details)
    assert refused.value.mistakes[0].field == "department"
    with pytest.raises(Invalid):
        await make_case(operator, STORY, d.Route(category="wage_arrears", department="hongda-union"))


async def test_who_works_in_the_employers_union_sees_other_cases_of_the_department_alone(operator: Work) -> None:
    own = await _somebody(operator, Role.STAFF, "hongda-union")
    route = d.Route(category="wage_arrears", department="hongda-union", reason="就近处理")
    other = await make_case(operator, "第一小学拖欠工资", route, place="北城区")
    assert (await get_case(own, other.case.number)).unit_id == _id(operator, "BC-11")
    assert own.actor.conflicts == {_id(operator, "BC-10")}


async def test_a_case_that_has_just_left_is_not_told_of_to_who_is_tied(operator: Work) -> None:
    taken = await make_case(operator, STORY)
    staff = await _somebody(operator, Role.STAFF, "beicheng-mediation")
    case = await get_case(staff, taken.case.number, lock=True)
    away = d.Return(reason_code=d.ReturnReason.WRONG_DEPARTMENT, reason="不归我们管")
    await perform(staff, case, away)
    await operator.session.flush()
    tied = await _somebody(operator, Role.STAFF, "beicheng-mediation", "BC-10")
    with pytest.raises(CaseNotFound):
        await case_to_work_on(tied, taken.case.number)


async def test_the_case_in_which_a_matter_goes_on_is_not_named_to_who_is_tied(operator: Work) -> None:
    lead = await make_case(operator, STORY)
    other = await make_case(operator, "第一小学拖欠工资", place="北城区")
    supervisor = await _somebody(operator, Role.SUPERVISOR)
    case = await get_case(supervisor, other.case.number, lock=True)
    await perform(supervisor, case, d.Merge(into=lead.case.number))
    await operator.session.flush()
    tied = await _somebody(operator, Role.SUPERVISOR, None, "BC-10")
    seen = [await get_case_file(work, other.case.number) for work in (supervisor, tied)]
    assert [file.merged_into for file in seen] == [lead.case.number, None]
    assert ["into" in file.events[-1].details for file in seen] == [True, False]


def test_somebody_without_ties_has_no_conflicts() -> None:
    assert Actor(1, "x", "x", Role.SUPERVISOR).conflicts == frozenset()
