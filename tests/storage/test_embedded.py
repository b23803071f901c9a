"""The PostgreSQL hotline brings along: made once, shared, private, and clear about what is in its way."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from hotline.settings import load_settings
from hotline.storage.embedded import EmbeddedServer, database_address, default_home, running_server
from hotline.storage.postgres_files import Home, Lock
from hotline.storage.postgres_process import server_process
from tests.storage.beside import QUICK, ROOT, ask, read_url, use


async def test_the_first_start_makes_a_durable_private_database_and_the_next_one_finds_it(home: Path) -> None:
    async with await EmbeddedServer.start(home) as server:
        await ask(server.url, "create table kept (word text)")
        await ask(server.url, "insert into kept values ('工资')")
        for setting, value in {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "data_checksums": "on",
            "server_encoding": "UTF8",
            "listen_addresses": "127.0.0.1",
            "max_connections": "60",
            "TimeZone": "UTC",
            "is_superuser": "off",
        }.items():
            assert (setting, await ask(server.url, f"show {setting}")) == (setting, value)
    async with await EmbeddedServer.start(home) as again:
        assert again.url == server.url
        assert await ask(again.url, "select word from kept") == "工资"


def test_password_and_data_are_for_their_owner_alone(running: EmbeddedServer) -> None:
    for path in (running.home.password, running.home.data, running.home.log):
        assert path.stat().st_mode & 0o077 == 0


async def test_chinese_words_have_trigrams_and_sort_by_code_point(running: EmbeddedServer) -> None:
    await ask(running.url, "create extension pg_trgm")
    assert await ask(running.url, "select cardinality(show_trgm('拖欠工资'))") > 0
    assert await ask(running.url, "select 'Z' < 'a'")


async def test_nobody_signs_in_without_the_password(running: EmbeddedServer) -> None:
    for role in ("hotline", "postgres"):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(f"postgresql://{role}:guess@127.0.0.1:{running.port}/hotline", "select 1")


async def test_the_role_may_copy_databases_as_tests_do(running: EmbeddedServer) -> None:
    await ask(running.url, "create database copy template hotline")
    found = await ask(running.url, "select count(*) from pg_database where datname = 'copy'")
    await ask(running.url, "drop database copy with (force)")
    assert found == 1


async def test_the_last_user_stops_the_server_and_no_earlier_one(made: Path) -> None:
    first = await EmbeddedServer.start(made, options=QUICK)
    second = await EmbeddedServer.start(made, options=QUICK)
    assert first.url == second.url
    await first.stop()
    assert await ask(second.url, "select 1") == 1
    await second.stop()
    assert server_process(Home(made)) is None
    await second.stop()  # twice does no harm


async def test_two_processes_that_start_at_once_share_one_server(home: Path) -> None:
    users = [await use(sys.executable, home) for _ in range(2)]
    said = [await read_url(user) for user in users]
    assert said[0] == said[1]
    for user in users:
        assert await ask(said[0], "select 1") == 1
        await user.communicate(b"go\n")
        assert user.returncode == 0
    assert server_process(Home(home)) is None


async def test_a_taken_port_is_left_to_its_holder_and_another_one_found(made: Path) -> None:
    async with await EmbeddedServer.start(made, options=QUICK) as server:
        await ask(server.url, "create table kept (word text)")
    with socket.create_server(("127.0.0.1", server.port)):
        async with await EmbeddedServer.start(made, options=QUICK) as moved:
            assert moved.port != server.port
            assert await ask(moved.url, "select count(*) from kept") == 0
    async with await EmbeddedServer.start(made, options=QUICK) as again:
        assert again.port == moved.port


async def test_what_people_wrote_does_not_reach_the_servers_log(running: EmbeddedServer) -> None:
    await ask(running.url, "create table callers (phone text unique)")
    await ask(running.url, "insert into callers values ($1)", "13800138000")
    with pytest.raises(asyncpg.UniqueViolationError):
        await ask(running.url, "insert into callers values ('13800138000')")
    with pytest.raises(asyncpg.InvalidTextRepresentationError):
        await ask(running.url, "select '张三13800138000'::int")
    text = running.home.log.read_text("utf-8")
    assert "ready to accept connections" in text
    assert "13800138000" not in text
    assert "callers" not in text


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_the_server_does_not_inherit_our_secrets(running: EmbeddedServer) -> None:
    environment = Path("/proc", str(server_process(running.home)), "environ").read_bytes()
    assert b"LC_ALL=C" in environment
    assert b"HOTLINE_" not in environment
    assert b"PGOPTIONS" not in environment


async def test_a_first_start_that_was_cut_off_is_begun_anew(home: Path) -> None:
    (home / "pgdata.new").mkdir(parents=True)
    (home / "pgdata.new" / "PG_VERSION").write_text("18\n")
    (home / "password").write_text("of the first attempt")
    async with await EmbeddedServer.start(home, options=QUICK) as server:
        assert await ask(server.url, "select 1") == 1
    assert not (home / "pgdata.new").exists()


async def test_a_start_that_is_cancelled_leaves_no_server_behind(home: Path) -> None:
    begun = asyncio.create_task(EmbeddedServer.start(home, options=QUICK))
    await asyncio.sleep(0.05)
    begun.cancel()
    with pytest.raises(asyncio.CancelledError):
        await begun
    assert server_process(Home(home)) is None
    lock = Lock(home / "use.lock")
    assert lock.take_alone()
    lock.release()


def has_come_up(home: Path, within: float = 20.0) -> bool:
    """Waits, as what blocks this thread does, until the server of a home runs."""
    until = time.monotonic() + within
    while time.monotonic() < until and server_process(Home(home)) is None:
        time.sleep(0.01)
    return server_process(Home(home)) is not None


async def test_the_server_comes_up_while_something_else_is_done(made: Path) -> None:
    seen = []
    async with running_server(made, options=QUICK, meanwhile=lambda: seen.append(has_come_up(made))) as server:
        assert seen == [True]
        assert await ask(server.url, "select 1") == 1


async def test_no_server_is_left_behind_when_what_is_done_meanwhile_fails(made: Path) -> None:
    def fail() -> None:
        assert has_come_up(made)
        raise ImportError("of what serves")

    with pytest.raises(ImportError, match="of what serves"):
        async with running_server(made, options=QUICK, meanwhile=fail):
            pass
    assert server_process(Home(made)) is None


async def test_a_named_database_needs_no_server_and_no_home(home: Path) -> None:
    done = []
    settings = load_settings(database_url="postgresql://db.example/hotline", home=home)
    async with database_address(settings, meanwhile=lambda: done.append(1)) as url:
        assert (url, done) == ("postgresql://db.example/hotline", [1])
    assert not home.exists()


async def test_a_large_log_makes_room_for_a_new_one(made: Path) -> None:
    with (made / "postgres.log").open("a", encoding="utf-8") as file:
        file.write("old news\n" * 200_000)
    async with await EmbeddedServer.start(made, options=QUICK):
        assert "old news" not in (made / "postgres.log").read_text("utf-8")
        assert "old news" in (made / "postgres.log.1").read_text("utf-8")


def test_the_default_home_is_in_the_place_for_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/srv/data")
    assert default_home() == (Path("/var/lib/hotline") if ROOT else Path("/srv/data/hotline"))


def test_the_url_names_the_loopback_address_and_keeps_the_password_whole(running: EmbeddedServer) -> None:
    parts = urlsplit(running.url)
    assert (parts.scheme, parts.username, parts.hostname, parts.path) == (
        "postgresql",
        "hotline",
        "127.0.0.1",
        "/hotline",
    )
    assert parts.password == running.home.password.read_text().strip()
