"""Writes a workbook in a process of its own, row by row: an order on stdin, the file at the path it names.

xlsxwriter keeps one row in memory (`constant_memory`), and what it keeps goes with the process.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import xlsxwriter

from hotline.reports.sheets import Field, defuse

OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
LAST_COLUMN: Final = 40
FORMATS: Final = {
    "title": {"bold": True, "font_size": 14},
    "heading": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    "strong": {"bold": True, "top": 1},
    "strong whole": {"bold": True, "top": 1, "num_format": "#,##0"},
    "strong part": {"bold": True, "top": 1, "num_format": "#,##0.0#"},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "whole": {"num_format": "#,##0"},
    "part": {"num_format": "#,##0.0#"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
}
Cells = Sequence[Field | datetime]


def write(order: dict[str, Any]) -> None:
    """`out`: path; `sheets`: each as `files.Sheet`; `cases`: one of which `path` names the rows, or nothing."""
    with xlsxwriter.Workbook(order["out"], OPTIONS) as book:
        formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        for sheet in order["sheets"]:
            _sheet(book, sheet, sheet["rows"], formats)
        if cases := order.get("cases"):
            with open(cases["path"], encoding="utf-8", newline="") as file:  # noqa: PTH123 - read row by row
                _sheet(book, cases, _with_headings(cases, csv.reader(file)), formats)


def _with_headings(cases: dict[str, Any], rows: Iterable[Sequence[str]]) -> Iterable[Cells]:
    """The names of the columns, then rows of a CSV, each field as what its column is."""
    yield [heading for heading, _kind in cases["columns"]]
    kinds = [kind for _heading, kind in cases["columns"]]
    for row in rows:
        yield [_read(field, kind) for field, kind in zip(row, kinds, strict=True)]


def _read(field: str, kind: str) -> Field | datetime:
    if not field:
        return None
    match kind:
        case "moment":
            return datetime.fromisoformat(field)  # without a zone, as a workbook knows none: the time in Shanghai
        case "hours":
            return float(field)
        case _:
            return field


def _sheet(book: Any, laid_out: dict[str, Any], rows: Iterable[Cells], formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(laid_out["name"][:31])
    *widths, rest = laid_out["widths"]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_column(len(widths), LAST_COLUMN, rest)
    headings, total = laid_out["headings"], laid_out.get("total")
    looks = {total: "strong", headings: "heading"} | ({0: "title"} if headings else {})
    if headings is not None:
        sheet.freeze_panes(headings + 1, 1)
    for number, row in enumerate(rows):
        kind = looks.get(number, laid_out.get("look", ""))
        for column, field in enumerate(row):
            _write(sheet, number, column, field, formats, kind)


def _write(sheet: Any, row: int, column: int, field: Field | datetime, formats: dict[str, Any], kind: str) -> None:
    if isinstance(field, datetime):
        sheet.write_datetime(row, column, field, formats["moment"])
    elif isinstance(safe := defuse(field), str):
        sheet.write_string(row, column, safe, formats.get(kind))
    elif safe is not None:
        number = "whole" if isinstance(safe, int) else "part"
        sheet.write_number(row, column, safe, formats[f"strong {number}" if kind == "strong" else number])


def main() -> int:
    """Read the order, write the file."""
    write(json.load(sys.stdin))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
