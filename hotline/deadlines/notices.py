"""Reading a notice of the State Council from a file: TOML as in `calendar.toml`, or CSV with `date,kind,name`.

A CSV tells one year; `kind` is `holiday` (放假, 休) or `make_up` (调休上班, 班).
"""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from pydantic import Field

from hotline.deadlines.calendar import Calendar, Day, Reason, YearTable
from hotline.deadlines.calendar_file import CalendarError, YearFile, contradictions
from hotline.deadlines.reading import Table, validate
from hotline.errors import Mistake
from hotline.i18n import mark

LARGEST: Final = 256 * 1024
KINDS: Final = {
    "holiday": "holiday", "rest": "holiday", "放假": "holiday", "休": "holiday", "休息": "holiday",
    "make_up": "make_up", "work": "make_up", "上班": "make_up", "班": "make_up", "调休上班": "make_up",
    "补班": "make_up", "调休": "make_up",
}  # fmt: skip
_HEADINGS: Final = {"date": "date", "日期": "date", "kind": "kind", "类型": "kind", "name": "name", "名称": "name",
                    "节日": "name", "name_en": "name_en"}  # fmt: skip
_EMPTY: Final = mark("No holiday is named. A year without holidays is a mistake.")


class _Notice(Table):
    years: dict[int, YearFile] = Field(min_length=1)


def read_notice(content: bytes, *, file: str, calendar: Calendar, source: str = "") -> tuple[YearTable, ...]:
    """The years a notice tells; `source` names it where the file does not. Raises `CalendarError` with all mistakes.

    Years nothing is said about are left as they are.
    """
    text = decoded(content, file=file)
    years, mistakes = _from_csv(text, file) if file.lower().endswith(".csv") else (_from_toml(text, file), [])
    if not mistakes:
        mistakes += [Mistake(f"{file}: years.{number}", _EMPTY) for number, year in years.items() if not year.holidays]
    mistakes += contradictions(years, rest_days=calendar.weekends, file=file)
    if mistakes:
        raise CalendarError(*mistakes)
    tables = (year.table(number) for number, year in sorted(years.items()))
    return tuple(YearTable(table.year, table.source or source or file, table.days) for table in tables)


def decoded(content: bytes, *, file: str) -> str:
    """A file as text: UTF-8, or what Chinese spreadsheets write. Raises `CalendarError`."""
    if len(content) > LARGEST:
        raise CalendarError(Mistake(file, mark("The file is too large for a notice.")))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CalendarError(Mistake(file, mark("The file is no text. Save it as UTF-8.")))


def _from_toml(text: str, file: str) -> Mapping[int, YearFile]:
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as problem:  # the library raises both, too, for numbers and lists without end
        raise CalendarError(Mistake(file, mark("This is no valid TOML: {reason}."), {"reason": str(problem)})) from None
    # A whole calendar.toml may be given too: of it the years count.
    return validate(_Notice, {"years": content.get("years", {})}, file=file, error=CalendarError).years


def _from_csv(text: str, file: str) -> tuple[Mapping[int, YearFile], list[Mistake]]:
    """What the lines tell that can be read, and what is wrong with the others."""
    try:
        lines = [*csv.reader(text.splitlines())]
    except csv.Error as problem:
        raise CalendarError(Mistake(file, mark("This is no valid CSV: {reason}."), {"reason": str(problem)})) from None
    headings = [_HEADINGS.get(heading.strip().lower(), "") for heading in (lines[0] if lines else [])]
    if not {"date", "kind"} <= {*headings}:
        raise CalendarError(Mistake(file, mark("The first line must name the columns: date, kind, name.")))
    mistakes: list[Mistake] = []
    days: list[dict[str, Any]] = []
    for number, cells in enumerate(lines[1:], 2):
        row = {name: cell.strip() for name, cell in zip(headings, cells, strict=False) if name}
        if any(row.values()):
            _read_row(row, f"{file}: {number}", days, mistakes)
    if not days:
        raise CalendarError(*mistakes or [Mistake(file, _EMPTY)])
    # Of a year that reaches back into December most days still lie in the year itself.
    ((year, _count),) = Counter(day["on"].year for day in days).most_common(1)
    holidays = [
        {"name": day["name"], "name_en": day["name_en"], "from": day["on"], "until": day["on"]}
        for day in days
        if day["kind"] == "holiday"
    ]
    make_up = [{key: day[key] for key in ("name", "name_en", "on")} for day in days if day["kind"] == "make_up"]
    notice = {"years": {year: {"holidays": holidays, "make_up": make_up}}}
    return validate(_Notice, notice, file=file, error=CalendarError).years, mistakes


def _read_row(row: Mapping[str, str], where: str, days: list[dict[str, Any]], mistakes: list[Mistake]) -> None:
    kind = KINDS.get(row.get("kind", "").lower())
    on = _date(row.get("date", ""))
    if on is None:
        message = mark("“{value}” is no date. Write it like 2027-01-01.")
        mistakes.append(Mistake(where, message, {"value": row.get("date", "")}))
    if kind is None:
        message = mark("“{value}” is no kind of day. Write holiday or make_up.")
        mistakes.append(Mistake(where, message, {"value": row.get("kind", "")}))
    if on is not None and kind is not None:
        name = row.get("name") or "—"
        days.append({"on": on, "kind": kind, "name": name, "name_en": row.get("name_en", "")})


def _date(words: str) -> date | None:
    parts = words.replace("/", "-").replace("年", "-").replace("月", "-").rstrip("日").split("-")
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def differences(before: Calendar, after: Calendar, years: Iterable[int]) -> Iterator[tuple[Day, Day]]:
    """The days that one calendar works and the other does not, of these years and the one before each, in order."""
    for year in sorted({*years} | {year - 1 for year in years}):
        for old, new in zip(before.days_of(year), after.days_of(year), strict=True):
            if old.working != new.working:
                yield old, new


def to_plain(table: YearTable) -> list[dict[str, Any]]:
    """The days of a table as plain data, to be stored."""
    return [
        {"on": day.on.isoformat(), "kind": "make_up" if day.working else "holiday", "name": day.name,
         "name_en": day.name_en}
        for day in table.days
    ]  # fmt: skip


def from_plain(year: int, source: str, days: list[dict[str, Any]]) -> YearTable:
    """The table that was stored."""
    return YearTable(
        year,
        source,
        tuple(
            Day(
                date.fromisoformat(day["on"]),
                working=day["kind"] == "make_up",
                reason=Reason.MAKE_UP if day["kind"] == "make_up" else Reason.HOLIDAY,
                name=day["name"],
                name_en=day["name_en"],
            )
            for day in days
        ),
    )
