"""What can be known of a year whose table is not published: the holidays by law, computed beforehand.

`provisional.csv` is written from the data of the library `holidays` (`python -m docs.provisional_days`) and checked
against it day by day: a service that starts must not wait for a library, and what is expected must not change unseen
with the version of one. Beyond the years of the file only the holidays with a fixed date are known.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("provisional.csv")
MAKE_UP: Final = "make_up"
HOLIDAY: Final = "holiday"
COLUMNS: Final = ("date", "kind", "name", "name_en")

_FIXED: Final = {
    (1, 1): ("元旦", "New Year's Day"),
    (5, 1): ("劳动节", "Labour Day"),
    (5, 2): ("劳动节", "Labour Day"),
    (10, 1): ("国庆节", "National Day"),
    (10, 2): ("国庆节", "National Day"),
    (10, 3): ("国庆节", "National Day"),
}
"""Holidays with a fixed date in the solar calendar (article 2 of the regulation)."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a day of an unpublished year will be, as far as can be told."""

    working: bool
    name: str
    name_en: str


def find_provisional(on: date) -> Expected | None:
    """What is expected of this day where it is not as its weekday says; None where nothing is."""
    years, days = _table()
    if on.year in years:
        return days.get(on)
    fixed = _FIXED.get((on.month, on.day))
    return None if fixed is None else Expected(working=False, name=fixed[0], name_en=fixed[1])


@cache
def _table() -> tuple[frozenset[int], dict[date, Expected]]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        days = {
            date.fromisoformat(row["date"]): Expected(row["kind"] == MAKE_UP, row["name"], row["name_en"])
            for row in csv.DictReader(lines)
        }
    return frozenset(day.year for day in days), days
