"""Statutory clocks on the page of a case, in the list and over the API; the receipt on paper."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from hotline import clock
from hotline.accounts.roles import Role
from hotline.cases.case_file import get_case_file
from hotline.cases.statutory_details import MakeReceipt
from hotline.cases.statutory_queries import day_of
from hotline.cases.statutory_receipts import make_receipt
from hotline.web.console.statutory_paper import receipt_data
from tests.factories import make_actor, make_case, make_work
from tests.service import MEDIATION, Service
from tests.web.visitor import Arrive, Visitor, acts

TODAY = day_of(clock.now())
QUIET = "老板拖欠我的工资四个月了"
SOON = (TODAY - timedelta(days=350)).isoformat()


async def _case(operator: Visitor, **more: str) -> str:
    status, _text, headers = await operator.post("/intake", {"narrative": QUIET, "caller_name": "王小明", **more})
    assert status == 303, _text
    _status, text, _headers = await operator.get(headers["Location"])
    found = re.search(r"/cases/([0-9]{4}-[0-9]{6})", text)
    assert found is not None
    return found[1]


async def _begin(operator: Visitor, number: str, **fields: str) -> tuple[int, str]:
    sent = {"kind": "arbitration", "trigger_on": SOON, "source": "worker", **fields}
    status, text, _headers = await operator.post(f"/cases/{number}/statutory/new", sent)
    return status, text


async def _clock(operator: Visitor, number: str) -> str:
    found = re.search(r'id="clock-([0-9]+)"', (await operator.get(f"/cases/{number}"))[1])
    assert found is not None
    return found[1]


async def test_a_case_asks_which_clocks_may_run_and_fills_nothing_in(arrive: Arrive) -> None:
    operator = await arrive("operator1", Role.OPERATOR)
    number = await _case(operator)
    _status, text, _headers = await operator.get(f"/cases/{number}")
    assert "可能有时效：拖欠劳动报酬的仲裁" in text
    assert "来电中提到：四个月" in text
    assert "请以律师意见为准" in text
    assert re.findall(r'name="trigger_on"[^>]*value="([^"]*)"', text) == ["", "", ""]
    assert 'id="clock-' not in text


async def test_on_paper_stand_those_who_help_what_was_instructed_and_the_clocks(
    service: Service, arrive: Arrive
) -> None:
    operator = await arrive("operator1", Role.OPERATOR)
    number = await _case(operator)
    assert (await _begin(operator, number, words="微信截图 13800001234"))[0] == 303
    staff = await service.person("mediation1", Role.STAFF, MEDIATION)
    chief = await service.person("chief", Role.SUPERVISOR)
    for token, action, details in (
        (staff, "accept", {}),
        (staff, "co_handle", {"department": "city-legal", "reason": "请算补偿金 13800001234"}),
        (chief, "supervise", {"text": "请抓紧", "by_on": (TODAY + timedelta(days=2)).isoformat()}),
    ):
        status, body, _ = await service.call("POST", f"/cases/{number}/actions/{action}", token, json=details)
        assert status == 200, body
    _status, paper, _headers = await operator.get(f"/cases/{number}/sheet")
    rows = dict(re.findall(r'<th scope="row">([^<]*)</th>\s*<td colspan="3">(.*?)</td>', paper, flags=re.DOTALL))
    for heading, words in (
        ("协办", "请算补偿金 138****1234"),
        ("批示", "请抓紧"),
        ("法定时效", "微信截图 138****1234"),
    ):
        assert words in rows[heading], rows.keys()
    assert "请以律师意见为准" in rows["法定时效"]
    assert "答复期限" in rows["协办"]


async def test_a_clock_under_thirty_days_is_red_on_the_case_in_the_list_and_over_the_api(
    service: Service, arrive: Arrive
) -> None:
    operator = await arrive("operator1", Role.OPERATOR)
    number = await _case(operator)
    assert (await _begin(operator, number, words="微信截图 13800001234"))[0] == 303
    _status, page, _headers = await operator.get(f"/cases/{number}")
    for said in ("紧急", "转法律援助快速通道", "今天就联系律师", "为什么是这一天", "第二十七条", "138****1234"):
        assert said in page, said
    assert "13800001234" not in page
    lead = await arrive("lead1", Role.LEAD, MEDIATION)
    _status, listed, _headers = await lead.get("/statutory?within=30")
    assert number in listed
    assert "王小明" not in listed
    stranger = await arrive("lead2", Role.LEAD, "city-hardship")
    assert number not in (await stranger.get("/statutory?within=all"))[1]
    token = await service.person("machine1", Role.SUPERVISOR)
    status, body, headers = await service.call("GET", f"/cases/{number}", token)
    assert status == 200
    (told,) = body["statutory"]
    assert (told["kind"], told["light"], told["trigger_on"]) == ("arbitration", "red", SOON)
    assert told["advice"] == "请以律师意见为准"
    assert {step["kind"] for step in told["steps"]} >= {"begins", "ends"}
    again, _body, _headers = await service.call("GET", f"/cases/{number}", token, If_None_Match=headers["ETag"])
    assert again == 200, "days pass without a new version"


async def test_mistakes_come_back_in_their_form_with_what_was_typed(arrive: Arrive) -> None:
    operator = await arrive("operator1", Role.OPERATOR)
    number = await _case(operator)
    status, text = await _begin(operator, number, trigger_on="2999-01-01", words="去年的事")
    assert status == 422
    assert "这一天还没有到。" in text
    assert "去年的事" in text
    await _begin(operator, number)
    change = f"/cases/{number}/statutory/{await _clock(operator, number)}"
    status, text, _headers = await operator.post(f"{change}/interrupt", {"interruption": "claim", "on": "x"})
    assert status == 422
    assert re.search(r'<details name="act" open>\s*<summary>记录中断', text)
    assert (await operator.post(f"{change}/forget", {}))[0] == 404
    stale = await operator.post(f"{change}/end", {"ended_as": "filed", "reason": "已申请", "version": "1"})
    assert stale[0] in {409, 412}


async def test_whoever_reads_the_case_sees_the_clock_and_no_form(arrive: Arrive) -> None:
    operator = await arrive("operator1", Role.OPERATOR)
    number = await _case(operator)
    await _begin(operator, number)
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    asked = {"department": "city-legal", "reason": "时效将届满"}
    status, text, _headers = await supervisor.post(f"/cases/{number}/co_handle", asked)
    assert status == 303, text
    helper = await arrive("helper1", Role.STAFF, "city-legal")
    _status, page, _headers = await helper.get(f"/cases/{number}")
    assert 'id="clock-' in page
    assert "/statutory/" not in page
    clock_id = await _clock(helper, number)
    ended = {"ended_as": "filed", "reason": "已申请"}
    assert (await helper.post(f"/cases/{number}/statutory/{clock_id}/end", ended))[0] == 403
    assert (await helper.post(f"/cases/{number}/statutory/receipts", {"claimed": "工资"}))[0] == 403


async def test_a_receipt_is_a_paper_with_a_trace_and_a_candidate_on_the_clock(service: Service, arrive: Arrive) -> None:
    operator = await arrive("operator1", Role.OPERATOR)
    number = await _case(operator)
    await _begin(operator, number)
    asked = {"claimed": "要求支付四个月工资", "clock": await _clock(operator, number), "with_name": "yes"}
    status, text, _headers = await operator.post(f"/cases/{number}/statutory/receipts", asked)
    assert status == 422
    assert "请说明回执上为什么要写姓名。" in text
    status, text, _headers = await operator.post(f"/cases/{number}/statutory/receipts", asked | {"reason": "本人索取"})
    assert status == 303, text
    _status, page, _headers = await operator.get(f"/cases/{number}")
    assert f"来电回执 {number}-1" in page
    assert "仅为中断线索，经人确认前不计入" in page
    found = re.search(r'href="([^"]+/receipts/[0-9]+\.pdf)"', page)
    assert found is not None
    url = f"{service.url}{found[1]}"
    async with operator.http.get(url) as answer:
        assert (answer.status, answer.content_type) == (200, "application/pdf")
        assert (await answer.read()).startswith(b"%PDF-")
    assert (await acts(service, act="receipt.read"), await acts(service, act="receipt.make")) == (
        ["receipt.read"],
        ["receipt.make"],
    )
    other = await _case(operator, caller_name="别人")
    status, _text, _headers = await operator.get(found[1].replace(number, other))
    assert status == 404
    stranger = await arrive("lead2", Role.LEAD, "city-hardship")
    assert (await stranger.get(found[1]))[0] == 404


async def test_who_gives_a_receipt_stands_on_it_in_one_word(session: AsyncSession) -> None:
    work = make_work(session, await make_actor(session))
    number = (await make_case(work)).case.number
    receipt = await make_receipt(work, number, MakeReceipt(claimed="要求支付工资"))
    told = receipt_data(work, await get_case_file(work, number), receipt)
    assert told["issuer"] == "滨海市总工会12351职工热线"


async def test_a_bad_address_of_the_list_is_answered_with_a_sentence(arrive: Arrive) -> None:
    lead = await arrive("lead1", Role.LEAD, MEDIATION)
    for query in ("within=7", "after_on=x", "after_id=0", "more=1"):
        status, text, _headers = await lead.get(f"/statutory?{query}")
        assert (status, "<h1" in text) == (422, True), query
