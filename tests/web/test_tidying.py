"""Tidying in the background: one thing that cannot be dropped keeps nothing else."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import NoReturn

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import clock
from hotline.storage.database import Database
from hotline.storage.models import Notice
from hotline.storage.notices import announce
from hotline.web import app


async def test_what_cannot_be_dropped_keeps_nothing_else(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(_session: AsyncSession, *, now: datetime) -> NoReturn:
        raise ValueError(now)

    monkeypatch.setattr(app, "PRUNED", (breaks, *app.PRUNED))
    async with database.transaction() as session:
        await announce(session, at=clock.now() - timedelta(days=2), kind="note", case_id=1, facts={})
    task = asyncio.create_task(app._tidy(database))
    for _ in range(100):
        async with database.transaction() as session:
            left = await session.scalar(select(func.count()).select_from(Notice))
        if not left:
            break
        await asyncio.sleep(0.05)
    assert left == 0
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
