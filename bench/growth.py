"""Whether the queue page grows with the number of cases: 10,000 beside 1,000,000, each with a service of its own."""

from __future__ import annotations

import asyncpg
from sqlalchemy.engine import make_url

from bench.children import serving
from bench.ground import Ground
from bench.load import Target
from bench.people import People, make_people
from bench.results import Figure, at_most
from bench.seeding import multiply, seed_cases
from hotline import clock
from hotline.policy import load_policy

SMALL = 10_000
TIMES = 10
"""How often the seeded cases are multiplied: 100,000 become 1,000,000."""


async def measure(ground: Ground) -> list[Figure]:
    """The median of the page in both, round by round in turn."""
    small, large = _beside(ground.database_url, "small"), _beside(ground.database_url, "large")
    people = await _make_small(ground, small)
    await _make_large(ground, large)
    ground.tell("queue page with few and many cases")
    async with (
        serving(ground.home, database_url=small) as few,
        serving(ground.home, database_url=large) as many,
    ):
        paces = await ground.compare(
            Target("few", [f"{few.url}/desks/queue"], people.staff_page),
            Target("many", [f"{many.url}/desks/queue"], ground.people.staff_page),
            clients=1,
        )
    names = f"{ground.cases * TIMES:,}", f"{SMALL:,}"
    return [
        Figure(f"queue page with {names[1]} cases, p50 at 1 client", f"{paces['few'].p50:.2f} ms"),
        Figure(f"queue page with {names[0]} cases, p50 at 1 client", f"{paces['many'].p50:.2f} ms"),
        at_most(f"{names[0]} cases beside {names[1]}", paces["many"].p50 / paces["few"].p50, 1.3, "×"),
    ]


def _beside(url: str, name: str) -> str:
    return make_url(url).set(database=f"bench_{name}").render_as_string(hide_password=False)


async def _make_small(ground: Ground, url: str) -> People:
    ground.tell(f"seeding {SMALL:,} cases")
    await _database(ground.database_url, "bench_small", template="template1")
    people = await make_people(url, load_policy())
    await seed_cases(url, SMALL, people=people.accounts, now=clock.now(), told=_nobody)
    return people


async def _make_large(ground: Ground, url: str) -> None:
    ground.tell(f"multiplying {ground.cases:,} cases by {TIMES}")
    database = str(make_url(ground.database_url).database)
    await _database(ground.database_url, "bench_large", template=database)
    await multiply(url, times=TIMES, told=_nobody)


async def _database(url: str, name: str, *, template: str) -> None:
    """Make a database; nobody may be connected to the template meanwhile."""
    connection = await asyncpg.connect(make_url(url).set(database="template1").render_as_string(hide_password=False))
    try:
        await connection.execute(f"create database {name} template {template}", timeout=600)
    finally:
        await connection.close()


def _nobody(_made: int) -> None:
    """Nobody listens."""
