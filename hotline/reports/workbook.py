"""Writes a workbook in a process of its own, row by row: an order on stdin, the file at the path it names.

xlsxwriter makes the book, with the sheets of the figures and the headings of the cases; the rows of the cases are put
into it afterwards (`long_sheet`). What both need of memory goes with the process.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import xlsxwriter

from hotline.reports.long_sheet import with_rows
from hotline.reports.sheets import Field, defuse

WIDE: Final = 26
OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(order: dict[str, Any]) -> None:
    """`out`: path; `sheets`: name and rows of each; `cases`: name, headings, and the path of rows as lines of JSON."""
    draft, cases = f"{order['out']}.draft", order["cases"]
    with xlsxwriter.Workbook(draft, OPTIONS) as book:
        strong = book.add_format({"bold": True})
        for sheet in order["sheets"]:
            _sheet(book, sheet["name"], sheet["rows"], strong)
        _sheet(book, cases["name"], [cases["headings"]], strong)
    with_rows(draft, order["out"], len(order["sheets"]) + 1, _rows(cases["path"]))


def _rows(path: str) -> Iterator[Sequence[Field]]:
    """The rows in a file that has some of them in each line."""
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - read line by line
        for line in file:
            yield from json.loads(line)


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
