"""The register in a browser: a table is uploaded, its broken rows are got, and units are found as somebody types."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from hotline.accounts.roles import Role
from tests.browser.accessible import violations
from tests.browser.conftest import SignIn
from tests.registry.conftest import city_rows, column, organisation, xlsx
from tests.service import Service

pytestmark = pytest.mark.browser

FIRM = organisation(
    "BH-X-1",
    name="滨海市宏福机械制造有限公司",
    aliases="老机床；二机",
    superior_code="BH",
    address="港湾街道码头路88号",
)
LONG = organisation("BH-X-2", name="滨海市恒远精密机械制造与劳务协作服务联合体第三分公司" * 4, superior_code="BH")


async def find(page: Page, query: str) -> None:
    await page.fill("#f-q", "")
    await page.locator("#f-q").press_sequentially(query, delay=15)


async def test_a_table_is_imported_and_its_units_are_found_as_one_types(
    sign_in: SignIn, service: Service, complaints: list[str], tmp_path: Path
) -> None:
    rows = [*city_rows(120), FIRM, LONG]
    rows[100][column("level")] = "不知道"
    page = await sign_in("chief", Role.SUPERVISOR)
    await page.click("nav a[href='/organisations']")
    await expect(page.locator("#found")).to_contain_text("名册是空的")
    await page.click("a[href='/organisations/imports']")
    await page.set_input_files("#f-file", xlsx(tmp_path / "city.xlsx", rows))
    await page.click("button:has-text('上传并检查')")
    await expect(page.locator("#state[data-busy='no']")).to_be_visible(timeout=60_000)
    await expect(page.locator("main")).to_contain_text("组织层级")
    async with page.expect_download() as download:
        await page.click("a[href$='/broken']")
    assert (await download.value).suggested_filename.endswith(".xlsx")
    await page.check("input[name=leave_out]")
    await page.click("button:has-text('导入 121 个组织')")
    await expect(page.locator("#state[data-busy='no'] h2")).to_have_text("已导入", timeout=60_000)

    await page.goto(f"{service.url}/organisations")
    for query in ("宏福", "hfjx", "二机", "BH-X-1", "码头路88", "hongfu"):
        await find(page, query)
        await expect(page.locator("tr[data-code='BH-X-1']")).to_be_visible()
        await expect(page.locator("tbody tr")).to_have_count(1)
    await find(page, "没有这个单位")
    await expect(page.locator("#found .empty")).to_be_visible()
    assert "q=" in page.url
    await find(page, "老机床")
    await expect(page.locator("tr[data-code='BH-X-1']")).to_contain_text("又名 老机床")
    await page.click("tr[data-code='BH-X-1'] a")
    await expect(page.locator("h1")).to_have_text("滨海市宏福机械制造有限公司")
    await page.click("a[href$='/edit']")
    await page.fill("#f-members", "很多")
    await page.click("button:has-text('保存')")
    await expect(page.locator("#f-members-mistake")).to_be_visible()
    assert [said for said in complaints if "422" not in said] == []
    complaints.clear()  # the browser says of every mistake that the page came with status 422
    await page.fill("#f-members", "120")
    await page.click("main button:has-text('保存')")
    await expect(page.locator("main")).to_contain_text("120")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [1440, 390])
async def test_every_page_of_the_register_is_accessible_and_fits(
    sign_in: SignIn, service: Service, tmp_path: Path, width: int, language: str
) -> None:
    rows = [*city_rows(60), FIRM, LONG]
    rows[50][column("level")] = "不知道"
    page = await sign_in("chief", Role.SUPERVISOR, width=width, language=language)
    await page.goto(f"{service.url}/organisations/imports")
    await page.set_input_files("#f-file", xlsx(tmp_path / "city.xlsx", rows))
    await page.click("main form[enctype] button")
    await expect(page.locator("#state[data-busy='no']")).to_be_visible(timeout=60_000)
    checked = page.url
    await page.check("input[name=leave_out]")
    await page.click("form[action$='/apply'] button")
    await expect(page.locator("a.primary[href='/organisations']")).to_be_visible(timeout=60_000)
    wrong = []
    for path in (
        "/organisations", "/organisations?q=xyzxyz", "/organisations/BH", "/organisations/BH-X-2",
        "/organisations/BH-X-1/edit", "/organisations/new", "/organisations/imports", checked.removeprefix(service.url),
    ):  # fmt: skip
        answer = await page.goto(f"{service.url}{path}")
        assert answer is not None
        assert answer.status == 200, path
        wrong += [f"{path}: {broken}" for broken in await violations(page)]
        if await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{path}: scrolls sideways")
    assert wrong == []
