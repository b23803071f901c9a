"""A million cases with five million events, sent with COPY as text: what the reports have to be quick over.

Spread over two years in the order of their calls, 2 % open, most of these among the newest; departments and categories
by the configuration that ships. No texts: reports read none. What makes a row dearer than its bytes (indexes, keys,
references) is taken away before and made again afterwards, once for all rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from multiprocessing import get_context
from random import Random
from typing import Any, Final

import asyncpg

from bench.seeding import Told, _drop_indexes, _make_indexes
from hotline.policy import load_policy
from hotline.telephony.calls import Channel

CHUNK: Final = 20_000
DAYS: Final = 730
OPEN: Final = 0.02
NEWEST: Final = 0.08
OPEN_AMONG_NEWEST: Final = 0.22
"""The newest 8 % hold most of the open ones."""
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
_ENDED: Final = frozenset({"closed", "answered", "referred", "withdrawn"})
_DISPOSITIONS: Final = ("satisfied_claim", "partly", "mediated", "aided", "advised", "unfounded", "other")
_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
NONE: Final = r"\N"


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
        indexes = await _drop_indexes(connection, tuple(TABLES))
        references = await _drop_constraints(connection, "f")
        keys = await _drop_constraints(connection, "pu")
        await asyncio.to_thread(_in_processes, url, world, told)
        await _make_indexes(connection, [*keys, *indexes, *references])
        await connection.execute("select setval('case_numbers', (select max(id) from cases))")
        await connection.execute("vacuum analyze", timeout=600)
    finally:
        await connection.close()


async def _drop_constraints(connection: Any, kinds: str) -> list[str]:
    """Drop constraints of these kinds (`pg_constraint.contype`) on or to the tables; what makes them again."""
    rows = await connection.fetch(
        "select conrelid::regclass::text as name, conname, pg_get_constraintdef(oid) as made_by from pg_constraint "
        "where contype::text = any($2) and (conrelid::regclass::text = any($1) or confrelid::regclass::text = any($1))",
        [*TABLES],
        [*kinds],
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
    """Make and send the cases from this place on: the same ones every time."""
    making = _Making(world, Random(start))
    places = range(start, min(start + CHUNK, world.total + 1))
    for place in places:
        making.add(place)
    asyncio.run(_copy(url, making.lines))
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


@cache
def moments(first: date, days: int) -> Callable[[int], str]:
    """How a moment is written, given in seconds since midnight (UTC) of the first day: put together of two tables."""
    on = [f"{first + timedelta(days=day)} " for day in range(days)]
    at = [f"{hour:02}:{minute:02}:{second:02}+00" for hour in range(24) for minute in range(60) for second in range(60)]

    def written(second: int) -> str:
        return on[second // _DAY] + at[second % _DAY]

    return written


class _Making:
    """The lines of one chunk, by table."""

    def __init__(self, world: World, dice: Random) -> None:
        first = (world.now - timedelta(days=DAYS + 1)).astimezone(UTC).date()
        self._first = datetime(first.year, first.month, first.day, tzinfo=UTC)
        self._now = int((world.now - self._first).total_seconds())
        self._at = moments(first, DAYS + 60)
        self._world, self._dice = world, dice
        self._channels = tuple(channel.value for channel in Channel)
        self.lines: dict[str, list[str]] = {table: [] for table in TABLES}

    def add(self, place: int) -> None:
        """The lines of one case."""
        world, dice, written = self._world, self._dice, self._at
        opened = self._now - int((1 - place / world.total) * DAYS * _DAY) - _HOUR
        status = _status(dice, newest=place > world.total * (1 - NEWEST))
        department = world.departments[min(int(dice.expovariate(0.2)), len(world.departments) - 1)]
        category = world.categories[min(int(dice.expovariate(0.12)), len(world.categories) - 1)]
        times = self._times(status, opened)
        events = self.lines["case_events"]
        for version, (action, before, after) in enumerate(_LIVES[status], 1):
            said = (
                '{"money_recovered": "1200.50", "people_helped": 2}' if action == "resolve" and not place % 5 else "{}"
            )
            events.append(
                f"{place}\t{version}\t{written(times[action])}\t{world.operator}\t{action}\t{before}\t{after}\t{said}\n"
            )
        self.lines["cases"].append("\t".join(self._case(place, status, department, category, opened, times)) + "\n")
        called = written(opened)
        number = f"1380{dice.randrange(world.total * 3 // 4):07d}"
        self.lines["calls"].append(f"{place}\t{called}\t{number}\t\t\t{{}}\n")
        decided = f'{{"rule_set": "bench-{2 - place % 2}", "category": "{category}"}}'
        self.lines["case_decisions"].append(f"{place}\t{called}\t{category}\t{department}\t{decided}\n")

    def _times(self, status: str, opened: int) -> dict[str, int]:
        """When each step was taken, none of them later than now."""
        dice = self._dice
        hours = {"accept": 8 * dice.random(), "note": 10, "withdraw": 12, "resolve": 20 + 150 * dice.expovariate(1)}
        times = {
            action: min(opened + int(hours.get(action, 0) * _HOUR), self._now)
            for action, _before, _after in _LIVES[status]
        }
        if "follow_up" in times:
            times["follow_up"] = min(times["resolve"] + 30 * _HOUR, self._now)
            times["close"] = min(times["resolve"] + 31 * _HOUR, self._now)
        return times

    def _case(
        self, place: int, status: str, department: str, category: str, opened: int, times: dict[str, int]
    ) -> Iterator[str]:
        dice, written = self._dice, self._at

        def at(action: str) -> str:
            return written(times[action]) if action in times else NONE

        routed, resolved, ended = "route" in times, "resolve" in times, status in _ENDED
        yield from (str(place), f"2026-{place:07d}", status, self._channels[place % len(self._channels)], category)
        yield department if routed else NONE
        yield from ("normal", "normal" if place % 10 else "hard", "t" if place % 50 == 0 else "f")
        yield from (f"用人单位{place % 5000}", "", department, "", "t", "拖欠工资", str(self._world.operator))
        yield from (written(opened), at("route"), at("accept"), at("answer" if status == "answered" else "resolve"))
        yield written(max(times.values())) if ended else NONE
        yield NONE if ended else written(opened + 7 * _DAY)
        yield written(opened + _DAY) if routed else NONE
        yield written(opened + 8 * _DAY) if routed else NONE
        yield "1" if "follow_up" in times else "0"
        yield ("t" if dice.random() < 0.8 else "f") if "follow_up" in times else NONE
        yield dice.choice(_DISPOSITIONS) if resolved else NONE
        yield from (str(int(place % 9 == 0)), str(int(place % 40 == 0)), str(int(place % 12 == 0)))
        yield from (str(len(_LIVES[status])), f"用人单位{place % 5000}")


def _status(dice: Random, *, newest: bool) -> str:
    roll = dice.random()
    often = OPEN_AMONG_NEWEST if newest else (OPEN - NEWEST * OPEN_AMONG_NEWEST) / (1 - NEWEST)
    if roll < often:
        return dice.choice(("routed", "accepted", "accepted", "review", "resolved"))
    roll = dice.random()
    return "closed" if roll < 0.88 else "answered" if roll < 0.95 else "referred" if roll < 0.98 else "withdrawn"
