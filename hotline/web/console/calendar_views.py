"""The working calendar as its pages show it: months of days in words and shapes, notices, dates that move."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from types import SimpleNamespace
from typing import Any, Final

from hotline.cases.clock_facts import CLOCK_LABELS
from hotline.deadlines.calendar import REASON_LABELS, Day, Reason
from hotline.i18n import _, mark, pick
from hotline.web import show as words
from hotline.web.console.labels import department_path
from hotline.work import Work

MONTHS: Final = 12
_MARKS: Final = {
    Reason.HOLIDAY: mark("off"),
    Reason.FIXED_HOLIDAY: mark("off?"),
    Reason.MAKE_UP: mark("work"),
}
"""One word in the corner of a day that is not as its weekday says."""


def year_view(work: Work, year: int) -> SimpleNamespace:
    """A year: months of weeks of days, its source, and how many days are worked."""
    calendar = work.policy.calendar
    days = calendar.days_of(year)
    months = [
        SimpleNamespace(name=words.month(month), weeks=_weeks([day for day in days if day.on.month == month]))
        for month in range(1, MONTHS + 1)
    ]
    table = calendar.tables.get(year)
    return SimpleNamespace(
        number=year,
        months=months,
        provisional=table is None,
        source=table.source if table else "",
        worked=sum(day.working for day in days),
        off=sum(not day.working for day in days),
        weekdays=[words.weekday(date(2024, 1, 1 + n)) for n in range(7)],
        special=[_special(work, day) for day in days if day.name],
    )


def _weeks(days: Sequence[Day]) -> list[list[SimpleNamespace | None]]:
    """The days of a month in rows of seven, Monday first; None where a row has no day."""
    cells: list[SimpleNamespace | None] = [None] * days[0].on.weekday()
    cells += [_cell(day) for day in days]
    cells += [None] * (-len(cells) % 7)
    return [cells[at : at + 7] for at in range(0, len(cells), 7)]


def _cell(day: Day) -> SimpleNamespace:
    reason = _(REASON_LABELS[day.reason])
    name = pick(day.name, day.name_en or day.name)
    return SimpleNamespace(
        number=day.on.day,
        iso=day.on.isoformat(),
        kind=day.reason.value,
        mark=_(_MARKS[day.reason]) if day.reason in _MARKS else "",
        words=f"{reason} · {name}" if name else reason,
    )


def _special(work: Work, day: Day) -> SimpleNamespace:
    return SimpleNamespace(
        on=words.on(day.on, work.now),
        weekday=words.weekday(day.on),
        reason=_(REASON_LABELS[day.reason]),
        name=pick(day.name, day.name_en or day.name),
    )


def notice_rows(notices: Iterable[Any]) -> list[SimpleNamespace]:
    """Notices as a table lists them."""
    return [
        SimpleNamespace(
            href=f"/calendar/notices/{row.id}",
            source=row.source,
            years=_(", ").join(map(str, row.years)),
            at=row.imported_at,
            by=row.by or _("at the machine"),
            state=_("{n} dates moved", n=row.moved) if row.passes else _("being counted"),
        )
        for row in notices
    ]


def day_changes(work: Work, days: Iterable[tuple[Day, Day]]) -> list[SimpleNamespace]:
    """Days that are worked by one calendar and not by the other."""
    return [
        SimpleNamespace(
            on=words.on(new.on, work.now),
            weekday=words.weekday(new.on),
            before=_(REASON_LABELS[old.reason]),
            after=_(REASON_LABELS[new.reason]),
            working=new.working,
            name=pick(new.name or old.name, new.name_en or new.name or old.name_en),
        )
        for old, new in days
    ]


def moves_view(work: Work, moves: Iterable[Any]) -> list[SimpleNamespace]:
    """Dates that move, by department: whose they are."""
    ordered = sorted(moves, key=lambda move: (move.department or "", move.number))
    return [
        SimpleNamespace(
            name=department_path(work.policy, code) if code else _("Review queue"),
            moves=[
                SimpleNamespace(
                    number=move.number,
                    href=f"/cases/{move.number}",
                    clock=_(CLOCK_LABELS[move.clock]),
                    before=move.before,
                    after=move.after,
                )
                for move in of_one
            ],
        )
        for code, of_one in groupby(ordered, key=lambda move: move.department)
    ]
