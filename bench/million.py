"""A million cases with five million events, sent with COPY as text: what the reports have to be quick over.

Spread over two years in the order of their calls, 2 % open; departments and categories by the configuration that ships.
No texts: reports read none.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from random import Random
from typing import Any, Final

import asyncpg

from bench.seeding import Told, _drop_indexes, _make_indexes
from hotline.policy import load_policy
from hotline.telephony.calls import Channel

CHUNK: Final = 10_000
DAYS: Final = 730
TABLES: Final = {
    "cases": (
        "id", "number", "status", "channel", "category", "department", "urgency", "difficulty", "confidential",
        "employer", "place", "territory", "wish", "reachable", "summary", "taken_by_id", "opened_at", "routed_at",
        "accepted_at", "resolved_at", "ended_at", "due_at", "accept_by", "resolve_by", "follow_up_attempts",
        "satisfied", "disposition", "returns", "reopened", "extensions", "version", "employer_key",
    ),
    "calls": ("case_id", "at", "caller_number", "caller_extension", "caller_name", "name_grams"),
    "case_decisions": ("case_id", "at", "category", "department", "decision"),
    "case_events": ("case_id", "version", "at", "actor_id", "action", "before", "after", "details"),
}  # fmt: skip
_CLOSED: Final = (
    ("route", "received", "routed"), ("accept", "routed", "accepted"), ("note", "accepted", "accepted"),
    ("resolve", "accepted", "resolved"), ("follow_up", "resolved", "followed_up"), ("close", "followed_up", "closed"),
)  # fmt: skip
_LIVES: Final = {
    "closed": _CLOSED,
    "resolved": _CLOSED[:4],
    "accepted": _CLOSED[:3],
    "routed": _CLOSED[:1],
    "review": (("queue", "received", "review"),),
    "answered": (("answer", "received", "answered"),),
    "referred": (("refer", "received", "referred"),),
    "withdrawn": (_CLOSED[0], ("withdraw", "routed", "withdrawn")),
}
_DISPOSITIONS: Final = ("satisfied_claim", "partly", "mediated", "aided", "advised", "unfounded", "other")


@dataclass(frozen=True, slots=True)
class World:
    """What made-up cases stand on."""

    departments: tuple[str, ...]
    categories: tuple[str, ...]
    operator: int
    total: int
    now: datetime


async def make_million(url: str, total: int, *, operator: int, now: datetime, told: Told) -> None:
    """Make `total` cases in an empty, migrated database."""
    policy = load_policy()
    world = World(
        tuple(department.code for department in policy.departments if department.handles),
        tuple(policy.categories),
        operator,
        total,
        now,
    )
    connection = await asyncpg.connect(url)
    try:
        with_indexes = await _drop_indexes(connection, tuple(TABLES))
        references = await _drop_references(connection)
        await asyncio.to_thread(_in_processes, url, world, told)
        await _make_indexes(connection, [*with_indexes, *references])
        await connection.execute("select setval('case_numbers', (select max(id) from cases))")
        await connection.execute("vacuum analyze", timeout=600)
    finally:
        await connection.close()


async def _drop_references(connection: Any) -> list[str]:
    """Checked once for all rows, not for each; gives the statements that make them again."""
    rows = await connection.fetch(
        "select conrelid::regclass::text as name, conname, pg_get_constraintdef(oid) as made_by from pg_constraint "
        "where contype = 'f' and conrelid::regclass::text = any($1)",
        [*TABLES],
    )
    for row in rows:
        await connection.execute(f"alter table {row['name']} drop constraint {row['conname']}")
    return [f"alter table {row['name']} add constraint {row['conname']} {row['made_by']}" for row in rows]


def _in_processes(url: str, world: World, told: Told) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(_chunk, url, world, start) for start in range(1, world.total + 1, CHUNK)]
        for job in as_completed(jobs):
            told(job.result())


def _chunk(url: str, world: World, start: int) -> int:
    lines: dict[str, list[str]] = {table: [] for table in TABLES}
    places = range(start, min(start + CHUNK, world.total + 1))
    for place in places:
        _add(world, place, lines)
    asyncio.run(_copy(url, lines))
    return len(places)


async def _copy(url: str, lines: dict[str, list[str]]) -> None:
    connection = await asyncpg.connect(url, timeout=60)
    try:
        await connection.execute("set synchronous_commit = off")
        async with connection.transaction():
            for table, columns in TABLES.items():
                await connection.copy_to_table(table, source=_sent(lines[table]), columns=columns, timeout=600)
    finally:
        await connection.close()


async def _sent(lines: list[str]) -> Any:
    for start in range(0, len(lines), 2000):
        yield "".join(lines[start : start + 2000]).encode()


def _status(dice: Random) -> str:
    roll = dice.random()
    if roll < 0.02:
        return dice.choice(("routed", "accepted", "accepted", "review", "resolved"))
    return "closed" if roll < 0.88 else "answered" if roll < 0.95 else "referred" if roll < 0.98 else "withdrawn"


def _add(world: World, place: int, lines: dict[str, list[str]]) -> None:
    """The lines of one case, the same for the same place."""
    dice = Random(place)
    opened = world.now - timedelta(seconds=(1 - place / world.total) * DAYS * 86_400 + 3600)
    status = _status(dice)
    department = world.departments[min(int(dice.expovariate(0.2)), len(world.departments) - 1)]
    category = world.categories[min(int(dice.expovariate(0.12)), len(world.categories) - 1)]
    hours = {"accept": 8 * dice.random(), "resolve": 20 + 150 * dice.expovariate(1), "follow_up": 30, "close": 31,
             "note": 10, "withdraw": 12}  # fmt: skip
    at, events = opened, []
    times: dict[str, datetime] = {}
    for version, (action, before, after) in enumerate(_LIVES[status], 1):
        at = min(opened + timedelta(hours=hours.get(action, 0)), world.now) if action in hours else opened
        if action in {"follow_up", "close"}:
            at = times["resolve"] + timedelta(hours=hours[action])
        times[action] = at
        details = (
            '{"money_recovered": "1200.50", "people_helped": 2}' if action == "resolve" and place % 5 == 0 else "{}"
        )
        events.append(f"{place}\t{version}\t{_at(at)}\t{world.operator}\t{action}\t{before}\t{after}\t{details}\n")
    lines["case_events"].extend(events)
    lines["cases"].append("\t".join(_case(world, place, status, department, category, opened, times, dice)) + "\n")
    number = f"1380{dice.randrange(world.total * 3 // 4):07d}"
    lines["calls"].append(f"{place}\t{_at(opened)}\t{number}\t\t\t{{}}\n")
    said = json.dumps({"rule_set": "bench-1" if place % 2 else "bench-2", "category": category})
    lines["case_decisions"].append(f"{place}\t{_at(opened)}\t{category}\t{department}\t{said}\n")


def _at(at: datetime | None) -> str:
    return r"\N" if at is None else at.astimezone(UTC).isoformat()


def _case(
    world: World, place: int, status: str, department: str, category: str, opened: datetime,
    times: dict[str, datetime], dice: Random,
) -> Iterator[str]:  # fmt: skip
    routed, resolved = times.get("route"), times.get("resolve")
    channels, ended = tuple(Channel), status in {"closed", "answered", "referred", "withdrawn"}
    yield from (str(place), f"2026-{place:07d}", status, channels[place % len(channels)].value, category)
    yield department if routed else r"\N"
    yield from ("normal", "normal" if place % 10 else "hard", "t" if place % 50 == 0 else "f")
    yield from (f"用人单位{place % 5000}", "", department, "", "t", "拖欠工资", str(world.operator), _at(opened))
    yield from (_at(routed), _at(times.get("accept")))
    yield _at(resolved or times.get("answer"))
    yield _at(max(times.values())) if ended else r"\N"
    yield r"\N" if ended else _at(opened + timedelta(days=7))
    yield from (
        _at(opened + timedelta(days=1)) if routed else r"\N",
        _at(opened + timedelta(days=8)) if routed else r"\N",
    )
    yield "1" if "follow_up" in times else "0"
    yield ("t" if dice.random() < 0.8 else "f") if "follow_up" in times else r"\N"
    yield dice.choice(_DISPOSITIONS) if resolved else r"\N"
    yield from (str(int(place % 9 == 0)), str(int(place % 40 == 0)), str(int(place % 12 == 0)))
    yield from (str(len(_LIVES[status])), f"用人单位{place % 5000}")
