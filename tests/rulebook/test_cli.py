"""The commands of the rule book, run as a person at the machine runs them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from hotline.accounts.key_queries import put_tie
from hotline.accounts.roles import Role
from hotline.rulebook.checking import read_text
from hotline.rulebook.writing import write_rules
from hotline.storage.database import Database
from tests.factories import NOON, make_actor, policy
from tests.organisations import put_organisations
from tests.routing.units_made import ROWS
from tests.rulebook.made import with_word
from tests.rulebook.test_backtest import past_cases

pytestmark = pytest.mark.timeout(300)
"""Every command is a process of its own, and a backtest several."""

FIRST = policy().routing.ruleset.version


class Told(NamedTuple):
    status: int
    out: str
    err: str


Hotline = Callable[..., Awaitable[Told]]


@pytest.fixture
async def hotline(database_url: str) -> Hotline:
    async def run(*words: str, **more: str) -> Told:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("HOTLINE_", "LC_", "LANG"))}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "hotline", "rules", *words),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=kept | {"HOTLINE_DATABASE_URL": database_url, "LANG": "C.UTF-8", "COLUMNS": "200"} | more,
        )
        out, err = await process.communicate()
        assert process.returncode is not None
        return Told(process.returncode, out.decode(), err.decode())

    return run


async def people(database: Database) -> None:
    async with database.transaction() as session:
        for login in ("supervisor1", "supervisor2"):
            await make_actor(session, Role.SUPERVISOR, login=login)
        await past_cases(session, 6)


async def test_from_a_file_to_a_version_in_force_and_back(hotline: Hotline, database: Database, tmp_path: Path) -> None:
    await people(database)
    exported = await hotline("export")
    table = read_text(exported.out, policy().categories)
    assert table.version() == FIRST
    file = tmp_path / "rules.toml"
    file.write_text(write_rules(with_word(table, "紫色的词")), encoding="utf-8")
    made = await hotline("import", str(file), "--by", "supervisor1", "--note", "试")
    assert (made.status, made.out.startswith("Draft 2: ")) == (0, True)
    version = made.out.split()[-1]
    early = await hotline("publish", version, "--by", "supervisor2")
    assert (early.status, "backtest" in early.err) == (1, True)
    tested = await hotline("backtest", version, "--by", "supervisor1", "--json")
    assert tested.status == 0, tested.err
    assert {key: json.loads(tested.out)[key] for key in ("cases", "changed", "lost")} == {
        "cases": 6, "changed": 3, "lost": 3,
    }  # fmt: skip
    own = await hotline("publish", version, "--by", "supervisor1")
    assert (own.status, "Another person" in own.err) == (1, True)
    assert (await hotline("publish", version, "--by", "supervisor2")).out == f"In force: {version}\n"
    said = await hotline("try", "紫色的词", "--json")
    assert json.loads(said.out)["category"] == "work_injury"
    assert version in said.err
    listed = await hotline("versions")
    assert [line.split()[1] for line in listed.out.splitlines()[1:3]] == [version, FIRST]
    back = await hotline("publish", FIRST, "--by", "supervisor1", "--reason", "误伤")
    assert (back.status, back.out) == (0, f"In force: {FIRST}\n")


async def test_a_broken_file_is_refused_with_file_line_and_reason(
    hotline: Hotline, database: Database, tmp_path: Path
) -> None:
    await people(database)
    file = tmp_path / "broken.toml"
    file.write_text('name = "t"\nthreshold = 2\nmargin = 1\n\n[[rule]]\nid = "one"\ncategory = "gone"\n', "utf-8")
    told = await hotline("import", str(file), "--by", "supervisor1")
    assert told.status == 1
    assert "broken.toml:7: rule one: There is no category" in told.err


async def test_without_a_database_the_file_decides_and_is_named(hotline: Hotline, tmp_path: Path) -> None:
    said = await hotline("try", "老板拖欠工资", HOTLINE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert (said.status, FIRST in said.err, "file" in said.err) == (0, True, True)
    assert not list(tmp_path.iterdir())


async def test_who_has_ties_starts_no_backtest_here_either(hotline: Hotline, database: Database) -> None:
    async with database.transaction() as session:
        tied = (await make_actor(session, Role.SUPERVISOR, login="supervisor1")).account_id
        unit = (await put_organisations(session, ROWS))["BC-10"]
        await put_tie(session, account_id=tied, organisation_id=unit, reason="亲属", made_by_id=None, made_at=NOON)
    assert (await hotline("versions")).status == 0
    told = await hotline("backtest", FIRST, "--by", "supervisor1")
    assert (told.status, "without such a tie" in told.err.replace("\n", " ")) == (1, True)
