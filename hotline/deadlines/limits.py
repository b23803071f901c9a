"""By when something is due: limits in working days from `deadlines.toml`; `due` counts the dates they lead to.

Limits are no national rule for 12351 (the trial of the ACFTU of 2023 names three difficulties, each
with its own limit), so every one of them is configuration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field

from hotline.deadlines.calendar import Calendar
from hotline.deadlines.due import DueDate, Terms, count
from hotline.deadlines.hours import Hours
from hotline.deadlines.reading import Table, read_toml, validate
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark

LimitStep = Literal["accept", "contact", "resolve", "follow_up"]


class LimitsError(Invalid):
    """The file of limits has mistakes; each names the file and the key."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The limits of one case, in working days; `accept_hours`, when set, is in clock hours and replaces `accept`.

    `because` names for each the line of `deadlines.toml` that decided.
    """

    accept: int
    resolve: int
    follow_up: int
    contact: int = 1
    accept_hours: int | None = None
    because: Mapping[str, str] = field(default_factory=dict)

    def terms(self, step: LimitStep, *, since: datetime) -> Terms:
        """What the date of this step is counted from, when it begins at `since`."""
        rule = self.because.get(step, "")
        if step == "accept" and self.accept_hours is not None:
            return Terms(since, 0, self.accept_hours, rule)
        return Terms(since, getattr(self, step), None, rule)

    def accept_by(self, *, since: datetime, calendar: Calendar, hours: Hours | None = None) -> DueDate:
        """When the department must have accepted what reached it at `since`."""
        return count(self.terms("accept", since=since), calendar=calendar, hours=hours)

    def contact_by(self, *, since: datetime, calendar: Calendar, hours: Hours | None = None) -> DueDate:
        """When the worker must have heard from the department that the case reached at `since`."""
        return count(self.terms("contact", since=since), calendar=calendar, hours=hours)

    def resolve_by(self, *, since: datetime, calendar: Calendar, hours: Hours | None = None) -> DueDate:
        """When the matter that came in at `since` must be resolved."""
        return count(self.terms("resolve", since=since), calendar=calendar, hours=hours)

    def follow_up_by(self, *, since: datetime, calendar: Calendar, hours: Hours | None = None) -> DueDate:
        """When the worker must have been called back about what was resolved at `since`."""
        return count(self.terms("follow_up", since=since), calendar=calendar, hours=hours)


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

    @property
    def longest(self) -> int:
        """The most working days that any case has to be resolved."""
        overrides = (table for kind in (self.by_group, self.by_category) for table in kind.values())
        tables = chain(self.by_difficulty.values(), *(table.values() for table in overrides))
        return max(limits.get("resolve", 0) for limits in tables)

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


_Days = Annotated[int, Field(ge=0, le=366)]


class _Steps(Table):
    accept: _Days
    contact: _Days = 1
    resolve: _Days
    follow_up: _Days


class _Some(Table):
    accept: _Days | None = None
    contact: _Days | None = None
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
