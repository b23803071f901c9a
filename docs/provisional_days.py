"""Writes what is expected of years without a published table, from the data of the library `holidays`.

`python -m docs.provisional_days` writes `hotline/deadlines/provisional.csv`; a test compares the two.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta

import holidays

from hotline.deadlines.provisional import COLUMNS, FILE, HOLIDAY, MAKE_UP

YEARS = range(2000, 2051)
NAMES = {
    "New Year's Day": "元旦",
    "Chinese New Year": "春节",
    "Tomb-Sweeping Day": "清明节",
    "Labor Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-Autumn Festival": "中秋节",
    "National Day": "国庆节",
    "70th Anniversary": "抗战胜利七十周年",
    "Day off": "调休",
}
"""How each name of the library begins, and what the notices of the State Council call it."""
ENGLISH = {
    "春节": "Spring Festival",
    "劳动节": "Labour Day",
    "抗战胜利七十周年": "70th anniversary of victory",
    "调休": "Day off in exchange",
}


def named(name: str) -> tuple[str, str]:
    """The name of a holiday in both languages."""
    begins, chinese = next((begins, chinese) for begins, chinese in NAMES.items() if name.startswith(begins))
    return chinese, ENGLISH.get(chinese, begins)


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Every day that is not as its weekday says, in order."""
    table = holidays.country_holidays("CN", years=YEARS, language="en_US")
    on = date(YEARS[0], 1, 1)
    while on.year in YEARS:
        weekend = on.weekday() in {5, 6}
        if table.is_working_day(on) and weekend:
            yield on.isoformat(), MAKE_UP, "调休", "Worked in exchange"
        elif on in table and not table.is_working_day(on):
            yield on.isoformat(), HOLIDAY, *named(table[on].partition(";")[0])
        on += timedelta(days=1)


def text() -> str:
    """The whole file."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows())
    return written.getvalue()


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
