"""Supervising from a telephone, telling the worker, and a worker who is not satisfied: in a real browser."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.async_api import Locator, expect

from hotline import clock
from hotline.accounts.roles import Role
from hotline.clock import SHANGHAI
from tests.browser.conftest import SignIn
from tests.browser.test_pages import LONG_NAME, look
from tests.service import MEDIATION, Service
from tests.web.handlers import People

pytestmark = pytest.mark.browser

EVERYTHING_OPEN = """for (const one of document.querySelectorAll("main details")) {
  one.removeAttribute("name");
  one.open = true;
}"""


FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


TOLD = {"employer": LONG_NAME, "caller_number": "13800001234"}


class Taps:
    """Taps on a screen, counted."""

    def __init__(self) -> None:
        self.count = 0

    async def on(self, target: Locator) -> None:
        await target.click()
        self.count += 1


@pytest.fixture
async def people(service: Service) -> People:
    return await People(service).come()


def today() -> date:
    return clock.now().astimezone(SHANGHAI).date()


async def test_more_time_is_asked_granted_on_a_telephone_and_told_to_the_worker(
    sign_in: SignIn, service: Service, people: People
) -> None:
    number = await people.accepted(**TOLD)
    staff = await sign_in("mediation1", Role.STAFF, MEDIATION)
    await staff.goto(f"{service.url}/cases/{number}")
    await staff.click("[data-act=ask_extension] > summary")
    await staff.fill("[data-act=ask_extension] [name=days]", "3")
    await staff.fill("[data-act=ask_extension] [name=reason]", "等企业提供工资表")
    await staff.click("[data-act=ask_extension] button[type=submit]")
    await expect(staff.locator("main [role=status]").first).to_contain_text(number)

    phone = await sign_in("supervisor1", Role.SUPERVISOR, width=390)
    await phone.goto(f"{service.url}/supervision")
    row = phone.locator("section", has=phone.get_by_role("link", name=number))
    await expect(row).to_contain_text("等企业提供工资表")
    assert await look(phone, "/supervision 390") == []
    await row.get_by_text("批准延期").first.click()
    await row.locator("details[open] button[type=submit]").click()
    await expect(phone.locator("main [role=status]").first).to_contain_text(number)
    await expect(phone.locator(".empty")).to_be_visible()

    operator = await sign_in("operator1", Role.OPERATOR)
    await operator.goto(f"{service.url}/cases/{number}")
    panel = operator.locator("section", has=operator.locator("#to-tell"))
    await expect(panel).to_contain_text("已批准延期")
    await panel.locator("button[type=submit]").click()
    await expect(panel).to_contain_text("职工已告知")
    await staff.reload()
    await expect(staff.locator("#to-tell + p")).to_contain_text("职工已告知")


async def test_an_instruction_takes_three_taps_on_a_telephone(
    sign_in: SignIn, service: Service, people: People
) -> None:
    number = await people.accepted(**TOLD)
    phone = await sign_in("supervisor1", Role.SUPERVISOR, width=390)
    await phone.goto(f"{service.url}/desks/open")
    taps = Taps()
    await taps.on(phone.get_by_role("link", name=number, exact=True))
    await phone.wait_for_url(f"**/cases/{number}")
    await taps.on(phone.locator("[data-act=supervise] > summary"))
    await taps.on(phone.locator("[data-act=supervise] button[type=submit]"))
    given = phone.locator("section", has=phone.locator("#instructions"))
    await expect(given).to_contain_text("请优先办理")
    await expect(given).to_contain_text("报告期限")
    assert taps.count == 3
    await phone.evaluate(EVERYTHING_OPEN)
    assert await look(phone, "case 390") == []

    staff = await sign_in("mediation1", Role.STAFF, MEDIATION)
    await expect(staff.locator(f"tr[data-number='{number}']")).to_contain_text("前报告")
    await staff.goto(f"{service.url}/cases/{number}")
    given = staff.locator("section", has=staff.locator("#instructions"))
    await given.locator("textarea").fill("企业承诺本周付清")
    await given.locator("button[type=submit]").click()
    await expect(given).to_contain_text("已报告")


async def test_a_worker_who_is_not_satisfied_is_taken_up_again_in_one_step(
    sign_in: SignIn, service: Service, people: People, complaints: list[str]
) -> None:
    number = await people.accepted(**TOLD)
    await people.act(people.staff, number, "resolve", disposition="mediated", done="已调解")
    operator = await sign_in("operator1", Role.OPERATOR)
    await operator.goto(f"{service.url}/desks/call_backs?due=next")
    await operator.click(f"tr[data-number='{number}'] a.no")
    form = operator.locator("[data-act=follow_up]")
    await form.locator("> summary").click()
    await expect(form.locator(".if-unsatisfied")).to_be_hidden()
    await form.locator("[name=solved][value=false]").check()
    await form.locator("[name=outcome][value=unsatisfied]").check()
    await form.locator("[name=words]").fill("只付了一半")
    await form.locator("button[type=submit]").click()
    await expect(form.locator(".summary")).to_contain_text("是否重办")
    await expect(form.locator("[name=words]")).to_have_value("只付了一半")
    assert [one for one in complaints if "422" not in one] == []
    complaints.clear()  # the browser notes that the form came back: it was to
    await form.locator("[name=reopen][value=true]").check()
    await form.locator("[name=reason]").fill("催付余款")
    await form.locator("button[type=submit]").click()
    timeline = operator.locator("#timeline")
    await expect(timeline).to_contain_text("问题解决：否")
    await expect(timeline).to_contain_text("催付余款")
    await expect(operator.locator("ol.steps [aria-current=step]")).to_contain_text("派单")


async def test_the_pages_of_supervision_are_accessible_and_fit(
    sign_in: SignIn, service: Service, people: People
) -> None:
    number = await _one_of_everything(people)
    page = await sign_in("supervisor1", Role.SUPERVISOR, language="en")
    wrong = []
    for path in ("/supervision", f"/quality?on={today().isoformat()}", f"/cases/{number}"):
        await page.goto(f"{service.url}{path}")
        await page.evaluate(EVERYTHING_OPEN)
        wrong += await look(page, path)
        await page.set_viewport_size({"width": 390, "height": 900})
        wrong += [] if await page.evaluate(FITS) else [f"{path}: scrolls sideways on a telephone"]
        await page.set_viewport_size({"width": 1440, "height": 900})
    assert wrong == []


async def _one_of_everything(people: People) -> str:
    """A case with a co-handler and an instruction, one that asks, one given back, and one ended today."""
    helped, asking, back, ended = [await people.accepted(**TOLD) for _ in range(4)]
    supervisor = await people.service.person("chief", Role.SUPERVISOR)
    await people.act(people.staff, helped, "co_handle", department="city-legal", reason="请协助，" * 80)
    await people.act(supervisor, helped, "supervise", text="请抓紧，" * 80, by_on=today().isoformat())
    await people.act(people.staff, asking, "ask_extension", days=2, reason="很长的理由，" * 60)
    away = {"reason_code": "wrong_department", "department": "city-legal", "reason": "很长的理由，" * 60}
    await people.act(people.staff, back, "return", **away)
    await people.act(people.operator, ended, "withdraw", reason="不办了")
    return helped
