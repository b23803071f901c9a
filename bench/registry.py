"""The register with 73,000 units: importing a file, searching at the database and as a fragment of a page."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import aiohttp

from bench.ground import Ground
from bench.load import at
from bench.results import Figure, at_most
from hotline import clock
from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.demo.register import write_city
from hotline.policy import load_policy
from hotline.registry.importing import Wish, work_on
from hotline.registry.imports import begin_import
from hotline.registry.models import ImportState
from hotline.registry.search import find_organisations
from hotline.storage.database import Database
from hotline.work import Work

UNITS = 73_000
TIMES = 40
QUERIES = {
    "two characters, frequent": "有限",
    "two characters, rare": "砚禾",
    "the city's name": "滨海",
    "four characters": "机械制造",
    "initials": "yhjx",
    "initials, frequent": "yx",
    "pinyin": "yanhe",
    "code": "BH-GX-01-0",
    "credit code": "9137020000000",
    "street": "东港路12",
    "street, frequent": "望海街",
    "two words": "高新区 物流",
    "words and letters": "北城 yhjx",
    "nothing": "没有这个单位",
}
"""What somebody types, by what it is."""


async def measure(ground: Ground) -> list[Figure]:
    """Import once on an empty register, change a tenth, then search again and again."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-registry-") as folder:
        figures = await _imports(ground, Path(folder))
    connection_figures = await _at_the_database(ground)
    return [*figures, *connection_figures, *await _as_fragments(ground)]


async def _imports(ground: Ground, folder: Path) -> list[Figure]:
    ground.tell("making up a city")
    file = folder / "city.xlsx"
    write_city(file, UNITS)
    took = [await _import(ground, file, "importing") for _again in range(2)]
    return [
        at_most(f"import of {UNITS:,} new units × 28 fields, validated", took[0], 60, "s"),
        Figure("the same file again: compared, nothing to change", f"{took[1]:.1f} s"),
        Figure("size of the file", f"{file.stat().st_size / 2**20:.1f} MiB"),
    ]


async def _import(ground: Ground, file: Path, what: str) -> float:
    async def told(done: int, total: int) -> None:
        ground.tell(f"{what} {done:,} of {total:,}")

    database = Database(ground.database_url, pool_size=1)
    try:
        async with database.transaction() as session:
            row = await begin_import(session, file_name=file.name, content=None, actor_id=None, now=clock.now())
    finally:
        await database.close()
    began = time.perf_counter()
    done = await work_on(ground.database_url, Wish(row.id, apply=True), path=file, tell=told)
    took = time.perf_counter() - began
    assert done.state is ImportState.DONE, done.problem
    return took


@asynccontextmanager
async def _work(ground: Ground) -> AsyncIterator[Work]:
    database = Database(ground.database_url, pool_size=1)
    try:
        async with database.transaction() as session:
            actor = Actor(1, "bench", "bench", Role.OPERATOR)
            yield Work(session=session, policy=load_policy(), actor=actor, now=clock.now())
    finally:
        await database.close()


async def _at_the_database(ground: Ground) -> list[Figure]:
    each: dict[str, list[float]] = {}
    found: dict[str, int] = {}
    async with _work(ground) as work:
        for kind, query in QUERIES.items():
            ground.tell(f"searching {query}")
            took = []
            for _again in range(1 + TIMES):
                began = time.perf_counter()
                hits = await find_organisations(work, query)
                took.append((time.perf_counter() - began) * 1000)
                found[kind] = len(hits.found)
            each[kind] = sorted(took[1:])
    slowest = max(each, key=lambda kind: at(each[kind], 0.95))
    worst = at_most("slowest search at the database, p95", at(each[slowest], 0.95), 20, "ms", more=f" ({slowest})")
    lines = [
        Figure(
            f"search {QUERIES[kind]} ({kind})",
            f"{found[kind]} shown, p50 {at(took, 0.5):.1f}, p95 {at(took, 0.95):.1f} ms",
        )
        for kind, took in each.items()
    ]
    return [worst, *lines]


async def _as_fragments(ground: Ground) -> list[Figure]:
    each: dict[str, float] = {}
    async with aiohttp.ClientSession(headers=ground.people.supervisor_page) as http:
        for kind, query in QUERIES.items():
            ground.tell(f"fragment of {query}")
            took = []
            for _again in range(1 + TIMES):
                began = time.perf_counter()
                async with http.get(ground.address(f"/organisations/rows?q={quote(query)}")) as answer:
                    await answer.read()
                    answer.raise_for_status()
                took.append((time.perf_counter() - began) * 1000)
            each[kind] = at(sorted(took[1:]), 0.95)
    slowest = max(each, key=lambda kind: each[kind])
    return [at_most("slowest search as a fragment of a page, p95", each[slowest], 40, "ms", more=f" ({slowest})")]
