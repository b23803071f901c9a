"""What is published decides the next call, in every process; what cannot be used leaves the last good one in force."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from hotline.accounts.roles import Role
from hotline.errors import Invalid
from hotline.rulebook import queries
from hotline.rulebook.in_force import find_in_force
from hotline.storage.database import Database
from tests.factories import policy
from tests.rulebook.made import publish_word, start
from tests.service import Service, running_service

WORD = "紫色的词"


async def version_of(service: Service, token: str, told: str = WORD) -> tuple[str, str | None]:
    status, decision, _ = await service.call("POST", "/classify", token, json={"text": told})
    assert status == 200
    return decision["rule_set"], decision["category"]


async def until_in_force(service: Service, token: str, version: str) -> None:
    """Returns when this version decides; `asyncio.timeout` of the caller says how long that may take."""
    while (await version_of(service, token))[0] != version:  # noqa: ASYNC110 - another process has no event for us
        await asyncio.sleep(0.02)


@pytest.fixture
async def two(database_url: str) -> AsyncIterator[tuple[Service, Service]]:
    """Two processes' worth of the service on one database."""
    async with running_service(database_url) as one, running_service(database_url) as other:
        yield one, other


async def test_what_is_published_decides_in_every_process(two: tuple[Service, Service]) -> None:
    token = await two[0].person("operator1", Role.OPERATOR)
    first = policy().routing.ruleset.version
    assert [await version_of(one, token) for one in two] == [(first, None), (first, None)]
    version = await publish_word(two[0].database, WORD)
    async with asyncio.timeout(5):
        for one in two:
            await until_in_force(one, token, version)
    assert [await version_of(one, token) for one in two] == [(version, "work_injury"), (version, "work_injury")]
    status, case, _ = await two[1].call("POST", "/calls", token, json={"narrative": WORD})
    assert status == 201
    async with two[0].database.transaction() as session:
        named = await queries.rule_set_by_version(session, case["decision"]["rule_set"])
    assert named is not None
    assert named.version == version


async def test_who_was_away_when_it_was_published_looks_when_it_is_back(database_url: str) -> None:
    async with running_service(database_url) as service:
        token = await service.person("operator1", Role.OPERATOR)
        await version_of(service, token)
        async with service.database.transaction() as session:
            await session.execute(
                text("select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN%' "
                     "or (datname = current_database() and application_name = '' and pid <> pg_backend_pid())")
            )  # fmt: skip
        version = await publish_word(service.database, WORD)
        async with asyncio.timeout(10):
            await until_in_force(service, token, version)
        assert (await version_of(service, token))[1] == "work_injury"


async def test_the_service_starts_with_the_version_in_force_and_not_with_the_file(database: Database) -> None:
    async with database.transaction() as session:
        await start(session)
    version = await publish_word(database, WORD)
    async with running_service(database.url) as service:
        token = await service.person("operator1", Role.OPERATOR)
        assert await version_of(service, token) == (version, "work_injury")


async def damage(database: Database) -> None:
    """What only a change of categories.toml could do to it: the version in force names a category nobody knows."""
    async with database.transaction() as session:
        await session.execute(text("alter table rule_sets disable trigger published_rule_sets_stay"))
        await session.execute(
            text("update rule_sets set version = 'damaged', "
                 "content = jsonb_set(content, '{rule,0,category}', '\"gone\"')"
                 " where state = 'active'")
        )  # fmt: skip
        await queries.say_it_changed(session)


async def test_a_version_that_fits_no_longer_keeps_the_service_from_starting(database: Database) -> None:
    async with database.transaction() as session:
        await start(session)
    await damage(database)
    with pytest.raises(Invalid, match="hotline rules import"):
        async with running_service(database.url):
            pass


async def test_a_version_that_cannot_be_used_leaves_the_last_good_one_and_is_told(service: Service) -> None:
    token = await service.person("operator1", Role.OPERATOR)
    first = (await version_of(service, token))[0]
    await damage(service.database)
    async with asyncio.timeout(5):
        while True:
            async with service.http.get(f"{service.url}/health") as answer:
                if "last good" in (await answer.json())["rules"]:
                    break
            await asyncio.sleep(0.02)
    assert (await version_of(service, token))[0] == first


async def test_the_shipped_file_is_what_the_first_version_holds(service: Service) -> None:
    async with service.database.transaction() as session:
        found = await find_in_force(session, policy())
    assert found is not None
    assert found.version == policy().routing.ruleset.version
    assert (Path(__file__).parents[2] / "config" / "routing.toml").is_file()
