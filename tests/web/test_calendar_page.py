"""The page of the working calendar: everybody looks, a supervisor imports, and whoever's date moves is told."""

from __future__ import annotations

import asyncio
import html
import io
import re
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import aiohttp

from hotline import clock
from hotline.accounts.roles import Role
from hotline.clock import SHANGHAI
from tests.factories import WAGES, policy
from tests.service import MEDIATION, Service
from tests.web.visitor import Arrive, Visitor, acts

SOURCE = "关于调整放假安排的通知（示例）"


def next_working_days(count: int) -> list[date]:
    """The next days that are worked as things stand."""
    today = clock.now().astimezone(SHANGHAI).date()
    days = (today + timedelta(days=n) for n in range(1, 60))
    return [day for day in days if policy().calendar.is_working_day(day)][:count]


def notice(days: list[date]) -> str:
    by_year = defaultdict(list)
    for day in days:
        by_year[day.year].append(f'{{ name = "放假<b>", from = {day}, until = {day} }}')
    return "\n".join(
        f'[years.{year}]\nsource = "{SOURCE}"\nholidays = [{", ".join(held)}]' for year, held in by_year.items()
    )


async def preview(visitor: Visitor, text: str, name: str = "notice.toml") -> tuple[int, str]:
    form = aiohttp.FormData({"csrf": await visitor.csrf(), "source": SOURCE})
    form.add_field("file", io.BytesIO(text.encode()), filename=name)
    status, page, _headers = await visitor._ask("POST", "/calendar/preview", form, {})
    return status, page


async def test_everybody_sees_a_year_in_words_and_where_it_was_published(arrive: Arrive) -> None:
    for login, role in (("auditor", Role.AUDITOR), ("staff", Role.STAFF)):
        visitor = await arrive(login, role, MEDIATION if role is Role.STAFF else None)
        status, text, _headers = await visitor.get("/calendar?year=2026")
        assert status == 200
        assert "国务院办公厅关于2026年部分节假日安排的通知" in text
        assert "2026-10-10 调休上班日 · 国庆节" in text or "国庆节" in text
        assert text.count("<caption>") == 12
        assert "/calendar/preview" not in text
        assert (await visitor.post("/calendar/import", {"content": "x", "file_name": "x.toml"}))[0] == 403
    assert "暂定" in (await visitor.get("/calendar?year=2031"))[1]
    assert (await visitor.get("/calendar?year=1800"))[0] == 422


async def test_a_notice_is_looked_at_brought_into_force_and_moves_dates(service: Service, arrive: Arrive) -> None:
    token = await service.person("desk", Role.OPERATOR)
    call = {"narrative": WAGES, "caller_number": "13800001234", "department": MEDIATION, "category": "wage_arrears"}
    status, case, _headers = await service.call("POST", "/calls", token, json=call)
    assert status == 201, case
    supervisor = await arrive("head", Role.SUPERVISOR)
    days = next_working_days(2)
    status, text = await preview(supervisor, notice(days))
    assert status == 200
    assert case["number"] in text
    sent = {
        name: html.unescape(re.findall(rf'name="{name}" value="([^"]*)"', text)[0])
        for name in ("content", "file_name", "source")
    }
    before = await clocks(service, token, case["number"])
    status, _text, headers = await supervisor.post("/calendar/import", sent)
    assert status == 303
    after = await moved(service, token, case["number"], before)
    assert after["accept"]["due_at"] > before["accept"]["due_at"]
    assert days[0].isoformat() in {day["on"] for day in after["accept"]["skipped"]}
    assert case["number"] in (await supervisor.get(headers["Location"]))[1]
    assert SOURCE in (await supervisor.get("/calendar"))[1]
    assert "工作日历调整时限" in (await supervisor.get(f"/cases/{case['number']}"))[1]
    status, text = await preview(supervisor, notice(days))
    assert (await supervisor.post("/calendar/import", sent))[0] == 409
    assert (await acts(service, act="calendar.import")) == ["calendar.import"]
    outsider = await arrive("outside", Role.STAFF, "city-legal")
    assert case["number"] not in (await outsider.get(headers["Location"]))[1]


async def clocks(service: Service, token: str, number: str) -> dict[str, Any]:
    _status, case, _headers = await service.call("GET", f"/cases/{number}", token)
    return {told["clock"]: told for told in case["clocks"]}


async def moved(service: Service, token: str, number: str, before: dict[str, Any]) -> dict[str, Any]:
    """The clocks when they are other ones: what goes on behind the answer takes its moment."""
    for _again in range(150):
        now = await clocks(service, token, number)
        if now["accept"]["due_at"] != before["accept"]["due_at"]:
            return now
        await asyncio.sleep(0.2)
    raise AssertionError(before)


async def test_a_notice_with_mistakes_comes_back_with_them(arrive: Arrive) -> None:
    supervisor = await arrive("head", Role.SUPERVISOR)
    status, text = await preview(supervisor, "date,kind,name\nsoon,holiday,<b>x</b>\n", "notice.csv")
    assert status == 422
    assert "“soon”不是日期" in text
    assert SOURCE in text
    status, text, _headers = await supervisor.post("/calendar/preview", {"source": "x"})
    assert status == 422
    assert "请选择文件" in text
    assert (await supervisor.get("/calendar/notices/77"))[0] == 404


async def test_the_api_tells_every_clock_with_its_days(service: Service) -> None:
    token = await service.person("desk", Role.OPERATOR)
    call = {"narrative": WAGES, "caller_number": "13800001234", "department": MEDIATION, "category": "wage_arrears"}
    _status, case, _headers = await service.call("POST", "/calls", token, json=call)
    told = {one["clock"]: one for one in case["clocks"]}
    assert [*told] == ["accept", "contact", "resolve"]
    resolve = told["resolve"]
    assert resolve["due_at"] == case["due"]["resolve_by"]
    assert len(resolve["counted"]) == resolve["working_days"]
    assert resolve["rule"]
    assert (resolve["running"], resolve["stopped_at"], resolve["pauses"], resolve["extensions"]) == (True, None, [], [])
    assert resolve["net_minutes"] == resolve["gross_minutes"] >= 0
    assert {day["reason"] for day in resolve["counted"]} <= {"weekday", "make_up"}
