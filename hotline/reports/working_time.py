"""Working minutes between two moments, in one subtraction: every moment has its mark on the clock of the office.

A mark counts the working minutes since the first day of 2000 by the calendar of the house. It is the one place where
figures ask the calendar; a change of the calendar changes `fingerprint`, and every case is measured anew.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zlib import crc32

from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Calendar

FIRST_DAY: Final = date(2000, 1, 1)
LAYOUT: Final = 4
"""Raise it when facts are computed in another way: then they are all made again."""
_DAY: Final = timedelta(days=1)
_BEGINNING: Final = datetime.combine(FIRST_DAY, time.min, SHANGHAI).astimezone(UTC)


class WorkingClock:
    """The clock of the office by one calendar."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._spans = tuple((span.start, span.end) for span in calendar.hours.spans)
        self.day = sum(end - start for start, end in self._spans)
        """The working minutes of a working day."""
        self._before: list[int] = [0]
        """How many working days were there before the n-th day since the first; made as far as it was asked for."""
        self.fingerprint = _fingerprint(calendar)

    def mark(self, at: datetime) -> int:
        """Working minutes from the first day of 2000 until this moment (aware); 0 for what was before."""
        since = at - _BEGINNING  # since then an hour in Shanghai has always been an hour
        number = since.days
        if number < 0:
            return 0
        if number + 1 >= len(self._before):
            self._go_on_until(number + 1)
        before = self._before[number]
        if self._before[number + 1] == before:
            return before * self.day
        today = since.seconds // 60
        return before * self.day + sum(min(max(today - start, 0), end - start) for start, end in self._spans)

    def days_before(self, day: date) -> int:
        """How many working days there are from the first day of 2000 until the day before this one."""
        number = max((day - FIRST_DAY).days, 0)
        self._go_on_until(number)
        return self._before[number]

    def _go_on_until(self, number: int) -> None:
        while len(self._before) <= number:
            last = FIRST_DAY + (len(self._before) - 1) * _DAY
            self._before.append(self._before[-1] + self._calendar.is_working_day(last))

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
    passed = ended - begun
    return max(passed.days * 1440 + passed.seconds // 60, 0)


def _fingerprint(calendar: Calendar) -> int:
    """A number that changes with whatever the marks depend on; it fits a signed column of 32 bits."""
    special = sorted((on.isoformat(), day.working) for on, day in calendar.special.items())
    hours = [(span.start, span.end) for span in calendar.hours.spans]
    said = repr((LAYOUT, sorted(calendar.weekends), special, sorted(calendar.tables), hours))
    return crc32(said.encode()) >> 1
