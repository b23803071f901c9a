"""Statutory clocks of many cases: what lapses first, for people and for reminders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.accounts.permissions import Permission
from hotline.cases.models import Case
from hotline.cases.rights import condition
from hotline.cases.statutory_models import WatchedClock
from hotline.cases.statutory_queries import RecordedClock, clocks_by_id, day_of
from hotline.deadlines.calendar import Calendar
from hotline.deadlines.lapsing import Lapse
from hotline.deadlines.statutes import STATUTES, Kind
from hotline.work import Work

PAGE: Final = 50
MOST: Final = 1000
_MATTERS: Final = sorted(kind for kind, law in STATUTES.items() if law.fast_lane)
_WATCHED: Final = (WatchedClock.ended_at.is_(None), WatchedClock.ends_on.is_not(None), Case.ended_at.is_(None))


@dataclass(frozen=True, slots=True)
class ClockUnder:
    """A clock of an open case with little time left, for those who must be told."""

    clock_id: int
    case_id: int
    number: str
    department: str | None
    handler_id: int | None
    kind: Kind
    lapses_on: date
    days_left: int


@dataclass(frozen=True, slots=True)
class Lapsing:
    """A row of the list: the case as lists show it, the clock, and until when."""

    case: Any
    clock: RecordedClock
    lapse: Lapse


@dataclass(frozen=True, slots=True)
class LapsingPage:
    """Rows, and the key the next page begins after."""

    rows: Sequence[Lapsing]
    next: tuple[date, int] | None


async def clocks_under(
    session: AsyncSession, now: datetime, days: int, *, calendar: Calendar, unhurried: bool = False, most: int = MOST
) -> list[ClockUnder]:
    """Clocks of open cases with less than `days` days left at `now`, or none, the most pressing first.

    Only those on which a right of the worker hangs. `unhurried`: those that have not yet made their case urgent, which
    `statutory_hurry.hurry_by_time` does. At most `most`; what is left comes with the next call.
    """
    found = (
        await session.execute(
            select(WatchedClock.id, WatchedClock.case_id, Case.number, Case.department, Case.handler_id)
            .join(Case, Case.id == WatchedClock.case_id)
            .where(*_WATCHED, WatchedClock.ends_on < day_of(now) + timedelta(days=days))
            .where(WatchedClock.kind.in_(_MATTERS), *([WatchedClock.hurried_at.is_(None)] if unhurried else []))
            .order_by(WatchedClock.ends_on, WatchedClock.id)
            .limit(most)
        )
    ).all()
    clocks = await clocks_by_id(session, [row.id for row in found])
    under = []
    for row in found:
        clock = clocks[row.id]
        told = clock.lapse(now=now, calendar=calendar)
        if told.lapses_on is not None and told.days_left is not None and told.days_left < days:
            under.append(
                ClockUnder(
                    row.id, row.case_id, row.number, row.department, row.handler_id, clock.kind,
                    told.lapses_on, told.days_left,
                )
            )  # fmt: skip
    return under


async def list_lapsing(
    work: Work, *, within: int | None, after: tuple[date, int] | None = None, size: int = PAGE
) -> LapsingPage:
    """Clocks of open cases this person may see, what lapses first on top; `within` so many days."""
    query = (
        select(
            WatchedClock.id.label("clock_id"), WatchedClock.ends_on, Case.number, Case.status, Case.category,
            Case.department, Case.urgency, Case.summary, Case.co_handlers, Account.name.label("handler"),
        )
        .join(Case, Case.id == WatchedClock.case_id)
        .outerjoin(Account, Account.id == Case.handler_id)
        .where(*_WATCHED, condition(work.actor, Permission.CASE_READ))
        .order_by(WatchedClock.ends_on, WatchedClock.id)
        .limit(size + 1)
    )  # fmt: skip
    if within is not None:
        query = query.where(WatchedClock.ends_on < day_of(work.now) + timedelta(days=within))
    if after is not None:
        query = query.where(tuple_(WatchedClock.ends_on, WatchedClock.id) > tuple_(*after))
    rows = (await work.session.execute(query)).all()
    shown = rows[:size]
    clocks = await clocks_by_id(work.session, [row.clock_id for row in shown])
    listed = [
        Lapsing(row, clocks[row.clock_id], clocks[row.clock_id].lapse(now=work.now, calendar=work.policy.calendar))
        for row in shown
    ]
    return LapsingPage(listed, (shown[-1].ends_on, shown[-1].clock_id) if len(rows) > size else None)
