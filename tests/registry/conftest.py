"""Files of a fictional city's union, and a register to import them into."""

from __future__ import annotations

import csv
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from hotline import clock
from hotline.demo.organisations import make_organisations
from hotline.registry.cells import cell_text
from hotline.registry.fields import FIELDS, Type
from hotline.registry.importing import Wish, work_on
from hotline.registry.imports import begin_import, broken_rows_kept
from hotline.registry.models import Organisation, RegistryImport
from hotline.registry.tables import write_csv, write_xlsx
from hotline.storage.database import Database
from hotline.storage.embedded import EmbeddedServer
from tests.databases import copied

Row = list[Any]
Import = Callable[..., Awaitable[RegistryImport]]
HEADINGS = [field.zh for field in FIELDS]


def column(code: str) -> int:
    return [field.code for field in FIELDS].index(code)


def city_rows(units: int, *, seed: object = 1) -> list[Row]:
    """Rows of the made-up city as an export has them."""
    return [
        [
            one.get(field.code) if field.type in {Type.DATE, Type.COUNT} else cell_text(field, one.get(field.code))
            for field in FIELDS
        ]
        for one in make_organisations(units, seed=seed)
    ]


def xlsx(path: Path, rows: list[Row], headings: list[str] | None = None) -> Path:
    write_xlsx(path, "组织", headings or HEADINGS, ((row, ()) for row in rows))
    return path


def table(path: Path, rows: list[Row], headings: list[str] | None = None) -> Path:
    write_csv(path, headings or HEADINGS, ((row, ()) for row in rows))
    return path


def read_csv(raw: bytes) -> list[list[str]]:
    return list(csv.reader(raw.decode("utf-8-sig").splitlines()))


def organisation(code: str = "A1", **more: Any) -> Row:
    """A row with what is required, and `more` by code of the field."""
    values = {"code": code, "name": f"测试单位{code}", "level": "enterprise", **more}
    return [values.get(field.code, "") for field in FIELDS]


@pytest.fixture
def bring(database: Database) -> Import:
    """Import a file; `apply=False` only tries it."""

    return functools.partial(brought, database)


async def brought(database: Database, path: Path, **wish: Any) -> RegistryImport:
    """What became of the import of a file."""
    async with database.transaction() as session:
        row = await begin_import(session, file_name=path.name, content=None, actor_id=None, now=clock.now())
    return await work_on(database.url, Wish(row.id, **{"apply": True, **wish}), path=path)


@asynccontextmanager
async def city_of(server: EmbeddedServer, template: str, folder: Path, rows: list[Row]) -> AsyncIterator[str]:
    """The address of a database into which these organisations have been imported."""
    async with copied(server, template) as url:
        database = Database(url)
        done = await brought(database, xlsx(folder / "city.xlsx", rows))
        assert done.problem is None, done.errors
        await database.close()
        yield url


async def count(database: Database) -> int:
    async with database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(Organisation)) or 0


async def get(database: Database, code: str) -> Organisation:
    async with database.transaction() as session:
        found = await session.scalar(select(Organisation).where(Organisation.code == code))
    assert found is not None, code
    return found


async def broken_of(database: Database, done: RegistryImport) -> bytes:
    async with database.transaction() as session:
        kept = await broken_rows_kept(session, done.id)
    assert kept is not None
    return kept
