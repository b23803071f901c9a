"""Time as people live it: working hours laid end to end, and when the telephone rings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Self

from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Calendar
from hotline.demo.dice import Dice

MARGIN: Final = timedelta(days=430)
_HOUR: Final = timedelta(hours=1)
_SPRING_FESTIVAL: Final = "春节"
_BEFORE_FESTIVAL: Final = 60
"""Days before Spring Festival in which ever more people ask for their wages."""

_BY_HOUR: Final = (
    0.1, 0.1, 0.05, 0.05, 0.05, 0.1, 0.3, 1.0, 5.0, 10.0, 10.0, 8.0, 4.0, 5.0, 9.0, 9.0, 8.0, 5.0, 3.0, 3.0,
    2.5, 1.5, 0.7, 0.3,
)  # fmt: skip
"""How often the telephone rings in each hour of the day, in parts."""


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """The beginnings of working days, in order, and how many hours each lasts."""

    starts: tuple[datetime, ...]
    length: float

    @classmethod
    def around(cls, now: datetime, calendar: Calendar) -> Self:
        """The working days from more than a year before `now` to more than a year after it."""
        first, last = (now - MARGIN).astimezone(SHANGHAI).date(), (now + MARGIN).astimezone(SHANGHAI).date()
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        hours = calendar.hours
        starts = (_at(day, hours.start) for day in days if calendar.is_working_day(day))
        return cls(tuple(starts), (_at(first, hours.end) - _at(first, hours.start)) / _HOUR)

    def hours_until(self, at: datetime) -> float:
        """Working hours from the first day known until then."""
        day = bisect_right(self.starts, at) - 1
        return 0.0 if day < 0 else day * self.length + min((at - self.starts[day]) / _HOUR, self.length)

    def moment(self, hours: float) -> datetime:
        """When so many working hours since the first day known have passed; within them."""
        day = min(int(max(hours, 0.0) // self.length), len(self.starts) - 1)
        return self.starts[day] + timedelta(hours=max(hours, 0.0) - day * self.length)

    def after(self, at: datetime, hours: float) -> datetime:
        """When so many working hours have passed since then (before it, when negative)."""
        return self.moment(self.hours_until(at) + hours)

    def between(self, since: datetime, until: datetime) -> float:
        """Working hours between two moments."""
        return self.hours_until(until) - self.hours_until(since)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SHANGHAI).astimezone(UTC)


def call_times(rng: Dice, calendar: Calendar, *, now: datetime, count: int, days: int = 365) -> list[datetime]:
    """So many moments in the last `days` days before `now` at which somebody calls, in order."""
    today = now.astimezone(SHANGHAI).date()
    dates = [today - timedelta(days=n) for n in range(days, -1, -1)]
    festivals = _festivals(calendar)
    weights = [_weight(day, calendar, festivals) * (0.85 + 0.3 * n / days) for n, day in enumerate(dates)]
    passed = now.astimezone(SHANGHAI).hour + now.astimezone(SHANGHAI).minute / 60
    weights[-1] *= sum(_BY_HOUR[: int(passed)]) / sum(_BY_HOUR)
    moments = []
    for day in rng.choices(dates, weights, k=count):
        share = _BY_HOUR[: int(passed)] if day == today else _BY_HOUR
        hour = rng.choices(range(len(share)), share)[0]
        seconds = rng.randrange(3600)
        moments.append(datetime.combine(day, time(hour), SHANGHAI).astimezone(UTC) + timedelta(seconds=seconds))
    return sorted(moments)


def _festivals(calendar: Calendar) -> Mapping[int, date]:
    """The first day of Spring Festival by year, as far as the calendar tells."""
    found: dict[int, date] = {}
    for day in calendar.special.values():
        if day.name == _SPRING_FESTIVAL and not day.working:
            found[day.on.year] = min(day.on, found.get(day.on.year, day.on))
    return found


def _weight(day: date, calendar: Calendar, festivals: Mapping[int, date]) -> float:
    kind = calendar.day_kind(day)
    weight = 1.0 if kind.working else (0.2 if kind.name else 0.4)
    festival = festivals.get(day.year) or date.min
    next_one = festival if festival >= day else festivals.get(day.year + 1)
    if next_one is not None and (left := (next_one - day).days) <= _BEFORE_FESTIVAL:
        weight *= 2.2 - left / _BEFORE_FESTIVAL
    return weight
