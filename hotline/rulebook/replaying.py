"""Running a backtest: past cases read in batches, replayed by workers on other cores, progress kept in the row.

It runs in a process of its own with the lowest priority (`python -m hotline.rulebook.replaying ID`, the database's
address in the environment), so that live work is not held up, and stops within a second when its row says so.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from math import ceil
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any, Final

import structlog

from hotline import clock, log
from hotline.errors import Refusal
from hotline.policy import Policy, load_policy
from hotline.privacy.masking import mask_text
from hotline.registry.index import load_units
from hotline.routing.ruleset import RuleSetTable
from hotline.routing.units import UnitIndex
from hotline.rulebook import backtest_queries as asked
from hotline.rulebook import queries
from hotline.rulebook.checking import read_content
from hotline.rulebook.comparing import Change, PastCase, Tally, replay, result_of
from hotline.rulebook.in_force import InForce, with_rules
from hotline.rulebook.models import Backtest, Progress
from hotline.rulebook.touching import Touched, every_text, touched_by
from hotline.storage.database import PATIENT_SECONDS, Database

BATCH: Final = 1000
CHANGES_KEPT: Final = 5000
NICE: Final = 10
URL: Final = "HOTLINE_BACKTEST_DATABASE"
CONFIG: Final = "HOTLINE_BACKTEST_CONFIG"
Told = Callable[[int, int], None]
"""Called with how many cases are done, and of how many."""
log_ = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """What the workers need: where the register and the configuration are, and the two contents."""

    url: str
    config: Path | None
    before: dict[str, Any]
    before_version: str
    after: dict[str, Any]
    after_version: str


@dataclass(slots=True)
class _Ready:
    """What a worker has made ready, once."""

    policies: tuple[Policy, Policy] | None = None
    touched: Touched = every_text


_READY: Final = _Ready()


def _prepare(order: Order) -> None:
    """In a worker: both rule sets, compiled, and the register."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever presses Ctrl+C means the process that asked
    threading.Thread(target=_go_with_parent, daemon=True).start()
    be_nice()
    policy = load_policy(order.config).with_units(asyncio.run(_units(order.url)))
    before = _read(policy, order.before, order.before_version)
    after = _read(policy, order.after, order.after_version)
    _READY.policies = with_rules(policy, before), with_rules(policy, after)
    _READY.touched = touched_by(before.table, after.table)


async def _units(url: str) -> UnitIndex:
    database = Database(url, pool_size=1, command_seconds=PATIENT_SECONDS)
    try:
        async with database.transaction() as session:
            return await load_units(session)
    finally:
        await database.close()


