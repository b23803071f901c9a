"""The register as every process keeps it in memory: read in parts, built off the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, Text, bindparam, cast, collate, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.registry.fields import Level
from hotline.registry.models import Organisation
from hotline.routing.unit_tree import UnitRow
from hotline.routing.units import NO_UNITS, UnitIndex, UnitsMaking, places_of

FEW: Final = 500
"""Rows written since the last look which are compared with what is known; with more, all of it is read."""
PART: Final = 5000
"""Organisations read at once: a few milliseconds each, so that calls go on being answered in between."""

_CODE: Final = cast(Organisation.code, Text)
_STEP: Final = collate(_CODE, "C")
"""Any order of neighbours will do; this one is compared byte by byte."""
_TREE: Final = (
    select(_CODE.label("code"), func.array_append(literal_column("'{}'::text[]"), _STEP).label("way"))
    .where(Organisation.superior_code.is_(None))
    .cte("tree", recursive=True)
)
_WHOLE_TREE: Final = _TREE.union_all(
    select(_CODE, func.array_append(_TREE.c.way, _STEP)).where(Organisation.superior_code == _TREE.c.code)
)
_ROW: Final = (
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
_IN_ORDER: Final = select(*_ROW).join(_WHOLE_TREE, _WHOLE_TREE.c.code == Organisation.code).order_by(_WHOLE_TREE.c.way)
"""Superiors first, and behind each at once everything below it."""

_OF_PLACES: Final = select(Organisation.name).where(Organisation.level != Level.ENTERPRISE)
_WRITTEN_BY: Final = cast(cast(literal_column("organisations.xmin"), Text), BigInteger)
_STATE: Final = select(func.count(), func.coalesce(func.sum(_WRITTEN_BY), 0)).select_from(Organisation)
"""How many rows there are and which transactions wrote them: any change of any row changes it."""
_WRITERS: Final = select(_WRITTEN_BY).select_from(Organisation).distinct()
_KNOWN: Final = bindparam("known", type_=ARRAY(BigInteger))
_WRITTEN_SINCE: Final = select(*_ROW, _WRITTEN_BY).where(_WRITTEN_BY.not_in(select(func.unnest(_KNOWN)))).limit(FEW + 1)

NOTHING: Final = (0, 0)
"""The state of an empty register."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a process has read of the register: its state, and the transactions that had written it by then."""

    units: UnitIndex
    state: tuple[int, int]
    writers: frozenset[int]


UNREAD: Final = Known(NO_UNITS, NOTHING, frozenset())


async def register_state(session: AsyncSession) -> tuple[int, int]:
    """What tells one state of the register from another."""
    count, written = (await (await session.connection()).execute(_STATE)).one()
    return count, int(written)


async def load_units(session: AsyncSession) -> UnitIndex:
    """The index of the register as this transaction sees it. 73,000 organisations: seconds, and 25 MB."""
    connection = await session.connection()
    made = UnitsMaking(places_of((await connection.execute(_OF_PLACES)).scalars()))
    async with connection.stream(_IN_ORDER, execution_options={"yield_per": PART}) as found:
        async for part in found.partitions(PART):
            await asyncio.to_thread(made.add, [UnitRow(*row) for row in part])
    return await asyncio.to_thread(UnitIndex, made) if len(made.tree.ids) else NO_UNITS


async def register_as_known(session: AsyncSession, known: Known) -> Known | None:
    """What is known of the register, brought up to date by what was written since; None when it must be read anew.

    Most changes of an organisation, such as its address, its chair or its members, are nothing to decisions: the index
    stays the very same one. The rows of a transaction are seen all at once, so what was written since is what other
    transactions have written.
    """
    state = await register_state(session)
    if state == known.state:
        return known
    if state[0] != len(known.units) or not known.writers:
        return None
    connection = await session.connection()
    found = await connection.execute(_WRITTEN_SINCE, {"known": sorted(known.writers)})
    rows: Sequence[Any] = found.all()
    if len(rows) > FEW or not all(known.units.says(UnitRow(*row[:-1])) for row in rows):
        return None
    return Known(known.units, state, known.writers | {row[-1] for row in rows})


async def read_register(session: AsyncSession) -> Known:
    """The whole register. What is written while it is read is looked at again, for its writer is not known yet."""
    state = await register_state(session)
    writers = (await (await session.connection()).execute(_WRITERS)).scalars().all()
    return Known(await load_units(session), state, frozenset(writers))
