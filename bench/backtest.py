"""A backtest of the seeded cases: a draft against the version in force, in the processes it has in real life."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from dataclasses import dataclass

from bench.ground import Ground, latencies
from bench.load import Target
from bench.results import Figure, at_most
from hotline import clock
from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.policy import load_policy
from hotline.routing.ruleset import RuleSetTable
from hotline.rulebook import backtest_queries, versions
from hotline.rulebook.backtests import start_backtest
from hotline.rulebook.in_force import bring_into_force
from hotline.rulebook.models import Progress
from hotline.rulebook.replaying import URL
from hotline.rulebook.writing import plain
from hotline.storage.database import PATIENT_SECONDS, Database
from hotline.work import Work

WORD = "加班费"


@dataclass(frozen=True, slots=True)
class Timed:
    """How long a backtest took, on the wall and of processors, of how many cases, how many are decided differently."""

    seconds: float
    processor: float
    cases: int
    changed: int


async def prepare(database: Database, account: int) -> int:
    """A draft in which a frequent word weighs more, and a backtest of it, claimed; its id."""
    policy, now = load_policy(), clock.now()
    async with database.transaction() as session:
        begun = await bring_into_force(session, policy, None, now=now)
        work = Work(session, policy, Actor(account, "bench", "bench", Role.SUPERVISOR), now)
        content = plain(begun.table)
        content["rule"].append({"id": f"bench-{now:%H%M%S}", "category": "work_injury", "words": {"9": [WORD]}})
        draft = await versions.make_draft(work, based_on=begun.id)
        await versions.edit_draft(work, draft.id, RuleSetTable.model_validate(content), revision=1)
        backtest = await start_backtest(work, draft.id)
        assert await backtest_queries.claim(session, now=now, backtest_id=backtest.id) == backtest.id
        return backtest.id


def _children() -> float:
    """Processor seconds of every child that has ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def timed(url: str, account: int) -> Timed:
    """Run a backtest from the start of its process to its result."""
    database = Database(url, pool_size=1, command_seconds=PATIENT_SECONDS)
    try:
        backtest = await prepare(database, account)
        began, spent = time.perf_counter(), _children()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "hotline.rulebook.replaying", str(backtest)), env=os.environ | {URL: url}
        )
        assert await process.wait() == 0
        took = time.perf_counter() - began
        async with database.transaction() as session:
            found = await backtest_queries.backtest_by_id(session, backtest)
        assert found is not None
        assert found.state is Progress.FINISHED
        assert found.result is not None
        return Timed(took, _children() - spent, found.result["cases"], found.result["changed"])
    finally:
        await database.close()


async def measure(ground: Ground) -> list[Figure]:
    """A backtest of everything, and the queue page of a department beside it."""
    queue = Target("queue", [ground.address("/desks/queue")], ground.people.staff_page)
    ground.tell("queue page, nothing beside it")
    quiet = (await ground.compare(queue, clients=1))["queue"]
    ground.tell("backtest")
    running = asyncio.create_task(timed(ground.database_url, ground.people.accounts["supervisor"]))
    await asyncio.sleep(2)  # its workers are ready then
    busy = (await ground.compare(queue, clients=1))["queue"]
    found = await running
    each = 1000 * found.processor / max(1, found.cases)
    return [
        at_most(
            f"backtest of {found.cases:,} ended cases, {found.changed:,} decided differently",
            found.seconds,
            30 * ground.cases / 100_000,
            "s",
            more=f" ({found.processor:.1f} s of processors, {each:.2f} ms a case)",
        ),
        Figure("queue page, 1 client, before it", latencies(quiet)),
        Figure("queue page, 1 client, while it runs", latencies(busy)),
    ]
