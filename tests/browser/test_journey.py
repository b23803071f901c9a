"""Three people in three browsers: a call is logged, worked on, called back, closed, and the figures move."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from hotline.accounts.roles import Role
from tests.browser.conftest import SignIn
from tests.factories import WAGES
from tests.service import MEDIATION

pytestmark = pytest.mark.browser


async def test_a_call_reaches_its_end_through_three_screens(sign_in: SignIn) -> None:
    operator = await sign_in("operator1", Role.OPERATOR, door=True)
    staff = await sign_in("mediation1", Role.STAFF, MEDIATION, door=True)
    supervisor = await sign_in("supervisor1", Role.SUPERVISOR, door=True)

    await expect(staff.locator(".empty")).to_be_visible()
    await expect(staff.locator("#connection")).to_have_attribute("data-state", "on")

    await operator.fill("[name=caller_number]", "１３８-0000-1234")
    await operator.fill("[name=narrative]", WAGES)
    proposal = operator.locator("#proposal")
    await expect(proposal.locator(".what")).to_contain_text("拖欠工资")
    await expect(proposal.locator("mark").first).to_be_visible()
    await operator.keyboard.press("Control+Enter")
    flash = operator.locator("main [role=status] a").first
    await expect(flash).to_be_visible()
    await expect(operator.locator("[name=narrative]")).to_have_value("")
    number = (await flash.get_attribute("href") or "").rsplit("/", 1)[-1]

    # The department sees it without a reload: a pill says so, nothing moves under the eye.
    pill = staff.locator("#fresh")
    await expect(pill).to_be_visible()
    await pill.click()
    row = staff.locator(f"tr[data-number='{number}']")
    await expect(row).to_be_visible()
    await expect(row).not_to_contain_text("13800001234")
    await staff.keyboard.press("j")
    await staff.keyboard.press("a")
    await staff.wait_for_url(f"**/cases/{number}")
    await expect(staff.locator("main .words mark").first).to_be_visible()

    await staff.click("[data-act=resolve] > summary")
    await staff.select_option("[data-act=resolve] [name=disposition]", "satisfied_claim")
    await staff.fill("[data-act=resolve] [name=done]", "已督促用人单位补发工资")
    await staff.click("[data-act=resolve] button[type=submit]")
    await expect(staff.locator("main [role=status]").first).to_contain_text(number)

    await operator.goto(operator.url.split("/intake")[0] + "/desks/call_backs")
    await operator.click(f"tr[data-number='{number}'] a.no")
    await operator.click("[data-act=follow_up] > summary")
    await operator.check("[data-act=follow_up] [name=outcome][value=satisfied]")
    await operator.click("[data-act=follow_up] button[type=submit]")
    await expect(operator.locator("ol.steps li").last).to_have_class("done")

    figures = supervisor.url.split("/board")[0] + "/figures"
    resolved = supervisor.locator("main table a[href*='what=resolve_timed']")
    for _ in range(40):  # figures follow within seconds
        await supervisor.goto(figures)
        if await resolved.count():
            break
        await asyncio.sleep(0.5)
    await expect(supervisor.locator("main")).to_contain_text("争议调解")
    await resolved.first.click()
    await expect(supervisor.locator("main table")).to_contain_text(number)
