"""A return teaches: the department returns a case, a rule is changed, tried, published by another; old reasons stay."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from hotline.accounts.roles import Role
from tests.browser.conftest import SignIn
from tests.browser.register import know_the_register
from tests.factories import policy
from tests.service import Service

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
STORY = "我在宏达机械上班，老板拖欠工资四个月，已经去仲裁院立过案"
FIRST = policy().routing.ruleset.version


async def _go(page: Page, service: Service, path: str) -> None:
    await page.goto(f"{service.url}{path}")


async def _log_the_call(operator: Page) -> str:
    """Type what is told, look at the proposal, send it off; the number of the case."""
    await operator.fill("[name=narrative]", STORY)
    proposal = operator.locator("#proposal")
    await expect(proposal.locator(".what")).to_contain_text("拖欠工资")
    await expect(proposal.locator(".quote mark", has_text="拖欠工资")).to_be_visible()
    await expect(proposal.locator(".quote mark", has_text="宏达机械")).to_be_visible()
    await expect(proposal).to_contain_text("滨海宏达机械有限公司 › 鼓楼街道总工会 › 北城区")
    await operator.keyboard.press("Control+Enter")
    flash = operator.locator("main [role=status] a").first
    await expect(flash).to_be_visible()
    return (await flash.get_attribute("href") or "").rsplit("/", 1)[-1]


async def _return_it(staff: Page, service: Service, number: str) -> None:
    await _go(staff, service, f"/cases/{number}")
    await staff.click("[data-act=return] > summary")
    await staff.check("[data-act=return] [name=reason_code][value=wrong_category]")
    await staff.fill("[data-act=return] [name=reason]", "已经立案，要的是仲裁指导")
    await staff.click("[data-act=return] button[type=submit]")
    await expect(staff.locator("main [role=status]").first).to_contain_text(number)


async def _draft_a_rule(writer: Page, service: Service) -> str:
    """A draft with a rule for what the department has said; its path."""
    await _go(writer, service, "/rules")
    await writer.click("form[action$='/rules/drafts'] button[type=submit]")
    await writer.wait_for_url("**/rules/sets/*")
    path = writer.url.removeprefix(service.url)
    await writer.click(f"a[href='{path}/rule']")
    await writer.fill("[name=id]", "filed-already")
    await writer.select_option("[name=category]", "arbitration")
    await writer.fill("[name=words]", "30 仲裁院立过案")
    await writer.fill("[name=examples]", "已经去仲裁院立过案")
    await writer.click(f"form[action='{path}/rule'] button[type=submit]")
    await writer.wait_for_url(f"**{path}")
    await writer.fill("[name=text]", STORY)
    await writer.click(f"form[action^='{path}/try'] button[type=submit]")
    await expect(writer.locator("mark", has_text="仲裁院立过案").first).to_be_visible()
    await expect(writer.locator("main")).to_contain_text("拖欠工资")
    return path


async def test_a_return_leads_to_a_rule_and_old_reasons_stay(service: Service, sign_in: SignIn) -> None:
    operator = await sign_in("operator1", Role.OPERATOR)
    staff = await sign_in("mediation1", Role.STAFF, "beicheng-mediation")
    writer = await sign_in("supervisor1", Role.SUPERVISOR)
    publisher = await sign_in("supervisor2", Role.SUPERVISOR)
    await know_the_register(service, operator)

    number = await _log_the_call(operator)
    await _return_it(staff, service, number)
    await _go(writer, service, "/rules/corrections")
    await expect(writer.locator("main tbody tr").first).to_contain_text(number)

    path = await _draft_a_rule(writer, service)
    await _go(writer, service, path)
    await writer.click(f"form[action^='{path}/backtests'] button[type=submit]")
    await expect(writer.locator("main")).to_contain_text("已完成", timeout=60_000)

    await _go(publisher, service, path)
    await publisher.check("[name=seen]")
    await publisher.click(f"form[action^='{path}/publish']:has([name=seen]) button[type=submit]")
    await expect(publisher.locator("main [role=status]").first).to_be_visible()

    await _go(operator, service, "/intake")
    await operator.fill("[name=narrative]", STORY)
    what = operator.locator("#proposal .what")
    await expect(what).to_contain_text("仲裁")
    await expect(operator.locator("#proposal")).to_contain_text("北城区权益保障部")

    await _go(operator, service, f"/cases/{number}")
    await expect(operator.locator("main")).to_contain_text(FIRST)
    await expect(operator.locator("main .words mark", has_text="拖欠工资").first).to_be_visible()
    await expect(operator.locator("main .words mark", has_text="仲裁院立过案")).to_have_count(0)
