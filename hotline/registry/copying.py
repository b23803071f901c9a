"""Organisations as lines of PostgreSQL's COPY: what goes into the table of an import and comes out for an export."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from hotline.registry.cells import Value
from hotline.registry.fields import BY_CODE, CODES, Type
from hotline.registry.keys import NULL, core_of, grams_of, name_key
from hotline.registry.pinyin import letters_of

SEARCHED: Final = ("old_names", "aliases", "address")
"""What besides the name is searched: an import which leaves one of them alone needs to know it all the same."""
LONGEST_FIELD: Final = 1_000_000


def forms_of(*, name: str, old_names: list[str], aliases: list[str], address: str) -> dict[str, Any]:
    """The forms in which an organisation is searched, by column."""
    names = [name_key(one) for one in (name, *old_names, *aliases)]
    others = " ".join(filter(None, dict.fromkeys(names[1:])))
    pinyin, initials = letters_of(core_of(one) for one in names)
    place = name_key(address)
    return {
        "name_key": names[0],
        "other_key": others,
        "address_key": place,
        "pinyin": pinyin,
        "initials": initials,
        "grams": grams_of(name=names[0], other=others, address=place, pinyin=pinyin, initials=initials),
    }


def line_of(row: int, values: Mapping[str, Value], kept: Mapping[str, Any]) -> list[str]:
    """One line for the table of an import (`keys.COLUMNS`); `kept` gives what is searched and not in the file."""
    searched = {code: values.get(code, kept.get(code)) for code in SEARCHED}
    forms = forms_of(
        name=str(values["name"]),
        old_names=_names(searched["old_names"]),
        aliases=_names(searched["aliases"]),
        address=str(searched["address"] or ""),
    )
    return [
        str(row),
        *(copied(values[code]) if code in values else _EMPTY[code] for code in CODES),
        *map(copied, forms.values()),
    ]


def _names(value: Any) -> list[str]:
    return list(value) if isinstance(value, list) else []


_LISTS: Final = frozenset(code for code, field in BY_CODE.items() if field.type is Type.NAMES)
_NULLS: Final = frozenset(
    code
    for code, field in BY_CODE.items()
    if field.type in {Type.CHOICE, Type.DATE, Type.COUNT, Type.YES_NO} or code == "superior_code"
)
_EMPTY: Final[Mapping[str, str]] = {code: "{}" if code in _LISTS else NULL if code in _NULLS else "" for code in CODES}
"""What COPY reads for a field that is not in the file."""


def copied(value: Value) -> str:
    """A value as COPY reads it from CSV."""
    if isinstance(value, str):
        return value
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list):
        return _array(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _array(texts: list[str]) -> str:
    joined = '","'.join(texts)
    if "\\" in joined or joined.count('"') != 2 * max(len(texts) - 1, 0):
        joined = '","'.join(one.replace("\\", "\\\\").replace('"', '\\"') for one in texts)
    return f'{{"{joined}"}}' if texts else "{}"


def lines_in(path: Path) -> Iterator[dict[str, str]]:
    """The lines COPY has written with a heading; names stand in them as JSON, NULL as it is."""
    csv.field_size_limit(LONGEST_FIELD)
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def value_in(code: str, text: str) -> Value:
    """A value of the register from such a line."""
    kind = BY_CODE[code].type
    if text == NULL and code in _NULLS:
        return None
    if kind is Type.NAMES:
        return [str(name) for name in json.loads(text)]
    if kind is Type.DATE:
        return date.fromisoformat(text)
    if kind is Type.COUNT:
        return int(text)
    return text == "t" if kind is Type.YES_NO else text
