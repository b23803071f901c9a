"""A backtest runs in processes of its own: found again, cancelled, noticed when it dies, and equal to itself."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from hotline import clock
from hotline.accounts.permissions import Actor
from hotline.accounts.roles import Role
from hotline.cases import details as d
from hotline.cases.models import Case
from hotline.errors import Conflict, NotAllowed
from hotline.rulebook import backtest_queries as asked
from hotline.rulebook import versions
from hotline.rulebook.backtests import cancel_backtest, get_backtest, start_backtest
from hotline.rulebook.in_force import find_in_force
from hotline.rulebook.models import Backtest, BacktestChange, Progress
from hotline.rulebook.replaying import run
from hotline.rulebook.running import _see_through
from hotline.storage.database import Database
from tests.factories import NOON, WAGES, make_actor, make_case, make_work, policy
from tests.rulebook.made import draft_with, start, supervisor
from tests.service import MEDIATION, Service

pytestmark = pytest.mark.timeout(300)
WORD = "紫色的词"
PAST = 24
GOING = {Progress.WAITING, Progress.RUNNING}


async def past_cases(session: AsyncSession, count: int = PAST) -> None:
    """Cases that have ended, every third of them closed by a department, every other one with the word."""
    work = make_work(session, await make_actor(session, Role.OPERATOR))
    for at in range(count):
        narrative = f"{WORD}，{WAGES}" if at % 2 else WAGES
        taken = await make_case(work, narrative, None if at % 3 == 0 else d.Answer(answer="已告知去哪里办"))
        if at % 3 == 0:
            await session.execute(update(Case).where(Case.id == taken.case.id).values(status="closed"))


async def asked_for(database: Database, *, same: bool = False, cases: int = PAST) -> tuple[int, Actor]:
    """A backtest that waits, of a draft or of the version in force itself; its id and who asked for it."""
    async with database.transaction() as session:
        begun = await find_in_force(session, policy()) or await start(session)
        await past_cases(session, cases)
        work = await supervisor(session)
        tried = begun.id if same else (await draft_with(work, begun, WORD)).id
        return (await start_backtest(work, tried)).id, work.actor


async def look(database: Database, backtest_id: int) -> Backtest:
    async with database.transaction() as session:
        found = await asked.backtest_by_id(session, backtest_id)
    assert found is not None
    return found


async def ended(database: Database, backtest_id: int, *, seconds: float = 60) -> Backtest:
    async with asyncio.timeout(seconds):
        while (found := await look(database, backtest_id)).state in GOING:  # noqa: ASYNC110 - it runs elsewhere
            await asyncio.sleep(0.1)
    return found


def counts(result: dict[str, Any]) -> tuple[int, ...]:
    return tuple(result[name] for name in ("cases", "changed", "gained", "lost", "urgency"))


async def test_the_service_runs_what_was_asked_for_beside_itself(service: Service) -> None:
    backtest, actor = await asked_for(service.database)
    found = await ended(service.database, backtest)
    assert found.state is Progress.FINISHED
    assert found.result is not None
    assert (found.done, found.total) == (PAST, PAST)
    assert counts(found.result) == (PAST, PAST // 2, 0, PAST // 2, 0)
    assert [(move["from"], move["to"]) for move in found.result["moves"]] == [("wage_arrears", "work_injury")]
    async with service.database.transaction() as session:
        rows = await asked.list_changes(make_work(session, actor), backtest, verdict="lost")
        assert len(rows) == PAST // 2
        assert {(row.before_category, row.after_category) for row in rows} == {("wage_arrears", "work_injury")}
        assert await asked.list_changes(make_work(session, actor), backtest, verdict="gained") == []


async def test_the_version_in_force_against_itself_changes_nothing(database: Database) -> None:
    backtest, _actor = await asked_for(database, same=True)
    told: list[tuple[int, int]] = []
    await claimed(database, backtest)
    assert await run(database, backtest, None, told=lambda done, total: told.append((done, total))) is Progress.FINISHED
    found = await look(database, backtest)
    assert found.result is not None
    assert counts(found.result) == (PAST, 0, 0, 0, 0)
    assert found.result["before"] == found.result["after"]
    assert told[-1] == (PAST, PAST)


async def claimed(database: Database, backtest: int) -> None:
    async with database.transaction() as session:
        assert await asked.claim(session, now=clock.now(), backtest_id=backtest) == backtest


async def test_a_backtest_that_was_cancelled_stops_and_leaves_no_result(database: Database) -> None:
    backtest, actor = await asked_for(database)
    await claimed(database, backtest)
    async with database.transaction() as session:
        await cancel_backtest(make_work(session, actor), backtest)
    assert await run(database, backtest, None) is Progress.CANCELLED
    found = await look(database, backtest)
    assert (found.state, found.result) == (Progress.CANCELLED, None)
    async with database.transaction() as session:
        with pytest.raises(Conflict, match="already ended"):
            await cancel_backtest(make_work(session, actor), backtest)
        assert await session.scalar(select(func.count()).select_from(BacktestChange)) == 0


async def test_one_backtest_runs_at_a_time_and_the_others_wait(session: AsyncSession) -> None:
    begun = await start(session)
    work = await supervisor(session)
    first, second = [(await start_backtest(work, begun.id)).id for _ in range(2)]
    assert await asked.claim(session, now=NOON) == first
    assert await asked.claim(session, now=NOON) is None
    await asked.end(session, first, Progress.FINISHED, now=NOON, result={})
    assert await asked.claim(session, now=NOON) == second


async def test_a_runner_that_died_while_the_clock_was_ahead_is_given_up_when_it_is_put_right(
    session: AsyncSession,
) -> None:
    begun = await start(session)
    await start_backtest(await supervisor(session), begun.id)
    await asked.claim(session, now=NOON + asked.STALE + timedelta(seconds=1))
    assert await asked.give_up_dead(session, now=NOON + timedelta(seconds=1)) == 0
    assert await asked.give_up_dead(session, now=NOON) == 1


async def test_a_runner_nobody_has_heard_of_is_given_up(session: AsyncSession) -> None:
    begun = await start(session)
    backtest = (await start_backtest(await supervisor(session), begun.id)).id
    assert await asked.claim(session, now=NOON) == backtest
    assert await asked.give_up_dead(session, now=NOON + asked.STALE) == 0
    assert await asked.give_up_dead(session, now=NOON + asked.STALE + timedelta(seconds=1)) == 1
    assert not await asked.beat(session, backtest, now=NOON)
    found = await asked.backtest_by_id(session, backtest)
    assert found is not None
    assert found.state is Progress.FAILED


async def test_workers_that_cannot_be_made_ready_end_the_backtest(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_BACKTEST_CONFIG", "/nowhere")  # its workers cannot be made ready and die
    backtest, _actor = await asked_for(service.database, cases=2)
    assert (await ended(service.database, backtest)).state is Progress.FAILED


async def test_a_runner_that_goes_without_a_word_is_noticed_at_once(database: Database) -> None:
    backtest, _actor = await asked_for(database, cases=2)
    await claimed(database, backtest)
    beside = Database(database.url)
    beside.url = "postgresql://nobody@127.0.0.1:1/nothing"  # where its runner will look, in vain
    try:
        await _see_through(beside, backtest, None)
    finally:
        await beside.close()
    assert (await look(database, backtest)).state is Progress.FAILED


async def test_a_draft_that_is_edited_while_it_is_tried_is_tried_as_it_was(database: Database) -> None:
    backtest, _actor = await asked_for(database)
    async with database.transaction() as session:
        work = await supervisor(session)
        found = await asked.backtest_by_id(session, backtest)
        begun = await find_in_force(session, policy())
        assert found is not None
        assert begun is not None
        await versions.edit_draft(work, found.rule_set_id, begun.table, revision=2)
    await claimed(database, backtest)
    assert await run(database, backtest, None) is Progress.FINISHED
    result = (await look(database, backtest)).result
    assert result is not None
    assert result["changed"] == PAST // 2


async def test_only_cases_of_the_period_that_were_handled_to_the_end_are_replayed(session: AsyncSession) -> None:
    await past_cases(session, 6)
    work = make_work(session, await make_actor(session, Role.OPERATOR))
    await make_case(work)
    await session.execute(text("update cases set status = 'withdrawn' where id = (select min(id) from cases)"))
    assert await asked.count_past(session, since=None, until=None) == 5
    assert await asked.count_past(session, since=NOON + timedelta(seconds=1), until=None) == 0
    found = await asked.past_cases(session, after=0, size=3, since=None, until=NOON + timedelta(days=1))
    rest = await asked.past_cases(session, after=found[-1].id, size=9, since=None, until=None)
    assert [case.id for case in found] < [case.id for case in rest]
    assert len(found) + len(rest) == 5
    assert [case.department is not None for case in [*found, *rest]] == [False, False, True, False, False]


async def test_what_all_cases_add_up_to_is_for_those_who_see_all_cases(session: AsyncSession) -> None:
    begun = await start(session)
    backtest = (await start_backtest(await supervisor(session), begun.id)).id
    lead = make_work(session, await make_actor(session, Role.LEAD, department=MEDIATION))
    with pytest.raises(NotAllowed):
        await get_backtest(lead, backtest)


async def test_who_has_ties_neither_starts_nor_reads_nor_stops_a_backtest(session: AsyncSession) -> None:
    begun, free = await start(session), await supervisor(session)
    backtest = (await start_backtest(free, begun.id)).id
    tied = make_work(session, replace(free.actor, conflicts=frozenset({7})))
    for refused in (start_backtest(tied, begun.id), get_backtest(tied, backtest), cancel_backtest(tied, backtest)):
        with pytest.raises(NotAllowed, match="without such a tie"):
            await refused
    assert (await get_backtest(free, backtest)).state is Progress.WAITING


async def test_a_confidential_case_is_named_to_nobody_who_may_not_see_it(database: Database) -> None:
    backtest, actor = await asked_for(database)
    await claimed(database, backtest)
    await run(database, backtest, None)
    async with database.transaction() as session:
        await session.execute(text("update cases set confidential = true"))
        operator = make_work(session, await make_actor(session, Role.OPERATOR))
        assert await asked.list_changes(operator, backtest) == []
        assert len(await asked.list_changes(make_work(session, actor), backtest)) == PAST // 2
