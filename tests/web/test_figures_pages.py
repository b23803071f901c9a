"""The pages of figures: one report at a time, every number a link to its cases, the same on page, API and file."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from typing import Any

import aiohttp
import pytest
from python_calamine import CalamineWorkbook

from hotline import clock
from hotline.accounts.roles import Role
from hotline.reports.keeping import follow_events
from hotline.reports.tables import Report
from hotline.reports.working_time import clock_of
from tests.factories import policy
from tests.service import MEDIATION, Service
from tests.web.visitor import Arrive, Visitor

WAGES = {"narrative": "我们工地三十多个人，老板拖欠工资四个月", "caller_number": "13800001234", "channel": "phone"}


async def counted(service: Service) -> None:
    """The figures follow by themselves within seconds; a test does not wait."""
    async with service.database.transaction() as session:
        await follow_events(session, clock_of(policy().calendar), now=clock.now())


async def log_some(service: Service) -> list[str]:
    """Three cases: one resolved, one in hand, one that waits."""
    operator = await service.person("operator1", Role.OPERATOR)
    staff = await service.person("mediation1", Role.STAFF, MEDIATION)
    numbers = []
    for steps in (("accept", "resolve"), ("accept",), ()):
        _, case, _ = await service.call("POST", "/calls", operator, json=WAGES)
        assert case["department"] == MEDIATION
        numbers.append(case["number"])
        for step in steps:
            body: dict[str, Any] = {"disposition": "mediated", "done": "已结清", "money_recovered": "1200.50"}
            path = f"/cases/{case['number']}/actions/{step}"
            code, said, _ = await service.call("POST", path, staff, json=body if step == "resolve" else {})
            assert code == 200, said
    await counted(service)
    return numbers


async def page_of(visitor: Visitor, path: str) -> str:
    code, text, _headers = await visitor.get(path)
    assert code == 200, text
    return text


async def export(visitor: Visitor, query: str) -> bytes:
    sent = {"csrf": await visitor.csrf()}
    async with visitor.http.post(f"{visitor.service.url}/figures/report.xlsx?{query}", data=sent) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.read()


async def test_page_api_csv_and_workbook_say_the_same(service: Service, arrive: Arrive) -> None:
    await log_some(service)
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    token = await service.person("supervisor2", Role.SUPERVISOR)
    code, said, _ = await service.call("GET", "/reports/resolution-times?by=department", token)
    assert code == 200
    (line,) = said["lines"]
    assert (line["key"], line["n"], line["open"], line["over"], line["aside"]) == (MEDIATION, 1, 2, 0, 0)
    assert line | {"key": None, "name": ""} == said["total"]
    assert line["in_time"] == {"n": 1, "of": 1, "share": 1.0}
    assert line["p95"] is None  # two of three are open
    page = await page_of(supervisor, "/figures?report=resolution-times&by=department")
    cells = re.findall(r'<td class="num"[^>]*>(.*?)</td>', page)
    first = [re.sub("<[^>]*>", " ", cell).split() for cell in cells[: len(cells) // 2]]
    assert (first[0], first[5], first[6], first[7], first[8]) == (["1"], ["2"], ["0"], ["100.0%", "1/1"], ["0"])
    rows = list(
        csv.reader(io.StringIO((await supervisor.get("/figures/report.csv?by=department"))[1].removeprefix("\ufeff")))
    )
    (of_line,) = (row for row in rows if row and row[0] == line["name"])
    book = CalamineWorkbook.from_object(io.BytesIO(await export(supervisor, "by=department")))
    figures, definitions, cases = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    kept = next(row for row in figures if row[0] == line["name"])
    assert [as_number(field) for field in kept] == [as_number(field) for field in of_line]
    named = dict(zip(next(row for row in rows if len(row) > 8), of_line, strict=True))
    assert [named[column] for column in ("办结", "未结", "其中超期", "其他方式结束")] == ["1", "2", "0", "0"]
    assert as_number(named["中位数（工作小时）"]) == (None if line["median"] is None else round(line["median"] / 60, 1))
    assert len(definitions) > 5
    assert len(cases) == 1 + 3
    (resolved,) = (row for row in cases[1:] if row[1] == "待回访")
    assert [type(field) for field in resolved[7:]] == [datetime, datetime, datetime, float, float], "to be sorted by"


async def test_first_contact_has_a_share_in_time_wherever_figures_are(service: Service, arrive: Arrive) -> None:
    numbers = await log_some(service)
    staff = await service.person("mediation2", Role.STAFF, MEDIATION)
    body = {"text": "已电话联系职工"}
    code, said, _ = await service.call("POST", f"/cases/{numbers[1]}/actions/contact", staff, json=body)
    assert code == 200, said
    await counted(service)
    token = await service.person("supervisor2", Role.SUPERVISOR)
    share = {"n": 1, "of": 1, "share": 1.0}  # the others have been accepted only, or wait: their date has not passed
    _, times, _ = await service.call("GET", "/reports/first-contact-times", token)
    _, rates, _ = await service.call("GET", "/reports/rates", token)
    assert times["total"]["in_time"] == rates["total"]["rates"]["contacted_in_time"] == share
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    query = "report=first-contact-times&by=department"
    page = await page_of(supervisor, f"/figures?{query}")
    assert re.search(r'data-label="按时联系"><a href="[^"]*what=contacted_in_time[^"]*">100.0%</a>', page)
    table = (await supervisor.get(f"/figures/report.csv?{query}"))[1]
    assert "按时联系,按时联系：分母,按时联系（%）" in table
    assert "仅签收不算联系" in table


def as_number(field: Any) -> Any:
    """A number as a number, whatever a file makes of it; nothing as nothing."""
    try:
        return float(field) if field != "" else None
    except ValueError:
        return field


async def test_every_number_leads_to_as_many_cases(service: Service, arrive: Arrive) -> None:
    await log_some(service)
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    followed = 0
    for report in Report:
        page = await page_of(supervisor, f"/figures?report={report.value}&by=category")
        for href, number, _of in re.findall(r'href="(/figures/behind\?[^"]*)">([\d,¥.%]+)</a>(<div[^>]*>\d+/)?', page):
            cases = await page_of(supervisor, href.replace("&amp;", "&"))
            listed = len(re.findall(r'<a class="nowrap"\s+href="/cases/', cases))
            if "%" not in number and "¥" not in number:
                assert listed == int(number), href
            assert listed, href
            followed += 1
    assert followed > 20


async def test_a_lead_counts_and_lists_only_what_is_below(service: Service, arrive: Arrive) -> None:
    await log_some(service)
    mine = await arrive("lead1", Role.LEAD, MEDIATION)
    other = await arrive("lead2", Role.LEAD, "city-legal")
    assert 'href="/figures/behind?' in await page_of(mine, "/figures?report=rates")
    assert 'href="/figures/behind?' not in await page_of(other, "/figures?report=rates")
    assert 'href="/cases/' not in await page_of(other, "/figures/behind?what=cases")


async def test_mistakes_are_all_named_and_what_was_typed_is_kept(service: Service, arrive: Arrive) -> None:
    supervisor = await arrive("supervisor1", Role.SUPERVISOR)
    code, text, _ = await supervisor.get("/figures?since=2026-13-01&until=1999-01-01&by=rank")
    assert code == 422
    assert 'value="2026-13-01"' in text
    token = await service.person("supervisor2", Role.SUPERVISOR)
    code, said, _ = await service.call("GET", "/reports/rates?from=x&to=2026-02-31&by=rank", token)
    assert (code, {mistake["field"] for mistake in said["errors"]}) == (422, {"from", "to", "by"})
    code, said, _ = await service.call("GET", "/reports/rates?from=2026-03-01&to=2026-02-01", token)
    assert (code, [mistake["field"] for mistake in said["errors"]]) == (422, ["to"])


@pytest.mark.parametrize("report", list(Report))
async def test_every_report_answers_when_there_is_nothing(service: Service, report: Report) -> None:
    token = await service.person("supervisor1", Role.SUPERVISOR)
    code, said, _ = await service.call("GET", f"/reports/{report.value}?by=month", token)
    assert (code, said["lines"]) == (200, [])


async def test_a_view_is_kept_shown_to_its_owner_alone_and_deleted(arrive: Arrive) -> None:
    one, other = await arrive("supervisor1", Role.SUPERVISOR), await arrive("supervisor2", Role.SUPERVISOR)
    code, _text, headers = await one.post(
        "/figures/views",
        {"name": "每周例会", "report": "rates", "by": "month", "since": "2026-03-01", "until": "2026-03-31"},
    )
    assert code == 303
    assert "report=rates" in headers["Location"]
    page = await page_of(one, "/figures")
    assert "每周例会" in page
    assert "每周例会" not in await page_of(other, "/figures")
    place = re.search(r'action="(/figures/views/\d+/delete)"', page)
    assert place
    assert (await other.post(place[1]))[0] == 404
    assert (await one.post(place[1]))[0] == 303
    assert "每周例会" not in await page_of(one, "/figures")


async def test_operators_have_no_figures(service: Service) -> None:
    token = await service.person("operator1", Role.OPERATOR)
    assert (await service.call("GET", "/reports/rates", token))[0] == 403
    async with aiohttp.ClientSession() as http, http.get(f"{service.url}/figures/report.csv") as answer:
        assert answer.status == 401
