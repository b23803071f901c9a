"""Counting the dates of open cases again when a notice has come into force: exactly those move that must.

In batches, each one transaction that holds the notice: processes take turns, whoever is killed has done nothing of its
batch, and a pass that has ended is not begun again. A second pass follows when every process has heard of the notice:
a call taken in that moment may still have been counted by the calendar before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.calendars import queries
from hotline.calendars.in_force import first_day, tables_of
from hotline.calendars.models import CalendarNotice
from hotline.cases.clocks import count_again, move_date
from hotline.cases.handling import notice_facts
from hotline.cases.lifecycle import Action
from hotline.cases.models import Case, CaseEvent
from hotline.cases.task_models import CoHandling
from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import Calendar
from hotline.deadlines.due import Terms, count
from hotline.policy import Policy
from hotline.storage.database import Database
from hotline.storage.notices import announce

BATCH: Final = 100
HEARD_AFTER: Final = timedelta(seconds=150)
"""Every process looks at least once a minute."""


async def recount(database: Database, policy: Policy, *, now: datetime, size: int = BATCH) -> int:
    """Count again until nothing is left to count; gives how many batches of this size that took."""
    batches = 0
    while True:
        async with database.transaction() as session:
            if not await recount_batch(session, policy, now=now, size=size):
                return batches
        batches += 1


async def recount_batch(session: AsyncSession, policy: Policy, *, now: datetime, size: int = BATCH) -> bool:
    """Count the next open cases again; False when there was nothing to do."""
    notice = await queries.next_to_count(session, heard_before=now - HEARD_AFTER)
    if notice is None:
        return False
    notices = await queries.list_notices(session)
    calendar = policy.calendar.with_tables(tables_of(notices))
    cases = await queries.open_cases_from(session, first_day(notice, notices), after=notice.upto_case_id, size=size)
    moved = [row for case in cases for row in await _recount_case(session, case, calendar, notice, now)]
    by_id = {case.id: case for case in cases}
    for helped in await queries.open_help(session, [*by_id]):
        await _recount_help(session, by_id[helped.case_id], helped, calendar, notice, now)
    await session.flush()
    await queries.keep_moved(session, moved)
    if len(cases) < size:
        notice.passes, notice.upto_case_id = notice.passes + 1, 0
    else:
        notice.upto_case_id = cases[-1].id
    await session.flush()
    return True


async def _recount_case(
    session: AsyncSession, case: Case, calendar: Calendar, notice: CalendarNotice, now: datetime
) -> list[dict[str, Any]]:
    """Move what must be moved, with an event that says so; an explanation alone is put right without one."""
    moved = [*_move(case, calendar)]
    if not moved:
        return []
    told = [
        {"clock": clock, "before": before.isoformat(), "after": after.isoformat()} for clock, before, after in moved
    ]
    await _tell(session, case, notice, now, {"moved": told})
    return [
        {"notice_id": notice.id, "case_id": case.id, "clock": clock, "before": before, "after": after, "at": now}
        for clock, before, after in moved
    ]


async def _recount_help(
    session: AsyncSession, case: Case, helped: CoHandling, calendar: Calendar, notice: CalendarNotice, now: datetime
) -> None:
    """The same for the date of a department asked to help; a day that somebody named stays."""
    if not helped.why.get("counted"):
        return
    due = count(Terms.from_json(helped.why), calendar=calendar, hours=calendar.hours_of(helped.department))
    if (before := helped.due_at) == due.due_at and helped.why == due.to_json():
        return
    helped.due_at, helped.why = due.due_at, due.to_json()
    if before != due.due_at:
        await _tell(session, case, notice, now, {"helper": helped.department, "answer_by": due.due_at.isoformat()})


async def _tell(
    session: AsyncSession, case: Case, notice: CalendarNotice, now: datetime, details: dict[str, Any]
) -> None:
    case.version += 1
    session.add(
        CaseEvent(
            case_id=case.id,
            version=case.version,
            at=now,
            actor_id=notice.imported_by_id,
            action=Action.NOTE,
            before=case.status,
            after=case.status,
            reason=None,
            details={"notice": notice.source, **details},
        )
    )
    await session.flush()
    await announce(session, at=now, kind=Action.NOTE.value, case_id=case.id, facts=notice_facts(case))


def _move(case: Case, calendar: Calendar) -> Iterator[tuple[str, datetime, datetime]]:
    for clock, before, due in [*count_again(case, calendar)]:
        move_date(case, clock, due)
        if due.due_at != before:
            yield clock, before.astimezone(SHANGHAI), due.due_at
