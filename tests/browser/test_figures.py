"""From a chart to the cases behind it, in a real browser: by pointer, in the colours and the width of the screen."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from hotline.accounts.roles import Role
from tests.browser.conftest import SignIn
from tests.browser.test_pages import look
from tests.service import Service
from tests.web.test_figures_pages import log_some

pytestmark = pytest.mark.browser


async def test_a_bar_of_a_chart_leads_to_its_cases(sign_in: SignIn, service: Service) -> None:
    await log_some(service)
    page = await sign_in("supervisor1", Role.SUPERVISOR)
    await page.goto(f"{service.url}/figures?by=week")
    (row,) = await page.locator("tbody tr:not(.together)").all()
    counted = {label: (await row.locator(f"[data-label='{label}']").inner_text()).strip() for label in ("办结", "未结")}
    assert counted == {"办结": "1", "未结": "2"}
    drawing = page.locator("figure svg")
    await expect(drawing).to_be_visible()
    await expect(page.get_by_role("img", name="中位数、p75")).to_have_count(1)
    assert await page.evaluate("[...document.querySelectorAll('figure svg a')].every((a) => a.tabIndex === -1)")
    assert await look(page, "/figures with its drawing") == []

    for label, count in counted.items():
        bar = drawing.locator("a", has=page.locator(f"title:text-matches('· {label} · {count}$')"))
        await bar.click()
        await page.wait_for_url(re.compile(r"/figures/behind\?.*by=week.*line=1"))
        await expect(page.locator("main tbody tr")).to_have_count(int(count))
        await page.go_back()
        await expect(drawing).to_be_visible()


async def test_the_drawing_follows_the_colours_and_the_width_as_the_picture_does(
    sign_in: SignIn, service: Service
) -> None:
    await log_some(service)
    page = await sign_in("supervisor1", Role.SUPERVISOR, language="en")
    await page.goto(f"{service.url}/figures")
    drawing = page.locator("figure svg")
    await expect(drawing).to_have_count(1)
    wide = await drawing.get_attribute("width")
    await page.emulate_media(color_scheme="dark")
    await expect(drawing.locator("path[fill='#d08a1d']").first).to_be_visible()
    assert await look(page, "/figures dark") == []
    await page.set_viewport_size({"width": 390, "height": 900})
    await expect(drawing).not_to_have_attribute("width", wide or "")
    await expect(drawing).to_have_count(1)
    assert await look(page, "/figures dark 390") == []
