"""The page about the fields of a union organisation, made from the table the program itself reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from hotline.registry.fields import FIELDS, Field, Type
from hotline.registry.sources import LONGEST_CELL, MOST_BYTES, MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED

Table = Callable[[Sequence[str], Iterable[Sequence[str]]], str]
_TYPES = {
    Type.CODE: "code: capital letters, digits, dot, dash, underscore",
    Type.TEXT: "text",
    Type.NAMES: "names, a semicolon between two",
    Type.CREDIT_CODE: "18 characters with the check digit of GB 32100-2015",
    Type.CHOICE: "one of those below",
    Type.DATE: "date with year, month and day",
    Type.COUNT: "whole number",
    Type.YES_NO: "yes or no",
    Type.PHONE: "telephone numbers",
    Type.POSTCODE: "six digits",
}


def registry(table: Table) -> str:
    """The body of the page."""
    choices = [
        (f"`{field.code}`", f"`{choice.code}`", f"{choice.zh} {choice.en}", "、".join(choice.also))
        for field in FIELDS
        for choice in field.choices
    ]
    return f"""# The register of union organisations

Made from `FIELDS` in `hotline/registry/fields.py`: import, export, the forms and this page read the same table.

## The 28 fields

A heading of a file is recognised by the code, by the name in either language and by the other names; brackets, blanks
and asterisks in it do not count. An asterisk here marks what every row must have. A field without a column stays as it
is; an empty cell empties it.

{table(["code", "name", "what stands in it", "also called"], map(_row, FIELDS))}

## What may be chosen

In a file the code, either name or one of the other spellings will do.

{table(["field", "code", "name", "also"], choices)}

## What a file may be

`.xlsx` without macros and password, or `.csv` in UTF-8 or GB 18030, separated by comma, semicolon or tab. At most
{MOST_BYTES >> 20} MB ({MOST_UNPACKED >> 20} MB unpacked), {MOST_ROWS:,} rows, {MOST_COLUMNS} columns and
{LONGEST_CELL:,} characters in a cell. Of several sheets the one with most known headings is taken; headings stand in
one of the first ten rows. Files are read by a child process with limits of memory and time; whatever is wrong with
them ends that process and changes nothing.
"""


def _row(field: Field) -> list[str]:
    longest = f", at most {field.longest}" if field.type in {Type.TEXT, Type.CODE} else ""
    return [
        f"`{field.code}`{'*' if field.required else ''}",
        f"{field.zh} {field.en}",
        _TYPES[field.type] + longest,
        "、".join(field.also),
    ]
