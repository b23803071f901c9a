"""The command that says what the rules could learn."""

from __future__ import annotations

import asyncio
import json
import os
import sys

from hotline import clock
from hotline.accounts.roles import Role
from hotline.cases import details as d
from hotline.cases.intake import take_call
from hotline.privacy.trail import TrailFilters, find_trail
from hotline.storage.database import Database
from tests.factories import make_actor, make_call, make_work


async def _suggest(database_url: str, *words: str) -> tuple[int, str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("HOTLINE_", "LC_", "LANG"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hotline", "rules", "suggest", *words,
        stdout=asyncio.subprocess.PIPE,
        env=environment | {"HOTLINE_DATABASE_URL": database_url, "LANG": "C.UTF-8"},
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode()


async def test_the_command_prints_words_and_leaves_an_entry_in_the_trail(database: Database, database_url: str) -> None:
    assert await _suggest(database_url) == (0, "The corrections propose no word.\n")
    async with database.transaction() as session:
        work = make_work(session, await make_actor(session, Role.OPERATOR), now=clock.now())
        other = d.Route(category="work_injury", department="city-mediation")
        for n in range(40):
            corrected = n % 2 == 0
            text = "拖欠工资，还扣了饭票本子" if corrected else "拖欠工资四个月"
            await take_call(work, make_call(text, number=f"138 0000 {n:04d}"), other if corrected else None)
    status, out = await _suggest(database_url, "--json")
    assert status == 0
    found = json.loads(out)
    assert ["饭票" in one["word"] for one in found] == [True]
    assert found[0]["gained"] > found[0]["lost"] == 0
    async with database.transaction() as session:
        entries = (await find_trail(session, filters=TrailFilters(act="rules.suggest"))).entries
    assert [(entry.actor, entry.details) for entry in entries] == [("hotline", {"found": 1}), ("hotline", {"found": 0})]
