"""Importing a notice: what it would change, and bringing it into force."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.permissions import Actor, Permission, demand
from hotline.calendars import queries
from hotline.calendars.in_force import find_tables
from hotline.calendars.models import CalendarNotice
from hotline.cases.clocks import count_again
from hotline.deadlines.calendar import Calendar, Day, YearTable
from hotline.deadlines.notices import differences, to_plain
from hotline.errors import Conflict
from hotline.i18n import mark
from hotline.work import Work, leave_trace

LOOKED_AT: Final = 5000
"""So many open cases are counted again to say what would move; beyond that the number is told as a lower bound."""

IN_FORCE = mark("These days are in force already: nothing would change.")


@dataclass(frozen=True, slots=True)
class Move:
    """A date that would move; `seen`: of a case which who asks may see."""

    number: str
    department: str | None
    clock: str
    before: datetime
    after: datetime
    seen: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a notice would change: which years become official, which days differ, which dates of open cases move.

    `whole` is False where there are more open cases than were looked at.
    """

    tables: tuple[YearTable, ...]
    new_years: tuple[int, ...]
    days: tuple[tuple[Day, Day], ...]
    moves: tuple[Move, ...]
    whole: bool

    @property
    def cases(self) -> int:
        """How many cases these dates belong to."""
        return len({move.number for move in self.moves})


async def preview_notice(
    session: AsyncSession, calendar: Calendar, tables: Sequence[YearTable], *, actor: Actor | None = None
) -> Preview:
    """What these tables would change in a calendar and in the open cases; nothing is written."""
    after = calendar.with_tables(tables)
    years = [table.year for table in tables]
    days = tuple(differences(calendar, after, years))
    rows: Sequence[Any] = ()
    if days:
        rows = await queries.look_at_open_cases(session, days[0][1].on, most=LOOKED_AT + 1, actor=actor)
    moves = await asyncio.to_thread(_moves, rows[:LOOKED_AT], after)
    new = tuple(year for year in years if calendar.provisional(year))
    return Preview(tuple(tables), new, days, moves, whole=len(rows) <= LOOKED_AT)


def _moves(rows: Iterable[Any], calendar: Calendar) -> tuple[Move, ...]:
    return tuple(
        Move(row.number, row.department, clock, before, due.due_at, row.seen)
        for row in rows
        for clock, before, due in count_again(row, calendar)
        if due.due_at != before
    )


async def store_notice(
    session: AsyncSession,
    calendar: Calendar,
    tables: Sequence[YearTable],
    *,
    file_name: str,
    by: int | None,
    now: datetime,
) -> CalendarNotice:
    """Bring these tables into force in every process; open dates are counted again by whoever runs the service.

    Raises `Conflict` when they are in force already: the same file twice changes nothing.
    """
    await queries.wait_for_turn(session)
    in_force = {**calendar.tables, **{table.year: table for table in await find_tables(session)}}
    if all(table.year in in_force and in_force[table.year].days == table.days for table in tables):
        raise Conflict(IN_FORCE)
    notice = CalendarNotice(
        source="；".join(dict.fromkeys(table.source for table in tables)),
        file_name=file_name[:200],
        years=[table.year for table in tables],
        tables=[{"year": table.year, "source": table.source, "days": to_plain(table)} for table in tables],
        imported_at=now,
        imported_by_id=by,
    )
    await queries.keep_notice(session, notice)
    return notice


async def import_notice(work: Work, tables: Sequence[YearTable], *, file_name: str) -> CalendarNotice:
    """The same, in the name of a supervisor."""
    demand(work.actor, Permission.CALENDAR_WRITE)
    by = work.actor.account_id
    notice = await store_notice(work.session, work.policy.calendar, tables, file_name=file_name, by=by, now=work.now)
    subject, details = ",".join(map(str, notice.years)), {"years": [*notice.years]}
    await leave_trace(work, "calendar.import", subject=subject, details=details)
    return notice
