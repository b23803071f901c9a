"""Killing the embedded PostgreSQL, and those who use it: what was committed is there, on the same port."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from blockbuster import blockbuster_ctx

from hotline.storage.embedded import EmbeddedServer, NoServer, running_server
from hotline.storage.postgres_files import Home
from hotline.storage.postgres_process import leftovers, server_process

pytestmark = [pytest.mark.faults, pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")]

QUICK = {"fsync": "off"}
PATIENCE = 30
USER = """
import asyncio, sys
from pathlib import Path
from hotline.storage.embedded import EmbeddedServer
async def use():
    server = await EmbeddedServer.start(Path(sys.argv[1]), options={"fsync": "off"})
    print(server.url, flush=True)
    await asyncio.Event().wait()
asyncio.run(use())
"""


@contextmanager
def passable_folder() -> Iterator[Path]:
    """A folder others may pass through, as the server of root must."""
    with tempfile.TemporaryDirectory(prefix="hotline-home-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
async def stopped() -> AsyncIterator[Path]:
    """A home made once, to be copied."""
    with passable_folder() as folder:
        await (await EmbeddedServer.start(folder / "home", options=QUICK)).stop()
        yield folder / "home"


@pytest.fixture
def home(stopped: Path) -> Iterator[Path]:
    """A home with a database, not running."""
    with passable_folder() as folder:
        subprocess.run(["/bin/cp", "-a", str(stopped), str(folder)], check=True)
        yield folder / "home"
        for process in leftovers(Home(folder / "home")):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGQUIT)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close(timeout=2)


async def ask(url: str, question: str) -> Any:
    """The single value a statement gives."""
    async with connected(url) as connection:
        return await connection.fetchval(question)


async def ask_until_answered(url: str, question: str) -> Any:
    """The same, of a server that is just coming back."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(OSError, asyncpg.PostgresError):
                return await ask(url, question)
            await asyncio.sleep(0.05)


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what must come."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - other processes set no event of ours
            await asyncio.sleep(0.02)


def kill(server: EmbeddedServer) -> int:
    """kill -9 the server, and tell which process it was."""
    process = server_process(server.home)
    assert process is not None
    os.kill(process, signal.SIGKILL)
    return process


@contextmanager
def stranger(home: Home) -> Iterator[subprocess.Popen[bytes]]:
    """A living process of the server's user that has nothing to do with it."""
    owner = home.data.stat().st_uid
    with subprocess.Popen(["/bin/sleep", "120"], user=owner if os.geteuid() == 0 else None, cwd="/") as process:
        try:
            yield process
        finally:
            process.kill()


def name_in_process_file(home: Home, process: int) -> None:
    """Have the process file of a dead server name another process."""
    file = home.data / "postmaster.pid"
    file.write_text("\n".join([str(process), *file.read_text("ascii").split("\n")[1:]]))


async def test_a_killed_server_is_back_on_its_port_with_everything_committed(home: Path) -> None:
    async with running_server(home) as server:
        await ask(server.url, "create table kept as select * from generate_series(1, 1000)")
        for _ in range(2):
            killed = kill(server)
            assert await ask_until_answered(server.url, "select count(*) from kept") == 1000
            assert server_process(server.home) not in {killed, None}
    assert server_process(server.home) is None


async def test_a_backend_too_busy_to_notice_does_not_keep_the_killed_server_from_coming_back(home: Path) -> None:
    async with running_server(home, options=QUICK) as server:
        busy = await asyncpg.connect(server.url)
        working = asyncio.create_task(busy.execute("do $$ begin loop perform 1; end loop; end $$"))
        await asyncio.sleep(0.2)
        kill(server)
        assert await ask_until_answered(server.url, "select 1") == 1
        with pytest.raises((OSError, asyncpg.PostgresError)):
            await working
        busy.terminate()


