"""Warnings, corrections, suggestions and offered facts in a browser: by keyboard, at two widths, in two languages."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from hotline.accounts.roles import Role
from tests.browser.conftest import SignIn
from tests.browser.test_pages import LONG_NAME, look
from tests.factories import WAGES
from tests.service import MEDIATION, Service

pytestmark = pytest.mark.browser

PAGES = ("/board", "/incidents", "/rules/corrections", "/rules/suggestions", "/figures/writing")
EVERYTHING_OPEN = """for (const one of document.querySelectorAll("main details")) {
  one.removeAttribute("name");
  one.open = true;
}"""
TOLD = "宏达建筑公司拖欠我们30人工资12万元，从去年10月开始，在北城区鼓楼街道"


async def _fill(service: Service) -> None:
    """Seven callers about one employer, a return, and words for the rules to learn."""
    operator = await service.person("loader", Role.OPERATOR)
    staff = await service.person("handler", Role.STAFF, MEDIATION)
    other = {"action": "route", "category": "work_injury", "department": MEDIATION}
    learnt = [{"narrative": "老板拖欠工资，还扣了我的饭票本子", **other}] * 24
    named = [{"narrative": WAGES, "employer": LONG_NAME}] * 7
    for n, body in enumerate((*named, *learnt)):
        status, case, _ = await service.call(
            "POST", "/calls", operator, json=body | {"caller_number": f"138000{n:05d}"}
        )
        assert status == 201
    returned = {"reason_code": "wrong_department", "reason": "很长的理由，" * 60}
    status, _, _ = await service.call("POST", f"/cases/{case['number']}/actions/return", staff, json=returned)
    assert status == 200


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_pages_of_learning_are_accessible_and_fit(sign_in: SignIn, service: Service, language: str) -> None:
    await _fill(service)
    wrong = []
    for width in (1440, 390):
        page = await sign_in(f"supervisor{width}", Role.SUPERVISOR, width=width, language=language)
        await page.goto(f"{service.url}/incidents")
        await expect(page.get_by_text(LONG_NAME).first).to_be_visible()
        for path in PAGES:
            await page.goto(f"{service.url}{path}")
            await page.evaluate(EVERYTHING_OPEN)
            wrong += await look(page, f"{path} {width} {language}")
    assert wrong == []


async def test_a_fact_is_filled_in_by_the_keyboard_and_never_by_itself(sign_in: SignIn, service: Service) -> None:
    page = await sign_in("operator1", Role.OPERATOR)
    await page.goto(f"{service.url}/intake")
    await page.fill("textarea[name=narrative]", TOLD)
    offer = page.locator(".offers [data-field=people]")
    await expect(offer).to_have_text("30 人 填入")
    assert await _typed(page) == {"people": "", "amount_owed": "", "employer": "", "place": ""}
    await expect(page.get_by_text("已填 5/7")).to_be_visible()
    await offer.focus()
    await page.keyboard.press("Enter")
    await expect(offer).to_have_count(0)
    assert await page.evaluate("document.activeElement.name") == "people"
    for field in ("amount_owed", "employer", "place"):
        await page.locator(f".offers [data-field={field}]").first.click()
    expected = {"people": "30", "amount_owed": "120000", "employer": "宏达建筑公司", "place": "北城区鼓楼街道"}
    assert await _typed(page) == expected
    await expect(page.locator(".offers button")).to_have_count(0)


async def _typed(page: Page) -> dict[str, str]:
    return {name: await page.input_value(f"[name={name}]") for name in ("people", "amount_owed", "employer", "place")}
