"""By when something is due: limits in working days from `deadlines.toml`, and the date they lead to, explained.

Counting starts on the working day after the event; what is due on a day is due at the end of its working hours in
Asia/Shanghai. Limits are no national rule for 12351 (the trial of the ACFTU of 2023 names three difficulties, each
with its own limit), so every one of them is configuration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import Field

from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Calendar, Day, Hours
from hotline.deadlines.reading import Table, read_toml, validate
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark

KEPT_STRETCHES: Final = 256


class LimitsError(Invalid):
    """The file of limits has mistakes; each names the file and the key."""


@dataclass(frozen=True, slots=True)
class DueDate:
    """When something is due and how that was counted.

    `counted` are the working days of the limit, `skipped` the days passed over; both are empty for a limit in clock
    hours. `provisional` says that a year was crossed whose make-up days are not published, so the date may move.
    """

    due_at: datetime
    since: datetime
    counted: tuple[Day, ...] = ()
    skipped: tuple[Day, ...] = ()
    provisional: bool = False

    def to_json(self) -> dict[str, Any]:
        """The explanation as plain data: times and dates in ISO form, `reason` as in `calendar.Reason`."""
        return {
            "due_at": self.due_at.isoformat(),
            "since": self.since.isoformat(),
            "counted": [day.on.isoformat() for day in self.counted],
            "skipped": [_day_to_json(day) for day in self.skipped],
            "made_up": [_day_to_json(day) for day in self.counted if day.name],
            "provisional": self.provisional,
        }


def due_at(limit_days: int, *, since: datetime, calendar: Calendar, hours: Hours | None = None) -> DueDate:
    """The end of the `limit_days`-th working day after `since` (aware); 0: of this day, or the next one worked.

    `hours` are the calendar's unless given.
    """
    since = _in_shanghai(since)
    end = (hours or calendar.hours).end
    today = limit_days == 0 and calendar.is_working_day(since.date()) and since.time() < end
    counted, skipped = _days(calendar, since.date(), 0 if today else max(limit_days, 1))
    on = counted[-1].on
    provisional = any(map(calendar.provisional, range(since.year, on.year + 1)))
    return DueDate(datetime.combine(on, end, SHANGHAI), since, counted, skipped, provisional)


@lru_cache(maxsize=KEPT_STRETCHES)
def _days(calendar: Calendar, since: date, limit_days: int) -> tuple[tuple[Day, ...], tuple[Day, ...]]:
    """The working days of a limit after `since` and the days passed over: the same for all that comes in on one day."""
    if not limit_days:
        return (calendar.day_kind(since),), ()
    counted: list[Day] = []
    skipped: list[Day] = []
    days = calendar.days_after(since)
    while len(counted) < limit_days:
        day = next(days)
        (counted if day.working else skipped).append(day)
    return tuple(counted), tuple(skipped)


def due_in_hours(hours: int, *, since: datetime) -> DueDate:
    """So many hours on the clock after `since`, day and night: for what cannot wait for a working day."""
    since = _in_shanghai(since)
    # Added in UTC: between 1986 and 1991 Shanghai had summer time, and an hour there was not always an hour.
    return DueDate((since.astimezone(UTC) + timedelta(hours=hours)).astimezone(SHANGHAI), since)


@dataclass(frozen=True, slots=True)
class Limit:
    """The limits of one case, in working days; `accept_hours`, when set, is in clock hours and replaces `accept`.

    `because` names for each the line of `deadlines.toml` that decided.
    """

    accept: int
    resolve: int
    follow_up: int
    accept_hours: int | None = None
    because: Mapping[str, str] = field(default_factory=dict)

    def accept_by(self, *, since: datetime, calendar: Calendar) -> DueDate:
        """When the department must have accepted what reached it at `since`."""
        if self.accept_hours is not None:
            return due_in_hours(self.accept_hours, since=since)
        return due_at(self.accept, since=since, calendar=calendar)

    def resolve_by(self, *, since: datetime, calendar: Calendar) -> DueDate:
        """When the matter that came in at `since` must be resolved."""
        return due_at(self.resolve, since=since, calendar=calendar)

    def follow_up_by(self, *, since: datetime, calendar: Calendar) -> DueDate:
        """When the worker must have been called back about what was resolved at `since`."""
        return due_at(self.follow_up, since=since, calendar=calendar)


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit of `deadlines.toml`."""

    by_difficulty: Mapping[str, Mapping[str, int]]
    by_group: Mapping[str, Mapping[str, Mapping[str, int]]]
    by_category: Mapping[str, Mapping[str, Mapping[str, int]]]
    by_urgency: Mapping[str, Mapping[str, int]]

    @classmethod
    def from_mapping(cls, content: Mapping[str, Any], *, file: str = "deadlines.toml") -> Limits:
        """The limits that a parsed `deadlines.toml` describes; raises `LimitsError`."""
        table = validate(_File, content, file=file, error=LimitsError)
        given = table.model_dump(exclude_none=True)
        return cls(given["difficulty"], given["group"], given["category"], given["urgency"])

    def find(self, *, group: str | None, category: str | None, difficulty: str, urgency: str) -> Limit:
        """The limit of a case: by difficulty, made more precise by group and category, shortened by urgency.

        Raises `LimitsError` for a difficulty or urgency that does not exist.
        """
        if difficulty not in self.by_difficulty:
            raise LimitsError(Mistake("difficulty", _NO_CODE, {"code": difficulty}))
        if urgency not in self.by_urgency:
            raise LimitsError(Mistake("urgency", _NO_CODE, {"code": urgency}))
        days = dict(self.by_difficulty[difficulty])
        because = dict.fromkeys(days, f"difficulty.{difficulty}")
        for kind, code, table in (("group", group, self.by_group), ("category", category, self.by_category)):
            for step, limit in table.get(code or "", {}).get(difficulty, {}).items():
                days[step] = limit
                because[step] = f"{kind}.{code}.{difficulty}"
        cap = self.by_urgency[urgency]
        for step, limit in days.items():
            if cap.get(step, limit) < limit:
                days[step] = cap[step]
                because[step] = f"urgency.{urgency}"
        accept_hours = cap.get("accept_hours")
        if accept_hours is not None:
            because["accept"] = f"urgency.{urgency}"
        return Limit(**days, accept_hours=accept_hours, because=MappingProxyType(because))

    def unknown_codes(self, *, groups: frozenset[str], categories: frozenset[str]) -> tuple[Mistake, ...]:
        """A mistake for each group or category named here that does not exist."""
        named = [("group", code) for code in self.by_group if code not in groups]
        named += [("category", code) for code in self.by_category if code not in categories]
        return tuple(Mistake(f"deadlines.toml: {kind}.{code}", _NO_CODE, {"code": code}) for kind, code in named)


