"""Figures as a table file: CSV after RFC 4180, UTF-8 with a byte order mark, so that spreadsheets show Chinese.

A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from hotline.clock import SHANGHAI
from hotline.i18n import _, mark
from hotline.reports.figures import Period
from hotline.reports.shown import Share
from hotline.reports.small_cells import Cell, Hidden
from hotline.reports.tables import Column, Entry, Row, Table

Field = str | int | float | None
BYTE_ORDER_MARK: Final = "\ufeff"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SMALL: Final = mark(
    "“<3” stands for one or two cases when a confidential one is among them, “…” for a number that would give such a "
    "cell away."
)
"""What stands in the place of small numbers, as a msgid."""
_MINUTES: Final = 60


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


def report_rows(
    table: Table, *, title: str, first: str, period: Period | None, as_of: datetime | None
) -> list[Sequence[Field]]:
    """A report as rows of a file: what it is, its lines with their total; hours with one decimal."""
    when: list[Field] = [_("All time")]
    if period is not None:
        when = [_("From"), period.from_on.isoformat(), _("Until"), period.until_on.isoformat()]
    if as_of is not None:
        when += [_("Counted up to"), as_of.astimezone(SHANGHAI).isoformat(" ", "seconds")[:19]]
    headings = [heading for column in table.columns for heading in _headings(column)]
    return [
        (title,),
        when,
        (),
        (first, *headings),
        *((row.name, *_fields(table, row)) for row in table.rows),
        (_("Together"), *_fields(table, table.total)),
    ]


def definition_rows(table: Table) -> list[Sequence[Field]]:
    """What each column means, and what stands in the place of small numbers."""
    said = {_(column.label): _(column.definition) for column in table.columns}
    return [*said.items(), (_("Small numbers"), _(SMALL))]


def report_csv(rows: list[Sequence[Field]], definitions: list[Sequence[Field]]) -> str:
    """Both below each other."""
    return csv_text([*rows, (), (_("What the words mean"),), *definitions])


def _headings(column: Column) -> Iterator[str]:
    label = _(column.label)
    match column.kind:
        case "span":
            yield _("{figure}, working hours", figure=label)
            yield _("{figure}, hours by the clock", figure=label)
        case "work":
            yield _("{figure}, working hours", figure=label)
        case "share":
            yield label
            yield _("{figure}: out of", figure=label)
            yield _("{figure}, %", figure=label)
        case _:
            yield label


def _fields(table: Table, row: Row) -> list[Field]:
    pairs = zip(table.columns, row.entries, strict=True)
    return [field for column, entry in pairs for field in _field(column.kind, entry)]


def _field(kind: str, entry: Entry) -> Iterator[Field]:
    value = entry.value
    if kind == "span":
        pair = value if isinstance(value, tuple) else (None, None)
        yield from (_hours(minutes) for minutes in pair)
    elif kind == "share":
        share = value if isinstance(value, Share) else None
        yield None if share is None else _shown(share.n)
        yield None if share is None else _shown(share.of)
        yield None if share is None or share.share is None else round(100 * share.share, 1)
    elif isinstance(value, int):
        yield _hours(value) if kind == "work" else value
    elif isinstance(value, Hidden):
        yield value.value
    else:
        yield None if value is None or isinstance(value, tuple | Share) else float(value)


def _shown(cell: Cell) -> Field:
    return cell.value if isinstance(cell, Hidden) else cell


def _hours(minutes: int | None) -> Field:
    return None if minutes is None else round(minutes / _MINUTES, 1)
