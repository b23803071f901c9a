"""One case that stands for all: chosen, linked to, chosen anew once it has ended, and taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from hotline.cases import details as d
from hotline.cases.case_file import get_case_file
from hotline.cases.handling import case_to_work_on, perform
from hotline.cases.lifecycle import Action, Status
from hotline.cases.models import Case
from hotline.errors import Conflict, Invalid
from hotline.incidents.deciding import LeadCase, lead_with, take_back
from hotline.incidents.models import Basis, Incident, IncidentState
from tests.incidents.crowd import Crowd

SITE = "北城区东港路88号工地"


async def linked_to(crowd: Crowd, number: str) -> list[str]:
    """The cases linked to this one."""
    file = await get_case_file(crowd.operator, number)
    return [row.number for row in file.linked]


async def step(crowd: Crowd, number: str, details: d.Details) -> None:
    """The supervisor takes this step on a case."""
    case = await case_to_work_on(crowd.supervisor, number)
    await perform(crowd.supervisor, case, details)
    await crowd.session.flush()


async def led(crowd: Crowd, incident: Incident, number: str | None = None) -> int:
    """How many cases were linked to this lead case, or to the usual one."""
    linked = await lead_with(crowd.supervisor, incident.id, LeadCase(lead=number))
    await crowd.session.flush()
    return linked


async def test_a_lead_case_links_the_others_and_ends_none(crowd: Crowd) -> None:
    await crowd.calls(5)
    await crowd.look()
    one = await crowd.the_one()
    assert await lead_with(crowd.supervisor, one.id, LeadCase()) == 4
    await crowd.session.flush()
    lead, *others = crowd.numbers
    file = await get_case_file(crowd.operator, lead)
    assert [row.number for row in file.linked] == others
    for number in others:
        linked = await get_case_file(crowd.operator, number)
        assert (linked.lead, linked.case.status, linked.case.ended_at) == (lead, Status.ROUTED, None)
        assert linked.events[-1].action is Action.LINK
        assert linked.events[-1].details == {"lead": lead}
    assert (await crowd.the_one()).state is IncidentState.LED


async def test_who_calls_after_the_lead_case_was_made_is_linked_by_saying_it_once_more(crowd: Crowd) -> None:
    await crowd.calls(5)
    await crowd.look()
    one = await crowd.the_one()
    await lead_with(crowd.supervisor, one.id, LeadCase(lead=crowd.numbers[2]))
    await crowd.session.flush()
    await crowd.calls(1)
    await crowd.look()
    assert (await crowd.the_one()).callers == 6
    assert await lead_with(crowd.supervisor, one.id, LeadCase()) == 1
    await crowd.session.flush()
    assert (await get_case_file(crowd.operator, crowd.numbers[-1])).lead == crowd.numbers[2]


async def test_a_lead_case_is_taken_back_with_its_links(crowd: Crowd) -> None:
    await crowd.calls(5)
    await crowd.look()
    one = await crowd.the_one()
    await lead_with(crowd.supervisor, one.id, LeadCase())
    await crowd.session.flush()
    await take_back(crowd.supervisor, one.id)
    await crowd.session.flush()
    assert (await crowd.the_one()).state is IncidentState.OPEN
    linked = select(Case.number).where(Case.lead_id.is_not(None))
    assert (await crowd.session.scalars(linked)).all() == []
    with pytest.raises(Conflict):
        await take_back(crowd.supervisor, one.id)


async def test_once_the_lead_case_has_ended_the_oldest_open_one_that_is_linked_to_none_leads(crowd: Crowd) -> None:
    await crowd.calls(5)
    await crowd.look()
    one = await crowd.the_one()
    first, *linked = crowd.numbers
    await led(crowd, one, first)
    await step(crowd, first, d.Withdraw(reason="已自行解决"))
    await crowd.calls(3)
    await crowd.look()
    assert await led(crowd, one) == 2
    assert await linked_to(crowd, crowd.numbers[5]) == crowd.numbers[6:]
    assert await linked_to(crowd, first) == linked


async def test_a_case_others_are_linked_to_elsewhere_is_the_usual_lead_and_never_linked(crowd: Crowd) -> None:
    await crowd.calls(1, employer="", place="")
    await crowd.calls(5)
    await crowd.look()
    stranger, first, second, third, *_ = crowd.numbers
    await step(crowd, stranger, d.Link(into=third))
    one = await crowd.the_one()
    assert await led(crowd, one) == 4
    assert await linked_to(crowd, third) == [stranger, first, second, *crowd.numbers[4:]]
    assert await led(crowd, one) == 0
    await step(crowd, third, d.Withdraw(reason="已自行解决"))
    with pytest.raises(Conflict):
        await led(crowd, one)


async def test_a_lead_case_that_is_linked_itself_by_now_is_a_mistake_in_the_choice(crowd: Crowd) -> None:
    await crowd.calls(5)
    await crowd.look()
    first, second, *_ = crowd.numbers
    await step(crowd, first, d.Link(into=second))
    with pytest.raises(Invalid) as refused:
        await led(crowd, await crowd.the_one(), first)
    assert [mistake.field for mistake in refused.value.mistakes] == ["lead"]


async def test_taking_back_leaves_what_another_warning_or_a_person_linked(crowd: Crowd) -> None:
    await crowd.calls(1, employer="", place="")
    await crowd.calls(4)
    await crowd.calls(1, place=SITE)
    await crowd.calls(4, employer="", place=SITE)
    await crowd.look()
    stranger, first, *rest = crowd.numbers
    shared = rest[3]
    await step(crowd, stranger, d.Link(into=shared))
    by_basis = {one.basis: one for one in await crowd.incidents()}
    assert await led(crowd, by_basis[Basis.EMPLOYER]) == 4
    assert await led(crowd, by_basis[Basis.PLACE]) == 4
    await take_back(crowd.supervisor, by_basis[Basis.EMPLOYER].id)
    await crowd.session.flush()
    assert await linked_to(crowd, shared) == [stranger, *rest[4:]]
    assert {one.basis: one.state for one in await crowd.incidents()} == {
        Basis.EMPLOYER: IncidentState.OPEN,
        Basis.PLACE: IncidentState.LED,
    }
    assert (await get_case_file(crowd.operator, first)).lead is None


async def test_a_case_two_warnings_hold_together_stays_linked_while_one_of_them_does(crowd: Crowd) -> None:
    await crowd.calls(5, place=SITE)
    await crowd.look()
    lead, *others = crowd.numbers
    one, other = await crowd.incidents()
    assert await led(crowd, one) == 4
    await crowd.calls(1, employer="", place=SITE)
    assert await led(crowd, other) == 1
    await take_back(crowd.supervisor, one.id)
    await crowd.session.flush()
    assert await linked_to(crowd, lead) == [*others, crowd.numbers[-1]]
    await take_back(crowd.supervisor, other.id)
    await crowd.session.flush()
    assert await linked_to(crowd, lead) == []
