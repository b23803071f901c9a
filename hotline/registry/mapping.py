"""Which column of a file holds which field: guessed from the headings, and changeable."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from hotline.registry.fields import BY_CODE, FIELDS, REQUIRED

LOOKED_AT: Final = 10
"""Headings stand in one of the first rows; above them may be a title."""
FEWEST: Final = 2
"""So many headings at least make a row the row of headings."""


def _folded(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading).lower().replace("*", "").replace("_", "")
    return "".join(text.split()).partition("(")[0]


_KNOWN: Final[Mapping[str, str]] = MappingProxyType(
    {_folded(name): field.code for field in reversed(FIELDS) for name in (*field.also, field.en, field.zh, field.code)}
)


def guess(headings: Sequence[str]) -> dict[str, int]:
    """Columns by field; where two columns would do, the first."""
    found: dict[str, int] = {}
    for column, heading in enumerate(headings):
        code = _KNOWN.get(_folded(heading))
        if code is not None:
            found.setdefault(code, column)
    return {code: found[code] for code in BY_CODE if code in found}


def heading_row(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows has the headings: the one in which most are recognised, else the first."""
    counts = [len(guess(row)) for row in rows[:LOOKED_AT]]
    most = max(counts, default=0)
    return counts.index(most) if most >= FEWEST else 0


def missing(mapping: Mapping[str, int]) -> list[str]:
    """Required fields for which there is no column, by their label."""
    return [BY_CODE[code].label for code in BY_CODE if code in REQUIRED and code not in mapping]
