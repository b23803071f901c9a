"""Reading `calendar.toml`: weekends, hours, published years; every mistake named with its file and key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

from pydantic import Field

from hotline.deadlines.calendar import Calendar, Day, Reason, YearTable
from hotline.deadlines.hours import Hours, Span, overlapping
from hotline.deadlines.reading import Table, read_toml, validate
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark

CALENDAR_FILE: Final = "calendar.toml"
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LONGEST: Final = 31
"""No holiday has so many days."""
_PRINTED: Final = r"^[^\x00-\x1f\x7f]*$"
"""What a database can store and a page can show."""


class CalendarError(Invalid):
    """The calendar has mistakes; each names the file and the key."""


class HolidayTable(Table):
    """A holiday of a notice: every day from the first to the last is off."""

    name: str = Field(min_length=1, max_length=100, pattern=_PRINTED)
    name_en: str = Field(default="", max_length=100, pattern=_PRINTED)
    first: date = Field(alias="from")
    last: date = Field(alias="until")

    def dates(self) -> list[date]:
        """Every day of it."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


class MakeUpTable(Table):
    """A weekend day that is worked."""

    name: str = Field(min_length=1, max_length=100, pattern=_PRINTED)
    name_en: str = Field(default="", max_length=100, pattern=_PRINTED)
    on: date


class YearFile(Table):
    """One year as a notice tells it."""

    source: str = Field(default="", max_length=500, pattern=_PRINTED)
    holidays: tuple[HolidayTable, ...]
    make_up: tuple[MakeUpTable, ...] = ()

    def table(self, number: int) -> YearTable:
        """The days of this year."""
        return YearTable(number, self.source, tuple(sorted(self.days(), key=lambda day: day.on)))

    def days(self) -> Iterator[Day]:
        """Every day that is not as its weekday says."""
        for holiday in self.holidays:
            for on in holiday.dates():
                yield Day(on, working=False, reason=Reason.HOLIDAY, name=holiday.name, name_en=holiday.name_en)
        for day in self.make_up:
            yield Day(day.on, working=True, reason=Reason.MAKE_UP, name=day.name, name_en=day.name_en)


class _HoursTable(Table):
    spans: tuple[str, ...] = ()
    start: time | None = None
    end: time | None = None
    every_day: bool = False

    def hours(self) -> Hours:
        """Raises `ValueError` for what is no span of a day."""
        if self.start is not None and self.end is not None:
            return Hours((Span.read(f"{self.start:%H:%M}-{self.end:%H:%M}"),), self.every_day)
        return Hours.of(*self.spans, every_day=self.every_day)


class _File(Table):
    weekends: tuple[Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], ...] = Field(
        max_length=len(WEEKDAYS) - 1
    )
    hours: _HoursTable
    department: dict[str, _HoursTable] = Field(default_factory=dict)
    years: dict[int, YearFile]

    def rest_days(self) -> frozenset[int]:
        return frozenset(map(WEEKDAYS.index, self.weekends))


def read_calendar(content: Mapping[str, Any], *, file: str = CALENDAR_FILE) -> Calendar:
    """The calendar that a parsed `calendar.toml` describes; raises `CalendarError`."""
    table = validate(_File, content, file=file, error=CalendarError)
    mistakes = [*_wrong_hours(table, file), *contradictions(table.years, rest_days=table.rest_days(), file=file)]
    if mistakes:
        raise CalendarError(*mistakes)
    return Calendar.of(
        table.rest_days(),
        [year.table(number) for number, year in table.years.items()],
        hours=table.hours.hours(),
        by_department=MappingProxyType({code: hours.hours() for code, hours in table.department.items()}),
    )


def load_calendar(path: Path) -> Calendar:
    """Read `calendar.toml`; raises `CalendarError` naming file and key of every mistake."""
    return read_calendar(read_toml(path, error=CalendarError), file=path.name)


def _wrong_hours(table: _File, file: str) -> Iterator[Mistake]:
    given = {"hours": table.hours} | {f"department.{code}": hours for code, hours in table.department.items()}
    for key, hours in given.items():
        if (message := _wrong(hours)) is not None:
            yield Mistake(f"{file}: {key}", message)


def _wrong(hours: _HoursTable) -> str | None:
    """What is wrong with these hours, as a msgid; None for nothing."""
    if bool(hours.spans) == (hours.start is not None or hours.end is not None):
        return mark('Give either spans, as in ["08:30-12:00", "13:00-17:30"], or start and end.')
    if not hours.spans and (hours.start is None or hours.end is None or hours.start >= hours.end):
        return mark("The working day must start before it ends.")
    try:
        spans = hours.hours().spans
    except ValueError:
        return mark('A span is written "08:30-12:00" and ends later on the same day, at 24:00 at the latest.')
    return mark("Spans follow each other without touching the one before.") if overlapping(spans) else None


def contradictions(years: Mapping[int, YearFile], *, rest_days: frozenset[int], file: str) -> Iterator[Mistake]:
    """What each line of published years allows by itself, but all together do not."""
    seen: set[date] = set()
    for number, year in sorted(years.items()):
        where = f"{file}: years.{number}"
        too_long = [one.name for one in year.holidays if not 0 <= (one.last - one.first).days < _LONGEST]
        if too_long:
            message = mark("{name}: a holiday must end on or after its first day, within a month.")
            yield Mistake(where, message, {"name": too_long[0]})
            return
        if not 1 <= number - 1 < date.max.year:
            yield Mistake(where, mark("There is no such year."))
            return
        for day in year.days():
            values = {"on": day.on.isoformat()}
            # The table of a year may reach back: 2019's New Year was exchanged for days in December 2018.
            if day.on.year != number and (day.on.year, day.on.month) != (number - 1, 12):
                yield Mistake(where, mark("{on} does not belong to this year."), values)
            if day.on in seen:
                yield Mistake(where, mark("{on} is named more than once. Please keep one."), values)
            if day.working and day.on.weekday() not in rest_days:
                yield Mistake(where, mark("{on} is worked anyway; a make-up day falls on a weekend."), values)
            seen.add(day.on)
