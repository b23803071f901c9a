"""The calendar of working days: weekends, public holidays and the weekend days worked in exchange for them.

China's State Council announces each year's holidays and make-up working days (调休) in the autumn before. A year
without such a table is provisional: weekends, and the holidays whose date is fixed by law.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field

from hotline.deadlines.reading import Table, read_toml, validate
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark


class CalendarError(Invalid):
    """The calendar file has mistakes; each names the file and the key."""


class Reason(StrEnum):
    """Why a day counts or does not."""

    WEEKDAY = "weekday"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    FIXED_HOLIDAY = "fixed_holiday"
    """A holiday by law in a year whose table is not published yet."""


REASON_LABELS = {
    Reason.WEEKDAY: mark("Working day"),
    Reason.MAKE_UP: mark("Make-up working day"),
    Reason.WEEKEND: mark("Weekend"),
    Reason.HOLIDAY: mark("Public holiday"),
    Reason.FIXED_HOLIDAY: mark("Public holiday by law"),
}

_FIXED = MappingProxyType(
    {
        (1, 1): ("元旦", "New Year's Day"),
        (5, 1): ("劳动节", "Labour Day"),
        (5, 2): ("劳动节", "Labour Day"),
        (10, 1): ("国庆节", "National Day"),
        (10, 2): ("国庆节", "National Day"),
        (10, 3): ("国庆节", "National Day"),
    }
)
"""Holidays with a fixed date in the solar calendar (全国年节及纪念日放假办法, revised 2024, article 2)."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """One day: whether it is worked, why, and the name of the holiday it belongs to."""

    on: date
    working: bool
    reason: Reason
    name: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours of a day, Shanghai time; what is due on a day is due at `end`."""

    start: time
    end: time


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """Which days are worked. `weekends` are numbers of `date.weekday()`, `special` the days of published tables.

    One calendar never changes, so that what was counted by it can be kept.
    """

    weekends: frozenset[int]
    special: Mapping[date, Day]
    years: frozenset[int]
    hours: Hours

    @classmethod
    def from_mapping(cls, content: Mapping[str, Any], *, file: str = "calendar.toml") -> Calendar:
        """The calendar that a parsed `calendar.toml` describes; raises `CalendarError`."""
        table = validate(_File, content, file=file, error=CalendarError)
        mistakes = [*_contradictions(table, file)]
        if mistakes:
            raise CalendarError(*mistakes)
        special = {day.on: day for year in table.years.values() for day in year.days()}
        return cls(table.rest_days(), MappingProxyType(special), frozenset(table.years), table.hours.hours())

    def day_kind(self, on: date) -> Day:
        """Whether this day is worked and why."""
        day = self.special.get(on)
        if day is not None:
            return day
        if on.year not in self.years and (on.month, on.day) in _FIXED:
            return Day(on, working=False, reason=Reason.FIXED_HOLIDAY, **_named(*_FIXED[on.month, on.day]))
        if on.weekday() in self.weekends:
            return Day(on, working=False, reason=Reason.WEEKEND)
        return Day(on, working=True, reason=Reason.WEEKDAY)

    def is_working_day(self, on: date) -> bool:
        """Whether this day counts."""
        return self.day_kind(on).working

    def provisional(self, year: int) -> bool:
        """Whether the table of this year is still missing, so that its dates may move."""
        return year not in self.years

    def days_after(self, on: date) -> Iterator[Day]:
        """The days after `on`, one by one, worked or not."""
        while True:
            on += _ONE_DAY
            yield self.day_kind(on)

    def add_working_days(self, on: date, days: int) -> date:
        """The `days`-th working day after `on`, which itself does not count; `on` for 0, backwards when negative."""
        step = _ONE_DAY if days > 0 else -_ONE_DAY
        left = abs(days)
        while left:
            on += step
            left -= self.is_working_day(on)
        return on

    def working_days_between(self, after: date, until: date) -> int:
        """How many working days follow `after` up to and with `until`; negative when `until` comes first."""
        if until < after:
            return -self.working_days_between(until, after)
        return sum(self.is_working_day(after + timedelta(days=n)) for n in range(1, (until - after).days + 1))


def load_calendar(path: Path) -> Calendar:
    """Read `calendar.toml`; raises `CalendarError` naming file and key of every mistake."""
    return Calendar.from_mapping(read_toml(path, error=CalendarError), file=path.name)


def _named(name: str, name_en: str) -> dict[str, str]:
    return {"name": name, "name_en": name_en}


class _Holiday(Table):
    name: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    first: date = Field(alias="from")
    last: date = Field(alias="until")

    def dates(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


class _MakeUp(Table):
    name: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    on: date


class _Year(Table):
    source: str = ""
    holidays: tuple[_Holiday, ...]
    make_up: tuple[_MakeUp, ...] = ()

    def days(self) -> Iterator[Day]:
        for holiday in self.holidays:
            for on in holiday.dates():
                yield Day(on, working=False, reason=Reason.HOLIDAY, **_named(holiday.name, holiday.name_en))
        for day in self.make_up:
            yield Day(day.on, working=True, reason=Reason.MAKE_UP, **_named(day.name, day.name_en))


class _Hours(Table):
    start: time
    end: time

    def hours(self) -> Hours:
        return Hours(self.start.replace(tzinfo=None), self.end.replace(tzinfo=None))


class _File(Table):
    weekends: tuple[Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], ...] = Field(
        max_length=len(_WEEKDAYS) - 1
    )
    hours: _Hours
    years: dict[int, _Year]

    def rest_days(self) -> frozenset[int]:
        return frozenset(map(_WEEKDAYS.index, self.weekends))


def _contradictions(table: _File, file: str) -> Iterator[Mistake]:
    """What each line allows by itself, but all together do not."""
    if table.hours.start >= table.hours.end:
        yield Mistake(f"{file}: hours", mark("The working day must start before it ends."))
    rest_days = table.rest_days()
    seen: dict[date, str] = {}
    for number, year in table.years.items():
        where = f"{file}: years.{number}"
        for holiday in year.holidays:
            if not 0 <= (holiday.last - holiday.first).days < 31:  # noqa: PLR2004 - no holiday has a month
                values = {"name": holiday.name}
                yield Mistake(
                    where, mark("{name}: a holiday must end on or after its first day, within a month."), values
                )
                return
        for day in year.days():
            values = {"on": day.on.isoformat()}
            # The table of a year may reach back: 2007's New Year was exchanged for days in December 2006.
            if day.on.year != number and (day.on.year, day.on.month) != (number - 1, 12):
                yield Mistake(where, mark("{on} does not belong to this year."), values)
            if day.on in seen:
                yield Mistake(where, mark("{on} is named more than once. Please keep one."), values)
            if day.working and day.on.weekday() not in rest_days:
                yield Mistake(where, mark("{on} is worked anyway; a make-up day falls on a weekend."), values)
            seen[day.on] = where
