"""Whether a database is the demonstration: asked at every start of the service, which needs nothing else of it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.errors import Conflict
from hotline.i18n import mark
from hotline.privacy.models import TrailEntry
from hotline.storage.database import Database

FILLED: Final = "demo.fill"
"""The act with which the trail of a demo begins."""


class Demonstration(Conflict):
    """This database is a demonstration: everybody knows its passwords."""


async def is_filled(session: AsyncSession) -> bool:
    """Whether this database holds the year of a demo: then its trail begins by saying so."""
    return await session.scalar(select(TrailEntry.act).order_by(TrailEntry.id).limit(1)) == FILLED


async def refuse_demonstration(database: Database) -> None:
    """Raise `Demonstration` when this database is one: what everybody can sign in to takes no real call."""
    async with database.transaction() as session:
        if await is_filled(session):
            raise Demonstration(
                mark(
                    "This database is the demonstration, whose passwords everybody knows. Start it with hotline demo, "
                    "or choose another folder with --home for the service itself."
                )
            )
