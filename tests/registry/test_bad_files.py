"""Files nobody should have sent: refused with what to do, or reported row by row; nothing is ever half-imported."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from hotline.errors import Refusal
from hotline.registry import children
from hotline.registry.children import run_child
from hotline.registry.models import ImportState
from hotline.registry.sources import MOST_BYTES
from hotline.storage.database import Database
from tests.registry.conftest import HEADINGS, Import, Row, count, organisation, read_csv, table, xlsx

RIGHT = [organisation("A1"), organisation("A2")]


async def check(tmp_path: Path, file: Path, known: str = "", **order: Any) -> dict[str, Any]:
    """What the child says of a file, when the register holds `known` (lines: code, superior)."""
    lines = ["code,superior_code,old_names,aliases,address", *(f"{line},[],[],x" for line in known.split())]
    (tmp_path / "known").write_text("\n".join(lines) + "\n", encoding="utf-8")
    paths = {"file": str(file), "known": str(tmp_path / "known"), "rows": str(tmp_path / "rows")}
    return await run_child({"task": "check", **paths, "broken": str(tmp_path / "broken"), "mapping": None, **order})


def told(report: dict[str, Any]) -> dict[tuple[int, str], str]:
    return {(error["row"], error["field"]): error["message"] for error in report["errors"]}


def rewritten(path: Path, change: Callable[[str, bytes], bytes | None], **more: bytes) -> Path:
    """The same package with some parts changed, left out or added."""
    with zipfile.ZipFile(path) as old:
        parts = {name: change(name, old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in {**parts, **{key.replace("__", "/"): value for key, value in more.items()}}.items():
            if content is not None:
                new.writestr(name, content)
    return path


def plain(_name: str, content: bytes) -> bytes:
    return content


def with_macros(path: Path) -> Path:
    return rewritten(xlsx(path, RIGHT), plain, **{"xl__vbaProject.bin": b"x"})


def macro_type(path: Path) -> Path:
    def changed(name: str, content: bytes) -> bytes:
        return (
            content.replace(b"spreadsheetml.sheet.main", b"macroEnabled.main") if "Content_Types" in name else content
        )

    return rewritten(xlsx(path, RIGHT), changed)


def zip_bomb(path: Path) -> Path:
    return rewritten(xlsx(path, RIGHT), plain, **{"xl__media__image1.png": b"\0" * (600 * 1024 * 1024)})


def far_corner(path: Path) -> Path:
    """A sheet with two cells whose rectangle has 17 thousand million."""

    def changed(name: str, content: bytes) -> bytes:
        last = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        return content.replace(b"</sheetData>", last) if name == "xl/worksheets/sheet1.xml" else content

    return rewritten(xlsx(path, RIGHT), changed)


def raw(content: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return write


def empty_book(path: Path) -> Path:
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet()
    book.close()
    return path


def document(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<w/>")
    return path


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "macros": (with_macros, "macros"),
    "a type with macros": (macro_type, "macros"),
    "zip bomb": (zip_bomb, "Unpacked"),
    "two cells far apart": (far_corner, "limits of memory"),
    "old Excel": (raw(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600), "old or encrypted"),
    "a document": (document, "no Excel file"),
    "half a package": (raw(b"PK\x03\x04" + b"x" * 200), "damaged"),
    "binary": (raw(bytes(range(256)) * 10), "no Excel file"),
    "nothing": (raw(b""), "empty"),
    "blank lines": (raw(b"\n\n,,\n"), "empty"),
    "an empty book": (empty_book, "No sheet"),
    "half a character": (raw(b"code,name,level\nA1,\xff\xfe\xff,x\n"), "encoding"),
    "a row without end": (raw(b"code,name,level\nA1,x,enterprise" + b"," * 300 + b"\n"), "At most {rows} rows"),
    "a long cell": (raw(b'code,name,level\nA1,"' + b"x" * 200_000 + b'",enterprise\n'), "Row {row} cannot be read"),
}


@pytest.mark.parametrize("kind", REFUSED)
async def test_what_is_no_table_is_refused_with_what_to_do(tmp_path: Path, kind: str) -> None:
    make, said = REFUSED[kind]
    with pytest.raises(Refusal) as refused:
        await check(tmp_path, make(tmp_path / "file"))
    assert said in refused.value.message


async def test_a_line_of_200_megabytes_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "long.csv").open("wb") as file:
        file.write(b"code,name,level\nA1,")
        file.seek(200 * 1024 * 1024)
        file.write(b"\n")
    assert (tmp_path / "long.csv").stat().st_size > MOST_BYTES
    with pytest.raises(Refusal, match="larger than"):
        await check(tmp_path, tmp_path / "long.csv")


async def test_a_child_that_hits_a_limit_is_given_up_and_the_parent_goes_on(tmp_path: Path) -> None:
    file = table(tmp_path / "big.csv", [organisation(f"A{n}", remarks="说明" * 300) for n in range(20_000)])
    with pytest.raises(children.TooMuch):
        await check(tmp_path, file, seconds=1)
    assert (await check(tmp_path, table(tmp_path / "small.csv", RIGHT)))["broken"] == 0


async def test_a_refused_file_leaves_the_register_as_it_was(database: Database, bring: Import, tmp_path: Path) -> None:
    done = await bring(far_corner(tmp_path / "far.xlsx"))
    assert done.state is ImportState.REFUSED
    assert done.problem is not None
    done = await bring(table(tmp_path / "no.csv", RIGHT, ["a", "b", *HEADINGS[2:]]))
    assert (done.state, done.rows_total) == (ImportState.CHECKED, 2)
    assert done.problem is not None
    assert done.problem["params"] == {"fields": "组织代码、组织名称"}
    done = await bring(table(tmp_path / "dup.csv", [*RIGHT, organisation("A1")]))
    assert (done.state, done.rows_broken) == (ImportState.CHECKED, 2)
    assert await count(database) == 0


async def test_the_sheet_with_the_headings_is_found_below_a_title_and_behind_other_sheets(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "book.xlsx"))
    book.add_worksheet("封面").write(0, 0, "滨海市工会组织名册")
    page = book.add_worksheet("名册")
    page.merge_range(1, 0, 1, 5, "名册（二〇二六年）")
    page.write_row(3, 1, ["组织代码", "工会名称", "级别"])
    page.write_row(4, 1, ["A1", "甲厂工会", "企业"])
    book.close()
    report = await check(tmp_path, tmp_path / "book.xlsx")
    assert (report["sheet"], report["rows"], report["broken"]) == ("名册", 1, 0)
    with pytest.raises(Refusal, match="no sheet"):
        await check(tmp_path, tmp_path / "book.xlsx", sheet="别的")
    assert (await check(tmp_path, tmp_path / "book.xlsx", sheet="封面"))["missing"]


async def test_formulas_merged_cells_and_lost_digits_are_reported_where_they_stand(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "book.xlsx"))
    page = book.add_worksheet()
    page.write_row(0, 0, ["组织代码", "组织名称", "层级", "统一社会信用代码", "会员人数", "随便"])
    for number in range(1, 7):
        page.write_row(number, 0, [f"A{number}", f"单位{number}", "企业", "", number, ""])
    page.write_formula(1, 4, "=1+1", None, 2)
    page.write_formula(2, 5, "=1+1", None, 2)
    page.merge_range(3, 1, 4, 1, "合并")
    page.write_number(5, 3, 913702000000008885)
    page.write_string(6, 1, "#REF!")
    book.close()
    found = told(await check(tmp_path, tmp_path / "book.xlsx"))
    assert {place: message.split(".")[0] for place, message in found.items()} == {
        (2, "members"): "A formula stands here",
        (4, ""): "The row has merged cells",
        (5, ""): "The row has merged cells",
        (6, "credit_code"): "The spreadsheet has rounded this number",
        (7, "name"): "A formula failed here ({text})",
    }


@pytest.mark.parametrize(
    "cell", [b"<c r='E2' t='str'><f>1+1</f><v>2</v></c>", b'<c s="1" r = "E2" t="str"> <f>1+1</f><v>2</v></c>']
)
async def test_a_formula_is_found_however_the_file_writes_it(tmp_path: Path, cell: bytes) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "book.xlsx"))
    page = book.add_worksheet()
    page.write_row(0, 0, ["组织代码", "组织名称", "层级", "统一社会信用代码", "会员人数"])
    page.write_row(1, 0, ["A1", "单位1", "企业", "", 2])
    book.close()

    def written(name: str, content: bytes) -> bytes:
        return re.sub(rb'<c r="E2"[^>]*>.*?</c>', cell, content) if name.endswith("sheet1.xml") else content

    found = told(await check(tmp_path, rewritten(tmp_path / "book.xlsx", written)))
    assert list(found) == [(2, "members")]


async def test_rows_are_looked_at_together(tmp_path: Path) -> None:
    rows: list[Row] = [
        organisation("A1", superior_code="TOP"),
        organisation("A2", superior_code="A1"),
        organisation("A3", superior_code="NOWHERE"),
        organisation("A4", superior_code="A3"),
        organisation("A5", superior_code="A6"),
        organisation("A6", superior_code="A5"),
        organisation("A7"),
        organisation("a7"),
        organisation("A8", superior_code="A8"),
        organisation("TOP", superior_code="MID"),
    ]
    report = await check(tmp_path, table(tmp_path / "t.csv", rows), known="TOP,\\N MID,TOP")
    messages = told(report)
    assert {row for row, _field in messages} == {4, 5, 6, 7, 8, 9, 10, 11}
    assert "There is no organisation" in messages[4, "superior_code"]
    assert "Its superior" in messages[5, "superior_code"]
    assert "circle" in messages[6, "superior_code"]
    assert "circle" in messages[11, "superior_code"]
    assert "same code" in messages[8, "code"]
    kept = [line.split(",")[1] for line in (tmp_path / "rows").read_text(encoding="utf-8").splitlines()]
    assert kept == ["A1", "A2"]


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8-sig", ","), ("gb18030", "\t"), ("utf-8", ";")])
async def test_tables_of_every_office_are_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = [["工会编号", "单位名称", "层级", "简称"], ["A1", "曾家港镇㐂厂", "企业", "㐂；老厂"], ["", "", "", ""]]
    text = "\r\n".join(delimiter.join(cells) for cells in lines)
    (tmp_path / "t.csv").write_bytes(text.encode(encoding))
    report = await check(tmp_path, tmp_path / "t.csv")
    assert (report["rows"], report["broken"]) == (1, 0)
    assert "曾家港镇㐂厂" in (tmp_path / "rows").read_text(encoding="utf-8")


async def test_what_looks_like_a_formula_is_text_in_every_file_that_leaves(tmp_path: Path) -> None:
    rows = [
        organisation("A1", name="=cmd|' /C calc'!A0", postcode="12", address="\t=1+1"),
        organisation("A2", name="@总厂"),
    ]
    report = await check(tmp_path, table(tmp_path / "t.csv", rows))
    assert report["broken"] == 1
    broken = read_csv((tmp_path / "broken").read_bytes())
    assert broken[1][1] == "'=cmd|' /C calc'!A0"
    assert "'\t=1+1" in broken[1]
    await check(tmp_path, xlsx(tmp_path / "t.xlsx", rows))
    with zipfile.ZipFile(io.BytesIO((tmp_path / "broken").read_bytes())) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")
