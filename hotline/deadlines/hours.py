"""Working hours of a day: one span or several, for lunch breaks, shifts, and desks open day and night.

A span is written `08:30-12:00`, in Shanghai time; `24:00` is the end of the day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final, Self

from hotline.clock import SHANGHAI

MIDNIGHT: Final = 24 * 60
_WRITTEN: Final = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])-([01]?[0-9]|2[0-4]):([0-5][0-9])")
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one minute of the day up to another one, which is no longer worked; 1440 is midnight."""

    start: int
    end: int

    @classmethod
    def read(cls, words: str) -> Self:
        """The span that `08:30-12:00` means. Raises `ValueError` for anything else, and for one that ends too early."""
        found = _WRITTEN.fullmatch(words.strip())
        if found is None:
            raise ValueError(words)
        hour, minute, to_hour, to_minute = map(int, found.groups())
        span = cls(hour * 60 + minute, to_hour * 60 + to_minute)
        if not span.start < span.end <= MIDNIGHT:
            raise ValueError(words)
        return span

    def __str__(self) -> str:
        return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (self.start, self.end))


@dataclass(frozen=True, slots=True)
class Hours:
    """The spans of one working day, in order; `every_day` says that weekends and holidays are worked too."""

    spans: tuple[Span, ...]
    every_day: bool = False

    @classmethod
    def of(cls, *spans: str, every_day: bool = False) -> Self:
        """The hours these words mean: `Hours.of("08:30-12:00", "13:00-17:30")`."""
        return cls(tuple(map(Span.read, spans)), every_day)

    @property
    def start(self) -> time:
        """When work begins."""
        return _time(self.spans[0].start)

    @property
    def end(self) -> time:
        """When what is due on a day is due; 23:59 where work goes on until midnight, so that the day stays the same."""
        return _time(min(self.spans[-1].end, MIDNIGHT - 1))

    @property
    def length(self) -> timedelta:
        """How much working time a day holds."""
        return timedelta(minutes=sum(span.end - span.start for span in self.spans))

    def on(self, day: date) -> list[tuple[datetime, datetime]]:
        """The spans of this day as moments in UTC: between 1986 and 1991 an hour by the clock was not always one."""
        return [(moment(day, span.start), moment(day, span.end)) for span in self.spans]


def overlapping(spans: Iterable[Span]) -> bool:
    """Whether two of these spans share a minute, or one comes before another that begins earlier."""
    return any(one.end > other.start for one, other in pairwise(spans))


def moment(day: date, minute: int) -> datetime:
    """This minute of a day in Shanghai, as a moment in UTC; 1440 is the midnight that ends the day."""
    if minute >= MIDNIGHT:
        day, minute = day + _ONE_DAY, minute - MIDNIGHT
    return datetime.combine(day, _time(minute), SHANGHAI).astimezone(UTC)


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)
