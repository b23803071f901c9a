"""Writes a workbook in a process of its own, row by row: an order on stdin, the file at the path it names.

xlsxwriter makes the book, with the sheets of the figures and the headings of the cases; the rows of the cases are put
into it afterwards (`long_sheet`). What both need of memory goes with the process.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import xlsxwriter

from hotline.reports.long_sheet import day_number, with_rows
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
PATTERN: Final[dict[str, Field | datetime]] = {
    "text": "-",
    "moment": datetime(2000, 1, 1),  # noqa: DTZ001 - a workbook knows no zones
    "hours": 0.5,
}
"""A cell of each kind: `long_sheet` writes others like it."""


def write(order: dict[str, Any]) -> None:
    """`out`: path; `sheets`: each as `files.Sheet`; `cases`: `files.CasesSheet` and `path`, of rows as JSON."""
    draft, cases = f"{order['out']}.draft", order["cases"]
    headings, kinds = zip(*cases["columns"], strict=True)
    with xlsxwriter.Workbook(draft, OPTIONS) as book:
        formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        for sheet in order["sheets"]:
            _sheet(book, sheet, sheet["rows"], formats)
        _sheet(book, cases, [headings, [PATTERN[kind] for kind in kinds]], formats)
    with_rows(draft, order["out"], len(order["sheets"]) + 1, _rows(cases["path"], kinds))


def _rows(path: str, kinds: Sequence[str]) -> Iterator[Sequence[Field]]:
    """The rows in a file that has some of them in each line; moments as a workbook counts them."""
    moments = [place for place, kind in enumerate(kinds) if kind == "moment"]
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - read line by line
        for line in file:
            for row in json.loads(line):
                for place in moments:
                    row[place] = day_number(row[place]) if row[place] else None
                yield row


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
