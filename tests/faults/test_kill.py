"""Killed in the middle of everything: what was acknowledged is stored exactly once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import asyncpg
import pytest
from sqlalchemy import select

from hotline import clock
from hotline.accounts.models import Account
from hotline.accounts.roles import Role
from hotline.accounts.sessions import begin_session
from hotline.accounts.tokens import create_token
from hotline.migrations import migrate
from hotline.storage.database import Database
from hotline.storage.embedded import EmbeddedServer
from hotline.storage.postgres_files import Home
from hotline.storage.postgres_process import server_process
from tests import sweep
from tests.factories import WAGES

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]

RATE = 100
SECONDS = 12
IMPATIENT = aiohttp.ClientTimeout(total=5)
PATIENT = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=60)
"""A caller gives up once and comes again with the same key, then waits: on a slow machine calls queue up, and who gives
up each time only adds to it."""
LOG = "killed.log"
"""What the killed services logged: the sweep at the end of the run reads it."""


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Serving:
    """`hotline serve` as a child process which is started again whenever it dies, as a service manager would."""

    def __init__(self, home: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._command = [sys.executable, "-m", "hotline", "serve", "--home", str(home), "--port", str(port)]
        self.process: asyncio.subprocess.Process | None = None
        self.starts = 0
        self._wanted = True

    async def run(self) -> None:
        while self._wanted:
            with (sweep.folder() / LOG).open("ab") as log:
                self.process = await asyncio.create_subprocess_exec(
                    *self._command, stdout=asyncio.subprocess.DEVNULL, stderr=log
                )
            self.starts += 1
            await self.process.wait()

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()

    async def stop(self) -> int:
        self._wanted = False
        assert self.process is not None
        self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), 15)


@asynccontextmanager
async def serving(home: Path) -> AsyncIterator[Serving]:
    service = Serving(home, _free_port())
    task = asyncio.create_task(service.run())
    try:
        async with aiohttp.ClientSession() as http:
            for _ in range(200):
                with contextlib.suppress(aiohttp.ClientError):
                    async with http.get(f"{service.url}/health") as answer:
                        if answer.status == 200:
                            break
                await asyncio.sleep(0.1)
        yield service
    finally:
        if not task.done():
            await service.stop()
            await task


async def _log(http: aiohttp.ClientSession, url: str, key: str) -> str:
    """Post one call until it is acknowledged; its case number."""
    patience = IMPATIENT
    while True:
        try:
            async with http.post(
                f"{url}/api/v1/calls",
                json={"narrative": f"{WAGES}（{key}）"},
                headers={"Idempotency-Key": key},
                timeout=patience,
            ) as answer:
                if answer.status == 201:
                    return str((await answer.json())["number"])
                assert answer.status == 503, await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            patience = PATIENT
        await asyncio.sleep(0.1)


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder which the server's own user can reach, also when the tests run as root."""
    with tempfile.TemporaryDirectory(prefix="hotline-kill-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"


async def test_no_acknowledged_call_is_lost_or_doubled_when_service_and_server_are_killed(home: Path) -> None:
    async with await EmbeddedServer.start(home) as server:
        token = await _operator(server.url)
        async with (
            serving(home) as service,
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http,
        ):
            calls = []
            for second in range(SECONDS):
                if second in {2, 8}:
                    service.kill()
                if second == 5:
                    killed = server_process(Home(home))
                    assert killed is not None
                    os.kill(killed, signal.SIGKILL)
                for at in range(RATE):
                    calls.append(asyncio.create_task(_log(http, service.url, f"key-{second}-{at}")))
                    await asyncio.sleep(1 / RATE)
            acknowledged = await asyncio.gather(*calls)
            assert service.starts == 3
            assert await service.stop() == 0
        connection = await asyncpg.connect(server.url)
        try:
            stored = await connection.fetch(
                """
                select c.number, k.key,
                       (select count(*) from case_events e where e.case_id = c.id) as events,
                       (select count(*) from trail t where t.case_id = c.id) as trail,
                       (select count(*) from case_texts t where t.case_id = c.id) as texts
                from cases c join case_texts x on x.case_id = c.id
                left join kept_answers k on x.narrative like '%（' || k.key || '）%'
                """
            )
        finally:
            await connection.close()
    assert len(acknowledged) == RATE * SECONDS
    assert sorted(row["number"] for row in stored) == sorted(acknowledged)
    assert len({row["key"] for row in stored}) == RATE * SECONDS
    assert {(row["events"], row["trail"], row["texts"]) for row in stored} == {(1, 1, 1)}


async def _operator(url: str) -> str:
    database = Database(url)
    try:
        await migrate(database.engine)
        async with database.transaction() as session:
            account = Account(login="operator1", name="测试", role=Role.OPERATOR, created_at=clock.now())
            session.add(account)
            await session.flush()
            return await create_token(session, account_id=account.id, name="tests", now=clock.now())
    finally:
        await database.close()


async def test_told_to_stop_with_open_streams_it_answers_and_goes(home: Path) -> None:
    async with await EmbeddedServer.start(home) as server:
        token = await _operator(server.url)
        async with (
            serving(home) as service,
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http,
        ):
            cookie = {"Cookie": f"hotline_session={await _session(server.url)}"}
            streams = [await http.get(f"{service.url}/live", headers=cookie) for _ in range(5)]
            assert {stream.status for stream in streams} == {200}
            in_flight = [asyncio.create_task(_log(http, service.url, f"last-{n}")) for n in range(20)]
            await asyncio.sleep(0.05)
            assert await service.stop() == 0
            for stream in streams:
                assert b"retry:" in await stream.content.read()
            for call in in_flight:
                call.cancel()


async def _session(url: str) -> str:
    database = Database(url)
    try:
        async with database.transaction() as session:
            account_id = await session.scalar(select(Account.id))
            assert account_id is not None
            begun = await begin_session(session, account_id, address="127.0.0.1", browser="tests", now=clock.now())
            return begun.token
    finally:
        await database.close()
