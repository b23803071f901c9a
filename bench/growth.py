"""Whether the queue page grows with the number of cases: 10,000 beside 1,000,000, each with a service of its own."""

from __future__ import annotations

import asyncio

from sqlalchemy.engine import make_url

from bench.children import serving
from bench.counting import count_anew, wait_until_compared
from bench.ground import Ground
from bench.load import Target
from bench.people import People, make_people
from bench.results import Figure, at_most
from bench.seeding import multiply, seed_cases
from hotline import clock
from hotline.policy import load_policy

SMALL = 10_000
SETTLED_SECONDS = 10.0
"""After its start a service looks for mass incidents in everything once."""
TIMES = 10
"""How often the seeded cases are multiplied: 100,000 become 1,000,000."""


async def measure(ground: Ground) -> list[Figure]:
    """The median of the page in both, round by round in turn."""
    small = await ground.beside("small")
    people = await _make_small(ground, small)
    large = await _make_large(ground)
    begun = clock.now()
    async with (
        serving(ground.home, database_url=small) as few,
        serving(ground.home, database_url=large) as many,
    ):
        ground.tell("waiting until the look at everything after the start is over")
        for url in (small, large):
            await wait_until_compared(url, begun)
        await asyncio.sleep(SETTLED_SECONDS)
        ground.tell("queue page with few and many cases")
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


async def _make_small(ground: Ground, url: str) -> People:
    ground.tell(f"seeding {SMALL:,} cases")
    people = await make_people(url, load_policy())
    await seed_cases(url, SMALL, people=people.accounts, now=clock.now(), told=_nobody)
    return people


async def _make_large(ground: Ground) -> str:
    ground.tell(f"multiplying {ground.cases:,} cases by {TIMES}")
    url = await ground.beside("large", template=str(make_url(ground.database_url).database))
    await multiply(url, times=TIMES, told=_nobody)
    await count_anew(url, ground.tell)
    return url


def _nobody(_made: int) -> None:
    """Nobody listens."""
