"""Arithmetic in working time: how much of it lies between two moments, and when so much of it has passed.

Every difference is taken in UTC. What is added ends at the earliest moment at which so much time has been worked (the
end of a day rather than the beginning of the next); what is taken away ends at the latest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final

from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Calendar
from hotline.deadlines.hours import MIDNIGHT, Hours, moment

NONE: Final = timedelta()
_ONE_DAY: Final = timedelta(days=1)
_FIRST_SUMMER_TIME, _LAST_SUMMER_TIME = 1986, 1991
Worked = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The working time of those who keep these hours on the days of this calendar."""

    calendar: Calendar
    hours: Hours

    def works_on(self, day: date) -> bool:
        """Whether anybody works on this day."""
        return self.hours.every_day or self.calendar.is_working_day(day)

    def between(self, since: datetime, until: datetime) -> timedelta:
        """How much working time lies between two aware moments; negative when `until` comes first."""
        since, until = since.astimezone(UTC), until.astimezone(UTC)
        if until < since:
            return -self.between(until, since)
        first, last = _day(since), _day(until)
        if first == last:
            return self._within(first, since, until)
        whole = self._days_between(first, last) * self.hours.length
        if first.year <= _LAST_SUMMER_TIME:
            whole += sum((self._odd(day) for day in _changes() if first < day < last), NONE)
        return self._within(first, since, until) + whole + self._within(last, since, until)

    def add(self, since: datetime, length: timedelta) -> datetime:
        """The moment at which so much working time has passed since `since`; before it for a negative length."""
        if not length:
            return since.astimezone(SHANGHAI)
        since = since.astimezone(UTC)
        return self._forward(since, length) if length > NONE else self._back(since, -length)

    def _forward(self, since: datetime, length: timedelta) -> datetime:
        day, left = _day(since), length
        while True:
            for start, end in self._spans(day):
                begin = max(start, since)
                if begin < end and left <= end - begin:
                    return (begin + left).astimezone(SHANGHAI)
                left -= max(end - begin, NONE)
            day += _ONE_DAY

    def _back(self, until: datetime, length: timedelta) -> datetime:
        day, left = _day(until), length
        while True:
            for start, end in reversed([*self._spans(day)]):
                last = min(end, until)
                if start < last and left <= last - start:
                    return (last - left).astimezone(SHANGHAI)
                left -= max(last - start, NONE)
            day -= _ONE_DAY

    def _spans(self, day: date) -> Iterator[Worked]:
        if self.works_on(day):
            yield from self.hours.on(day)

    def _within(self, day: date, since: datetime, until: datetime) -> timedelta:
        return sum((max(min(end, until) - max(start, since), NONE) for start, end in self._spans(day)), NONE)

    def _odd(self, day: date) -> timedelta:
        """How much more than usual is worked on a day on which clocks are changed."""
        if not self.works_on(day):
            return NONE
        return sum((end - start for start, end in self.hours.on(day)), -self.hours.length)

    def _days_between(self, first: date, last: date) -> int:
        """Days worked after the first and before the last."""
        if self.hours.every_day:
            return (last - first).days - 1
        return self.calendar.working_days_between(first, last - _ONE_DAY)


@cache
def _changes() -> tuple[date, ...]:
    """The days on which clocks were changed, in the six years of summer time."""
    days = (
        date(_FIRST_SUMMER_TIME, 1, 1) + n * _ONE_DAY for n in range((_LAST_SUMMER_TIME + 1 - _FIRST_SUMMER_TIME) * 366)
    )
    return tuple(day for day in days if moment(day, MIDNIGHT) - moment(day, 0) != _ONE_DAY)


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
