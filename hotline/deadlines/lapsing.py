"""When a statutory clock lapses, step by step: pure arithmetic of dates by the Civil Code, articles 200 to 203.

The first day does not count. A year ends on the same day of the month, or on the month's last day where there is none
such. An interruption starts the period anew, a suspension adds its days. Where the last day is a day of rest, the next
working day is the last one.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from hotline.deadlines.calendar import Calendar
from hotline.deadlines.statutes import Interruption, Period, Statute, StatutoryClock, Suspension
from hotline.i18n import mark

RED_BELOW: Final = 30
AMBER_UP_TO: Final = 90
_DAY: Final = timedelta(days=1)
_Span = tuple[date, date]


class Light(StrEnum):
    """How pressing it is."""

    WAITING = "waiting"
    """It does not run yet: the employment or the act goes on."""
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    LAPSED = "lapsed"


LIGHT_LABELS: Final = {
    Light.WAITING: mark("Does not run yet"),
    Light.GREEN: mark("Time enough"),
    Light.AMBER: mark("90 days or less"),
    Light.RED: mark("Less than 30 days"),
    Light.LAPSED: mark("May have lapsed"),
}


class StepKind(StrEnum):
    """What one line of an explanation tells."""

    BEGINS = "begins"
    RESTARTS = "restarts"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    NO_GAIN = "no_gain"
    CANDIDATE = "candidate"
    NOT_IN_LAW = "not_in_law"
    SUSPENDED = "suspended"
    NOT_COUNTED = "not_counted"
    ENDS = "ends"
    DAY_OF_REST = "day_of_rest"
    PROVISIONAL = "provisional"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of why it is this day: `until` and `days` where it is about more than one day."""

    kind: StepKind
    on: date
    until: date | None = None
    days: int = 0
    about: str = ""
    """Code of the interruption or suspension it speaks of."""

    def to_json(self) -> dict[str, Any]:
        """As plain data, dates in ISO form."""
        until = None if self.until is None else self.until.isoformat()
        return {
            "kind": self.kind.value,
            "on": self.on.isoformat(),
            "until": until,
            "days": self.days,
            "about": self.about,
        }


@dataclass(frozen=True, slots=True)
class Lapse:
    """Until when, by what is on record; `ends_on` is the last day before days of rest are looked at.

    `days_left` counts the last day; it is negative when the day has passed. Dates are None while it does not run.
    """

    light: Light
    ends_on: date | None = None
    lapses_on: date | None = None
    days_left: int | None = None
    steps: tuple[Step, ...] = ()
    suspended: bool = False
    """An obstacle still goes on: the date moves with every day."""
    provisional: bool = False


def lapse(clock: StatutoryClock, *, today: date, calendar: Calendar) -> Lapse:
    """When this clock lapses as things are on record `today`."""
    if clock.trigger_on is None:
        return Lapse(Light.WAITING)
    law = clock.statute
    known, unknown = _by_law(law, clock.suspensions)
    spans = _merged((one.first_on, one.last_on or max(today, one.first_on)) for one in known)
    steps = [Step(StepKind.BEGINS, clock.trigger_on)]
    start, ends_on = clock.trigger_on, _end(law.period, clock.trigger_on, spans)
    for one in sorted(clock.interruptions, key=lambda one: (one.on, one.kind, one.candidate)):
        later = _end(law.period, one.on, spans)
        kind = _what_becomes_of(
            one, law, begins=clock.trigger_on, last=_worked(ends_on, calendar), gain=later - ends_on
        )
        steps.append(Step(kind, one.on, about=one.kind.value))
        if kind is StepKind.RESTARTS:
            start, ends_on = one.on, later
    steps += _suspended(law.period, start, spans)
    steps += [Step(StepKind.NOT_IN_LAW, one.first_on, one.last_on, about=one.kind.value) for one in unknown]
    lapses_on = _worked(ends_on, calendar)
    steps.append(Step(StepKind.ENDS, ends_on, start))
    if lapses_on != ends_on:
        steps.append(Step(StepKind.DAY_OF_REST, lapses_on, ends_on))
    provisional = calendar.provisional(ends_on.year) or calendar.provisional(lapses_on.year)
    if provisional:
        steps.append(Step(StepKind.PROVISIONAL, lapses_on))
    left = (lapses_on - today).days
    goes_on = any(one.last_on is None and one.first_on <= today <= ends_on for one in known)
    return Lapse(light_of(left), ends_on, lapses_on, left, tuple(steps), suspended=goes_on, provisional=provisional)


def light_of(days_left: int) -> Light:
    """The traffic light for so many days: less than 30 red, up to 90 amber, more green."""
    if days_left < 0:
        return Light.LAPSED
    if days_left < RED_BELOW:
        return Light.RED
    return Light.AMBER if days_left <= AMBER_UP_TO else Light.GREEN


def add_period(on: date, period: Period) -> date:
    """The last day of a period that is counted from the day after `on`."""
    if period.years:
        year = on.year + period.years
        return date(year, on.month, min(on.day, months.monthrange(year, on.month)[1])) + timedelta(days=period.days)
    return on + timedelta(days=period.days)


def _end(period: Period, start: date, spans: Sequence[_Span]) -> date:
    """The last day of the period begun at `start`, with the days of every obstacle that begins while it runs."""
    end = add_period(start, period)
    for first, last in spans:
        begun = max(first, start + _DAY)
        if begun <= min(end, last):
            end += last - begun + _DAY
    return end


def _suspended(period: Period, start: date, spans: Sequence[_Span]) -> Iterable[Step]:
    end = add_period(start, period)
    for first, last in spans:
        begun = max(first, start + _DAY)
        if begun <= min(end, last):
            end += last - begun + _DAY
            yield Step(StepKind.SUSPENDED, begun, last, (last - begun).days + 1)
        else:
            yield Step(StepKind.NOT_COUNTED, first, last)


def _by_law(law: Statute, suspensions: Iterable[Suspension]) -> tuple[list[Suspension], list[Suspension]]:
    """Those which this law knows, and those it does not; in an order that does not depend on who wrote first."""
    ordered = sorted(suspensions, key=lambda one: (one.first_on, one.last_on or date.max, one.kind))
    return (
        [one for one in ordered if one.kind in law.suspensions],
        [one for one in ordered if one.kind not in law.suspensions],
    )


def _merged(spans: Iterable[_Span]) -> list[_Span]:
    """Spans in order, those that overlap or touch made one: no day is counted twice."""
    merged: list[_Span] = []
    for first, last in sorted(spans):
        if last < first:
            continue
        if merged and first <= merged[-1][1] + _DAY:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _what_becomes_of(one: Interruption, law: Statute, *, begins: date, last: date, gain: timedelta) -> StepKind:
    if one.kind not in law.interruptions:
        return StepKind.NOT_IN_LAW
    if one.candidate:
        return StepKind.CANDIDATE
    if one.on < begins:
        return StepKind.TOO_EARLY
    if one.on > last:
        return StepKind.TOO_LATE
    return StepKind.NO_GAIN if gain < timedelta() else StepKind.RESTARTS


def _worked(on: date, calendar: Calendar) -> date:
    """This day, or the next one that is worked (民法典 203(1))."""
    while not calendar.is_working_day(on):
        on += _DAY
    return on
