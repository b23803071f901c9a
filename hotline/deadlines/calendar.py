"""The calendar of working days: weekends, public holidays and the weekend days worked in exchange for them.

China's State Council announces each year's holidays and make-up working days (调休) in the autumn before. A year
without such a table is provisional: weekends, and the holidays by law as far as they can be computed
(全国年节及纪念日放假办法, revised 2024); see `provisional`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate
from types import MappingProxyType
from typing import Self

from hotline.deadlines.hours import Hours
from hotline.deadlines.provisional import find_provisional
from hotline.i18n import mark


class Reason(StrEnum):
    """Why a day counts or does not."""

    WEEKDAY = "weekday"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    FIXED_HOLIDAY = "fixed_holiday"
    """A holiday by law in a year whose table is not published yet."""
    ON_DUTY = "on_duty"
    """Worked by a department that works every day."""
    PAUSED = "paused"
    """The clock stood still at the end of this day."""


REASON_LABELS = {
    Reason.WEEKDAY: mark("Working day"),
    Reason.MAKE_UP: mark("Make-up working day"),
    Reason.WEEKEND: mark("Weekend"),
    Reason.HOLIDAY: mark("Public holiday"),
    Reason.FIXED_HOLIDAY: mark("Public holiday by law"),
    Reason.ON_DUTY: mark("Day on duty"),
    Reason.PAUSED: mark("Clock paused"),
}

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """One day: whether it is worked, why, and the name of the holiday it belongs to."""

    on: date
    working: bool
    reason: Reason
    name: str = ""
    name_en: str = ""
    told: Mapping[str, str] = field(init=False, compare=False, repr=False)
    """The day as plain data, put together once: explanations of due dates hold dozens of days."""

    def __post_init__(self) -> None:
        given = {"on": self.on.isoformat(), "reason": self.reason.value, "name": self.name, "name_en": self.name_en}
        object.__setattr__(self, "told", {key: value for key, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class YearTable:
    """The published days of one year that are not as the weekday says, and where they were published."""

    year: int
    source: str
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class _Year:
    """Every day of a year, and how many of those before each are worked."""

    days: tuple[Day, ...]
    worked: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """Which days are worked, and in which hours. `weekends` are numbers of `date.weekday()`.

    One calendar never changes, so that what was counted by it can be kept.
    `special` are the days of all published tables; made by `Calendar.of`.
    """

    weekends: frozenset[int]
    tables: Mapping[int, YearTable]
    special: Mapping[date, Day]
    hours: Hours
    by_department: Mapping[str, Hours] = field(default_factory=dict)
    _years: dict[int, _Year] = field(default_factory=dict, compare=False, repr=False)
    """Years that were asked about, spelt out once: a due date looks at dozens of days."""

    @classmethod
    def of(
        cls,
        weekends: frozenset[int],
        tables: Iterable[YearTable],
        *,
        hours: Hours,
        by_department: Mapping[str, Hours] | None = None,
    ) -> Self:
        """The calendar of these tables; a day that two of them name is as the later year's says."""
        by_year = {table.year: table for table in tables}
        special = {day.on: day for year in sorted(by_year) for day in by_year[year].days}
        return cls(weekends, MappingProxyType(by_year), MappingProxyType(special), hours, by_department or {})

    def with_tables(self, tables: Iterable[YearTable]) -> Calendar:
        """The same calendar with these tables in the place of its own for their years."""
        by_year = {**self.tables, **{table.year: table for table in tables}}
        return Calendar.of(self.weekends, by_year.values(), hours=self.hours, by_department=self.by_department)

    def with_hours(self, by_department: Mapping[str, Hours]) -> Calendar:
        """The same calendar with these hours of departments."""
        return replace(self, by_department=by_department)

    def hours_of(self, department: str | None) -> Hours:
        """The working hours of this department, or the usual ones."""
        return self.by_department.get(department, self.hours) if department else self.hours

    def day_kind(self, on: date) -> Day:
        """Whether this day is worked and why."""
        return self._year(on.year).days[on.timetuple().tm_yday - 1]

    def is_working_day(self, on: date) -> bool:
        """Whether this day counts."""
        return self.day_kind(on).working

    def provisional(self, year: int) -> bool:
        """Whether the table of this year is still missing, so that its dates may move."""
        return year not in self.tables

    def days_of(self, year: int) -> tuple[Day, ...]:
        """Every day of a year, in order."""
        return self._year(year).days

    def days_after(self, on: date) -> Iterator[Day]:
        """The days after `on`, one by one, worked or not."""
        number, at = on.year, on.timetuple().tm_yday
        while True:
            days = self._year(number).days
            yield from days[at:] if at else days
            number, at = number + 1, 0

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
        whole = sum(self._year(number).worked[-1] for number in range(after.year, until.year))
        return whole + self._worked_until(until) - self._worked_until(after)

    def _worked_until(self, on: date) -> int:
        return self._year(on.year).worked[on.timetuple().tm_yday]

    def _year(self, number: int) -> _Year:
        known = self._years.get(number)
        if known is None:
            length = (date(number, 12, 31) - date(number, 1, 1)).days + 1
            days = tuple(self._day(date(number, 1, 1) + n * _ONE_DAY) for n in range(length))
            known = self._years[number] = _Year(days, tuple(accumulate((day.working for day in days), initial=0)))
        return known

    def _day(self, on: date) -> Day:
        day = self.special.get(on)
        if day is not None:
            return day
        expected = find_provisional(on) if on.year not in self.tables else None
        if expected is not None:
            reason = Reason.MAKE_UP if expected.working else Reason.FIXED_HOLIDAY
            return Day(on, working=expected.working, reason=reason, name=expected.name, name_en=expected.name_en)
        if on.weekday() in self.weekends:
            return Day(on, working=False, reason=Reason.WEEKEND)
        return Day(on, working=True, reason=Reason.WEEKDAY)
