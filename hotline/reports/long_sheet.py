"""The many rows of a sheet, put into a workbook that has everything else already.

xlsxwriter looks at every cell for a dozen things it might be and takes about 20 microseconds for it; of 100,000 cases
there are more than a million. Here a cell is a text or a number, and its XML (ECMA-376, part 1, 18.3.1) is one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from hotline.reports.sheets import Field, defuse

AT_ONCE: Final = 1000
LONGEST: Final = 32_767
"""Characters a cell may hold."""
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_END: Final = b"</sheetData>"
_EXTENT: Final = re.compile(rb"<dimension [^>]*/>")
_LOOK: Final = re.compile(r'<c r="[A-Z]+\d+"( s="\d+")?')
_DAY_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook knows no zones
_DAY: Final = timedelta(days=1)
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""What XML cannot hold, and what would be read as the way that is written."""


def with_rows(draft: str, out: str, sheet: int, rows: Iterable[Sequence[Field]]) -> None:
    """The workbook `draft` with these rows in its n-th sheet, as `out`; they are taken one by one.

    The last row there is shows what they look like, a cell in each column, and gives way to them.
    """
    part = f"xl/worksheets/sheet{sheet}.xml"
    with ZipFile(draft) as book, ZipFile(out, "w", ZIP_DEFLATED, compresslevel=3) as made:
        for name in book.namelist():
            if name != part:
                made.writestr(name, book.read(name))
                continue
            above, end, below = _EXTENT.sub(b"", book.read(name)).partition(_END)
            above, _begin, pattern = above.rpartition(b"<row ")
            left, number, looks = iter(rows), above.count(b"<row "), _LOOK.findall(pattern.decode())
            with made.open(name, "w", force_zip64=True) as file:
                file.write(above)
                while some := list(islice(left, AT_ONCE)):
                    lines = (row_xml(number + place, row, looks) for place, row in enumerate(some, 1))
                    file.write("".join(lines).encode())
                    number += len(some)
                file.write(end + below)


def day_number(moment: str) -> float:
    """A moment in ISO form as workbooks count it: in days since the end of 1899."""
    return (datetime.fromisoformat(moment) - _DAY_ZERO) / _DAY


def row_xml(number: int, row: Sequence[Field], looks: Sequence[str]) -> str:
    """A row of a sheet, numbers with the look of their column; empty cells are left out."""
    cells = "".join(
        f'<c r="{letter}{number}" t="inlineStr"><is>{_text(field)}</is></c>'
        if isinstance(field, str)
        else f'<c r="{letter}{number}"{look}><v>{field}</v></c>'
        for letter, field, look in zip(LETTERS, row, looks, strict=False)
        if field is not None and field != ""
    )
    return f'<row r="{number}">{cells}</row>'


@lru_cache(maxsize=4096)
def _text(text: str) -> str:
    """A text of a cell; most are names that come again and again."""
    safe = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", str(defuse(text))[:LONGEST])
    return f'<t xml:space="preserve">{escape(safe)}</t>'
