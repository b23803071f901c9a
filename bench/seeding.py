"""Filling databases: cases made by all cores and sent with COPY; a million by multiplying what is there."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import datetime
from multiprocessing import get_context
from typing import Any, Final

import asyncpg

from bench.made_cases import CASE_COLUMNS, Ground, Rows, rows_of
from hotline.policy import load_policy

CHUNK: Final = 2500
COLUMNS: Final = {
    "cases": CASE_COLUMNS,
    "case_texts": ("case_id", "narrative", "searched", "grams"),
    "calls": ("case_id", "at", "caller_number", "caller_extension", "caller_name", "name_grams"),
    "case_decisions": ("case_id", "at", "actor_id", "category", "department", "reason", "decision"),
    "case_events": ("case_id", "version", "at", "actor_id", "action", "before", "after", "reason", "details"),
}
_CARRIED = ", ".join(column for column in CASE_COLUMNS if column not in {"id", "number"})
_MORE_CASES: Final = f"""
insert into cases (id, number, {_CARRIED})
select id + $1, '2026-' || lpad((id + $1)::text, greatest(6, length((id + $1)::text)), '0'), {_CARRIED}
from cases where id <= $2
"""  # noqa: S608 - names of columns
_CALL = ", ".join(COLUMNS["calls"][1:])
_MORE_CALLS: Final = f"""
insert into calls (case_id, {_CALL}) select case_id + $1, {_CALL} from calls where case_id <= $2
"""  # noqa: S608 - names of columns
Told = Callable[[int], None]


async def seed_cases(url: str, total: int, *, people: dict[str, int], now: datetime, told: Told) -> None:
    """Make `total` cases in an empty, migrated database; `people` are accounts by login. `told` hears of each chunk."""
    connection = await asyncpg.connect(url)
    try:
        with_indexes = await _drop_indexes(connection, tuple(COLUMNS))
        await asyncio.to_thread(_seed_in_processes, url, total, people, now, told)
        await _make_indexes(connection, with_indexes)
        await connection.execute("select setval('case_numbers', (select max(id) from cases))")
        await _settle(connection)
    finally:
        await connection.close()


def _seed_in_processes(url: str, total: int, people: dict[str, int], now: datetime, told: Told) -> None:
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        starts = range(1, total + 1, CHUNK)
        jobs = [pool.submit(_seed_chunk, url, start, total, people, now) for start in starts]
        for job in as_completed(jobs):
            told(job.result())


_grounds: dict[int, Ground] = {}


def _seed_chunk(url: str, start: int, total: int, people: dict[str, int], now: datetime) -> int:
    if total not in _grounds:
        policy = load_policy()
        departments = tuple(department.code for department in policy.departments if department.handles)
        handlers = {code: people[f"staff-{code}"] for code in departments}
        _grounds[total] = Ground(policy, departments, people["operator"], handlers, total, now)
    rows: Rows = {table: [] for table in COLUMNS}
    places = range(start, min(start + CHUNK, total + 1))
    for place in places:
        rows_of(_grounds[total], place, rows)
    asyncio.run(_copy(url, rows))
    return len(places)


async def _copy(url: str, rows: Rows) -> None:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            for table, records in rows.items():
                await connection.copy_records_to_table(table, records=records, columns=COLUMNS[table])
    finally:
        await connection.close()


async def multiply(url: str, *, times: int, told: Told) -> None:
    """Make `times` as many cases of those that are there: the rows lists read (`cases`, `calls`), without texts."""
    connection = await asyncpg.connect(url, command_timeout=600)
    try:
        with_indexes = await _drop_indexes(connection, ("cases", "calls"))
        base = await connection.fetchval("select max(id) from cases")
        for turn in range(1, times):
            for statement in (_MORE_CASES, _MORE_CALLS):
                await connection.execute(statement, turn * base, base)
            told(base)
        await _make_indexes(connection, with_indexes)
        await _settle(connection)
    finally:
        await connection.close()


async def _drop_indexes(connection: Any, tables: tuple[str, ...]) -> list[str]:
    """Drop what only speeds up reading; gives the statements that make it again."""
    rows = await connection.fetch(
        "select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as made_by from pg_index i "
        "where i.indrelid::regclass::text = any($1) and not i.indisunique",
        list(tables),
    )
    for row in rows:
        await connection.execute(f"drop index {row['name']}")
    return [row["made_by"] for row in rows]


async def _make_indexes(connection: Any, statements: list[str]) -> None:
    await connection.execute("set maintenance_work_mem = '512MB'")
    for statement in statements:
        await connection.execute(statement, timeout=600)


async def _settle(connection: Any) -> None:
    """What autovacuum would do in time, so that no run measures it."""
    await connection.execute("vacuum analyze", timeout=600)
    await connection.execute("reset maintenance_work_mem")
