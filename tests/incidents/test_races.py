"""Warnings raised, decided and taken back at the same time: one about a thing waits for a decision, never two."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from hotline.errors import Changed, Conflict
from hotline.incidents.deciding import LeadCase, Silence, lead_with, silence, take_back, version_of
from hotline.incidents.models import Incident, IncidentState
from hotline.incidents.watch import look_at
from hotline.routing.crowds import USUAL
from hotline.storage.database import Database
from tests.factories import NOON, make_work
from tests.incidents.crowd import Crowd

MANY_TIMES = 200
MUCH_LATER = NOON + timedelta(days=100)


async def asked_anew(crowd: Crowd) -> Incident:
    """A warning silenced long ago, about a thing that is warned of again."""
    await crowd.calls(5)
    await crowd.look()
    one = await crowd.the_one()
    await silence(crowd.supervisor, one.id, Silence(reason="已核实"))
    await crowd.session.flush()
    crowd.operator = make_work(crowd.session, crowd.operator.actor, now=MUCH_LATER)
    await crowd.calls(5)
    await look_at(crowd.session, crowd.numbers, USUAL, now=MUCH_LATER)
    return one


async def test_what_is_asked_anew_is_not_taken_back_but_decided_there(crowd: Crowd) -> None:
    one = await asked_anew(crowd)
    with pytest.raises(Conflict):
        await take_back(crowd.supervisor, one.id)
    newer = (await crowd.incidents())[-1]
    await silence(crowd.supervisor, newer.id, Silence(reason="已派人"))
    await crowd.session.flush()
    await take_back(crowd.supervisor, one.id)
    await crowd.session.flush()
    assert [row.state for row in await crowd.incidents()] == [IncidentState.OPEN, IncidentState.SILENCED]


async def somebody_waits(database: Database) -> None:
    """Return once a transaction waits for another one."""
    for _ in range(MANY_TIMES):
        async with database.transaction() as session:
            if await session.scalar(text("select count(*) from pg_locks where not granted")):
                return
        await asyncio.sleep(0.01)
    raise AssertionError("Nobody waits.")


async def test_a_warning_silenced_while_it_is_looked_is_not_raised_a_second_time(database: Database) -> None:
    async with database.transaction() as session:
        crowd = await Crowd(session).open()
        await crowd.calls(5)
        await crowd.look()
        one = await crowd.the_one()

    async def look() -> None:
        async with database.transaction() as other:
            await look_at(other, crowd.numbers, USUAL, now=NOON)

    async with database.transaction() as session:
        await silence(make_work(session, crowd.supervisor.actor), one.id, Silence(reason="已核实"))
        await session.flush()
        looking = asyncio.create_task(look())
        await somebody_waits(database)
    await looking
    async with database.transaction() as session:
        states = await session.scalars(select(Incident.state))
        assert [*states] == [IncidentState.SILENCED]


async def test_of_two_old_decisions_about_the_same_taken_back_at_once_one_is(database: Database) -> None:
    async with database.transaction() as session:
        crowd = await Crowd(session).open()
        await asked_anew(crowd)
        one, other = await crowd.incidents()
        await silence(crowd.supervisor, other.id, Silence(reason="已派人"))

    async def back(incident_id: int) -> None:
        async with database.transaction() as mine:
            await take_back(make_work(mine, crowd.supervisor.actor), incident_id)

    done = await asyncio.gather(back(one.id), back(other.id), return_exceptions=True)
    assert [type(each) for each in done if each is not None] == [Conflict]


async def test_of_two_who_decide_on_what_they_read_the_first_wins_and_the_other_is_told_who_and_when(
    crowd: Crowd,
) -> None:
    await crowd.calls(5)
    await crowd.look()
    one = await crowd.the_one()
    read = version_of(one)
    await silence(crowd.supervisor, one.id, Silence(reason="已核实"), version=read)
    await crowd.session.flush()
    late = (
        lead_with(crowd.supervisor, one.id, LeadCase(), version=read),
        silence(crowd.supervisor, one.id, Silence(reason="已派人"), version=read),
        silence(crowd.supervisor, one.id, Silence(reason="已派人")),
        take_back(crowd.supervisor, one.id, version=read),
    )
    for decision in late:
        with pytest.raises(Changed) as refused:
            await decision
        assert refused.value.params == {"who": crowd.supervisor.actor.name, "at": NOON}
    one = await crowd.the_one()
    assert (one.state, one.reason) == (IncidentState.SILENCED, "已核实")
    read = version_of(one)
    await take_back(crowd.supervisor, one.id, version=read)
    await crowd.session.flush()
    with pytest.raises(Changed):
        await lead_with(crowd.supervisor, one.id, LeadCase(), version=read)
