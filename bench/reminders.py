"""A round of reminders over a million cases with 2,000 due, and what logging calls feels of it."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta

import asyncpg
from sqlalchemy.engine import make_url

from bench.children import load, serving
from bench.ground import Ground
from bench.growth import SETTLED_SECONDS, TIMES
from bench.load import Order, Pace, Target
from bench.results import Figure, at_most
from bench.seeding import multiply
from hotline import clock
from hotline.clock import SHANGHAI
from hotline.policy import Policy, load_policy
from hotline.reminders.engine import run_round
from hotline.reminders.models import Step
from hotline.storage.database import PATIENT_SECONDS, Database

DUE = 2000
CLIENTS = 2
_NOT_DUE = "update cases set due_at = $1, resolve_by = $1 where status in ('routed', 'accepted')"
_DUE_NOW = """
update cases set due_at = $1, resolve_by = $1
where id in (select id from cases where status in ('routed', 'accepted') order by id limit $2)
"""


async def measure(ground: Ground) -> list[Figure]:
    """Seconds of the round, letters in it, and the slowest calls beside it and without it."""
    ground.tell(f"multiplying {ground.cases:,} cases by {TIMES}")
    url = await ground.beside("reminded", template=str(make_url(ground.database_url).database))
    await multiply(url, times=TIMES, told=lambda _made: None)
    policy = load_policy()
    now = _next_working_day(policy)
    await _make_due(url, now)
    async with serving(ground.home, database_url=url) as service:
        await asyncio.sleep(SETTLED_SECONDS)
        target = ground.new_calls(990_000_000, url=service.url)
        ground.tell("calls without a round")
        quiet = await _pace(target, ground.seconds)
        ground.tell("a round of reminders while calls are logged")
        (seconds, urged), busy = await asyncio.gather(_round(url, policy, now), _pace(target, ground.seconds))
    return [
        Figure("cases, and of them overdue", f"{ground.cases * TIMES:,}, {urged:,}"),
        at_most("a round with its letters, while calls are logged", seconds, 10, "s"),
        Figure("p99 of a call without a round", f"{quiet.p99:.1f} ms"),
        at_most("p99 of a call beside the round", busy.p99 / quiet.p99, 1.5, "×", more=f" ({busy.p99:.1f} ms)"),
    ]


def _next_working_day(policy: Policy) -> datetime:
    """Ten o'clock of the next working day: the service's own clock finds nothing due by then."""
    today = clock.now().astimezone(SHANGHAI)
    on = policy.calendar.add_working_days(today.date(), 1)
    return datetime.combine(on, datetime.min.time(), SHANGHAI) + timedelta(hours=10)


async def _make_due(url: str, now: datetime) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_NOT_DUE, now + timedelta(days=60), timeout=PATIENT_SECONDS)
        await connection.execute(_DUE_NOW, now - timedelta(hours=11), DUE, timeout=PATIENT_SECONDS)
        await connection.execute("vacuum analyze cases", timeout=PATIENT_SECONDS)
    finally:
        await connection.close()


async def _pace(target: Target, seconds: float) -> Pace:
    paces = await load(Order([target], CLIENTS, seconds))
    return paces["calls"]


async def _round(url: str, policy: Policy, now: datetime) -> tuple[float, int]:
    await asyncio.sleep(1.0)  # the calls are warm by then
    database = Database(url, pool_size=1, command_seconds=60)
    began = time.perf_counter()
    done = await run_round(database, policy, now=now)
    took = time.perf_counter() - began
    await database.close()
    return took, done.told[Step.OVERDUE]
