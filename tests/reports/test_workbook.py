"""The workbook as a spreadsheet reads it: every text and number of the rows that are put into it, and nothing more."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from hotline.reports.files import CasesSheet, Sheet
from hotline.reports.long_sheet import AT_ONCE, row_xml
from hotline.reports.sheets import Field, defuse
from hotline.reports.workbook import write

PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="_\ufffe\uffff"), min_size=1)
NUMBERS = st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9)
ROWS = st.lists(st.lists(PLAIN | NUMBERS | st.none(), min_size=1, max_size=12), max_size=6)


def written(rows: list[list[Field]]) -> list[list[Any]]:
    """The rows of the sheet of cases, as a reader gives them."""
    with TemporaryDirectory() as folder:
        kept, out = Path(folder) / "rows", Path(folder) / "book.xlsx"
        lines = [rows[start : start + 400] for start in range(0, len(rows), 400)]
        kept.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        figures = [asdict(Sheet("Figures", [["Times"], ["Legal", 7, 1.5, None]], (20, 10)))]
        columns = tuple((f"h{n}", "text") for n in range(12))
        cases = {"path": str(kept), **asdict(CasesSheet("Cases", columns, (20, 10)))}
        write({"out": str(out), "sheets": figures, "cases": cases})
        book = CalamineWorkbook.from_path(str(out))
        assert book.sheet_names == ["Figures", "Cases"]
        assert book.get_sheet_by_name("Figures").to_python() == [["Times", "", ""], ["Legal", 7, 1.5]]
        return book.get_sheet_by_name("Cases").to_python()


@settings(max_examples=20)
@given(ROWS)
def test_what_is_put_into_it_is_read_again_numbers_as_numbers(rows: list[list[Field]]) -> None:
    found = written(rows)
    assert found[0] == [f"h{n}" for n in range(12)]
    for row, read in zip(rows, found[1:], strict=False):
        assert read == [*("" if field is None else defuse(field) for field in row), *[""] * (12 - len(row))]
    last = max((n for n, row in enumerate(rows, 1) if any(field is not None for field in row)), default=0)
    assert len(found) == 1 + last


def test_more_rows_than_are_written_at_once_stand_one_below_the_other() -> None:
    rows: list[list[Field]] = [[f"2026-{n}", n] for n in range(2 * AT_ONCE + 1)]
    assert [row[:2] for row in written(rows)[1:]] == rows


@given(st.text(min_size=1))
def test_no_text_breaks_the_sheet_and_none_is_a_formula(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    row = ET.fromstring(row_xml(2, [text, 1], ["", ""]))  # noqa: S314 - what we have just written
    assert [cell.attrib["r"] for cell in row] == (["A2", "B2"] if text else ["B2"])
    said = "".join(row.itertext())
    assert not said.lstrip().startswith(("=", "+", "-", "@"))


def test_what_a_cell_cannot_hold_is_written_as_spreadsheets_write_it() -> None:
    assert "_x0001_ &lt;a&gt; _x005F_x0041_" in row_xml(1, ["\x01 <a> _x0041_"], [""])
