"""The pages of corrections, suggestions, mass incidents and written cases: from a call to what a supervisor decides."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest

from hotline.accounts.roles import Role
from hotline.web.console import suggestions
from hotline.web.learnt import KEPT, Learnt
from tests.factories import NOON, WAGES
from tests.service import MEDIATION, Service
from tests.web.visitor import Arrive, Visitor, acts

EMPLOYER = "宏达建筑有限公司"
MANY_TIMES = 100


async def calls(service: Service, token: str, count: int, **more: Any) -> list[str]:
    numbers = []
    for n in range(count):
        body = {"narrative": WAGES, "employer": EMPLOYER, "caller_number": f"138000001{n:02d}"} | more
        _, case, _ = await service.call("POST", "/calls", token, json=body)
        numbers.append(case["number"])
    return numbers


async def until(visitor: Visitor, path: str, holds: Callable[[str], bool]) -> str:
    """The page, once what is looked for stands on it: warnings come by themselves, a moment later."""
    for _ in range(MANY_TIMES):
        status, text, _headers = await visitor.get(path)
        assert status == 200
        if holds(text):
            return text
        await asyncio.sleep(0.1)
    raise AssertionError(f"{path} never said so")


async def test_a_warning_appears_by_itself_and_one_click_makes_a_lead_case(service: Service, arrive: Arrive) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    assert "这里没有预警" in (await supervisor.get("/incidents"))[1]
    numbers = await calls(service, operator, 5)
    board = await until(supervisor, "/board", lambda text: "同一用人单位" in text)
    assert EMPLOYER in board
    page = await until(supervisor, "/incidents", lambda text: EMPLOYER in text)
    assert all(number in page for number in numbers)
    assert "14 天内 5 位不同来电人" in page
    (incident,) = set(re.findall(r"/incidents/(\d+)/lead", page))
    status, _, headers = await supervisor.post(f"/incidents/{incident}/lead", {"lead": numbers[1]})
    assert (status, headers["Location"]) == (303, "/incidents")
    lead, other = [(await supervisor.get(f"/cases/{numbers[n]}"))[1] for n in (1, 3)]
    assert all(number in lead for number in numbers)
    assert f'href="/cases/{numbers[1]}"' in other
    assert "主案" in other
    assert "同一用人单位" not in (await supervisor.get("/board"))[1]
    assert (await supervisor.post(f"/incidents/{incident}/take-back"))[0] == 303
    assert f'href="/cases/{numbers[1]}"' not in (await supervisor.get(f"/cases/{numbers[3]}"))[1]
    told = await acts(service, actor="supervisor1")
    assert {"incident.lead", "incident.take_back", "incident.read", "case.link", "case.unlink"} <= {*told}


async def test_silence_asks_for_a_reason_on_the_same_page(service: Service, arrive: Arrive) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    await calls(service, operator, 1, people=12)
    page = await until(supervisor, "/incidents?state=open", lambda text: EMPLOYER in text)
    (incident,) = set(re.findall(r"/incidents/(\d+)/silence", page))
    status, text, _ = await supervisor.post(f"/incidents/{incident}/silence", {"reason": ""})
    assert status == 422
    assert 'class="mistake"' in text
    status, text, _ = await supervisor.post(f"/incidents/{incident}/lead", {})
    assert status == 409
    assert 'name="version" value="open"' in page
    assert (await supervisor.post(f"/incidents/{incident}/silence", {"reason": "已派人到现场"}))[0] == 303
    assert "已派人到现场" in (await supervisor.get("/incidents?state=silenced"))[1]
    assert "这里没有预警" in (await supervisor.get("/incidents?state=open"))[1]
    status, text, _ = await supervisor.post(f"/incidents/{incident}/take-back", {"version": "open"})
    assert status == 412
    assert "测试supervisor1 已于" in text
    assert (await supervisor.post("/incidents/999999/silence", {"reason": "已派人到现场"}))[0] == 404


@pytest.mark.parametrize("path", ["/incidents", "/rules/corrections", "/rules/suggestions", "/figures/writing"])
async def test_these_pages_are_for_supervisors_and_leads(arrive: Arrive, path: str) -> None:
    for login, role, department, status in (
        ("supervisor1", Role.SUPERVISOR, None, 200),
        ("lead1", Role.LEAD, "city", 200),
        ("operator1", Role.OPERATOR, None, 403),
        ("staff1", Role.STAFF, MEDIATION, 403),
        ("auditor1", Role.AUDITOR, None, 403),
    ):
        visitor = await arrive(login, role, department)
        answer, text, _ = await visitor.get(path)
        assert answer == status, login
        assert status != 200 or 'class="empty"' in text


@pytest.mark.parametrize(
    "path",
    [
        "/incidents?state=nothing",
        "/incidents?before_id=0",
        "/incidents?before_at=9999-12-31T23:59:59-14:00&before_id=1",
        "/rules/corrections?after_at=0001-01-01T00:00:00%2B14:00&after_id=1",
        "/organisations?superior=%00",
        "/organisations?after=%00",
        "/rules/corrections?kind=x",
        "/rules/corrections?after_at=yesterday",
        "/rules/corrections?reviewed=perhaps&kind=&category=%00",
    ],
)
async def test_a_bad_address_is_answered_with_a_sentence(arrive: Arrive, path: str) -> None:
    visitor = await arrive("supervisor1", Role.SUPERVISOR)
    status, text, _ = await visitor.get(path)
    assert status == 422
    assert "<h1" in text


async def test_a_return_stands_in_the_corrections_and_is_judged(service: Service, arrive: Arrive) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    staff = await service.person("mediation1", Role.STAFF, MEDIATION)
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    (number,) = await calls(service, operator, 1)
    body = {"reason_code": "wrong_department", "department": "city-legal", "reason": "联系人电话 13800001234"}
    status, _, _ = await service.call("POST", f"/cases/{number}/actions/return", staff, json=body)
    assert status == 200
    page = (await supervisor.get("/rules/corrections?kind=returned"))[1]
    assert number in page
    assert "拖欠工资" in page
    assert "尚未重新派单" in page
    assert "13800001234" not in page
    (correction,) = set(re.findall(r"/rules/corrections/(\d+)/review", page))
    assert (await supervisor.post(f"/rules/corrections/{correction}/review", {"right": "rules"}))[0] == 303
    assert "规则正确" in (await supervisor.get("/rules/corrections?reviewed=yes"))[1]
    assert number not in (await supervisor.get("/rules/corrections?reviewed=no"))[1]
    assert (await supervisor.post(f"/rules/corrections/{correction}/review", {"right": "nobody"}))[0] == 422
    assert {"correction.read", "correction.review"} <= {*await acts(service, actor="supervisor1")}


async def test_what_is_missing_is_reported_by_name_and_nothing_of_fewer_than_three(
    service: Service, arrive: Arrive
) -> None:
    often, seldom = [await service.person(login, Role.OPERATOR) for login in ("operator1", "operator2")]
    await calls(service, often, 3, narrative="老板不讲理", employer="", caller_number="")
    await calls(service, seldom, 2)
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    page = (await supervisor.get("/figures/writing"))[1]
    assert "测试operator1" in page
    assert "测试operator2" not in page
    assert "0.0" in page
    assert "100.0%（3/3）" in page


async def test_while_typing_the_page_says_what_is_told_and_offers_facts(arrive: Arrive) -> None:
    visitor = await arrive("operator1", Role.OPERATOR)
    typed = {"narrative": f"{EMPLOYER}拖欠我们30人工资12万元，从去年10月开始", "caller_number": "13800001234"}
    text = (await visitor.post("/intake/proposal", typed))[1]
    assert "已填 5/7" in text
    assert "还缺：地点、诉求" in text
    offered = dict(re.findall(r'data-field="(\w+)"\s+data-value="([^"]+)"', text))
    assert offered == {"people": "30", "amount_owed": "120000", "employer": EMPLOYER}
    filled = typed | {"people": "30", "employer": EMPLOYER, "place": "北城区", "wish": "pay"}
    text = (await visitor.post("/intake/proposal", filled))[1]
    assert "已填 7/7" in text
    assert set(re.findall(r'data-field="(\w+)"', text)) == {"amount_owed"}
    anonymous = (await visitor.post("/intake/proposal", filled | {"anonymous": "yes"}))[1]
    assert "已填 6/7" in anonymous


async def test_suggestions_come_from_corrections_and_name_nobody(service: Service, arrive: Arrive) -> None:
    operator = await service.person("operator1", Role.OPERATOR)
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    other = {"action": "route", "category": "work_injury", "department": MEDIATION, "employer": ""}
    words = ["老板拖欠工资四个月", "单位欠薪不给", "拖欠工资没人管", "工钱拖了好久"]
    await calls(service, operator, 24, narrative="拖欠工资，还扣了王建国的饭票本子", caller_name="王建国", **other)
    for text in words:
        await calls(service, operator, 5, narrative=text)
    page = await until(supervisor, "/rules/suggestions", lambda text: "饭票本子" in text)
    assert "王建国" not in page
    assert "建国" not in page
    shown = {
        name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("category", "rule", "word", "weight")
    }
    fields = {name: found[1] for name, found in shown.items() if found is not None}
    assert fields.keys() == shown.keys()
    status, _text, headers = await supervisor.post("/rules/suggestions", fields)
    assert (status, headers["Location"][:12]) == (303, "/rules/sets/")
    draft = headers["Location"]
    assert fields["word"] in (await supervisor.get(f"{draft}/text"))[1]
    again = await supervisor.post("/rules/suggestions", fields)
    assert (again[0], again[2]["Location"]) == (303, draft)
    status, _text, _headers = await supervisor.post("/rules/suggestions", fields | {"rule": "none of mine!"})
    assert status == 422


async def test_a_counting_goes_on_behind_the_page_and_is_kept_until_a_correction_changes(
    service: Service, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "QUICK_SECONDS", 0)
    operator = await service.person("operator1", Role.OPERATOR)
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)

    async def is_counted_anew() -> bool:
        going = "data-going" in (await supervisor.get("/rules/suggestions"))[1]
        await until(supervisor, "/rules/suggestions/progress", lambda text: "data-going" not in text)
        return going

    assert [await is_counted_anew() for _ in range(2)] == [True, False]
    assert "从纠正记录中没有得出建议" in (await supervisor.get("/rules/suggestions"))[1]
    await calls(service, operator, 1, action="route", category="work_injury", department=MEDIATION)
    assert [await is_counted_anew() for _ in range(2)] == [True, False]
    page = (await supervisor.get("/rules/corrections"))[1]
    (correction,) = set(re.findall(r"/rules/corrections/(\d+)/review", page))
    assert (await supervisor.post(f"/rules/corrections/{correction}/review", {"right": "rules"}))[0] == 303
    assert [await is_counted_anew() for _ in range(2)] == [True, False]
    other = await arrive("lead1", Role.LEAD, "city-legal")
    assert "data-going" in (await other.get("/rules/suggestions"))[1]


def test_a_counting_without_an_answer_has_failed_and_few_are_kept() -> None:
    learnt = Learnt()
    first = learnt.begin(0, now=NOON)
    states = [first.failed]
    first.ended.set()
    states.append(first.failed)
    first.found = ()
    assert [*states, first.failed] == [False, True, False]
    assert learnt.find(0) is first
    for other in range(1, KEPT + 1):
        learnt.begin(other, now=NOON)
    assert learnt.find(0) is None
    assert learnt.find(KEPT) is not None
