"""The pages of supervision and quality samples: what a form there does, what comes back, and what is not shown."""

from __future__ import annotations

import re
from datetime import date

import pytest

from hotline import clock
from hotline.accounts.roles import Role
from hotline.clock import SHANGHAI
from tests.service import MEDIATION, Service
from tests.web.handlers import People
from tests.web.visitor import Arrive, Visitor, acts


def today() -> date:
    return clock.now().astimezone(SHANGHAI).date()


@pytest.fixture
async def people(service: Service) -> People:
    return await People(service).come()


async def test_an_extension_is_granted_in_the_list_and_a_refusal_says_why(people: People, arrive: Arrive) -> None:
    granted, refused = await people.accepted(), await people.accepted()
    for number in (granted, refused):
        await people.act(people.staff, number, "ask_extension", days=2, reason="等材料")
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    status, text, _ = await supervisor.get("/supervision?kind=extension")
    assert status == 200
    assert text.index(granted) < text.index(refused)
    place = f"/supervision/{granted}/grant_extension?kind=extension"
    status, _, headers = await supervisor.post(place, {})
    assert (status, headers["Location"]) == (303, "/supervision?kind=extension")
    status, text, _ = await supervisor.post(f"/supervision/{refused}/refuse_extension", {"reason": ""})
    assert status == 422
    assert "<details name" in text
    assert re.search(rf'name="s{refused}" open', text)
    status, _, _ = await supervisor.post(f"/supervision/{refused}/refuse_extension", {"reason": "请按期办结"})
    assert status == 303
    status, text, _ = await supervisor.post(f"/supervision/{granted}/grant_extension", {})
    assert status == 409
    assert "没有" in text
    assert granted not in (await supervisor.get("/supervision"))[1]
    assert (await people.read(granted))["events"][-1]["action"] == "grant_extension"


async def test_a_returned_case_goes_where_the_department_says_or_back(people: People, arrive: Arrive) -> None:
    number = await people.accepted()
    away = {"reason_code": "wrong_department", "department": "city-legal", "reason": "属于法律援助"}
    await people.act(people.staff, number, "return", **away)
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    text = (await supervisor.get("/supervision"))[1]
    assert {'value="city-legal"', f'value="{MEDIATION}"'} <= {*re.findall(r'value="[a-z-]+"', text)}
    assert (await supervisor.post(f"/supervision/{number}/route", {"department": "city-legal"}))[0] == 303
    assert (await people.read(number))["department"] == "city-legal"


async def test_an_instruction_is_put_together_from_a_phrase_own_words_and_a_day(people: People, arrive: Arrive) -> None:
    number = await people.accepted()
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    place = f"/cases/{number}/supervise"
    status, text, _ = await supervisor.post(place, {"phrase": "", "text": "", "by_on": ""})
    assert status == 422
    status, text, _ = await supervisor.post(place, {"phrase": "first", "by_on": "2020-01-01"})
    assert status == 422
    assert "日期已过" in text
    fields = {"phrase": "first", "text": "涉及三十人", "by_on": "", "by_other": today().isoformat()}
    assert (await supervisor.post(place, fields))[0] == 303
    event = (await people.read(number))["events"][-1]
    assert event["reason"].startswith("请优先办理")
    assert event["reason"].endswith("涉及三十人")
    assert event["details"] == {"by_on": today().isoformat()}


async def test_old_bodies_of_a_call_back_are_still_taken(people: People) -> None:
    number = await people.accepted()
    await people.act(people.staff, number, "resolve", disposition="mediated", done="已调解")
    case = await people.act(people.operator, number, "follow_up", outcome="unsatisfied", words="没到账")
    assert case["status"] == "resolved"
    assert {"reopen", "close"} <= {*case["actions"]}
    more = {"outcome": "unsatisfied", "solved": False, "in_time": True, "reopen": True, "reason": "再催"}
    assert (await people.act(people.operator, number, "follow_up", **more))["status"] == "routed"


async def test_the_api_tells_of_co_handlers_with_their_clocks_and_of_instructions(
    service: Service, people: People
) -> None:
    number = await people.accepted()
    chief = await service.person("chief", Role.SUPERVISOR)
    await people.act(people.staff, number, "co_handle", department="city-legal", reason="请算补偿金")
    case = await people.act(chief, number, "supervise", text="请报进展", by_on=today().isoformat())
    (helped,) = case["co_handlings"]
    assert (helped["department"], helped["ended_at"], helped["released"]) == ("city-legal", None, False)
    assert helped["due_at"].startswith(helped["why"]["due_at"][:10])
    (instructed,) = case["instructions"]
    assert (instructed["by_on"], instructed["report"]) == (today().isoformat(), None)
    case = await people.act(chief, number, "co_release", reason="不再需要")
    assert case["co_handlings"][0]["released"] is True


async def test_the_sample_of_a_day_is_judged_once_and_counted(service: Service, people: People, arrive: Arrive) -> None:
    number = await people.accepted()
    await people.act(people.operator, number, "withdraw", reason="不办了")
    on = today().isoformat()
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    assert number in (await supervisor.get(f"/quality?on={on}"))[1]
    status, text, _ = await supervisor.post(f"/quality/{number}", {"on": on})
    assert status == 422
    assert "至少评定一项" in text
    fields = {"on": on, "tone": "yes", "answer": "no", "remark": "未说明时限"}
    assert (await supervisor.post(f"/quality/{number}", fields))[0] == 303
    other = await arrive("supervisor2", Role.SUPERVISOR)
    status, text, _ = await other.post(f"/quality/{number}", fields)
    assert status == 409
    assert "测试supervisor1" in text
    assert "未说明时限" in (await other.get(f"/cases/{number}"))[1]
    assert (await supervisor.post("/quality/2026-999999", fields))[0] == 404
    assert (await acts(service, act="quality.judge")) == ["quality.judge"]


async def test_what_is_for_supervisors_is_not_there_for_others(people: People, arrive: Arrive) -> None:
    number = await people.accepted()
    staff: Visitor = await arrive("mediation1", Role.STAFF, MEDIATION)
    lead = await arrive("lead1", Role.LEAD, "city")
    for path in ("/supervision", "/quality"):
        assert (await staff.get(path))[0] == 403
    assert (await lead.get("/supervision"))[0] == 200
    assert (await lead.get("/quality"))[0] == 403
    assert (await lead.post(f"/supervision/{number}/supervise", {"text": "请办"}))[0] == 403
