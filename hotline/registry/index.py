"""The register as every process keeps it in memory: read in parts, built off the loop."""

from __future__ import annotations

import asyncio
from typing import Final

from sqlalchemy import BigInteger, Text, bindparam, cast, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.registry.models import Organisation
from hotline.routing.unit_tree import UnitRow
from hotline.routing.units import NO_UNITS, UnitIndex

PART: Final = 5000
"""Organisations read at once: a few milliseconds each, so that calls go on being answered in between."""

_PART: Final = (
    select(
        Organisation.id,
        Organisation.code,
        Organisation.name,
        Organisation.old_names,
        Organisation.aliases,
        Organisation.superior_code,
        Organisation.level,
        Organisation.kind,
        Organisation.ended_at.is_not(None),
    )
    .where(Organisation.id > bindparam("after"))
    .order_by(Organisation.id)
    .limit(PART)
)

_STATE: Final = select(
    func.count(), func.coalesce(func.sum(cast(cast(literal_column("xmin"), Text), BigInteger)), 0)
).select_from(Organisation)
"""How many rows there are and which transactions wrote them: any change of any row changes it."""

NOTHING: Final = (0, 0)
"""The state of an empty register."""


async def register_state(session: AsyncSession) -> tuple[int, int]:
    """What tells one state of the register from another."""
    count, written = (await (await session.connection()).execute(_STATE)).one()
    return count, int(written)


async def load_units(session: AsyncSession) -> UnitIndex:
    """The index of the register as this transaction sees it. 73,000 organisations: seconds, and 25 MB."""
    connection = await session.connection()
    rows: list[UnitRow] = []
    while part := (await connection.execute(_PART, {"after": rows[-1].id if rows else 0})).all():
        rows += [UnitRow(*row) for row in part]
    return await asyncio.to_thread(UnitIndex, rows) if rows else NO_UNITS
