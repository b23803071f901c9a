"""A real Chromium, driven by Playwright; skipped with a reason where there is none, unless it is required."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from hotline.accounts.roles import Role
from tests.service import PASSWORD, Service

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE = 30_000
"""Milliseconds until what should come on a page counts as never coming, also on a busy machine."""
SignIn = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium for the run."""
    if CHROMIUM is None:
        if os.environ.get("HOTLINE_REQUIRE_BROWSER"):
            pytest.fail("HOTLINE_REQUIRE_BROWSER is set, but there is no Chromium on this machine.")
        pytest.skip("no Chromium on this machine: install the package chromium to run the browser tests")
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield launched
        await launched.close()


@pytest.fixture
async def complaints() -> list[str]:
    """What browsers complained about: violations of the content security policy, errors in scripts, failed loads."""
    return []


@pytest.fixture
async def sign_in(browser: Browser, service: Service, complaints: list[str]) -> AsyncIterator[SignIn]:
    """Have somebody signed in, each in a browser session of one's own; every complaint of the browser fails the test.

    With `door` they come in through the form, with their password.
    """
    contexts = []

    async def signed_in(
        login: str,
        role: Role,
        department: str | None = None,
        *,
        width: int = 1440,
        language: str = "zh",
        door: bool = False,
    ) -> Page:
        await service.person(login, role, department, password=True)
        context = await browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        await context.add_cookies([{"name": "hotline_language", "value": language, "url": service.url}])
        if door:
            await _through_the_door(page, service, login)
        else:
            key = await service.begin_session(login)
            await context.add_cookies([{"name": "hotline_session", "value": key, "url": service.url}])
            await page.goto(f"{service.url}/")
        return page

    yield signed_in
    for context in contexts:
        await context.close()
    assert complaints == []


async def _through_the_door(page: Page, service: Service, login: str) -> None:
    await page.goto(f"{service.url}/sign-in")
    await page.fill("input[name=login]", login)
    await page.fill("input[name=password]", PASSWORD)
    await page.click("main button[type=submit]")
    await page.wait_for_url(lambda url: "/sign-in" not in url)
