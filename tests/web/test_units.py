"""A call names a unit: it goes to that unit's district, and who has to do with the unit never hears of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, text

from hotline.accounts.roles import Role
from hotline.cases.models import Case
from tests.organisations import put_organisations
from tests.routing.units_made import ROWS
from tests.service import Service
from tests.stories.test_live import _open
from tests.web.visitor import Arrive

STORY = "宏达机械拖欠工资四个月，三十多个人没有发"


@pytest.fixture
async def register(service: Service) -> dict[str, int]:
    """The small register, known to the running service; ids by code."""
    async with service.database.transaction() as session:
        ids = await put_organisations(session, ROWS)
    token = await service.person("waiter", Role.OPERATOR)
    for _ in range(100):
        _status, said, _headers = await service.call("POST", "/classify", token, json={"text": STORY})
        if said["unit"] is not None:
            return ids
        await asyncio.sleep(0.05)
    raise AssertionError("the service has not heard of the register")


async def _log(service: Service, token: str, **more: Any) -> dict[str, Any]:
    status, case, _headers = await service.call("POST", "/calls", token, json={"narrative": STORY, **more})
    assert status == 201, case
    return dict(case)


async def test_a_call_goes_to_the_district_of_its_employer(
    service: Service, register: dict[str, int], arrive: Arrive
) -> None:
    assert register
    operator = await service.person("operator1", Role.OPERATOR)
    case = await _log(service, operator)
    assert (case["department"], case["unit"]) == ("beicheng-mediation", "BC-10")
    async with service.database.transaction() as session:
        assert "employer" not in (await session.scalar(select(Case.missing)) or [])
    assert case["decision"]["territory"] == "beicheng-gulou"
    assert [one["code"] for one in case["decision"]["unit"]["superiors"]] == ["BH-BC-GL", "BH-BC", "BH"]
    assert case["decision"]["path"][0]["params"] == {"unit": "滨海宏达机械有限公司", "organisation": "鼓楼街道总工会"}
    visitor = await arrive("operator2", Role.OPERATOR)
    _status, page, _headers = await visitor.get(f"/cases/{case['number']}")
    assert "滨海宏达机械有限公司 › 鼓楼街道总工会 › 北城区总工会 · 北城区劳动争议调解室" in page
    assert '<mark title="用人单位">宏达机械</mark>' in page
    assert "“滨海宏达机械有限公司”隶属“鼓楼街道总工会”" in page


async def test_a_unit_that_was_chosen_goes_before_the_words(service: Service, register: dict[str, int]) -> None:
    assert register
    operator = await service.person("operator1", Role.OPERATOR)
    case = await _log(service, operator, unit="xs-16")
    assert (case["department"], case["unit"]) == ("xishan-rights", "XS-16")
    status, said, _headers = await service.call("POST", "/calls", operator, json={"narrative": STORY, "unit": "GONE"})
    assert (status, said["errors"][0]["field"]) == (422, "unit")


async def test_the_operator_is_offered_what_may_be_meant(
    service: Service, register: dict[str, int], arrive: Arrive
) -> None:
    assert service
    assert register
    visitor = await arrive("operator2", Role.OPERATOR)
    _status, offered, _headers = await visitor.post("/intake/units", {"employer": "小学"})
    assert 'data-unit="BC-11"' in offered
    assert 'data-unit="XS-12"' in offered
    _status, found, _headers = await visitor.post("/intake/units", {"narrative": STORY})
    assert "滨海宏达机械有限公司" in found
    _status, chosen, _headers = await visitor.post("/intake/units", {"employer": "x", "unit": "XS-16"})
    assert "西山石化有限责任公司" in chosen
    _status, unknown, _headers = await visitor.post("/intake/units", {"employer": "没有登记的公司"})
    assert "组织库中没有这个单位" in unknown
    _status, proposal, _headers = await visitor.post("/intake/proposal", {"narrative": STORY})
    assert "滨海宏达机械有限公司 › 鼓楼街道总工会 › 北城区总工会 · " in proposal
    assert "宏达机械</mark>" in proposal


async def test_who_is_tied_to_the_employer_never_hears_of_the_case(
    service: Service, register: dict[str, int], arrive: Arrive
) -> None:
    assert register
    operator = await service.person("operator1", Role.OPERATOR)
    officer = await arrive("officer1", Role.SECURITY_OFFICER)
    tied = await service.person("supervisor1", Role.SUPERVISOR, password=True)
    free = await service.person("supervisor2", Role.SUPERVISOR)
    before = await _log(service, operator)
    other = await _log(service, operator, unit="XS-16")
    tie = {"organisation": "宏达机械", "tie_reason": "配偶在该单位任职"}
    status, _page, _headers = await officer.post("/accounts/supervisor1/ties", tie)
    assert status == 303
    screen = await _open(service, "supervisor1")
    after = await _log(service, operator)
    seen = await _log(service, operator, unit="XS-16")
    for number in (before["number"], after["number"]):
        assert (await service.call("GET", f"/cases/{number}", tied))[0] == 404
        assert (await service.call("GET", f"/cases/{number}", free))[0] == 200
        act = await service.call("POST", f"/cases/{number}/actions/supervise", tied, json={"text": "请尽快"})
        assert act[0] == 404
    _status, listed, _headers = await service.call("GET", "/cases", tied)
    assert {case["number"] for case in listed["cases"]} == {other["number"], seen["number"]}
    _status, found, _headers = await service.call("GET", "/cases?q=拖欠", tied)
    assert {case["number"] for case in found["cases"]} == {other["number"], seen["number"]}
    for _ in range(100):
        if any(said.get("number") == seen["number"] for said in screen.heard):
            break
        await asyncio.sleep(0.05)
    screen.close()
    assert seen["number"].encode() in screen.raw
    assert after["number"].encode() not in screen.raw


async def test_figures_and_counts_leave_the_case_out(
    service: Service, register: dict[str, int], arrive: Arrive
) -> None:
    assert register
    operator = await service.person("operator1", Role.OPERATOR)
    await _log(service, operator)
    officer = await arrive("officer1", Role.SECURITY_OFFICER)
    tied = await arrive("supervisor1", Role.SUPERVISOR)
    _status, page, _headers = await tied.get("/desks/open")
    assert "宏达机械" in page
    await officer.post("/accounts/supervisor1/ties", {"organisation": "BC-10", "tie_reason": "持股"})
    for path in ("/desks/open", "/board", "/search?q=拖欠", "/figures"):
        _status, page, _headers = await tied.get(path)
        assert "宏达机械" not in page, path
    _status, page, _headers = await tied.get("/desks/open")
    assert "没有" in page


async def test_a_tie_is_made_and_ended_by_the_security_officer_alone(
    service: Service, register: dict[str, int], arrive: Arrive
) -> None:
    assert register
    operator = await service.person("operator1", Role.OPERATOR)
    case = await _log(service, operator)
    officer = await arrive("officer1", Role.SECURITY_OFFICER)
    admin = await arrive("admin1", Role.ADMINISTRATOR)
    tied = await service.person("supervisor1", Role.SUPERVISOR)
    tie = {"organisation": "第一小学", "tie_reason": "亲属"}
    status, page, _headers = await officer.post("/accounts/supervisor1/ties", tie)
    assert (status, "BC-11" in page, "XS-12" in page) == (422, True, True)
    assert (await admin.post("/accounts/supervisor1/ties", {**tie, "organisation": "BC-10"}))[0] == 403
    assert (await officer.post("/accounts/supervisor1/ties", {**tie, "organisation": "BC-10"}))[0] == 303
    assert (await officer.post("/accounts/supervisor1/ties", {**tie, "organisation": "BC-10"}))[0] == 409
    assert (await officer.post("/accounts/supervisor1/ties", {"organisation": "BC-10", "tie_reason": ""}))[0] == 422
    assert (await officer.post("/accounts/supervisor1/ties", {"organisation": "", "tie_reason": "亲属"}))[0] == 422
    _status, page, _headers = await admin.get("/accounts/supervisor1")
    assert "滨海宏达机械有限公司 · BC-10" in page
    assert "/ties/" not in page
    _status, page, _headers = await officer.get("/accounts/supervisor1")
    action = page.split("/ties/")[1].split("/end")[0]
    assert (await service.call("GET", f"/cases/{case['number']}", tied))[0] == 404
    assert (await officer.post(f"/accounts/supervisor1/ties/{action}/end"))[0] == 303
    assert (await officer.post(f"/accounts/supervisor1/ties/{action}/end"))[0] == 404
    assert (await service.call("GET", f"/cases/{case['number']}", tied))[0] == 200


async def test_the_page_of_a_case_from_before_the_register_still_opens(
    service: Service, register: dict[str, int], arrive: Arrive
) -> None:
    assert register
    operator = await service.person("operator1", Role.OPERATOR)
    case = await _log(service, operator)
    async with service.database.transaction() as session:
        await session.execute(text("update case_decisions set decision = decision - 'unit' - 'territory'"))
        await session.execute(text("update cases set unit_id = null, territory = null"))
    visitor = await arrive("operator2", Role.OPERATOR)
    for path in ("", "/sheet"):
        assert (await visitor.get(f"/cases/{case['number']}{path}"))[0] == 200
    status, said, _headers = await service.call("GET", f"/cases/{case['number']}", operator)
    assert (status, said["unit"], said["decision"]["unit"]) == (200, None, None)


async def test_a_changed_register_is_known_to_the_running_service(service: Service, register: dict[str, int]) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    async with service.database.transaction() as session:
        await session.execute(text("update organisations set aliases = '{老机床厂}' where code = 'BC-10'"))
        await session.execute(text("select pg_notify('hotline_registry', '')"))
    for _ in range(100):
        _status, said, _headers = await service.call("POST", "/classify", operator, json={"text": "老机床厂不发工资"})
        if said["unit"] is not None:
            break
        await asyncio.sleep(0.05)
    assert said["unit"]["code"] == "BC-10"
    assert register["BC-10"]
