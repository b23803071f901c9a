"""Tables written as files: XLSX row by row, CSV with a byte order mark. What looks like a formula stays text."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from hotline.registry.cells import defused

_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
_WIDTH: Final = 16
LONGEST_SHEET_NAME: Final = 31
Row = tuple[Sequence[Any], Collection[int]]
"""Cells, and the columns that are marked as wrong."""


def write_xlsx(path: Path, sheet: str, headings: Sequence[str], rows: Iterable[Row]) -> None:
    """A workbook with one sheet: headings frozen, wrong cells marked."""
    # Read when a table is written: every start of the service would wait for it.
    book = import_module("xlsxwriter").Workbook(str(path), _OPTIONS)
    page = book.add_worksheet(sheet[:LONGEST_SHEET_NAME])
    head = book.add_format({"bold": True, "bottom": 1})
    wrong = book.add_format({"bg_color": "#FBE6E5"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    wrong_day = book.add_format({"num_format": "yyyy-mm-dd", "bg_color": "#FBE6E5"})
    page.freeze_panes(1, 0)
    page.set_column(0, max(len(headings) - 1, 0), _WIDTH)
    for column, heading in enumerate(headings):
        page.write_string(0, column, heading, head)
    for number, (cells, marked) in enumerate(rows, 1):
        for column, cell in enumerate(cells):
            form = wrong if column in marked else None
            if isinstance(cell, datetime | date):
                page.write_datetime(number, column, cell, wrong_day if form else day)
            elif isinstance(cell, bool):
                page.write_boolean(number, column, cell, form)
            elif isinstance(cell, int | float):
                page.write_number(number, column, cell, form)
            elif cell:
                page.write_string(number, column, str(cell), form)
            elif form:
                page.write_blank(number, column, None, form)
    book.close()


def write_csv(path: Path, headings: Sequence[str], rows: Iterable[Row]) -> None:
    """The same as CSV after RFC 4180."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([defused(heading) for heading in headings])
        writer.writerows([defused("" if cell is None else str(cell)) for cell in cells] for cells, _marked in rows)
