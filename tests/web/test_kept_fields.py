"""Fields of the forms of a case are drawn once and kept: nobody's words stay in them, no language, no department."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.roles import Role
from hotline.deadlines.calendar import Day, Reason, YearTable
from hotline.web.console import offers as module
from hotline.web.console.offers import KEPT, OF_THE_CASE, UNTOUCHED, draw_actions, offers
from hotline.web.pages import load_environment
from tests.factories import NOON, WAGES, make_actor, make_work
from tests.service import MEDIATION, Service
from tests.web.visitor import Arrive, Visitor

WORDS = "已核实用人单位拖欠事实，等待补正"
LEGAL = "city-legal"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    module._kept.cache_clear()


async def _case(service: Service, department: str, token: str) -> str:
    send = {"narrative": WAGES, "action": "route", "department": department, "reason": "试"}
    status, made, _ = await service.call("POST", "/calls", token, json=send)
    assert status == 201, made
    return f"/cases/{made['number']}"


@pytest.fixture
async def case(service: Service) -> str:
    return await _case(service, MEDIATION, await service.person("operator1", Role.OPERATOR))


async def _forms(visitor: Visitor, case: str) -> list[str]:
    """The forms of a case's page, but for the keys of this visit and the version of the case."""
    status, text, _ = await visitor.get(case)
    assert status == 200
    found = re.findall(r'<form method="post"\s+action="/cases/.*?</form>', text, re.DOTALL)
    assert len(found) > 5
    return [re.sub(r'name="(csrf|version)" value="[^"]*"|/cases/[0-9-]+', "", form) for form in found]


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        ("resolve", {"done": WORDS}),
        ("return", {"reason": WORDS}),
        ("statutory/new", {"kind": "arbitration", "words": WORDS, "trigger_on": "13月"}),
    ],
)
async def test_what_was_typed_into_a_form_is_in_no_later_page(
    arrive: Arrive, case: str, step: str, fields: dict[str, str]
) -> None:
    staff = await arrive("mediation1", Role.STAFF, MEDIATION)
    await staff.post(f"{case}/accept")
    other = await arrive("mediation2", Role.STAFF, MEDIATION)
    before = await _forms(other, case)
    module._kept.cache_clear()  # the form that comes back is the first that is drawn
    status, text, _ = await staff.post(f"{case}/{step}", fields)
    assert status == 422
    assert WORDS in text
    assert await _forms(other, case) == before == await _forms(staff, case)


async def test_kept_forms_are_what_is_drawn_anew_in_each_language_for_each_person_and_department(
    service: Service, arrive: Arrive, case: str
) -> None:
    operator = await service.person("operator2", Role.OPERATOR)
    cases = case, await _case(service, LEGAL, operator)
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    staff = await arrive("mediation1", Role.STAFF, MEDIATION)
    looks = [
        (language, who, at) for language in ("zh", "en") for who, at in ((supervisor, 0), (staff, 0), (supervisor, 1))
    ]

    async def look(language: str, who: Visitor, at: int) -> list[str]:
        await who.post("/language", {"lang": language})
        return await _forms(who, cases[at])

    kept = [await look(*one) for one in [*looks, *looks]]
    anew = []
    for one in looks:
        module._kept.cache_clear()
        anew.append(await look(*one))
    assert kept == [*anew, *anew]
    assert len({tuple(forms) for forms in anew}) == len(looks)


async def test_another_day_and_another_calendar_offer_other_days(session: AsyncSession) -> None:
    work = make_work(session, await make_actor(session, Role.SUPERVISOR))
    today = offers(work, without=frozenset())
    assert offers(replace(work, now=NOON + timedelta(minutes=1)), without=frozenset()) is today
    tomorrow = offers(replace(work, now=NOON + timedelta(days=1)), without=frozenset())
    assert tomorrow.instruct != today.instruct
    assert offers(work, without=frozenset()).instruct == today.instruct
    free = Day(NOON.date() + timedelta(days=1), working=False, reason=Reason.HOLIDAY, name="试")
    policy = work.policy.with_tables([YearTable(2026, "试", (free,))])
    assert offers(replace(work, policy=policy), without=frozenset()).instruct.days[0] != today.instruct.days[0]


async def test_no_more_is_kept_than_there_is_room_for(session: AsyncSession) -> None:
    work = make_work(session, await make_actor(session, Role.SUPERVISOR))
    for at in range(3 * KEPT):
        offers(work, without=frozenset({f"department-{at}"}))
    assert len(module._kept(work.policy.departments)) <= KEPT + 1


async def test_who_has_still_to_answer_is_drawn_each_time(session: AsyncSession) -> None:
    work = make_work(session, await make_actor(session, Role.SUPERVISOR))
    environment = load_environment(lambda name, **_parts: f"/{name}")
    for awaited in (
        [("city-legal", "法律部"), ("city-help", "帮扶中心")],
        [("city-jobs", "就业服务"), ("city-women", "女职工部")],
    ):
        for code in OF_THE_CASE:
            action = SimpleNamespace(code=code.value, label="")
            draw_actions(environment, offers(work, without=frozenset()), [action], awaited, UNTOUCHED)
            assert [label in action.fields for _, label in awaited] == [True, True]
            assert action.fields.count("<option") == 1 + len(awaited)
