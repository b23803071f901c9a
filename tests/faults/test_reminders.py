"""Two processes remind, one of them is stopped in the middle: everything is told once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from datetime import UTC, datetime
from typing import Final

import pytest
from sqlalchemy import func, select, text

from hotline.cases.lifecycle import Action
from hotline.cases.models import CaseEvent
from hotline.clock import SHANGHAI
from hotline.errors import Unavailable
from hotline.letters.models import Letter
from hotline.reminders.engine import run_round
from hotline.reminders.models import Reminder, Step
from hotline.storage.database import Database
from tests.factories import policy
from tests.reminders.many import many_overdue

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

DUE: Final = 300
STOPPED_SECONDS: Final = float(os.environ.get("HOTLINE_TEST_STOPPED_SECONDS", "6"))
"""How long the process stands still; longer than the server keeps a transaction for a client that says nothing."""
TAKEN: Final = datetime(2026, 9, 21, 10, tzinfo=SHANGHAI).astimezone(UTC)
NOW: Final = datetime(2026, 9, 29, 10, tzinfo=SHANGHAI).astimezone(UTC)
ROUND: Final = """
import asyncio, sys
from datetime import datetime
from hotline.errors import Unavailable
from hotline.policy import load_policy
from hotline.reminders.engine import run_round
from hotline.storage.database import Database

async def main():
    database = Database(sys.argv[1], pool_size=1, command_seconds=30)
    for _ in range(20):
        try:
            await run_round(database, load_policy(), now=datetime.fromisoformat(sys.argv[2]))
        except Unavailable:
            await asyncio.sleep(0.2)
        else:
            break
    await database.close()

asyncio.run(main())
"""


async def _round_elsewhere(url: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-c", ROUND, url, NOW.isoformat())


async def _count(database: Database) -> int:
    async with database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(Letter)) or 0


@pytest.mark.parametrize("last", [signal.SIGCONT, signal.SIGKILL], ids=["stopped", "killed"])
async def test_three_hundred_letters_go_out_once_though_a_process_is_halted_in_the_middle(
    database: Database, database_url: str, last: signal.Signals
) -> None:
    await many_overdue(database, DUE, taken_at=TAKEN)
    first = await _round_elsewhere(database_url)
    while not await _count(database):  # noqa: ASYNC110 - the other process tells nobody
        await asyncio.sleep(0.005)
    first.send_signal(signal.SIGSTOP)
    halted_at = await _count(database)
    second = await _round_elsewhere(database_url)
    await asyncio.sleep(STOPPED_SECONDS if last is signal.SIGCONT else 0)
    first.send_signal(last)
    await asyncio.gather(first.wait(), second.wait())
    await run_round(database, policy(), now=NOW)  # what was held while the second one looked

    async with database.transaction() as session:
        serials = (await session.scalars(select(Letter.serial).order_by(Letter.serial))).all()
        cases = (await session.scalars(select(Letter.case_id))).all()
        urged = (await session.scalars(select(CaseEvent.case_id).where(CaseEvent.action == Action.URGE))).all()
        linked = (await session.scalars(select(Reminder.letter_id).where(Reminder.step == Step.OVERDUE))).all()
    assert 0 < halted_at < DUE
    assert serials == [*range(1, DUE + 1)]
    assert len({*cases}) == len({*urged}) == len(urged) == len({*linked}) == DUE
    assert None not in linked


async def test_four_rounds_at_once_tell_each_thing_once(database: Database) -> None:
    await many_overdue(database, DUE, taken_at=TAKEN)
    at_once = [run_round(database, policy(), now=NOW) for _ in range(4)]
    told = [done.told[Step.OVERDUE] for done in await asyncio.gather(*at_once)]
    assert sum(told) <= DUE
    await run_round(database, policy(), now=NOW)
    assert await _count(database) == DUE


async def test_a_round_that_loses_its_database_is_taken_up_by_the_next_one(database: Database) -> None:
    await many_overdue(database, DUE, taken_at=TAKEN)
    looking = Database(database.url, pool_size=1)
    going_on = asyncio.create_task(run_round(looking, policy(), now=NOW))
    while not await _count(database):  # noqa: ASYNC110 - the round tells nobody
        await asyncio.sleep(0.005)
    async with database.transaction() as session:
        others = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
        await session.execute(text(f"{others} and pid <> pg_backend_pid()"))
    with contextlib.suppress(Unavailable):
        await going_on
    await run_round(looking, policy(), now=NOW)
    await looking.close()
    assert await _count(database) == DUE
