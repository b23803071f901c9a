"""What axe finds on a page."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

AXE = Axe()
BRIEF = {"resultTypes": ["violations"]}
"""Every rule runs; what has passed is not described element by element, which takes a third of the time."""


async def violations(page: Page) -> list[str]:
    """Every rule this page breaks, with what it asks for."""
    found = await AXE.run(page, options=BRIEF)
    return [f"{item['id']}: {item['help']}" for item in found.response["violations"]]
