"""Without the register nobody is answered: who has to do with an employer, and whose union it is, stands in it."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from hotline.errors import Unavailable
from hotline.storage.database import Database
from hotline.web import register
from tests.service import running_service

AWAY, BACK = "alter table organisations rename to away", "alter table away rename to organisations"


async def test_a_service_that_cannot_read_the_register_does_not_start(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "RETRY_SECONDS", 0.0)
    async with database.transaction() as session:
        await session.execute(text(AWAY))
    with pytest.raises(Unavailable, match="register of organisations cannot be read"):
        async with running_service(database.url):
            pass


async def test_it_starts_when_the_register_can_be_read_a_moment_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "RETRY_SECONDS", 2.0)
    async with database.transaction() as session:
        await session.execute(text(AWAY))

    async def put_back() -> None:
        await asyncio.sleep(1)
        async with database.transaction() as session:
            await session.execute(text(BACK))

    back = asyncio.create_task(put_back())
    async with running_service(database.url) as service:
        assert (await service.http.get(f"{service.url}/health")).status == 200
    await back