def _go_with_parent() -> None:
    """End this worker when the process that feeds it is gone, killed ones included: nobody else would."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _read(policy: Policy, content: dict[str, Any], version: str) -> InForce:
    return InForce(0, version, read_content(content, policy.categories, file=version))


def _replay(cases: list[PastCase]) -> tuple[Tally, list[Change]]:
    """In a worker: a batch."""
    if _READY.policies is None:
        raise LookupError("The worker was not made ready.")
    before, after = _READY.policies
    return replay(before.routing, after.routing, cases, touched=_READY.touched)


def be_nice() -> None:
    """Let everybody else go first."""
    if hasattr(os, "nice"):
        os.nice(max(0, NICE - os.nice(0)))


def workers_for(cores: int | None, cases: int) -> int:
    """How many processes replay: every core but what live work needs is the scheduler's to decide, two at most.

    One batch keeps one busy: another would only be made ready.
    """
    return max(1, min(2, cores or 1, ceil(cases / BATCH)))


class Stopped(Exception):  # noqa: N818 - no defect: somebody has cancelled it
    """The row says that this backtest no longer runs."""


@dataclass(slots=True)
class _Run:
    """One run: its row, its reading, and what has been counted so far."""

    database: Database
    backtest: Backtest
    total: int
    tally: Tally
    kept: int = 0
    read_up_to: int = 0

    async def read(self) -> list[PastCase]:
        """The next batch; empty at the end."""
        async with self.database.transaction() as session:
            found = await asked.past_cases(
                session, after=self.read_up_to, size=BATCH, since=self.backtest.since, until=self.backtest.until
            )
        self.read_up_to = found[-1].id if found else self.read_up_to
        return found

    async def keep(self, tally: Tally, changes: list[Change]) -> None:
        """Add a batch to the tally, store its changes, and beat. Raises `Stopped`."""
        self.tally.add(tally)
        room = changes[: CHANGES_KEPT - self.kept]
        self.kept += len(room)
        async with self.database.transaction() as session:
            if not await asked.beat(session, self.backtest.id, now=clock.now(), done=self.tally.cases):
                raise Stopped
            await asked.keep_changes(session, self.backtest.id, room)


async def run(database: Database, backtest_id: int, config: Path | None, *, told: Told | None = None) -> Progress:
    """Run a claimed backtest to its end; how it ended. Raises nothing that belongs to it: the row says what failed."""
    try:
        result = await _run(database, backtest_id, config, told)
    except Stopped:
        return Progress.CANCELLED
    except (Refusal, BrokenProcessPool) as problem:
        log_.warning("backtest_failed", backtest=backtest_id, reason=type(problem).__name__)
        async with database.transaction() as session:
            await asked.end(session, backtest_id, Progress.FAILED, now=clock.now())
        return Progress.FAILED
    async with database.transaction() as session:
        done = await asked.end(session, backtest_id, Progress.FINISHED, now=clock.now(), result=result)
    return Progress.FINISHED if done else Progress.CANCELLED


async def _run(database: Database, backtest_id: int, config: Path | None, told: Told | None) -> dict[str, Any]:
    async with database.transaction() as session:
        backtest = await asked.backtest_by_id(session, backtest_id)
        against = None if backtest is None else await queries.rule_set_by_id(session, backtest.against_id)
        if backtest is None or against is None:
            raise Stopped
        total = await asked.count_past(session, since=backtest.since, until=backtest.until)
        if not await asked.beat(session, backtest_id, now=clock.now(), total=total):
            raise Stopped
    order = Order(database.url, config, against.content, against.version, backtest.content, backtest.version)
    going = _Run(database, backtest, total, Tally())
    count = workers_for(os.cpu_count(), total)
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_prepare, initargs=(order,))
    try:
        await _replay_all(going, pool, count, told)
    finally:
        await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)
    table = RuleSetTable.model_validate(backtest.content)
    return result_of(going.tally, [(rule.id, rule.category) for rule in table.rule])


async def _replay_all(going: _Run, pool: ProcessPoolExecutor, count: int, told: Told | None) -> None:
    """Keep every worker busy with a batch in hand and one waiting, and count batches in their order."""
    loop = asyncio.get_running_loop()
    in_hand: deque[asyncio.Future[tuple[Tally, list[Change]]]] = deque()
    more = True
    while more or in_hand:
        while more and len(in_hand) <= count:
            batch = await going.read()
            more = bool(batch)
            if batch:
                in_hand.append(loop.run_in_executor(pool, _replay, batch))
        if in_hand:
            await going.keep(*await _beating(going, in_hand.popleft()))
            if told is not None:
                told(going.tally.cases, going.total)


async def _beating(going: _Run, batch: asyncio.Future[tuple[Tally, list[Change]]]) -> tuple[Tally, list[Change]]:
    """Wait for a batch, beating every few seconds while workers are made ready or the machine is busy."""
    while True:
        done, _waiting = await asyncio.wait((batch,), timeout=5)
        if done:
            return batch.result()
        async with going.database.transaction() as session:
            if not await asked.beat(session, going.backtest.id, now=clock.now()):
                raise Stopped


async def _main(backtest_id: int) -> Progress:
    if sys.platform != "win32":
        running = asyncio.current_task()
        if running is not None:  # told to stop, its workers are ended in order
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    config = os.environ.get(CONFIG)
    database = Database(os.environ[URL], pool_size=2, command_seconds=PATIENT_SECONDS)
    try:
        return await run(database, backtest_id, Path(config) if config else None)
    finally:
        await database.close()


if __name__ == "__main__":
    be_nice()
    log.configure("warning", json=True, mask=mask_text)
    sys.exit(0 if asyncio.run(_main(int(sys.argv[1]))) is Progress.FINISHED else 1)
