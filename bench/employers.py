"""The register in memory: 73,000 organisations read, kept and found in narratives, in a process of their own."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from random import Random
from typing import Any, Final

import asyncpg

from bench.children import memory
from bench.ground import Ground
from bench.results import Figure, at_most
from bench.texts import narrative
from hotline import clock
from hotline.migrations import migrate
from hotline.registry.index import load_units
from hotline.routing.units import UnitIndex, UnitNamed
from hotline.storage.database import PATIENT_SECONDS, Database

UNITS: Final = 73_000
TEXTS: Final = 2000
COLUMNS: Final = ("code", "name", "aliases", "level", "superior_code", "name_key", "created_at", "updated_at")
_DISTRICTS: Final = (("BH-BC", "北城区"), ("BH-BH", "滨海区"), ("BH-XS", "西山县"), ("BH-GX", "高新区"))
_SIGNS: Final = "宏达昌盛金鑫海恒泰顺利安光明远永兴隆嘉瑞祥和德润丰泽宇航博创锐志诚信义"
_TRADES: Final = ("机械", "建筑工程", "电子科技", "食品", "物流", "服装", "餐饮管理", "物业服务", "化工", "劳务派遣")


async def measure(ground: Ground) -> list[Figure]:
    """Time and memory of the index, and time of finding the employer in a narrative, on a database of its own."""
    ground.tell("reading the register")
    url = await ground.beside("employers")
    database = Database(url, command_seconds=PATIENT_SECONDS)
    await migrate(database.engine)
    await database.close()
    connection = await asyncpg.connect(url)
    try:
        await connection.copy_records_to_table("organisations", columns=COLUMNS, records=_organisations(UNITS))
    finally:
        await connection.close()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        found = await asyncio.get_running_loop().run_in_executor(pool, _in_a_process, url)
    return [
        at_most(f"memory of the index of {UNITS:,} organisations (PSS)", found["grown"], 60, "MB"),
        Figure("the same while it is made, at the most", f"{found['peak']:.0f} MB"),
        Figure("reading and making it", f"{found['seconds']:.1f} s"),
        at_most("finding the employer in a narrative that names one", found["naming"] * 1000, 5, "ms"),
        at_most("the same in a narrative that names none", found["plain"] * 1000, 5, "ms"),
        at_most("the same in one of 4,000 characters", found["long"] * 1000, 5, "ms"),
        Figure("employers offered for two characters typed", f"{found['spelt'] * 1000:.2f} ms"),
        Figure("narratives with a full name that found it", f"{found['found']:.1%}"),
    ]


def _organisations(count: int) -> Iterator[tuple[Any, ...]]:
    now, dice = clock.now(), Random(73)
    yield "BH", "滨海市总工会", [], "city", None, "", now, now
    for code, place in _DISTRICTS:
        yield code, f"{place}总工会", [], "district", "BH", "", now, now
    taken: set[str] = set()
    for number in range(count - len(taken) - 1 - len(_DISTRICTS)):
        while (brand := "".join(dice.choices(_SIGNS, k=3)) + dice.choice(_TRADES)) in taken:
            pass
        taken.add(brand)
        code, _place = dice.choice(_DISTRICTS)
        aliases = [brand[:3]] if number % 3 == 0 else []
        yield f"{code}-{number:06}", f"滨海{brand}有限公司", aliases, "enterprise", code, brand, now, now


def _in_a_process(url: str) -> dict[str, float]:
    before = memory(os.getpid())
    began = time.perf_counter()
    units, peak = asyncio.run(_loaded(url))
    seconds, grown = time.perf_counter() - began, memory(os.getpid()) - before
    some = _some(units)
    named = [f"我在{unit.name}上班，{narrative(at)}"[:120] for at, unit in enumerate(some)]
    plain = [narrative(at)[:120] for at in range(TEXTS)]
    return {
        "seconds": seconds,
        "grown": grown,
        "peak": peak - before,
        "naming": _each(units, named),
        "plain": _each(units, plain),
        "long": _each(units, [(narrative(at) * 40)[:4000] for at in range(50)]),
        "spelt": _typing(units),
        "found": sum(_is_named(units, text, unit.code) for text, unit in zip(named, some, strict=True)) / len(some),
    }


def _is_named(units: UnitIndex, text: str, code: str) -> bool:
    unit = units.named(text=text)
    return unit is not None and unit.code == code


def _some(units: UnitIndex) -> list[UnitNamed]:
    dice = Random(7)
    return [unit for code in dice.sample(range(len(units) - 10), TEXTS) if (unit := units.get(code + 6))]


async def _loaded(url: str) -> tuple[UnitIndex, float]:
    database = Database(url, pool_size=1, command_seconds=PATIENT_SECONDS)
    peak = 0.0

    async def watch() -> None:
        nonlocal peak
        while True:
            peak = max(peak, memory(os.getpid()))
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    async with database.transaction() as session:
        units = await load_units(session)
    watching.cancel()
    await database.close()
    return units, peak


def _each(units: UnitIndex, texts: list[str]) -> float:
    began = time.perf_counter()
    for text in texts:
        units.named(text=text)
    return (time.perf_counter() - began) / len(texts)


def _typing(units: UnitIndex) -> float:
    began = time.perf_counter()
    for at in range(100):
        units.spelt(_SIGNS[at % 30] + _SIGNS[at % 29 + 1])
    return (time.perf_counter() - began) / 100
