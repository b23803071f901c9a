"""Writes a workbook in a process of its own, row by row: an order on stdin, the file at the path it names.

xlsxwriter keeps one row in memory (`constant_memory`), and what it keeps goes with the process.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

import xlsxwriter

from hotline.reports.sheets import Field, defuse

WIDE: Final = 26
OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(order: dict[str, Any]) -> None:
    """`out`: path; `sheets`: name and rows of each; `cases`: a CSV of rows, its name and headings, or nothing."""
    with xlsxwriter.Workbook(order["out"], OPTIONS) as book:
        strong = book.add_format({"bold": True})
        for sheet in order["sheets"]:
            _sheet(book, sheet["name"], sheet["rows"], strong)
        if order.get("cases"):
            with open(order["cases"]["path"], encoding="utf-8", newline="") as file:  # noqa: PTH123 - read row by row
                rows = csv.reader(file)
                _sheet(book, order["cases"]["name"], _with_headings(order["cases"]["headings"], rows), strong)


def _with_headings(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[Sequence[Field]]:
    yield headings
    yield from rows


def _sheet(book: Any, name: str, rows: Iterable[Sequence[Field]], strong: Any) -> None:
    sheet = book.add_worksheet(name[:31])
    sheet.set_column(0, 0, WIDE * 1.5)
    sheet.set_column(1, 30, WIDE / 2)
    for number, row in enumerate(rows):
        for column, field in enumerate(row):
            safe = defuse(field)
            if isinstance(safe, str):
                sheet.write_string(number, column, safe, strong if number == 0 else None)
            elif safe is not None:
                sheet.write_number(number, column, safe)


def main() -> int:
    """Read the order, write the file."""
    write(json.load(sys.stdin))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
