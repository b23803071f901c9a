"""What a database says about itself, read once over a plain connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from hotline import clock

SETTINGS: Final = (
    "server_version",
    "server_version_num",
    "server_encoding",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "data_checksums",
    "TimeZone",
    "max_connections",
    "superuser_reserved_connections",
    "reserved_connections",
)

CONNECT_SECONDS: Final = 5.0
QUESTION_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Facts:
    """What one database said.

    `ctype` tells which characters count as letters; `clock_ahead` is by how much the database's clock is ahead of ours;
    `shanghai` is the offset the database takes Shanghai's time to have, None if it does not know the zone; `revision`
    is the schema's, None in an empty database; `others` counts the connections of other programs.
    """

    settings: Mapping[str, str]
    ctype: str
    clock_ahead: timedelta
    shanghai: timedelta | None
    revision: str | None
    others: int


async def read_facts(url: str) -> Facts:
    """Ask the database at `url`; raises what asyncpg raises, OSError or ValueError when that cannot be."""
    connection = await asyncpg.connect(
        url.replace("postgresql+asyncpg://", "postgresql://", 1),
        timeout=CONNECT_SECONDS,
        command_timeout=QUESTION_SECONDS,
    )
    try:
        rows = await connection.fetch(
            "select name, current_setting(name, true) as value from unnest($1::text[]) as asked (name)", SETTINGS
        )
        return Facts(
            settings={row["name"]: row["value"] for row in rows if row["value"] is not None},
            ctype=await connection.fetchval("select datctype from pg_database where datname = current_database()"),
            clock_ahead=await _clock_ahead(connection),
            shanghai=await _shanghai(connection),
            revision=await _revision(connection),
            others=await connection.fetchval(
                "select count(*) from pg_stat_activity where datid is not null"
                " and application_name is distinct from 'hotline' and pid <> pg_backend_pid()"
            ),
        )
    finally:
        await connection.close(timeout=CONNECT_SECONDS)


async def _clock_ahead(connection: asyncpg.Connection) -> timedelta:
    before = clock.now()
    theirs: datetime = await connection.fetchval("select clock_timestamp()")
    return theirs - (before + (clock.now() - before) / 2)


async def _shanghai(connection: asyncpg.Connection) -> timedelta | None:
    try:
        there: datetime = await connection.fetchval(
            "select timestamptz '2026-01-01 00:00:00+00' at time zone 'Asia/Shanghai'"
        )
    except asyncpg.InvalidParameterValueError:
        return None
    return there - datetime(2026, 1, 1)  # noqa: DTZ001 - the wall clock in Shanghai, which has no zone


async def _revision(connection: asyncpg.Connection) -> str | None:
    if await connection.fetchval("select to_regclass('alembic_version')") is None:
        return None
    revision: str | None = await connection.fetchval("select version_num from alembic_version")
    return revision
