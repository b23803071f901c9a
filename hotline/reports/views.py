"""What people keep of the figures: choices they have named, and the reports of months as they were made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.cases.words import can_be_stored
from hotline.errors import Invalid, Mistake, NotFound
from hotline.i18n import mark
from hotline.reports.models import FigureView, MonthlyReport
from hotline.work import Work

MOST_VIEWS: Final = 50
LONGEST_NAME: Final = 60


async def find_views(work: Work) -> Sequence[FigureView]:
    """The views of this person, by name."""
    found = await work.session.scalars(
        select(FigureView).where(FigureView.account_id == work.actor.account_id).order_by(FigureView.name)
    )
    return found.all()


async def save_view(work: Work, name: str, asked: dict[str, Any]) -> None:
    """Keep this choice; under a name that is there already it takes the place of the other. Raises `Invalid`."""
    name = " ".join(name.split())
    if not (0 < len(name) <= LONGEST_NAME and can_be_stored(name)):
        raise Invalid(Mistake("name", mark("Give the view a name of at most 60 characters.")))
    mine = FigureView.account_id == work.actor.account_id
    others = select(func.count()).select_from(FigureView).where(mine, FigureView.name != name)
    if (await work.session.scalar(others) or 0) >= MOST_VIEWS:
        raise Invalid(Mistake("name", mark("Fifty views are kept. Delete one that is no longer needed.")))
    row = {"account_id": work.actor.account_id, "name": name, "asked": asked, "saved_at": work.now}
    kept = insert(FigureView).values(row)
    await work.session.execute(
        kept.on_conflict_do_update(
            index_elements=["account_id", "name"], set_={"asked": kept.excluded.asked, "saved_at": work.now}
        )
    )


async def delete_view(work: Work, view_id: int) -> None:
    """Drop a view of this person. Raises `NotFound`."""
    mine = FigureView.account_id == work.actor.account_id
    if (
        await work.session.scalar(delete(FigureView).where(FigureView.id == view_id, mine).returning(FigureView.id))
        is None
    ):
        raise NotFound(mark("There is no such view any more."))


async def find_reports(session: AsyncSession) -> Sequence[date]:
    """The months there are reports of, the newest first."""
    return (await session.scalars(select(MonthlyReport.month).order_by(MonthlyReport.month.desc()).limit(24))).all()


async def get_report(session: AsyncSession, month: date) -> bytes:
    """The report of a month as it was made. Raises `NotFound`."""
    found = await session.scalar(select(MonthlyReport.pdf).where(MonthlyReport.month == month))
    if found is None:
        raise NotFound(mark("There is no report of this month."))
    return found


async def has_report(session: AsyncSession, month: date) -> bool:
    """Whether there is a report of this month."""
    return bool(await session.scalar(select(func.count()).where(MonthlyReport.month == month)))


async def keep_report(session: AsyncSession, month: date, pdf: bytes, *, now: datetime) -> None:
    """Keep it; the one that is there already stays."""
    kept = insert(MonthlyReport).values(month=month, made_at=now, pdf=pdf)
    await session.execute(kept.on_conflict_do_nothing())
