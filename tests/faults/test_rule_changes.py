"""Calls go on while broken rules are tried one after another: none fails, and every case names a valid version."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from bench.broken_rules import BROKEN
from hotline.accounts.roles import Role
from hotline.errors import Refusal
from hotline.rulebook import versions
from hotline.rulebook.in_force import find_in_force
from hotline.storage.database import Database
from tests.factories import WAGES, policy
from tests.rulebook.made import backtested, publish_word, supervisor
from tests.service import Service

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]

RATE = 150
CLIENTS = 8
PAUSE = 0.3

Post = Callable[[int], Awaitable[tuple[int, Any]]]


async def _broken(database: Database, toml: str) -> bool:
    """Try to bring this into force; whether it was refused."""
    try:
        async with database.transaction() as session:
            begun = await find_in_force(session, policy())
            assert begun is not None
            writer, publisher = await supervisor(session), await supervisor(session)
            draft = await versions.import_draft(writer, toml)
            await backtested(writer, draft)
            await versions.publish(publisher, draft.id, revision=1, instead_of=begun.version)
    except Refusal:
        return True
    return False


async def _calls(post: Post, tried: asyncio.Event) -> list[tuple[int, Any]]:
    """Eight clients post, together 150 times a second or as often as the machine does, until all has been tried."""
    began = time.monotonic()
    answers: list[tuple[int, Any]] = []
    numbers = itertools.count()

    async def client() -> None:
        while not tried.is_set():
            at = next(numbers)
            await asyncio.sleep(max(0.0, began + at / RATE - time.monotonic()))
            answers.append(await post(at))

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return answers


async def test_no_call_fails_while_broken_rules_are_tried_and_good_ones_published(service: Service) -> None:
    token = await service.person("operator1", Role.OPERATOR)

    async def post(at: int) -> tuple[int, Any]:
        status, body, _ = await service.call("POST", "/calls", token, json={"narrative": f"{WAGES}（{at}）"})
        return status, body

    tried = asyncio.Event()
    calls = asyncio.create_task(_calls(post, tried))
    database = Database(service.database.url, pool_size=2)
    try:
        refused = []
        for toml in BROKEN:
            refused.append(await _broken(database, toml))
            await asyncio.sleep(PAUSE)
        published = [await publish_word(database, word) for word in ("紫色的词", "绿色的词")]
        await asyncio.sleep(PAUSE)
    finally:
        tried.set()
        await database.close()
    answers = await calls
    assert refused == [True] * len(BROKEN)
    assert {status for status, _body in answers} == {201}
    named = {body["decision"]["rule_set"] for _status, body in answers}
    assert named <= {policy().routing.ruleset.version, *published}
    async with service.database.transaction() as session:
        strays = await session.scalar(
            text(
                "select count(*) from case_decisions d where d.actor_id is null and not exists "
                "(select from rule_sets r where r.version = d.decision->>'rule_set' "
                "and r.state in ('active', 'superseded'))"
            )
        )
        stored = await session.scalar(text("select count(*) from cases"))
        found = await find_in_force(session, policy())
    assert (strays, stored) == (0, len(answers))
    assert found is not None
    assert found.version == published[-1]
