"""The calendar in force: the tables of the configuration, and above them those of the notices that were imported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from hotline.calendars import queries
from hotline.calendars.models import CalendarNotice
from hotline.deadlines.calendar import YearTable
from hotline.deadlines.notices import from_plain
from hotline.policy import Policy


def tables_of(notices: Iterable[CalendarNotice]) -> tuple[YearTable, ...]:
    """The table of each year by the newest of these notices, which come oldest first."""
    tables = {
        kept["year"]: from_plain(kept["year"], kept["source"], kept["days"])
        for notice in notices
        for kept in notice.tables
    }
    return tuple(tables[year] for year in sorted(tables))


async def find_tables(session: AsyncSession) -> tuple[YearTable, ...]:
    """The tables in force that were imported; none from a database that knows nothing of notices yet."""
    if not await queries.has_notices(session):
        return ()
    return tables_of(await queries.list_notices(session))


async def with_calendar(session: AsyncSession, policy: Policy) -> Policy:
    """This policy with the calendar in force."""
    tables = await find_tables(session)
    return policy.with_tables(tables) if tables else policy


def first_day(notice: CalendarNotice, all_notices: Iterable[CalendarNotice]) -> date:
    """The first day that a notice may have changed: a table may reach back, and so may the one it corrects."""
    years = {*notice.years}
    reached = (
        date.fromisoformat(day["on"])
        for other in all_notices
        for kept in other.tables
        if kept["year"] in years
        for day in kept["days"]
    )
    return min(date(min(years), 1, 1), *reached)
