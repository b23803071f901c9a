"""The one shape of a piece of work: what is said when the database is away, before the commit and at it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hotline.errors import Unavailable
from hotline.storage.database import UNAVAILABLE, UNCERTAIN, Database


async def _end(database: Database, session: AsyncSession) -> None:
    pid = await session.scalar(text("select pg_backend_pid()"))
    async with database.transaction() as other:
        await other.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})


async def test_what_was_lost_before_the_commit_has_changed_nothing(database: Database) -> None:
    async def lost() -> None:
        async with database.transaction() as session:
            await _end(database, session)
            await session.execute(text("select 1"))

    with pytest.raises(Unavailable) as refused:
        await lost()
    assert refused.value.message == UNAVAILABLE


async def test_what_was_not_confirmed_is_not_said_to_have_changed_nothing(database: Database) -> None:
    with pytest.raises(Unavailable) as refused:
        async with database.transaction() as session:
            await _end(database, session)
    assert refused.value.message == UNCERTAIN
