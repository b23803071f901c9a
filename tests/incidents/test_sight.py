"""Who sees which warning, and how much of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from hotline.cases import details as d
from hotline.cases.models import Case
from hotline.errors import NotFound
from hotline.incidents.deciding import Silence, silence
from hotline.incidents.models import Basis, Incident, IncidentState
from hotline.incidents.queries import cases_of, days_of, list_incidents
from hotline.registry.models import Organisation
from hotline.web.console.incident_views import incident_views
from hotline.work import Work
from tests.factories import NOON
from tests.incidents.crowd import Crowd
from tests.organisations import put_organisations
from tests.routing.units_made import ROWS


async def shown(work: Work) -> list[Any]:
    """The warnings as a page shows them to this person."""
    rows, _following = await list_incidents(work, state=None)
    return await incident_views(work, rows)


async def tied(crowd: Crowd, work: Work) -> Work:
    """The same person, who has to do with the employer of the newest case."""
    await put_organisations(crowd.session, ROWS)
    unit = await crowd.session.scalar(select(Organisation.id).where(Organisation.code == "BC-10"))
    assert unit is not None
    newest = update(Case).where(Case.number == crowd.numbers[-1]).values(unit_id=unit)
    await crowd.session.execute(newest)
    return replace(work, actor=replace(work.actor, conflicts=frozenset({unit})))


async def test_confidential_cases_count_but_are_not_named_to_who_may_not_see_them(crowd: Crowd) -> None:
    for n, department in enumerate(["city-mediation"] * 4 + ["city-legal"]):
        first = d.Route(category="wage_arrears", department=department)
        await crowd.calls(1, first=first, confidential=n > 0)
    await crowd.look()
    one = await crowd.the_one()
    assert one.callers == 5
    for department, seen in (("city-mediation", 4), ("city-legal", 1)):
        lead = await crowd.lead_of(department)
        assert len(await cases_of(lead, [one.id])) == seen
        assert len((await list_incidents(lead, state=None))[0]) == 1
    stranger = await crowd.lead_of("city-jobs")
    assert await cases_of(stranger, [one.id]) == []
    assert (await list_incidents(stranger, state=None))[0] == []


async def test_a_warning_with_one_case_against_the_own_employer_does_not_exist_for_who_is_tied(crowd: Crowd) -> None:
    await crowd.calls(5, employer="第一小学")
    await crowd.calls(4, employer="", place="北城区东港路88号工地")
    await crowd.calls(1, employer="", place="北城东港路88号工地门口")
    await crowd.look()
    one = await tied(crowd, crowd.supervisor)
    assert {each.label for each in await shown(crowd.supervisor)} == {"第一小学", "北城东港路88号工地门口"}
    assert [each.label for each in await shown(one)] == ["第一小学"]
    hidden = await crowd.session.scalar(select(Incident.id).where(Incident.basis == Basis.PLACE))
    assert hidden is not None
    with pytest.raises(NotFound):
        await silence(one, hidden, Silence(reason="已核实"))


async def test_a_lead_reads_of_the_cases_in_the_own_hands_alone(crowd: Crowd) -> None:
    route = d.Route(category="wage_arrears", department="city-legal")
    elsewhere = d.Route(category="wage_arrears", department="city-mediation")
    await crowd.calls(2, first=route)
    await crowd.calls(4, first=elsewhere, employer="滨海市宏达建筑公司", people=9)
    await crowd.look()
    lead = await crowd.lead_of("city-legal")
    (of_lead,) = await shown(lead)
    (of_supervisor,) = await shown(crowd.supervisor)
    assert of_lead.label == "宏达建筑有限公司"
    assert "38" in of_supervisor.said
    assert "6" in of_supervisor.said
    assert "2" in of_lead.said
    assert "6" not in of_lead.said


async def test_a_large_crowd_takes_no_case_from_another_warning_and_is_counted_in_full(crowd: Crowd) -> None:
    await crowd.calls(5, employer="第一小学")
    await crowd.calls(12)
    await crowd.look()
    small, large = sorted(await crowd.incidents(), key=lambda each: each.callers)
    found = await cases_of(crowd.supervisor, [small.id, large.id], most=7)
    assert [row.number for row in found if row.incident_id == large.id] == crowd.numbers[:-8:-1]
    assert len([row for row in found if row.incident_id == small.id]) == 5
    await crowd.session.execute(update(Case).where(Case.number == crowd.numbers[-1]).values(ended_at=NOON))
    days = await days_of(crowd.supervisor, [small.id, large.id], zone="Asia/Shanghai")
    assert {(day.incident_id, day.day, day.calls, day.unlinked) for day in days} == {
        (small.id, NOON.date(), 5, 5),
        (large.id, NOON.date(), 12, 11),
    }


async def test_what_goes_on_is_found_behind_what_is_over(crowd: Crowd) -> None:
    await crowd.calls(5)
    await crowd.calls(5, employer="第一小学")
    await crowd.look()
    over = update(Case).where(Case.number.in_(crowd.numbers[5:])).values(ended_at=NOON)
    await crowd.session.execute(over)
    rows, _following = await list_incidents(crowd.supervisor, state=IncidentState.OPEN, going_on=True, size=1)
    assert [row.Incident.key for row in rows] == ["宏达建筑"]
