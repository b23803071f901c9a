"""The register from a file: a city is imported; its broken rows come back in a file and are imported corrected."""

from __future__ import annotations

from pathlib import Path

from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from hotline.registry.models import ImportState, OrganisationChange
from hotline.storage.database import Database
from tests.registry.conftest import Import, broken_of, city_rows, column, count, get, xlsx


async def test_a_city_is_imported_its_broken_rows_corrected_and_imported_too(
    database: Database, bring: Import, tmp_path: Path
) -> None:
    rows = city_rows(3000)
    right = [list(row) for row in rows]
    broken = range(1000, 3000, 10)
    for at in broken:
        rows[at][column("credit_code")] = "91370200000000001X"
        rows[at][column("members")] = "很多"
    tried = await bring(xlsx(tmp_path / "city.xlsx", rows), apply=False)
    assert (tried.state, tried.rows_new, tried.rows_broken) == (ImportState.CHECKED, 2800, 200)
    assert await count(database) == 0

    refused = await bring(tmp_path / "city.xlsx")
    assert refused.state is ImportState.CHECKED
    assert refused.problem is not None
    assert await count(database) == 0

    done = await bring(tmp_path / "city.xlsx", leave_out_broken=True)
    assert (done.state, done.rows_new, done.rows_broken) == (ImportState.DONE, 2800, 200)
    assert await count(database) == 2800

    (tmp_path / "broken.xlsx").write_bytes(await broken_of(database, done))
    sheet = CalamineWorkbook.from_path(str(tmp_path / "broken.xlsx")).get_sheet_by_index(0).to_python()
    assert len(sheet) == 201
    assert sheet[0][-1] == "问题"
    assert {row[column("code")] for row in sheet[1:]} == {right[at][column("code")] for at in broken}
    assert all("统一社会信用代码" in str(row[-1]) and "会员人数" in str(row[-1]) for row in sheet[1:])

    correct = {row[column("code")]: row for row in right}
    corrected = [[*correct[row[column("code")]], row[-1]] for row in sheet[1:]]
    done = await bring(xlsx(tmp_path / "corrected.xlsx", corrected, [str(cell) for cell in sheet[0]]))
    assert (done.state, done.rows_new, done.rows_changed) == (ImportState.DONE, 200, 0)
    assert await count(database) == 3000

    again = await bring(xlsx(tmp_path / "again.xlsx", right))
    assert (again.state, again.rows_new, again.rows_changed, again.rows_same) == (ImportState.DONE, 0, 0, 3000)


async def test_a_change_leaves_what_was_before_and_after_and_nothing_else(
    database: Database, bring: Import, tmp_path: Path
) -> None:
    rows = city_rows(60)
    await bring(xlsx(tmp_path / "one.xlsx", rows))
    code = rows[50][column("code")]
    was = await get(database, code)
    rows[50][column("members")] = 12
    rows[50][column("aliases")] = "小名一；小名二"
    done = await bring(xlsx(tmp_path / "two.xlsx", rows))
    assert (done.rows_new, done.rows_changed, done.rows_same) == (0, 1, 59)
    now = await get(database, code)
    assert (now.members, now.aliases, now.version) == (12, ["小名一", "小名二"], was.version + 1)
    async with database.transaction() as session:
        changes = (
            await session.scalars(
                select(OrganisationChange)
                .where(OrganisationChange.organisation_id == now.id)
                .order_by(OrganisationChange.id)
            )
        ).all()
        assert await session.scalar(select(func.count()).select_from(OrganisationChange)) == 61
    assert changes[0].before is None
    assert changes[0].after["name"] == was.name
    assert changes[1].before == {"members": was.members, "aliases": was.aliases}
    assert changes[1].after == {"members": 12, "aliases": ["小名一", "小名二"]}
    assert changes[1].batch_id == done.id


async def test_fields_without_a_column_stay_as_they_are_and_are_still_found(
    database: Database, bring: Import, tmp_path: Path
) -> None:
    rows = city_rows(60)
    rows[50][column("aliases")] = "老船厂"
    await bring(xlsx(tmp_path / "all.xlsx", rows))
    chosen = [column(code) for code in ("code", "name", "level", "members")]
    few = [[row[at] for at in chosen] for row in rows]
    few[50][3] = 77
    done = await bring(xlsx(tmp_path / "few.xlsx", few, ["组织代码", "组织名称", "级别", "会员数"]))
    assert (done.state, done.rows_changed, done.rows_same) == (ImportState.DONE, 1, 59)
    now = await get(database, rows[50][column("code")])
    assert (now.members, now.aliases, now.address) == (77, ["老船厂"], rows[50][column("address")])
    assert now.superior_code == rows[50][column("superior_code")]
