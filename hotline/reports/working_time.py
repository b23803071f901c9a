"""Working minutes between two moments, in one subtraction: every moment has its mark on the clock of the office.

A mark counts the working minutes since the first day of 2000 by the calendar of the house. It is the one place where
figures ask the calendar; a change of the calendar changes `fingerprint`, and every case is measured anew.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zlib import crc32

from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Calendar

FIRST_DAY: Final = date(2000, 1, 1)
LAYOUT: Final = 1
"""Raise it when facts are computed in another way: then they are all made again."""
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)


class WorkingClock:
    """The clock of the office by one calendar."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        start, end = calendar.hours.start, calendar.hours.end
        self._start = start.hour * 60 + start.minute
        self.day = end.hour * 60 + end.minute - self._start
        """The working minutes of a working day."""
        self._before: list[int] = [0]
        """How many working days were there before the n-th day since the first; made as far as it was asked for."""
        self.fingerprint = _fingerprint(calendar)

    def mark(self, at: datetime) -> int:
        """Working minutes from the first day of 2000 until this moment (aware); 0 for what was before."""
        there = at.astimezone(SHANGHAI)
        day = there.date()
        if day < FIRST_DAY:
            return 0
        today = 0
        if self._calendar.is_working_day(day):
            today = min(max(there.hour * 60 + there.minute - self._start, 0), self.day)
        return self.days_before(day) * self.day + today

    def days_before(self, day: date) -> int:
        """How many working days there are from the first day of 2000 until the day before this one."""
        number = (day - FIRST_DAY).days
        while len(self._before) <= number:
            last = FIRST_DAY + (len(self._before) - 1) * _DAY
            self._before.append(self._before[-1] + self._calendar.is_working_day(last))
        return self._before[max(number, 0)]

    def age(self, opened_on: date, today: date) -> int:
        """How many working days have begun after the day of the call, today included."""
        return max(self.days_before(today + _DAY) - self.days_before(opened_on + _DAY), 0)


_kept: list[tuple[Calendar, WorkingClock]] = []


def clock_of(calendar: Calendar) -> WorkingClock:
    """The clock by this calendar; that of the calendar last asked for is kept."""
    if not _kept or _kept[0][0] is not calendar:
        _kept[:] = [(calendar, WorkingClock(calendar))]
    return _kept[0][1]


def minutes_between(begun: datetime, ended: datetime) -> int:
    """Minutes by the calendar, nights and weekends included; 0 when the end lies before the beginning."""
    return max(int((ended - begun) / _MINUTE), 0)


def _fingerprint(calendar: Calendar) -> int:
    """A number that changes with whatever the marks depend on; it fits a signed column of 32 bits."""
    special = sorted((on.isoformat(), day.working) for on, day in calendar.special.items())
    hours: tuple[time, time] = (calendar.hours.start, calendar.hours.end)
    said = repr((LAYOUT, sorted(calendar.weekends), special, sorted(calendar.years), hours))
    return crc32(said.encode()) >> 1
