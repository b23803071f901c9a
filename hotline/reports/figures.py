"""Figures as values and arithmetic: periods, percentiles, shares, lines of a table, and what each number means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Self

from hotline.clock import SHANGHAI
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark
from hotline.reports.small_cells import Cell

FRACTIONS: Final = (0.5, 0.75, 0.9)
EARLIEST: Final = date(2000, 1, 1)
LATEST: Final = date(2100, 12, 31)
MOST_DAYS: Final = 3660
_DAY: Final = timedelta(days=1)

DEFINITIONS: Final = {
    "cases": mark(
        "Cases opened in the period which were routed to a department at least once. Every one of them counts once: "
        "as resolved, as still open, or as ended otherwise."
    ),
    "resolved": mark(
        "Cases whose matter the department has resolved, or which the hotline answered after they came back. A case "
        "that was reopened counts as open until it is resolved again."
    ),
    "open": mark(
        "Cases that wait for a department, are in hand, or came back to the hotline: nothing is resolved yet."
    ),
    "over": mark("Still open cases whose date to be resolved by has passed, extensions granted included."),
    "aside": mark("Withdrawn, merged into another case, or referred outside. No resolution time is counted for them."),
    "times": mark(
        "Hours from the call to the last resolution, nights and weekends included. Half of the resolved cases took at "
        "most the median, three quarters at most p75, nine of ten at most p90. Open cases have no time yet and are "
        "shown beside: read the times together with them."
    ),
    "in_time": mark(
        "Resolved by their date, divided by the resolved cases that had a date plus the open cases whose date has "
        "passed. The date is that of the last assignment, extensions granted included. Open cases that still have time "
        "are left out, and so are cases back at the hotline, which have no date."
    ),
    "department": mark(
        "The department that has the case or resolved it. A case that came back is counted with the hotline."
    ),
    "small": mark(
        "“<3” stands for one or two cases when a confidential one is among them, “…” for a number that would give "
        "such a cell away."
    ),
}
"""What each number means, as msgids: printed beside the figures and at the end of the table file."""


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
class Figure:
    """A share as a union publishes it: `n` of `of`, with the msgid that says what is counted."""

    key: str
    n: int
    of: int

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None when there is nothing to divide by."""
        return self.n / self.of if self.of else None

    @property
    def definition(self) -> str:
        """What it means, as a msgid."""
        return DEFINITIONS[self.key]


@dataclass(frozen=True, slots=True)
class Resolution:
    """One line of resolution times: hours, and counts that add up (`n + open + aside` is every case of the line).

    `label` is the code of a department or category, or the Monday of a week; None stands for "none of them" in a line
    and for everything in a total.
    Times are None when nothing was resolved or the cell is too small to be shown; then `in_time` is None as well.
    """

    label: str | None
    n: Cell
    open: Cell
    over: Cell
    aside: Cell
    median: float | None
    p75: float | None
    p90: float | None
    in_time: Figure | None

    @property
    def in_time_n(self) -> int | None:
        """How many were resolved by their date."""
        return self.in_time.n if self.in_time else None

    @property
    def in_time_of(self) -> int | None:
        """Of how many that could be said."""
        return self.in_time.of if self.in_time else None


NOTHING: Final = Resolution(None, 0, 0, 0, 0, None, None, None, Figure("in_time", 0, 0))
"""The line of a group without cases."""


@dataclass(frozen=True, slots=True)
class Week:
    """Resolution times of the cases opened in one week (Monday to Sunday), as far as it lies in the period."""

    begins_on: date
    resolution: Resolution


def percentile(values: Sequence[float], fraction: float) -> float | None:
    """The value below which this fraction lies, on the line between the two nearest; None for no values.

    The definition is SQL's `percentile_cont`, computed in the order in which PostgreSQL does.
    """
    if not values:
        return None
    ordered = sorted(values)
    place = fraction * (len(ordered) - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return low if low == high else low + (place - math.floor(place)) * (high - low)
