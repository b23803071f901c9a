"""Figures as a table file: CSV after RFC 4180, UTF-8 with a byte order mark, so that spreadsheets show Chinese.

A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from hotline.i18n import _, mark
from hotline.reports.figures import DEFINITIONS, Period, Resolution
from hotline.reports.queries import ResolutionPage
from hotline.reports.small_cells import Hidden

Field = str | int | float | None
Names = Mapping[str | None, str]
UNNAMED: Final[Names] = {}
BYTE_ORDER_MARK: Final = "\ufeff"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_HEADINGS: Final = (
    mark("Resolved"),
    mark("Still open"),
    mark("of these overdue"),
    mark("Ended otherwise"),
    mark("Median, hours"),
    mark("p75, hours"),
    mark("p90, hours"),
    mark("Resolved in time"),
    mark("out of"),
    mark("In time, %"),
)
_TERMS: Final = {
    "cases": mark("Cases"),
    "resolved": mark("Resolved"),
    "open": mark("Still open"),
    "over": mark("of these overdue"),
    "aside": mark("Ended otherwise"),
    "times": mark("Median, p75, p90"),
    "in_time": mark("In time"),
    "department": mark("Department"),
    "small": mark("Small numbers"),
}


def defuse(field: Field) -> Field:
    """A text that no spreadsheet takes for a formula; anything else as it is."""
    if not isinstance(field, str):
        return field
    return f"'{field}" if field.lstrip(" \u3000\ufeff").startswith(_FORMULA) else field


def csv_text(rows: Iterable[Sequence[Field]]) -> str:
    """These rows as CSV with a byte order mark; None is an empty cell."""
    written = io.StringIO(newline="")
    written.write(BYTE_ORDER_MARK)
    csv.writer(written, lineterminator="\r\n").writerows([defuse(field) for field in row] for row in rows)
    return written.getvalue()


def resolution_sheet(
    page: ResolutionPage, period: Period, *, departments: Names = UNNAMED, categories: Names = UNNAMED
) -> str:
    """The page of resolution times as CSV: by department, by category, by week, and what the words mean.

    `departments` and `categories` give the name of each code, and of None; a code without a name shows itself.
    Times are in hours with one decimal.
    """
    weeks = [(week.begins_on.isoformat(), week.resolution) for week in page.weeks]
    rows: list[Sequence[Field]] = [
        (_("Resolution times"),),
        (_("From"), period.from_on.isoformat(), _("Until"), period.until_on.isoformat()),
        *_table(_("Department"), named(page.departments, departments), page.total),
        *_table(_("Category"), named(page.categories, categories), page.total),
        *_table(_("Week of the call, beginning"), weeks, page.total),
        (),
        (_("What the words mean"),),
        *((_(term), _(DEFINITIONS[key])) for key, term in _TERMS.items()),
    ]
    return csv_text(rows)


def named(lines: Iterable[Resolution], names: Names) -> list[tuple[str, Resolution]]:
    """Lines with their names, in the order of the names: Chinese by pinyin as far as GB 18030 has it, None last."""
    found = [(names.get(line.label, line.label or ""), line) for line in lines]
    return sorted(found, key=lambda pair: (pair[1].label is None, pair[0].casefold().encode("gb18030", "replace")))


def _table(first: str, lines: Sequence[tuple[str, Resolution]], total: Resolution) -> list[Sequence[Field]]:
    return [
        (),
        (first, *(_(heading) for heading in _HEADINGS)),
        *((name, *export_row(line)) for name, line in lines),
        (_("Together"), *export_row(total)),
    ]


def export_row(line: Resolution) -> tuple[Field, ...]:
    """The cells of one line, in the order of the headings."""
    share = line.in_time
    percent = None if share is None or share.share is None else round(100 * share.share, 1)
    return (
        *(cell.value if isinstance(cell, Hidden) else cell for cell in (line.n, line.open, line.over, line.aside)),
        *(None if time is None else round(time, 1) for time in (line.median, line.p75, line.p90)),
        line.in_time_n,
        line.in_time_of,
        percent,
    )
