"""Files as rows of cells: XLSX through calamine, CSV in UTF-8 or GB 18030. Runs in the child process only.

What a register can do without is refused before it is read: macros, old formats, packed giants. What is left is read
under limits of memory and time (`child`); whatever hits them kills the child and nothing else.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from hotline.errors import Refusal
from hotline.i18n import mark
from hotline.registry.cells import undefused
from hotline.registry.mapping import LOOKED_AT, guess, heading_row

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_UNPACKED: Final = 512 * 1024 * 1024
MOST_PARTS: Final = 2000
MOST_ROWS: Final = 300_000
MOST_COLUMNS: Final = 256
LONGEST_CELL: Final = 100_000
_CHUNK: Final = 1024 * 1024
_OVERLAP: Final = 512
_FORMULA: Final = re.compile(rb"""<(?:\w+:)?c\s[^>]*?r\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'][^>]*>\s*<(?:\w+:)?f[\s>/]""")


class FileRefused(Refusal):
    """This file cannot be imported at all."""


@dataclass(slots=True)
class Source:
    """The rows below the headings. `number_of_first` is the number of the first of them as a spreadsheet counts."""

    headings: list[str]
    number_of_first: int
    total: int
    kind: str
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    merged: list[tuple[int, int]] = field(default_factory=list)
    """First and last row of every merged range below the headings, as a spreadsheet counts."""
    formulas: dict[int, set[int]] = field(default_factory=dict)
    """Columns (from 0) with formulas by the number of the row."""
    _table: CalamineSheet | str = ""
    _above: int = 0
    _delimiter: str = ","

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Every row that is not empty, with its number; may be asked for again."""
        for at, row in enumerate(islice(self._all(), self._above, None)):
            if any(cell not in ("", None) for cell in row):
                yield self.number_of_first + at, row

    def _all(self) -> Iterator[list[Any]]:
        if isinstance(self._table, CalamineSheet):
            return iter(self._table.iter_rows())
        return _csv_rows(self._table, self._delimiter)


def open_source(path: Path, *, sheet: str = "") -> Source:
    """The rows of this file; of its sheet with most known headings unless one is named. Raises `FileRefused`."""
    if path.stat().st_size > MOST_BYTES:
        raise FileRefused(mark("The file is larger than {most} MB. Please split it."), most=MOST_BYTES >> 20)
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK"):
        return _open_xlsx(path, sheet)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused(mark("This is an old or encrypted Excel file. Save it as .xlsx without a password."))
    return _open_csv(path)


def _open_xlsx(path: Path, wanted: str) -> Source:
    _check_package(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        names = book.sheet_names
        if wanted and wanted not in names:
            raise FileRefused(mark("There is no sheet {sheet} in the file."), sheet=wanted)
        best = _best_sheet(book, [wanted] if wanted else names)
    except CalamineError as problem:
        raise FileRefused(mark("The file is damaged. Open it in the spreadsheet and save it again.")) from problem
    if best is None:
        raise FileRefused(mark("No sheet of the file has anything in it."))
    above = heading_row(_first_texts(best))
    first_column = (best.start or (0, 0))[1]
    height = (best.end or (0, 0))[0] + 1
    headings = [str(cell) for cell in next(islice(best.iter_rows(), above, None))]
    number = above + 2
    _check_size(height, len(headings))
    formulas = _formulas(path, names.index(best.name))
    return Source(
        headings=headings,
        number_of_first=number,
        total=max(height - above - 1, 0),
        kind="xlsx",
        sheet=best.name,
        sheets=list(names),
        merged=[(start[0] + 1, end[0] + 1) for start, end in best.merged_cell_ranges or () if end[0] + 1 >= number],
        formulas={row: {at - first_column for at in columns} for row, columns in formulas.items() if row >= number},
        _table=best,
        _above=above + 1,
    )


def _check_package(path: Path) -> None:
    """Look at the table of contents alone. Raises `FileRefused`."""
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise FileRefused(mark("Unpacked, the file would be too large. Save only the sheet you need."))
            names = {part.filename.lower() for part in parts}
            if any(name.endswith("vbaproject.bin") for name in names):
                raise FileRefused(mark("The file has macros. Save it as .xlsx, which has none."))
            if "[content_types].xml" not in names or "xl/workbook.xml" not in names:
                raise FileRefused(mark("This is no Excel file. Save the table as .xlsx or .csv."))
            if b"macroEnabled" in package.read("[Content_Types].xml"):
                raise FileRefused(mark("The file has macros. Save it as .xlsx, which has none."))
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError) as problem:
        raise FileRefused(mark("The file is damaged. Open it in the spreadsheet and save it again.")) from problem


def _best_sheet(book: CalamineWorkbook, names: Sequence[str]) -> CalamineSheet | None:
    best, most = None, -1
    for name in names:
        sheet = book.get_sheet_by_name(name)
        known = max((len(guess(row)) for row in _first_texts(sheet)), default=-1) if sheet.height else -1
        if known > most:
            best, most = sheet, known
    return best


def _first_texts(sheet: CalamineSheet) -> list[list[str]]:
    return [[str(cell) for cell in row[:MOST_COLUMNS]] for row in islice(sheet.iter_rows(), LOOKED_AT)]


def _formulas(path: Path, at: int) -> dict[int, set[int]]:
    """Where formulas stand in a sheet: calamine gives only what they came to."""
    found: dict[int, set[int]] = {}
    with zipfile.ZipFile(path) as package:
        name = _part_of_sheet(package, at)
        if name not in package.namelist():
            return found
        with package.open(name) as part:
            rest = b""
            while chunk := part.read(_CHUNK):
                text = rest + chunk
                for cell in _FORMULA.finditer(text):
                    found.setdefault(int(cell[2]), set()).add(_column(cell[1]))
                rest = text[-_OVERLAP:]
    return found


def _part_of_sheet(package: zipfile.ZipFile, at: int) -> str:
    """The name of the part in which the sheet stands that is the `at`-th of the workbook."""
    book = package.read("xl/workbook.xml")
    links = package.read("xl/_rels/workbook.xml.rels")
    ids = re.findall(rb"<(?:\w+:)?sheet\b[^>]*?\br:id=\"([^\"]+)\"", book)
    targets = {}
    for link in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", links):
        key, target = re.search(rb'\bId="([^"]+)"', link), re.search(rb'\bTarget="([^"]+)"', link)
        if key and target:
            targets[key[1]] = target[1].decode("utf-8", "replace")
    target_of = targets.get(ids[at], "") if at < len(ids) else ""
    return target_of.lstrip("/") if target_of.startswith("/") else f"xl/{target_of}"


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _open_csv(path: Path) -> Source:
    raw = path.read_bytes()
    if b"\x00" in raw:
        raise FileRefused(mark("This is no Excel file. Save the table as .xlsx or .csv."))
    text = _decoded(raw)
    first = text.partition("\n")[0][:LONGEST_CELL]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(LONGEST_CELL)
    top = list(islice(_csv_rows(text, delimiter), LOOKED_AT))
    if not any(any(row) for row in top):
        raise FileRefused(mark("The file is empty."))
    above = heading_row(top)
    total = sum(1 for _row in _csv_rows(text, delimiter)) - above - 1
    _check_size(total, len(top[above]))
    return Source(
        headings=top[above],
        number_of_first=above + 2,
        total=total,
        kind="csv",
        _table=text,
        _above=above + 1,
        _delimiter=delimiter,
    )


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused(mark("The encoding is not known. Save the file as CSV UTF-8 or as .xlsx."))


def _csv_rows(text: str, delimiter: str) -> Iterator[list[Any]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    number = 0
    try:
        for row in reader:
            number += 1
            _check_size(number, len(row))
            yield [undefused(cell) for cell in row]
    except csv.Error as problem:
        raise FileRefused(
            mark("Row {row} cannot be read: a quotation mark is missing, or a cell is far too long."), row=number + 1
        ) from problem


def _check_size(rows: int, columns: int) -> None:
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise FileRefused(
            mark("At most {rows} rows and {columns} columns can be imported at once."),
            rows=MOST_ROWS,
            columns=MOST_COLUMNS,
        )
