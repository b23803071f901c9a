"""Warnings out of cases: raised once, brought up to date, decided, silenced, and seen by those who may see a case."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from hotline.errors import Conflict, Invalid, NotAllowed, NotFound
from hotline.incidents.deciding import LeadCase, Silence, lead_with, silence
from hotline.incidents.models import Basis, Incident, IncidentState
from hotline.incidents.queries import cases_of, list_incidents
from hotline.incidents.watch import look_at, look_at_everything
from hotline.routing.crowds import USUAL
from hotline.storage.database import Database
from tests.factories import NOON, make_work
from tests.incidents.crowd import Crowd


async def test_five_callers_about_one_employer_raise_one_warning_however_often_it_is_looked_at(crowd: Crowd) -> None:
    await crowd.calls(4)
    assert await crowd.look() == 0
    await crowd.calls(1, employer="滨海市宏达建筑公司")
    assert [await crowd.look() for _ in range(3)] == [1, 1, 1]
    one = await crowd.the_one()
    assert (one.basis, one.key, one.state, one.callers) == (Basis.EMPLOYER, "宏达建筑", IncidentState.OPEN, 5)
    assert one.label == "滨海市宏达建筑公司"


async def test_messages_of_one_caller_raise_nothing(crowd: Crowd) -> None:
    await crowd.calls(9, number="138 0000 1234")
    await crowd.calls(9, number="")
    assert await crowd.look() == 0


async def test_five_callers_about_one_place_within_a_territory_raise_a_warning(crowd: Crowd) -> None:
    await crowd.calls(3, employer="", place="北城区东港路88号工地")
    await crowd.calls(2, employer="", place="北城东港路88号工地门口")
    await crowd.calls(4, employer="", place="北城区")
    await crowd.look()
    one = await crowd.the_one()
    assert (one.basis, one.territory, one.callers) == (Basis.PLACE, "beicheng", 5)


async def test_a_case_of_ten_people_is_a_warning_by_itself_and_one_of_nine_is_none(crowd: Crowd) -> None:
    await crowd.calls(1, people=9)
    assert await crowd.look() == 0
    await crowd.calls(1, people=10)
    await crowd.look()
    one = await crowd.the_one()
    assert (one.basis, one.key, one.people) == (Basis.PEOPLE, crowd.numbers[-1], 10)
    with pytest.raises(Conflict):
        await lead_with(crowd.supervisor, one.id, LeadCase())


async def test_looking_at_everything_finds_what_nobody_was_told_of(crowd: Crowd) -> None:
    await crowd.calls(5)
    await crowd.calls(1, people=12, employer="")
    assert await look_at_everything(crowd.session, USUAL, now=NOON) == 2
    assert {one.basis for one in await crowd.incidents()} == {Basis.EMPLOYER, Basis.PEOPLE}


async def test_more_callers_bring_a_warning_up_to_date(crowd: Crowd) -> None:
    await crowd.calls(5)
    await crowd.look()
    await crowd.calls(2)
    await crowd.look()
    assert (await crowd.the_one()).callers == 7


async def test_a_warning_that_comes_to_count_a_longer_window_lists_all_the_cases_it_counts(crowd: Crowd) -> None:
    for days in [*[40] * 4, *[1] * 5]:
        crowd.operator = make_work(crowd.session, crowd.operator.actor, now=NOON - timedelta(days=days))
        await crowd.calls(1)
    await look_at(crowd.session, crowd.numbers, USUAL, now=NOON)
    one = await crowd.the_one()
    assert (one.window_days, one.callers, len(await cases_of(crowd.supervisor, [one.id]))) == (14, 5, 5)
    await look_at(crowd.session, crowd.numbers, USUAL, now=NOON + timedelta(days=20))
    one = await crowd.the_one()
    assert (one.window_days, one.callers, len(await cases_of(crowd.supervisor, [one.id]))) == (90, 9, 9)


async def test_a_silenced_warning_comes_back_when_there_are_twice_as_many_callers(crowd: Crowd) -> None:
    await crowd.calls(5)
    await crowd.look()
    one = await crowd.the_one()
    await silence(crowd.supervisor, one.id, Silence(reason="已与单位核实，正在发放"))
    await crowd.session.flush()
    await crowd.calls(4)
    await crowd.look()
    assert [(row.state, row.callers) for row in await crowd.incidents()] == [(IncidentState.SILENCED, 9)]
    await crowd.calls(1)
    await crowd.look()
    assert [(row.state, row.callers) for row in await crowd.incidents()] == [(IncidentState.OPEN, 10)]


async def test_a_silenced_warning_is_not_compared_with_the_callers_of_a_longer_window(crowd: Crowd) -> None:
    await crowd.calls(5)
    await crowd.look()
    await silence(crowd.supervisor, (await crowd.the_one()).id, Silence(reason="已核实"))
    for days, callers in ((20, 3), (35, 2)):
        crowd.operator = make_work(crowd.session, crowd.operator.actor, now=NOON + timedelta(days=days))
        await crowd.calls(callers)
    assert await look_at(crowd.session, crowd.numbers, USUAL, now=NOON + timedelta(days=36)) == 1
    one = await crowd.the_one()
    assert (one.state, one.window_days, one.callers) == (IncidentState.SILENCED, 14, 5)
    assert one.last_at == NOON + timedelta(days=35)


async def test_what_was_decided_long_ago_is_asked_anew(crowd: Crowd) -> None:
    await crowd.calls(5)
    await crowd.look()
    await silence(crowd.supervisor, (await crowd.the_one()).id, Silence(reason="已核实"))
    await crowd.session.flush()
    crowd.operator = make_work(crowd.session, crowd.operator.actor, now=NOON + timedelta(days=100))
    await crowd.calls(5)
    await look_at(crowd.session, crowd.numbers, USUAL, now=NOON + timedelta(days=100))
    assert [row.state for row in await crowd.incidents()] == [IncidentState.SILENCED, IncidentState.OPEN]


async def test_only_a_supervisor_decides_and_silence_needs_a_reason(crowd: Crowd) -> None:
    await crowd.calls(5)
    await crowd.look()
    one = await crowd.the_one()
    with pytest.raises(NotAllowed):
        await silence(crowd.operator, one.id, Silence(reason="已核实"))
    with pytest.raises(ValueError, match="reason"):
        Silence(reason="")
    with pytest.raises(Invalid):
        await lead_with(crowd.supervisor, one.id, LeadCase(lead="2026-999999"))
    with pytest.raises(NotFound):
        await silence(crowd.supervisor, one.id + 1, Silence(reason="已核实"))


async def test_warnings_are_paged_by_key(crowd: Crowd) -> None:
    for n in range(5):
        await crowd.calls(1, people=10 + n)
    await crowd.look()
    seen: list[int] = []
    before = None
    while True:
        rows, before = await list_incidents(crowd.supervisor, state=IncidentState.OPEN, before=before, size=2)
        seen += [row.Incident.id for row in rows]
        if before is None:
            break
    assert len(seen) == len({*seen}) == len(await crowd.incidents())


async def test_several_processes_that_look_at_once_raise_one_warning(database: Database) -> None:
    async with database.transaction() as session:
        crowd = await Crowd(session).open()
        await crowd.calls(6)

    async def look() -> None:
        async with database.transaction() as session:
            await look_at(session, crowd.numbers, USUAL, now=NOON)

    await asyncio.gather(*(look() for _ in range(6)))
    async with database.transaction() as session:
        assert len((await session.scalars(select(Incident))).all()) == 1
