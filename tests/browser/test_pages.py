"""Every page at two widths and in two languages: axe finds nothing, nothing scrolls sideways, no word is missing."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from hotline.accounts.roles import Role
from tests.browser.accessible import violations
from tests.browser.conftest import SignIn
from tests.factories import WAGES
from tests.service import MEDIATION, Service

pytestmark = pytest.mark.browser

LONG_NAME = "恒远精密机械制造与劳务协作服务联合体第三分公司驻外项目部综合保障中心" * 2
PAGES = {
    Role.OPERATOR: (
        "/intake",
        "/desks/review",
        "/desks/call_backs",
        "/desks/taken",
        "/search",
        "/search?q=工资",
        "/me",
    ),
    Role.STAFF: (
        "/desks/queue",
        "/desks/waiting",
        "/desks/mine",
        "/desks/helping",
        "/search?q=没有这个词",
        "/letters",
        "/reminders",
    ),
    Role.SUPERVISOR: (
        "/board",
        "/calendar",
        "/statutory?within=all",
        "/figures",
        "/desks/open",
        "/desks/overdue",
        "/rules",
        "/rules/sets/1",
        "/rules/sets/1/text",
        "/rules/sets/1/rule?rule=crowd",
    ),
    Role.ADMINISTRATOR: ("/accounts",),
    Role.SECURITY_OFFICER: ("/accounts",),
    Role.AUDITOR: ("/trail", "/calendar?year=2026", "/calendar?year=2027"),
}


async def look(page: Page, where: str) -> list[str]:
    """What is wrong with this page."""
    wrong = [f"{where}: {broken}" for broken in await violations(page)]
    if await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        wrong.append(f"{where}: scrolls sideways")
    return wrong


async def test_pages_can_be_read_in_the_dark_and_the_menu_of_a_phone_has_its_groups(
    sign_in: SignIn, service: Service
) -> None:
    token = await service.person("loader", Role.OPERATOR)
    body = {"narrative": WAGES, "employer": LONG_NAME, "caller_number": "13800001234"}
    _, case, _ = await service.call("POST", "/calls", token, json=body)
    page = await sign_in("supervisor9", Role.SUPERVISOR)
    await page.emulate_media(color_scheme="dark")
    wrong = []
    for path in ("/board", f"/cases/{case['number']}", "/calendar", "/letters", "/desks/open"):
        await page.goto(f"{service.url}{path}")
        wrong += await look(page, f"{path} in the dark")
    await page.evaluate("document.querySelector('.desk tbody tr').classList.add('gone')")
    wrong += await look(page, "a row that has left its list, in the dark")
    await expect(page.get_by_role("list", name="统计").get_by_role("link")).to_have_count(2)
    await page.set_viewport_size({"width": 390, "height": 900})
    await expect(page.locator(".rail a:visible")).to_have_count(4)
    await page.click(".menu > summary")
    await expect(page.locator(".menu").get_by_role("heading", name="规则与名录")).to_be_visible()
    wrong += await look(page, "the menu of a phone, in the dark")
    assert wrong == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("role", PAGES)
async def test_every_page_is_accessible_and_fits(
    sign_in: SignIn, service: Service, role: Role, width: int, language: str
) -> None:
    token = await service.person("loader", Role.OPERATOR)
    numbers = []
    for narrative in (WAGES, "很长的经过。" * 600, "我想咨询一下", WAGES + "，请保密"):
        body = {
            "narrative": narrative,
            "employer": LONG_NAME,
            "caller_number": "13800001234",
            "caller_name": "欧阳测试",
        }
        status, case, _ = await service.call("POST", "/calls", token, json=body)
        assert status == 201
        numbers.append(case["number"])
    wrong = []
    department = MEDIATION if role is Role.STAFF else None
    page = await sign_in(f"{role.value.replace('_', '-')}9", role, department, width=width, language=language)
    extra = [f"/cases/{numbers[0]}", f"/cases/{numbers[0]}/sheet"] if role in {Role.STAFF, Role.OPERATOR} else []
    for path in (*PAGES[role], *extra):
        answer = await page.goto(f"{service.url}{path}")
        assert answer is not None
        assert answer.status == 200, path
        wrong += await look(page, f"{path} {role.value} {width} {language}")
    assert wrong == []


async def test_a_sheet_of_more_than_one_page_begins_on_the_first(sign_in: SignIn, service: Service) -> None:
    token = await service.person("loader", Role.OPERATOR)
    body = {"narrative": WAGES + "很长的经过。" * 60, "employer": LONG_NAME * 2}
    _status, case, _headers = await service.call("POST", "/calls", token, json=body)
    page = await sign_in("operator9", Role.OPERATOR)
    await page.goto(f"{service.url}/cases/{case['number']}/sheet")
    printed = await page.pdf(format="A4", prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 2, "the table went on to the second page as a whole"
