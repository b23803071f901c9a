"""Figures as values and arithmetic: periods, percentiles, shares, lines of a table, and what each number means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Self

from hotline.clock import SHANGHAI
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark
from hotline.reports.small_cells import Cell

EARLIEST: Final = date(2000, 1, 1)
LATEST: Final = date(2100, 12, 31)
MOST_DAYS: Final = 3660
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days in Asia/Shanghai, both included. Raises `Invalid` when they are no period."""

    from_on: date
    until_on: date

    def __post_init__(self) -> None:
        mistakes = [
            Mistake(field, mark("Choose a day between 2000 and 2100."))
            for field, on in (("since", self.from_on), ("until", self.until_on))
            if not EARLIEST <= on <= LATEST
        ]
        if self.until_on < self.from_on:
            mistakes.append(Mistake("until", mark("The period ends before it begins. Choose a later day.")))
        elif self.days > MOST_DAYS:
            mistakes.append(Mistake("until", mark("Choose a period of ten years at most.")))
        if mistakes:
            raise Invalid(*mistakes)

    @classmethod
    def last(cls, days: int, *, until: datetime) -> Self:
        """The last so many days, the day of `until` (aware) being the last of them."""
        until_on = until.astimezone(SHANGHAI).date()
        return cls(until_on - (days - 1) * _DAY, until_on)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until_on - self.from_on).days + 1

    @property
    def starts_at(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.from_on, time.min, SHANGHAI)

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.until_on + _DAY, time.min, SHANGHAI)

    @property
    def before(self) -> Period:
        """The same number of days just before. Raises `Invalid` when it would be too early."""
        return Period(self.from_on - self.days * _DAY, self.from_on - _DAY)

    @property
    def weeks(self) -> tuple[date, ...]:
        """The Mondays of the weeks it touches; the first and the last week may lie in it only in part."""
        monday = self.from_on - self.from_on.weekday() * _DAY
        return tuple(monday + 7 * i * _DAY for i in range((self.until_on - monday).days // 7 + 1))


@dataclass(frozen=True, slots=True)
class Resolution:
    """One line of resolution times: hours, and counts that add up (`n + open + aside` is every case of the line).

    `label` is the code of a department or category, or the Monday of a week; None stands for "none of them" in a line
    and for everything in a total.
    Times are None when nothing was resolved or the cell is too small to be shown.
    """

    label: str | None
    n: Cell
    open: Cell
    over: Cell
    aside: Cell
    median: float | None
    p75: float | None
    p90: float | None


NOTHING: Final = Resolution(None, 0, 0, 0, 0, None, None, None)
"""The line of a group without cases."""


@dataclass(frozen=True, slots=True)
class Week:
    """Resolution times of the cases opened in one week (Monday to Sunday), as far as it lies in the period."""

    begins_on: date
    resolution: Resolution
