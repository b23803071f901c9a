"""Databases of a server, made as copies of another and dropped again."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy.engine import make_url

from hotline.storage.embedded import EmbeddedServer

_numbers = itertools.count(1)


async def run_statements(server: EmbeddedServer, *statements: str) -> None:
    """Run these outside any transaction."""
    connection = await asyncpg.connect(server.url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def url_of(server: EmbeddedServer, name: str) -> str:
    """The address of one of its databases."""
    return make_url(server.url).set(database=name).render_as_string(hide_password=False)


@asynccontextmanager
async def copied(server: EmbeddedServer, template: str) -> AsyncIterator[str]:
    """The address of a copy of this database; nobody may be connected to the original meanwhile."""
    name = f"hotline_{next(_numbers)}"
    await run_statements(server, f"create database {name} template {template} strategy wal_log")
    yield url_of(server, name)
    await run_statements(server, f"drop database {name} with (force)")
