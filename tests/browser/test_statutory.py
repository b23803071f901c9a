"""A statutory clock on a telephone's screen: asked about, watched, urgent, interrupted, with a receipt."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from hotline import clock
from hotline.accounts.roles import Role
from hotline.cases.statutory_queries import day_of
from tests.browser.accessible import violations
from tests.browser.conftest import SignIn

pytestmark = pytest.mark.browser

TODAY = day_of(clock.now())


async def test_an_operator_watches_a_clock_and_gives_a_receipt_on_a_small_screen(sign_in: SignIn) -> None:
    page = await sign_in("operator1", Role.OPERATOR, width=390)
    await page.fill("[name=narrative]", "老板拖欠我的工资四个月，去年腊月离职的")
    await page.fill("[name=caller_name]", "王小明")
    await page.keyboard.press("Control+Enter")
    await page.locator("main [role=status] a").first.click()
    panel = page.locator("#statutory")
    await expect(page.locator(".head .tag.urgent")).to_have_count(0)
    await expect(panel).to_contain_text("请以律师意见为准")
    await panel.locator("summary", has_text="可能有时效：拖欠劳动报酬的仲裁").click()
    form = panel.locator("form:visible")
    await form.locator("[name=trigger_on]").fill((TODAY - timedelta(days=350)).isoformat())
    await form.locator("[name=source]").select_option("worker")
    await form.locator("button[type=submit]").click()
    await expect(panel.locator(".due.over").first).to_be_visible()
    await expect(panel).to_contain_text("今天就联系律师")
    await expect(page.locator(".head .tag.urgent")).to_be_visible()
    await look(page, "statutory-red")

    await panel.locator("summary", has_text="给职工开具来电回执").click()
    await panel.locator("[name=claimed]").fill("要求用人单位支付四个月工资")
    await panel.locator("select[name=clock]").select_option(index=1)
    await panel.locator("button", has_text="生成回执").click()
    async with page.expect_download() as download:
        await panel.locator("a", has_text="(PDF)").click()
    assert (await (await download.value).path()).read_bytes().startswith(b"%PDF-")

    await panel.locator("summary", has_text="确认中断线索").click()
    await panel.locator("form:visible [name=reason]").fill("王律师确认计入")
    await panel.locator("form:visible button[type=submit]").click()
    await expect(panel.locator(".due.ok")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.goto(page.url.split("/cases/")[0] + "/statutory?within=all")
    await expect(page.locator("tbody tr")).to_have_count(1)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await look(page, "statutory-list")


async def look(page: Page, name: str) -> None:
    """Nothing for axe to find; a picture where somebody has asked for pictures."""
    assert await violations(page) == []
    if folder := os.environ.get("HOTLINE_PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
