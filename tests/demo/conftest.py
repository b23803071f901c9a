"""A small demo, filled once for all tests which only read it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from hotline.accounts.models import Account
from hotline.demo.dice import dice
from hotline.demo.fill import Filled, fill, world_of
from hotline.demo.live import Bustle
from hotline.demo.moves import World
from hotline.demo.people import BEFORE, persons
from hotline.demo.store import accounts_in_order
from hotline.storage.database import Database
from hotline.storage.embedded import EmbeddedServer
from hotline.web.keys import Rules
from tests.factories import policy

TODAY = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
"""Tuesday, 24 November 2026, three in the afternoon in Shanghai."""
CASES = 60


@pytest.fixture(scope="session")
def world() -> World:
    """The union of the demo with accounts that are not stored."""
    accounts = [
        Account(
            id=number,
            login=person.login,
            name=person.name,
            role=person.role,
            department=person.department,
            created_at=TODAY - BEFORE,
        )
        for number, person in enumerate(persons(policy()), 1)
    ]
    return world_of(policy(), accounts, now=TODAY)


@asynccontextmanager
async def filled(server: EmbeddedServer, template: str, name: str) -> AsyncIterator[tuple[Database, Filled]]:
    """A filled database of this name, and what filling it made."""
    connection = await asyncpg.connect(server.url)
    try:
        await connection.execute(f"create database {name} template {template} strategy wal_log")
    finally:
        await connection.close()
    database = Database(make_url(server.url).set(database=name).render_as_string(hide_password=False))
    yield database, await fill(database, policy(), cases=CASES, now=TODAY)
    await database.close()


@pytest.fixture(scope="session")
async def demo(server: EmbeddedServer, template: str) -> AsyncIterator[tuple[Database, Filled]]:
    """A demo that is only looked at."""
    async with filled(server, template, "hotline_demo") as made:
        yield made


@pytest.fixture(scope="module")
async def lively(server: EmbeddedServer, template: str) -> AsyncIterator[Bustle]:
    """A demo in which things go on."""
    async with filled(server, template, "hotline_demo_live") as (database, _):
        async with database.transaction() as session:
            accounts = await accounts_in_order(session)
        yield Bustle(database, Rules(policy()), accounts, dice("test"))
