"""The date by which something is due, counted from what is known of it, and every day on the way explained.

Counting starts on the working day after the event; what is due on a day is due at the end of its working hours in
Asia/Shanghai. A day at whose end the clock was paused does not count. Days that are granted are counted on from the
date there was, or from the day of the grant where that is later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Self

from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Calendar, Day, Reason
from hotline.deadlines.hours import Hours

KEPT_STRETCHES: Final = 256


@dataclass(frozen=True, slots=True)
class Pause:
    """From when until when a clock stands still; what begins at `until` runs again."""

    since: datetime
    until: datetime
    reason: str = ""

    def to_json(self) -> dict[str, str]:
        """As plain data."""
        return {"since": self.since.isoformat(), "until": self.until.isoformat(), "reason": self.reason}

    @classmethod
    def from_json(cls, kept: Mapping[str, str]) -> Self:
        """What `to_json` made."""
        return cls(datetime.fromisoformat(kept["since"]), datetime.fromisoformat(kept["until"]), kept["reason"])


@dataclass(frozen=True, slots=True)
class Extension:
    """Working days granted on top of a limit, and when."""

    days: int
    at: datetime

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {"days": self.days, "at": self.at.isoformat()}


@dataclass(frozen=True, slots=True)
class Terms:
    """All that a due date is counted from: with a calendar and hours the same date comes out whenever it is asked.

    `days` are working days; `hours`, where given, hours on the clock in their stead. `rule` names what decided.
    """

    since: datetime
    days: int
    hours: int | None = None
    rule: str = ""
    extensions: tuple[Extension, ...] = ()
    pauses: tuple[Pause, ...] = ()

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """What an explanation was counted from; older ones did not write down their limit, but it can be told."""
        since = datetime.fromisoformat(kept["since"])
        hours = kept.get("hours")
        if hours is None and not kept.get("counted"):
            hours = round((datetime.fromisoformat(kept["due_at"]) - since) / timedelta(hours=1))
        extensions = (Extension(one["days"], datetime.fromisoformat(one["at"])) for one in kept.get("extensions", ()))
        return cls(
            since,
            kept.get("days", len(kept.get("counted", ()))),
            hours,
            kept.get("rule", ""),
            tuple(extensions),
            tuple(map(Pause.from_json, kept.get("pauses", ()))),
        )

    def extended(self, days: int, *, at: datetime) -> Terms:
        """The same with so many working days more, granted at `at`."""
        return replace(self, extensions=(*self.extensions, Extension(days, at)))

    def paused(self, pauses: tuple[Pause, ...]) -> Terms:
        """The same with these pauses, as far as they lie after its beginning."""
        return replace(self, pauses=tuple(pause for pause in pauses if pause.until > self.since))


@dataclass(frozen=True, slots=True)
class DueDate:
    """When something is due and how that was counted.

    `counted` are the working days of the limit, `skipped` the days passed over; both are empty for a limit in clock
    hours. `provisional` says that a year was crossed whose table is not published, so the date may move.
    """

    due_at: datetime
    terms: Terms
    counted: tuple[Day, ...] = ()
    skipped: tuple[Day, ...] = ()
    provisional: bool = False

    @property
    def since(self) -> datetime:
        """What it is counted from, in Shanghai."""
        return self.terms.since

    def to_json(self) -> dict[str, Any]:
        """The explanation as plain data: times and dates in ISO form, `reason` as in `calendar.Reason`."""
        terms = self.terms
        told: dict[str, Any] = {
            "due_at": self.due_at.isoformat(),
            "since": terms.since.isoformat(),
            "counted": [day.told["on"] for day in self.counted],
            "skipped": [day.told for day in self.skipped],
            "made_up": [day.told for day in self.counted if day.reason is not Reason.WEEKDAY],
            "provisional": self.provisional,
            "days": terms.days,
            "rule": terms.rule,
        }
        if terms.hours is not None:
            told["hours"] = terms.hours
        if terms.extensions:
            told["extensions"] = [extension.to_json() for extension in terms.extensions]
        if terms.pauses:
            told["pauses"] = [pause.to_json() for pause in terms.pauses]
        return told


def due_at(limit_days: int, *, since: datetime, calendar: Calendar, hours: Hours | None = None) -> DueDate:
    """The end of the `limit_days`-th working day after `since` (aware); 0: of this day, or the next one worked.

    `hours` are the calendar's unless given.
    """
    return count(Terms(since, limit_days), calendar=calendar, hours=hours)


def due_in_hours(hours: int, *, since: datetime) -> DueDate:
    """So many hours on the clock after `since`, day and night: for what cannot wait for a working day."""
    return _in_hours(replace(Terms(since, 0), hours=hours))


def count(terms: Terms, *, calendar: Calendar, hours: Hours | None = None) -> DueDate:
    """The date that follows from these terms, with every day on the way."""
    if terms.hours is not None:
        return _in_hours(terms)
    since, hours = _in_shanghai(terms.since), hours or calendar.hours
    paused = {day.on: day for pause in terms.pauses for day in _paused_days(pause, hours)}
    way = _Way(calendar, hours, paused, [], [])
    way.go(terms.days, since)
    for extension in terms.extensions:
        way.go(extension.days, max(way.ends_at(), _in_shanghai(extension.at)))
    ends_at = way.ends_at()
    provisional = any(map(calendar.provisional, range(since.year, ends_at.year + 1)))
    return DueDate(ends_at, replace(terms, since=since), tuple(way.counted), tuple(way.skipped), provisional)


@dataclass(frozen=True, slots=True)
class _Way:
    """The days on the way to a date, as they are gone through."""

    calendar: Calendar
    hours: Hours
    paused: Mapping[date, Day]
    """The days at whose end the clock stands still."""
    counted: list[Day]
    skipped: list[Day]

    def go(self, days: int, since: datetime) -> None:
        """Count so many days after `since`; for none, this day while it is worked, or the next one that is."""
        left = max(days, 1)
        if days == 0:
            today = self._kind(self.calendar.day_kind(since.date()))
            if today.working and since.time() < self.hours.end:
                self.counted.append(today)
                return
        if not (self.hours.every_day or self.paused):
            counted, skipped = _stretch(self.calendar, since.date(), left)
            self.counted.extend(counted)
            self.skipped.extend(skipped)
            return
        standing = self.paused.get
        for usual in self.calendar.days_after(since.date()):
            day = self._kind(usual) if self.hours.every_day else standing(usual.on, usual) if usual.working else usual
            if day.working:
                self.counted.append(day)
                left -= 1
                if not left:
                    return
            else:
                self.skipped.append(day)

    def ends_at(self) -> datetime:
        """The end of the last day counted."""
        return datetime.combine(self.counted[-1].on, self.hours.end, SHANGHAI)

    def _kind(self, day: Day) -> Day:
        if self.hours.every_day and not day.working:
            day = Day(day.on, working=True, reason=Reason.ON_DUTY)
        return self.paused.get(day.on, day) if day.working else day


def _paused_days(pause: Pause, hours: Hours) -> Iterator[Day]:
    """The days at whose end this clock stands still."""
    since, until = _in_shanghai(pause.since), _in_shanghai(pause.until)
    first = since.toordinal() + (hours.end < since.time())
    last = until.toordinal() - (until.time() <= hours.end)
    return map(_paused, range(first, last + 1))


@lru_cache(maxsize=KEPT_STRETCHES)
def _paused(ordinal: int) -> Day:
    return Day(date.fromordinal(ordinal), working=False, reason=Reason.PAUSED)


@lru_cache(maxsize=KEPT_STRETCHES)
def _stretch(calendar: Calendar, since: date, days: int) -> tuple[tuple[Day, ...], tuple[Day, ...]]:
    """So many working days after a day, and the days passed over: the same for all that comes in on one day."""
    counted: list[Day] = []
    skipped: list[Day] = []
    for day in calendar.days_after(since):
        (counted if day.working else skipped).append(day)
        if len(counted) == days:
            break
    return tuple(counted), tuple(skipped)


def _in_hours(terms: Terms) -> DueDate:
    since = _in_shanghai(terms.since)
    # Added in UTC: between 1986 and 1991 Shanghai had summer time, and an hour there was not always an hour.
    ends_at = (since.astimezone(UTC) + timedelta(hours=terms.hours or 0)).astimezone(SHANGHAI)
    return DueDate(ends_at, replace(terms, since=since))


def _in_shanghai(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        msg = "a moment without a time zone cannot start a limit"
        raise ValueError(msg)
    return moment.astimezone(SHANGHAI)
