"""A small register in the database, as the tests of decisions have it in memory."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.registry.fields import Kind, Level
from hotline.registry.models import Organisation
from hotline.registry.notices import CHANGED
from hotline.routing.unit_tree import UnitRow
from tests.factories import NOON


async def put_organisations(session: AsyncSession, rows: Iterable[UnitRow]) -> dict[str, int]:
    """Put these into the register, superiors before those below; gives their ids by code, and tells every process."""
    ids: dict[str, int] = {}
    for row in rows:
        made = Organisation(
            code=row.code,
            name=row.name,
            name_key=row.name,
            old_names=list(row.old_names),
            aliases=list(row.aliases),
            superior_code=row.superior,
            level=Level(row.level),
            kind=Kind(row.kind) if row.kind else None,
            created_at=NOON,
            updated_at=NOON,
            ended_at=NOON if row.ended else None,
        )
        session.add(made)
        await session.flush()
        ids[row.code] = made.id
    await session.execute(select(func.pg_notify(CHANGED, "")))
    return ids
