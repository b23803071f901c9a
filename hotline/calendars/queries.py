"""Notices and the dates they move, asked and written down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.accounts.models import Account
from hotline.accounts.permissions import Actor, Permission
from hotline.calendars.models import CalendarNotice, MovedDate
from hotline.cases.lifecycle import OPEN
from hotline.cases.models import Case
from hotline.cases.rights import condition
from hotline.cases.task_models import CoHandling
from hotline.clock import SHANGHAI
from hotline.work import Work

CHANNEL: Final = "hotline_calendar"
PASSES: Final = 2
_IMPORTING: Final = 0x_CA1E_0DA4
"""Advisory lock: one import after the other."""


async def has_notices(session: AsyncSession) -> bool:
    """Whether this database has the tables at all: it may be older than this program."""
    return await session.scalar(select(func.to_regclass(CalendarNotice.__tablename__))) is not None


async def newest_notice(session: AsyncSession) -> int:
    """The number of the newest notice; 0 when there is none."""
    return await session.scalar(select(func.coalesce(func.max(CalendarNotice.id), 0))) or 0


async def list_notices(session: AsyncSession) -> Sequence[CalendarNotice]:
    """Every notice, oldest first: a few for each year."""
    return (await session.scalars(select(CalendarNotice).order_by(CalendarNotice.id))).all()


async def history(session: AsyncSession) -> Sequence[Any]:
    """Every notice, newest first: source, file, years, when, by whom, how far its dates are counted, how many moved."""
    moved = select(func.count()).where(MovedDate.notice_id == CalendarNotice.id).scalar_subquery()
    query = (
        select(
            CalendarNotice.id, CalendarNotice.source, CalendarNotice.file_name, CalendarNotice.years,
            CalendarNotice.imported_at, CalendarNotice.passes, Account.name.label("by"), moved.label("moved"),
        )
        .outerjoin(Account, Account.id == CalendarNotice.imported_by_id)
        .order_by(CalendarNotice.id.desc())
    )  # fmt: skip
    return (await session.execute(query)).all()


async def notice_by_id(session: AsyncSession, notice_id: int) -> CalendarNotice | None:
    """The notice with this number."""
    return await session.get(CalendarNotice, notice_id)


async def wait_for_turn(session: AsyncSession) -> None:
    """Until the transaction ends nobody else imports a notice."""
    await session.execute(select(func.pg_advisory_xact_lock(_IMPORTING)))


async def keep_notice(session: AsyncSession, notice: CalendarNotice) -> None:
    """Store a notice, and tell every process when the transaction commits."""
    session.add(notice)
    await session.flush()
    await session.execute(select(func.pg_notify(CHANNEL, "")))


def _to_count(heard_before: datetime) -> ColumnElement[bool]:
    second = and_(CalendarNotice.passes < PASSES, CalendarNotice.imported_at < heard_before)
    return or_(CalendarNotice.passes < 1, second)


async def is_anything_to_count(session: AsyncSession, *, heard_before: datetime) -> bool:
    """Whether the dates of any notice are still to be counted."""
    return bool(await session.scalar(select(exists().where(_to_count(heard_before)))))


async def next_to_count(session: AsyncSession, *, heard_before: datetime) -> CalendarNotice | None:
    """The oldest notice whose dates are still to be counted, held until the transaction ends; None where none is.

    The second pass waits until every process has heard of the notice: what is older than `heard_before`. A notice that
    another process holds is waited for: batches of two processes take turns.
    """
    query = select(CalendarNotice).where(_to_count(heard_before)).order_by(CalendarNotice.id).limit(1)
    query = query.with_for_update()
    found: CalendarNotice | None = await session.scalar(query.execution_options(populate_existing=True))
    return found


def _open_from(first: date) -> Select[Any]:
    """Open cases with any date on this day or later, or that wait for a co-handler: no other date can have moved."""
    last = func.greatest(Case.accept_by, Case.contact_by, Case.resolve_by, Case.follow_up_by, Case.due_at)
    begins = datetime.combine(first, time(), SHANGHAI)
    counts = or_(last >= begins, func.cardinality(Case.co_awaited) > 0)
    return select(Case).where(Case.status.in_(OPEN), counts).order_by(Case.id)


async def open_cases_from(session: AsyncSession, first: date, *, after: int, size: int) -> Sequence[Case]:
    """The next open cases with a date on this day or later, by number; held until the transaction ends."""
    query = _open_from(first).where(Case.id > after).limit(size).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).all()


async def open_help(session: AsyncSession, case_ids: Sequence[int]) -> Sequence[CoHandling]:
    """The departments these cases wait for, with their dates."""
    waited = select(CoHandling).where(CoHandling.case_id.in_(case_ids), CoHandling.ended_at.is_(None))
    return (await session.scalars(waited.order_by(CoHandling.id))).all()


async def look_at_open_cases(session: AsyncSession, first: date, *, most: int, actor: Actor | None) -> Sequence[Any]:
    """What dates are counted from, of open cases with a date on this day or later; at most so many.

    `seen` says whether this person may see the case; without one everybody at the machine may.
    """
    seen = true() if actor is None else condition(actor, Permission.CASE_READ)
    query = _open_from(first).with_only_columns(
        Case.number, Case.status, Case.department, Case.dues, Case.accept_by, Case.contact_by, Case.resolve_by,
        Case.follow_up_by, Case.due_at, seen.label("seen"), Case.contacted_at,
    )  # fmt: skip
    return (await session.execute(query.limit(most))).all()


async def keep_moved(session: AsyncSession, rows: Iterable[dict[str, Any]]) -> None:
    """Write down which dates have moved."""
    if found := [*rows]:
        written = insert(MovedDate).values(found)
        moved = {"after": written.excluded.after, "at": written.excluded.at}
        await session.execute(written.on_conflict_do_update(constraint="uq_moved_dates_once", set_=moved))


async def moved_by(work: Work, notice_id: int, *, size: int) -> tuple[Sequence[Any], int]:
    """Which dates a notice moved, of the cases this person may see, and how many those are; newest case first."""
    seen = condition(work.actor, Permission.CASE_READ)
    base = select(MovedDate).join(Case, Case.id == MovedDate.case_id).where(MovedDate.notice_id == notice_id, seen)
    total = await work.session.scalar(base.with_only_columns(func.count()))
    rows = base.with_only_columns(
        Case.number, Case.department, MovedDate.clock, MovedDate.before, MovedDate.after
    ).order_by(Case.id.desc(), MovedDate.id)
    return (await work.session.execute(rows.limit(size))).all(), total or 0


async def departments_moved(work: Work, notice_id: int) -> Sequence[Any]:
    """How many dates of each department a notice moved, of the cases this person may see."""
    counted = func.count(func.distinct(MovedDate.case_id))
    query = (
        select(Case.department, counted.label("cases"), func.count().label("dates"))
        .join(MovedDate, MovedDate.case_id == Case.id)
        .where(MovedDate.notice_id == notice_id, condition(work.actor, Permission.CASE_READ))
        .group_by(Case.department)
        .order_by(counted.desc(), Case.department)
    )
    return (await work.session.execute(query)).all()