def load_limits(path: Path) -> Limits:
    """Read `deadlines.toml`; raises `LimitsError` naming file and key of every mistake."""
    return Limits.from_mapping(read_toml(path, error=LimitsError), file=path.name)


_NO_CODE = mark("There is no code {code}. Please check the spelling.")


def _in_shanghai(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        msg = "a moment without a time zone cannot start a limit"
        raise ValueError(msg)
    return moment.astimezone(SHANGHAI)


def _day_to_json(day: Day) -> dict[str, str]:
    given = {"on": day.on.isoformat(), "reason": day.reason.value, "name": day.name, "name_en": day.name_en}
    return {key: value for key, value in given.items() if value}


_Days = Annotated[int, Field(ge=0, le=366)]


class _Steps(Table):
    accept: _Days
    resolve: _Days
    follow_up: _Days


class _Some(Table):
    accept: _Days | None = None
    resolve: _Days | None = None
    follow_up: _Days | None = None


class _Urgency(_Some):
    accept_hours: int | None = Field(default=None, ge=1, le=24)


class _Difficulties(Table):
    normal: _Steps
    hard: _Steps
    complex: _Steps


class _Override(Table):
    normal: _Some = _Some()
    hard: _Some = _Some()
    complex: _Some = _Some()


class _Urgencies(Table):
    normal: _Urgency = _Urgency()
    urgent: _Urgency
    critical: _Urgency


class _File(Table):
    difficulty: _Difficulties
    urgency: _Urgencies
    group: dict[str, _Override] = Field(default_factory=dict)
    category: dict[str, _Override] = Field(default_factory=dict)
