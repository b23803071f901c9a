"""A small register, heard of by the service a browser talks to."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.organisations import put_organisations
from tests.routing.units_made import ROWS
from tests.service import Service


async def know_the_register(service: Service, page: Page) -> None:
    """Wait until the service has heard of the small register."""
    async with service.database.transaction() as session:
        await put_organisations(session, ROWS)
    for _ in range(50):
        await page.reload()
        await page.fill("[name=employer]", "东海造船厂")
        try:
            await expect(page.locator("#units")).to_contain_text("东海集团", timeout=2_000)
        except AssertionError:
            continue
        await page.fill("[name=employer]", "")
        return
    raise AssertionError("the service has not heard of the register")
