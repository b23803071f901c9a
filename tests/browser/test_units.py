"""Employers of the register on the page of a call: found while one types, offered, chosen, shown with the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from hotline.accounts.roles import Role
from tests.browser.conftest import SignIn
from tests.browser.register import know_the_register
from tests.service import Service

pytestmark = pytest.mark.browser

STORY = "我在宏达机械上班，老板拖欠工资四个月，三十多个人没有发"


@pytest.mark.parametrize(("width", "language"), [(1440, "zh"), (390, "en")])
async def test_an_employer_is_found_offered_and_chosen(
    service: Service, sign_in: SignIn, width: int, language: str
) -> None:
    page = await sign_in("operator1", Role.OPERATOR, width=width, language=language)
    await know_the_register(service, page)
    await page.fill("[name=narrative]", STORY)
    await expect(page.locator("#units")).to_contain_text("滨海宏达机械有限公司")
    proposal = page.locator("#proposal")
    await expect(proposal).to_contain_text("滨海宏达机械有限公司 › 鼓楼街道总工会 › ")
    await expect(proposal.locator("mark", has_text="宏达机械")).to_be_visible()
    await _look(page, f"found-{width}")

    await page.fill("[name=employer]", "小学")
    offers = page.locator("#units button[data-unit]")
    await expect(offers).to_have_count(2)
    await _look(page, f"offered-{width}")
    await page.locator("[name=employer]").press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("[name=employer]")).to_be_focused()
    await expect(page.locator("[name=employer]")).to_have_value("西山县第一小学")
    await expect(page.locator("[name=unit]")).to_have_value("XS-12")
    await expect(proposal).to_contain_text("西山县第一小学 › 西山县总工会 › ")
    await _look(page, f"chosen-{width}")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    await page.keyboard.press("Control+Enter")
    flash = page.locator("main [role=status] a").first
    await expect(flash).to_be_visible()
    await expect(page.locator("[name=unit]")).to_have_value("")
    await flash.click()
    await expect(page.locator("main")).to_contain_text("西山县第一小学 › 西山县总工会 › ")
    await _look(page, f"case-{width}")


async def test_typing_on_forgets_what_was_chosen(service: Service, sign_in: SignIn) -> None:
    page = await sign_in("operator1", Role.OPERATOR)
    await know_the_register(service, page)
    await page.fill("[name=employer]", "小学")
    await page.locator("#units button[data-unit='BC-11']").click()
    await expect(page.locator("[name=unit]")).to_have_value("BC-11")
    await page.locator("[name=employer]").press("End")
    await page.keyboard.type("旁边的厂")
    await expect(page.locator("[name=unit]")).to_have_value("")


async def test_the_security_officer_writes_down_a_tie(service: Service, sign_in: SignIn) -> None:
    operator = await sign_in("operator1", Role.OPERATOR)
    await know_the_register(service, operator)
    page = await sign_in("officer1", Role.SECURITY_OFFICER)
    await page.goto(f"{service.url}/accounts/operator1")
    await page.fill("[name=organisation]", "西山县第一小学")
    await page.fill("[name=tie_reason]", "配偶在该校任教")
    await page.click("form[action$='/ties'] button")
    await expect(page.locator("main")).to_contain_text("西山县第一小学 · XS-12")
    await _look(page, "tie-made")


async def _look(page: Page, name: str) -> None:
    """Keep a picture, where somebody has asked for pictures."""
    if folder := os.environ.get("HOTLINE_PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
