"""The database goes away and comes back: a clear refusal meanwhile, no restart of the service, nothing half done."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from hotline.accounts.roles import Role
from hotline.migrations import migrate
from hotline.storage.database import Database
from hotline.storage.embedded import EmbeddedServer, Home
from hotline.storage.postgres_process import server_process
from tests.factories import WAGES
from tests.service import Service, running_service

pytestmark = pytest.mark.faults

PATIENCE = aiohttp.ClientTimeout(total=3)
"""What a client waits for a refusal while the database is away."""


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hotline-away-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"


async def _post(service: Service, token: str) -> tuple[int, str | None]:
    async with service.http.post(
        f"{service.url}/api/v1/calls",
        json={"narrative": WAGES},
        headers={"Authorization": f"Bearer {token}"},
        timeout=PATIENCE,
    ) as answer:
        return answer.status, answer.headers.get("Retry-After")


async def test_while_the_database_is_away_everybody_is_told_to_come_back(home: Path) -> None:
    async with await EmbeddedServer.start(home) as server:
        database = Database(server.url)
        await migrate(database.engine)
        await database.close()
        async with running_service(server.url) as service:
            token = await service.person("operator1", Role.OPERATOR)
            assert (await _post(service, token))[0] == 201
            killed = server_process(Home(home))
            assert killed is not None
            os.kill(killed, signal.SIGKILL)
            answers = await asyncio.gather(*(_post(service, token) for _ in range(20)))
            assert {status for status, _ in answers} == {503}
            assert all(retry and int(retry) > 0 for _, retry in answers)
            cookie = {"Cookie": f"hotline_session={'x' * 43}"}
            async with service.http.get(f"{service.url}/", headers=cookie, timeout=PATIENCE) as page:
                assert page.status == 503
                assert "text/html" in page.headers["Content-Type"]
            async with await EmbeddedServer.start(home) as again:
                assert again.url == server.url
                for _ in range(50):
                    status, _retry = await _post(service, token)
                    if status == 201:
                        break
                    await asyncio.sleep(0.1)
                assert status == 201
                listed = await service.call("GET", "/cases", token)
                assert len(listed[1]["cases"]) == 2


async def test_a_server_that_hangs_holds_nobody_for_long(home: Path) -> None:
    async with await EmbeddedServer.start(home) as server:
        database = Database(server.url)
        await migrate(database.engine)
        await database.close()
        async with running_service(server.url, pool_size=2) as service:
            token = await service.person("operator1", Role.OPERATOR)
            blocker = Database(server.url)
            async with blocker.transaction() as session:
                await (await session.connection()).exec_driver_sql("lock table accounts in access exclusive mode")
                answers = await asyncio.gather(*(_post(service, token) for _ in range(12)), return_exceptions=True)
                refused = [answer for answer in answers if isinstance(answer, tuple)]
                assert len(refused) >= 10
                assert {status for status, _ in refused} == {503}
            await blocker.close()
            for _ in range(100):
                if (await _post(service, token))[0] == 201:
                    break
                await asyncio.sleep(0.1)
            assert (await _post(service, token))[0] == 201
