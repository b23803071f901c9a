"""Many cases that are overdue at once: one call, and copies of its case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text

from hotline.accounts.roles import Role
from hotline.cases.models import Case
from hotline.storage.database import Database
from tests.factories import make_actor, make_case, make_work
from tests.service import MEDIATION


async def many_overdue(database: Database, count: int, *, taken_at: datetime) -> None:
    """So many cases, taken then, waiting in the mediation centre ever since."""
    async with database.transaction() as session:
        operator = await make_actor(session, Role.OPERATOR)
        await make_actor(session, Role.LEAD, department=MEDIATION)
        taken = await make_case(make_work(session, operator, now=taken_at))
    kept = ", ".join(column.name for column in Case.__table__.columns if column.name not in {"id", "number"})
    copies = text(
        f"insert into cases (id, number, {kept}) "  # noqa: S608 - our own columns
        f"select nextval('case_numbers'), '2026-9' || lpad(n::text, 5, '0'), {kept} "
        "from cases, generate_series(1, :more) n where cases.id = :first"
    )
    async with database.transaction() as session:
        await session.execute(copies, {"more": count - 1, "first": taken.case.id})
