"""When to remind and what follows: `config/reminders.toml`, and the days it is counted in."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Calendar
from hotline.deadlines.reading import Table, read_toml, validate
from hotline.errors import Invalid, Mistake
from hotline.i18n import mark

REMINDERS_FILE: Final = "reminders.toml"


class RemindersError(Invalid):
    """The file of reminders has mistakes; each names the file and the key."""


@dataclass(frozen=True, slots=True)
class Desk:
    """In whose name letters are written that nobody drafts."""

    name: str = "职工服务热线"
    telephone: str = "12351"


@dataclass(frozen=True, slots=True)
class CaseSteps:
    """For cases, in working days; `look_back_days` in days."""

    due_soon_days: int = 1
    urge_after_days: int = 1
    criticism_after_days: int = 5
    answer_days: int = 3
    look_back_days: int = 60


@dataclass(frozen=True, slots=True)
class TermSteps:
    """For terms of office: months before the election is due, days to answer."""

    notice_months: int = 6
    urge_months: int = 1
    answer_days: int = 30


@dataclass(frozen=True, slots=True)
class EmployerSteps:
    """For letters to employers: days to answer."""

    answer_days: int = 15


@dataclass(frozen=True, slots=True)
class Reminding:
    """Everything a union decides about reminders."""

    desk: Desk = field(default_factory=Desk)
    case: CaseSteps = field(default_factory=CaseSteps)
    term: TermSteps = field(default_factory=TermSteps)
    employer: EmployerSteps = field(default_factory=EmployerSteps)


USUAL_REMINDING: Final = Reminding()


def in_working_hours(now: datetime, calendar: Calendar) -> bool:
    """Whether anything may go out now: on a working day, within its hours, in Asia/Shanghai."""
    there = now.astimezone(SHANGHAI)
    hours = calendar.hours
    return calendar.is_working_day(there.date()) and hours.start <= there.time() < hours.end


def add_months(on: date, count: int) -> date:
    """The same day so many months later (earlier when negative), or the last day of a month that is shorter."""
    year, month = divmod(on.year * 12 + on.month - 1 + count, 12)
    return date(year, month + 1, min(on.day, months.monthrange(year, month + 1)[1]))


def day_begins(on: date) -> datetime:
    """The first moment of a day in Asia/Shanghai."""
    return datetime.combine(on, time(), SHANGHAI)


def day_ends(on: date, calendar: Calendar) -> datetime:
    """The end of the working hours of a day, worked or not."""
    return datetime.combine(on, calendar.hours.end, SHANGHAI)


def load_reminding(path: Path) -> Reminding:
    """Read this file; what is usual where there is no file. Raises `RemindersError` naming every mistake."""
    if not path.exists():
        return USUAL_REMINDING
    table = validate(_File, read_toml(path, error=RemindersError), file=path.name, error=RemindersError)
    if table.term.urge_months >= table.term.notice_months:
        raise RemindersError(
            Mistake(f"{path.name}: term.urge_months", mark("The letter must come later than the notice."))
        )
    return Reminding(
        Desk(**table.desk.model_dump()),
        CaseSteps(**table.case.model_dump()),
        TermSteps(**table.term.model_dump()),
        EmployerSteps(**table.employer.model_dump()),
    )


_Days = Annotated[int, Field(ge=1, le=366)]
_Months = Annotated[int, Field(ge=1, le=60)]


class _Desk(Table):
    name: Annotated[str, Field(min_length=1, max_length=100)]
    telephone: Annotated[str, Field(max_length=60)]


class _Case(Table):
    due_soon_days: _Days
    urge_after_days: _Days
    criticism_after_days: _Days
    answer_days: _Days
    look_back_days: Annotated[int, Field(ge=1, le=3660)]


class _Term(Table):
    notice_months: _Months
    urge_months: _Months
    answer_days: _Days


class _Employer(Table):
    answer_days: _Days


class _File(Table):
    desk: _Desk
    case: _Case
    term: _Term
    employer: _Employer
