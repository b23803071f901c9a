"""The register on pages: who reads and who writes it, searching, correcting, importing and exporting."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy.engine import make_url

from hotline.accounts.roles import Role
from hotline.cli.registry import _exported
from hotline.registry.fields import FIELDS
from hotline.storage.embedded import EmbeddedServer
from tests.databases import copied
from tests.registry.conftest import city_of, city_rows, column, organisation, read_csv, table, xlsx
from tests.service import Service
from tests.web.visitor import Arrive, Visitor, acts

FIRM = organisation(
    "BH-X-1", name="滨海市宏福机械有限公司", superior_code="BH", contact="张三丰", phone="13812345678", chair="李四光"
)


async def upload(visitor: Visitor, path: Path) -> str:
    """Upload a file and wait until it is checked; the path of its page."""
    form = aiohttp.FormData({"csrf": await visitor.csrf()})
    form.add_field("file", io.BytesIO(path.read_bytes()), filename=path.name)
    status, _text, headers = await visitor._ask("POST", "/organisations/imports", form, {})
    assert status == 303, _text
    return await settled(visitor, headers["Location"])


async def settled(visitor: Visitor, where: str) -> str:
    for _again in range(600):
        text = (await visitor.get(f"{where}/progress"))[1]
        if 'data-busy="no"' in text:
            return where
        await asyncio.sleep(0.1)
    raise AssertionError(text)


async def counts(visitor: Visitor, where: str) -> list[int]:
    """Rows, new, changed, unchanged, broken."""
    text = (await visitor.get(f"{where}/progress"))[1]
    return [int(number.replace(",", "")) for number in re.findall(r"<dd>\s*([\d,]+)\s*</dd>", text)]


@pytest.fixture(scope="module")
async def city(server: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    rows = [*city_rows(100), FIRM]
    async with city_of(server, template, tmp_path_factory.mktemp("city"), rows) as url:
        yield make_url(url).database or ""


@pytest.fixture
async def database_url(server: EmbeddedServer, city: str) -> AsyncIterator[str]:
    """A copy of a database into which a small city and one firm have been imported."""
    async with copied(server, city) as url:
        yield url


@pytest.fixture
async def filled(arrive: Arrive) -> Visitor:
    """A supervisor of that city."""
    return await arrive("chief", Role.SUPERVISOR)


async def test_a_workbook_is_uploaded_checked_and_imported(filled: Visitor, tmp_path: Path) -> None:
    second = organisation("BH-X-2", name="滨海市宏禄机械有限公司", superior_code="BH")
    where = await upload(filled, xlsx(tmp_path / "city.xlsx", [*city_rows(20, seed=2), FIRM, second]))
    assert (await counts(filled, where))[0] == 22
    assert (await filled.get("/organisations/BH-X-2"))[0] == 404
    assert (await filled.post(f"{where}/apply"))[0] == 303
    await settled(filled, where)
    assert "滨海市宏禄机械有限公司" in (await filled.get("/organisations/BH-X-2"))[1]


async def test_what_is_imported_is_searched_and_read(service: Service, filled: Visitor, arrive: Arrive) -> None:
    for query in ("%E5%AE%8F%E7%A6%8F", "hfjx", "BH-X-1"):
        text = (await filled.get(f"/organisations/rows?q={query}"))[1]
        assert "滨海市宏福机械有限公司" in text
        assert "<html" not in text
    operator = await arrive("opera", Role.OPERATOR)
    text = (await operator.get("/organisations/BH-X-1"))[1]
    for shown in ("滨海市总工会", "李四光", "138****5678", "张**"):
        assert shown in text, shown
    assert "13812345678" not in text
    assert "张三丰" not in text
    text = (await filled.get("/organisations/BH-X-1"))[1]
    assert "13812345678" in text
    assert "city.xlsx" in text
    assert (await acts(service))[0] == "registry.read"


async def test_how_somebody_is_or_was_reached_is_not_read_without_a_trace(service: Service, filled: Visitor) -> None:
    where = "/organisations/BH-X-1"
    form = (await filled.get(f"{where}/edit"))[1]
    assert "13812345678" in form
    assert await acts(service, act="registry.read") == ["registry.read"]
    sent = {field.code: "" for field in FIELDS} | {
        "name": "滨海市宏福机械有限公司",
        "level": "enterprise",
        "version": "1",
    }
    assert (await filled.post(where, sent))[0] == 303
    assert "13812345678" in (await filled.get(where))[1]
    assert len(await acts(service, act="registry.read")) == 2
    assert "13812345678" not in (await filled.get(f"{where}/edit"))[1]
    assert len(await acts(service, act="registry.read")) == 2


async def test_an_export_at_the_machine_is_written_down_too(service: Service, filled: Visitor, tmp_path: Path) -> None:
    assert filled
    assert await _exported(service.database, tmp_path / "all.csv") == 101
    assert await acts(service, actor="hotline", act="registry.export") == ["registry.export"]
    assert "13812345678" in (tmp_path / "all.csv").read_text(encoding="utf-8-sig")


async def test_who_only_reads_changes_nothing(filled: Visitor, arrive: Arrive) -> None:
    for role, reads in ((Role.OPERATOR, 200), (Role.AUDITOR, 403), (Role.SECURITY_OFFICER, 403)):
        other = await arrive(f"other-{role.value.replace('_', '-')}", role)
        assert (await other.get("/organisations"))[0] == reads
        for path in ("/organisations/new", "/organisations/imports", "/organisations/BH-X-1/edit"):
            assert (await other.get(path))[0] == 403, path
        for path in ("/organisations", "/organisations/imports", "/organisations/export", "/organisations/BH-X-1/end"):
            assert (await other.post(path))[0] == 403, path
    assert "宏福" in (await filled.get("/organisations/BH-X-1"))[1]


async def test_a_mistake_comes_back_on_the_same_page_with_what_was_typed(filled: Visitor) -> None:
    text = (await filled.get("/organisations/BH-X-1/edit"))[1]
    version = re.search(r'name="version" value="(\d+)"', text)
    assert version
    wrong = {
        "name": "新名字有限公司",
        "level": "enterprise",
        "members": "很多",
        "credit_code": "123",
        "superior_code": "NO",
    }
    status, text, _headers = await filled.post("/organisations/BH-X-1", {**wrong, "version": version[1]})
    assert status == 422
    for code in ("members", "credit_code"):
        assert f'id="f-{code}-mistake"' in text
    assert 'value="新名字有限公司"' in text
    right = {**wrong, "members": "1,234 人", "credit_code": "", "superior_code": "BH", "aliases": "小新；新新"}
    status, text, headers = await filled.post("/organisations/BH-X-1", {**right, "version": version[1]})
    assert (status, headers.get("Location")) == (303, "/organisations/BH-X-1"), text
    text = (await filled.get("/organisations/BH-X-1"))[1]
    assert "1234" in text
    assert "<del>滨海市宏福机械有限公司</del>" in text
    assert "新名字" in (await filled.get("/organisations/rows?q=xmz"))[1]
    status, text, _headers = await filled.post("/organisations/BH-X-1", {**right, "version": version[1]})
    assert status == 412
    assert 'value="新名字有限公司"' in text


async def test_superiors_never_run_in_a_circle(filled: Visitor) -> None:
    new = {"name": "分厂", "level": "enterprise", "superior_code": "BH-X-1", "code": "bh-x-1-1"}
    assert (await filled.post("/organisations", new))[0] == 303
    assert (await filled.post("/organisations", new))[0] == 422
    circle = {"name": "总厂", "level": "enterprise", "superior_code": "BH-X-1-1", "version": "1"}
    status, text, _headers = await filled.post("/organisations/BH-X-1", circle)
    assert status == 422
    assert 'id="f-superior_code-mistake"' in text


async def test_a_closed_organisation_stays_and_says_so(filled: Visitor) -> None:
    assert (await filled.post("/organisations/BH-X-1/end"))[0] == 303
    assert (await filled.post("/organisations/BH-X-1/end"))[0] == 409
    assert "已撤销" in (await filled.get("/organisations/rows?q=hfjx"))[1]
    assert (await filled.post("/organisations/BH-X-1/reopen"))[0] == 303
    assert "已撤销" not in (await filled.get("/organisations/rows?q=hfjx"))[1]


async def test_broken_rows_are_got_as_a_file_and_the_others_are_imported_only_when_asked(
    service: Service, filled: Visitor, tmp_path: Path
) -> None:
    rows = city_rows(140)[100:]
    rows[3][column("postcode")] = "=1+1"
    where = await upload(filled, table(tmp_path / "more.csv", rows))
    assert await counts(filled, where) == [40, 39, 0, 0, 1]
    await filled.post(f"{where}/apply")
    await settled(filled, where)
    assert await counts(filled, where) == [40, 39, 0, 0, 1]
    assert "有误" in (await filled.get(where))[1]
    answer = await filled.http.get(f"{service.url}{where}/broken")
    broken = read_csv(await answer.read())
    assert broken[0][-1] == "问题"
    assert [row[column("code")] for row in broken[1:]] == [rows[3][column("code")]]
    assert broken[1][column("postcode")] == "'=1+1"
    assert (await filled.post(f"{where}/apply", {"leave_out": "yes"}))[0] == 303
    await settled(filled, where)
    assert (await filled.get(f"/organisations/{rows[4][column('code')]}"))[0] == 200
    assert (await filled.get(f"/organisations/{rows[3][column('code')]}"))[0] == 404
    assert {"registry.import", "registry.broken"} <= {*await acts(service)}


async def test_columns_are_chosen_by_hand_where_headings_are_not_recognised(filled: Visitor, tmp_path: Path) -> None:
    rows: list[list[Any]] = [["K1", "甲单位", "企业", "7"], ["K2", "乙单位", "企业", "8"]]
    where = await upload(filled, table(tmp_path / "odd.csv", rows, ["号", "叫法", "层级", "人"]))
    text = (await filled.get(where))[1]
    assert "组织代码" in text
    assert 'action="' + where + '/apply"' not in text
    chosen = {"sheet": "", "column-code": "0", "column-name": "1", "column-level": "2", "column-members": "3"}
    assert (await filled.post(f"{where}/check", {**chosen, "column-members": "1"}))[0] == 422
    assert (await filled.post(f"{where}/check", chosen))[0] == 303
    await settled(filled, where)
    assert await counts(filled, where) == [2, 2, 0, 0, 0]
    assert (await filled.post(f"{where}/give-up"))[0] == 303
    assert (await filled.post(f"{where}/apply"))[0] == 409


async def test_an_export_holds_everything_and_is_written_down(service: Service, filled: Visitor) -> None:
    csrf = await filled.csrf()
    answer = await filled.http.post(f"{service.url}/organisations/export", data={"csrf": csrf, "kind": "csv"})
    assert answer.status == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = read_csv(await answer.read())
    assert len(rows) == 102
    firm = next(row for row in rows if row[column("code")] == "BH-X-1")
    assert (firm[column("name")], firm[column("phone")]) == ("滨海市宏福机械有限公司", "13812345678")
    assert (await acts(service))[0] == "registry.export"


async def test_only_the_upload_takes_more_than_a_megabyte_and_only_from_who_may(
    filled: Visitor, arrive: Arrive, tmp_path: Path
) -> None:
    big = tmp_path / "big.csv"
    big.write_bytes(b"code,name,level\n" + b'X1,"' + b"x" * 3_000_000 + b'",enterprise\n')
    where = await upload(filled, big)
    assert "第 2 行无法读取" in (await filled.get(where))[1]
    long = io.BytesIO(b"name=" + b"x" * 2_000_000)
    kind = {"Content_Type": "application/x-www-form-urlencoded"}
    assert (await filled._ask("POST", "/organisations", long, kind))[0] == 413
    too_big = aiohttp.FormData({"csrf": await filled.csrf()})
    too_big.add_field("file", io.BytesIO(b"x" * (33 * 1024 * 1024)), filename="x.csv")
    status, text, _headers = await filled._ask("POST", "/organisations/imports", too_big, {})
    assert status == 413
    assert "32 MB" in text
    operator = await arrive("opera", Role.OPERATOR)
    form = aiohttp.FormData({"csrf": await operator.csrf()})
    form.add_field("file", io.BytesIO(b"x" * 2_000_000), filename="x.csv")
    assert (await operator._ask("POST", "/organisations/imports", form, {}))[0] == 403
