"""Corrections: every step that decides otherwise writes one, in its own transaction, with what the rules had said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.permissions import Permission
from hotline.accounts.roles import Role
from hotline.cases import details as d
from hotline.cases.handling import perform
from hotline.cases.models import Correction, CorrectionKind
from hotline.cases.queries import get_case
from hotline.cases.rights import condition
from hotline.errors import NotAllowed, NotFound
from hotline.routing.suggest import Case as Told
from hotline.rulebook.corrections import CorrectionFilters, count_unreviewed, list_corrections, review
from hotline.rulebook.suggestions import learnt_from
from hotline.work import Work
from tests.factories import NOON, WAGES, make_actor, make_case, make_work, policy

MEDIATION = "city-mediation"
RETURN = d.Return(reason_code=d.ReturnReason.WRONG_DEPARTMENT, department="city-legal", reason="属于法律援助")


class House:
    """An operator, a department and a supervisor."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def open(self) -> House:
        self.operator = make_work(self.session, await make_actor(self.session))
        self.staff = make_work(self.session, await make_actor(self.session, Role.STAFF, department=MEDIATION))
        self.supervisor = make_work(self.session, await make_actor(self.session, Role.SUPERVISOR))
        self.number = ""
        return self

    async def call(self, narrative: str = WAGES, first: d.Details | None = None, **more: Any) -> None:
        self.number = (await make_case(self.operator, narrative, first, **more)).case.number

    async def do(self, work: Work, details: d.Details) -> None:
        await perform(work, await get_case(work, self.number, lock=True), details)
        await self.session.flush()

    async def corrections(self) -> list[Correction]:
        query = select(Correction).order_by(Correction.id).execution_options(populate_existing=True)
        return [*await self.session.scalars(query)]


@pytest.fixture
async def house(session: AsyncSession) -> House:
    return await House(session).open()


def what(one: Correction) -> tuple[Any, ...]:
    return one.kind, one.from_category, one.from_department, one.to_category, one.to_department


async def test_a_case_that_goes_where_the_rules_said_corrects_nothing(house: House) -> None:
    await house.call()
    await house.do(house.staff, d.Accept())
    await house.call(first=d.Queue())
    await house.do(house.operator, d.Route())
    assert await house.corrections() == []


async def test_a_return_is_completed_by_who_routes_the_case_again(house: House) -> None:
    await house.call()
    await house.do(house.staff, RETURN)
    (one,) = await house.corrections()
    assert what(one) == (CorrectionKind.RETURNED, "wage_arrears", MEDIATION, None, None)
    assert (one.reason_code, one.reason, one.instead) == ("wrong_department", RETURN.reason, "city-legal")
    assert one.rule_set == policy().routing.ruleset.version
    assert one.case_version == 2
    await house.do(house.operator, d.Route(category="legal_advice", department="city-legal"))
    (one,) = await house.corrections()
    assert what(one)[3:] == ("legal_advice", "city-legal")


async def test_a_return_is_completed_by_an_answer_or_a_referral_too(house: House) -> None:
    for ends in (d.Answer(answer="已解答"), d.Refer(refer_to="12333")):
        await house.call()
        await house.do(house.staff, RETURN)
        await house.do(house.operator, ends)
    assert [what(one)[3:] for one in await house.corrections()] == [("wage_arrears", None)] * 2


async def test_who_routes_a_case_otherwise_than_the_rules_proposed_corrects_them(house: House) -> None:
    await house.call(first=d.Queue())
    await house.do(house.operator, d.Route(category="wage_arrears", department="city-legal", reason="金额大"))
    (one,) = await house.corrections()
    assert what(one) == (CorrectionKind.REROUTED, "wage_arrears", MEDIATION, "wage_arrears", "city-legal")
    assert one.reason == "金额大"


async def test_a_hand_over_is_a_correction(house: House) -> None:
    await house.call()
    await house.do(house.staff, d.HandOver(department="city-legal", reason="属于法律援助"))
    (one,) = await house.corrections()
    assert what(one) == (CorrectionKind.HANDED_OVER, "wage_arrears", MEDIATION, "wage_arrears", "city-legal")


async def test_who_decides_otherwise_while_taking_the_call_corrects_the_rules(house: House) -> None:
    await house.call(first=d.Route(category="wage_arrears", department="city-legal", reason="来电人已申请援助"))
    (one,) = await house.corrections()
    assert what(one) == (CorrectionKind.AT_INTAKE, "wage_arrears", MEDIATION, "wage_arrears", "city-legal")
    assert (one.reason, one.case_version) == ("来电人已申请援助", 1)


async def test_corrections_are_listed_newest_first_page_by_page_and_narrowed(house: House) -> None:
    for hour in range(5):
        house.operator = make_work(house.session, house.operator.actor, now=NOON + timedelta(hours=hour))
        await house.call(first=d.Route(category="wage_arrears", department="city-legal"))
    await house.call()
    await house.do(house.staff, RETURN)
    seen, after = [], None
    while True:
        page = await list_corrections(house.supervisor, CorrectionFilters(), after=after, size=2)
        seen += [row.Correction.id for row in page.rows]
        after = page.next
        if after is None:
            break
    everything = await house.corrections()
    newest = sorted(everything, key=lambda one: (one.at, one.id), reverse=True)
    assert seen == [one.id for one in newest]
    returned = await list_corrections(house.supervisor, CorrectionFilters(kind=CorrectionKind.RETURNED))
    assert [row.number for row in returned.rows] == [house.number]
    assert returned.rows[0].decision["category"] == "wage_arrears"
    nothing = await list_corrections(house.supervisor, CorrectionFilters(category="funeral"))
    assert nothing.rows == []


async def test_a_correction_of_a_case_one_may_not_see_is_not_there(house: House) -> None:
    await house.call(first=d.Route(category="wage_arrears", department="city-legal"), confidential=True)
    stranger = make_work(house.session, await make_actor(house.session, Role.LEAD, department="city-jobs"))
    assert (await list_corrections(stranger, CorrectionFilters())).rows == []
    assert await count_unreviewed(stranger) == 0
    assert await count_unreviewed(house.supervisor) == 1
    (one,) = await house.corrections()
    with pytest.raises(NotAllowed):
        await review(stranger, one.id, rules_right=True)
    with pytest.raises(NotFound):
        await review(house.supervisor, one.id + 1, rules_right=True)


async def learnt(house: House) -> dict[str, Told]:
    visible = condition(house.supervisor.actor, Permission.CASE_READ)
    cases = await learnt_from(house.session, visible, now=NOON + timedelta(days=1))
    return {case.number: case for case in cases}


async def test_rules_learn_from_what_people_decided_unless_the_rules_were_right(house: House) -> None:
    await house.call()
    plain = house.number
    await house.call(first=d.Route(category="legal_advice", department="city-legal"), caller_name="王建国")
    corrected = house.number
    await house.call()
    await house.do(house.staff, RETURN)
    returned = house.number
    told = await learnt(house)
    assert told.keys() >= {plain, corrected}
    assert returned not in told
    assert (told[corrected].rules, told[corrected].final) == ("wage_arrears", "legal_advice")
    assert "王建国" in told[corrected].private
    assert not told[plain].corrected
    one = next(one for one in await house.corrections() if one.kind is CorrectionKind.AT_INTAKE)
    await review(house.supervisor, one.id, rules_right=True)
    await house.session.flush()
    assert corrected not in await learnt(house)
    await review(house.supervisor, one.id, rules_right=False)
    await house.session.flush()
    assert corrected in await learnt(house)