async def test_a_server_told_to_wait_for_its_clients_comes_back_without_waiting(home: Path) -> None:
    async with running_server(home, options=QUICK) as server, connected(server.url):
        process = server_process(server.home)
        assert process is not None
        os.kill(process, signal.SIGTERM)
        await until(lambda: server_process(server.home) not in {process, None})
        assert await ask_until_answered(server.url, "select 1") == 1


async def test_two_watchdogs_bring_back_one_server(home: Path) -> None:
    async with running_server(home, options=QUICK) as first, running_server(home, options=QUICK) as second:
        kill(first)
        assert await ask_until_answered(first.url, "select 1") == 1
        await asyncio.sleep(0.6)  # both have looked by now
        assert await ask(second.url, "select 1") == 1
        assert first.url == second.url


async def test_after_the_using_process_was_killed_the_next_start_takes_over_and_ends_the_server(home: Path) -> None:
    user = await asyncio.create_subprocess_exec(
        sys.executable, "-c", USER, str(home), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert user.stdout is not None
    url = ""
    while not url.startswith("postgresql://"):
        url = (await user.stdout.readline()).decode().strip()
    await ask(url, "create table kept as select 7 as number")
    user.kill()
    await user.wait()
    left = server_process(Home(home))
    assert left is not None
    async with await EmbeddedServer.start(home, options=QUICK) as server:
        assert server.url == url
        assert server_process(server.home) == left
        assert await ask(server.url, "select number from kept") == 7
    assert server_process(server.home) is None


async def test_a_server_left_running_with_unsafe_settings_is_not_taken_over_as_it_is(home: Path) -> None:
    careless = await EmbeddedServer.start(home, options=QUICK)
    assert careless._in_use is not None
    careless._in_use.release()  # as when its process is killed
    async with await EmbeddedServer.start(home) as server:
        assert await ask(server.url, "show fsync") == "on"


async def test_both_killed_at_once_leave_nothing_that_hinders(home: Path) -> None:
    killed = await EmbeddedServer.start(home, options=QUICK)
    await ask(killed.url, "create table kept as select 7 as number")
    kill(killed)
    assert killed._in_use is not None
    killed._in_use.release()
    async with await EmbeddedServer.start(home, options=QUICK) as server:
        assert server.url == killed.url
        assert await ask(server.url, "select number from kept") == 7


async def test_a_process_file_that_names_a_stranger_harms_neither_start_nor_stranger(home: Path) -> None:
    async with await EmbeddedServer.start(home, options=QUICK) as server:
        kill(server)
        await until(lambda: not leftovers(server.home))
    with stranger(server.home) as process:
        for number in (process.pid, os.getpid()):
            async with await EmbeddedServer.start(home, options=QUICK) as again:
                assert await ask(again.url, "select 1") == 1
                kill(again)
                await until(lambda: not leftovers(again.home))
                name_in_process_file(again.home, number)
            assert process.poll() is None
        async with await EmbeddedServer.start(home, options=QUICK) as last:
            assert await ask(last.url, "select 1") == 1


async def test_a_port_others_know_is_not_changed_under_them(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hotline.storage.postgres_server.INSISTING", 0.1)
    async with await EmbeddedServer.start(home, options=QUICK) as server:
        kill(server)
        await until(lambda: not leftovers(server.home))
        with socket.create_server(("127.0.0.1", server.port)):
            with pytest.raises(NoServer, match="is taken by another program"):
                await EmbeddedServer.start(home, options=QUICK)
            watching = asyncio.create_task(server.watch())
            await asyncio.sleep(0.6)
        assert await ask_until_answered(server.url, "select 1") == 1
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def test_neither_start_nor_watchdog_nor_stop_blocks_the_loop(home: Path) -> None:
    with blockbuster_ctx("hotline.storage") as guard:
        guard.functions["io.TextIOWrapper.write"].can_block_in("logging/__init__.py", "emit")  # a log line may
        async with running_server(home, options=QUICK) as server:
            await asyncio.to_thread(kill, server)
            assert await ask_until_answered(server.url, "select 1") == 1
