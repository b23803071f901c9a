"""What a supervisor decides about a warning: a lead case for all (并案), or silence, or neither any longer."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from hotline.accounts.permissions import Permission, demand
from hotline.cases import details as d
from hotline.cases.handling import offered, perform
from hotline.cases.lifecycle import Action
from hotline.cases.queries import get_case
from hotline.cases.words import MaybeWords, Words
from hotline.errors import Changed, Conflict, Invalid, Mistake
from hotline.i18n import mark
from hotline.incidents.models import Basis, Incident, IncidentState
from hotline.incidents.queries import (
    CASES_CHOSEN_AMONG,
    cases_of,
    decider_of,
    get_incident,
    is_asked_anew,
    leads_among,
    numbers_linked_by,
)
from hotline.work import Work, leave_trace

MOST_LINKED: Final = 100
"""Cases linked by one decision; the rest by the next one."""


class LeadCase(BaseModel):
    """Which case stands for all; the oldest open one when none is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lead: Annotated[str, Field(pattern=r"^\d{4}-\d{6,}$", max_length=20)] | None = None
    reason: MaybeWords = ""


class Silence(BaseModel):
    """Why this warning needs no decision."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Words


class NotAMatterOfMany(Conflict):
    """A warning about one case alone has nothing to link."""


async def lead_with(work: Work, incident_id: int, asked: LeadCase, *, version: str | None = None) -> int:
    """Make a lead case and link the others to it; how many were linked. None of them ends: each is called back.

    Said once more about a warning that has its lead case, it links those who have called since.
    """
    demand(work.actor, Permission.INCIDENTS_DECIDE)
    incident = await _as_read(work, incident_id, version)
    if incident.basis is Basis.PEOPLE:
        raise NotAMatterOfMany(mark("This warning is about one case: supervise that case, or silence the warning."))
    rows = [
        row for row in reversed(await cases_of(work, [incident_id], most=CASES_CHOSEN_AMONG)) if row.ended_at is None
    ]
    leads = await leads_among(work, [row.id for row in rows])
    number = _chosen(rows, asked.lead) if asked.lead else _lead_among(rows, leads, incident.lead_case_id)
    lead = await get_case(work, number, permission=Permission.CASE_WORK, lock=True)
    linked = 0
    for row in rows:
        if row.id == lead.id or row.lead_id is not None or row.id in leads or linked == MOST_LINKED:
            continue
        case = await get_case(work, row.number, lock=True)
        if Action.LINK in offered(work.actor, case, work.now):
            await perform(work, case, d.Link(into=number, reason=asked.reason))
            linked += 1
    incident.lead_case_id = lead.id
    _decide(work, incident, IncidentState.LED, asked.reason or None)
    await leave_trace(work, "incident.lead", case_id=lead.id, subject=number, details={"linked": linked})
    return linked


def _chosen(rows: Sequence[Any], number: str) -> str:
    row = next((row for row in rows if row.number == number), None)
    if row is None:
        raise Invalid(Mistake("lead", mark("Choose one of the open cases of this warning.")))
    if row.lead_id is not None:
        linked = mark("Case {number} is linked to a lead case itself.")
        raise Invalid(Mistake("lead", linked, {"number": number}))
    return number


def _lead_among(rows: Sequence[Any], leads: Container[int], lead_id: int | None) -> str:
    """The lead case there is, while it is open; else the oldest that may be one, rather one that is a lead already."""
    if not rows:
        raise Invalid(Mistake("lead", mark("None of these cases is open any more: silence the warning instead.")))
    free = [row for row in rows if row.lead_id is None]
    if not free:
        raise Conflict(mark("Each of the open cases is linked to a lead case already: there is nothing left to link."))
    return str(min(free, key=lambda row: (row.id != lead_id, row.id not in leads, row.id)).number)


async def silence(work: Work, incident_id: int, asked: Silence, *, version: str | None = None) -> None:
    """Take a warning off the board; it comes back when there are twice as many callers."""
    demand(work.actor, Permission.INCIDENTS_DECIDE)
    incident = await _as_read(work, incident_id, version)
    if incident.state is IncidentState.LED:
        raise Conflict(mark("This warning has a lead case. Take that back first."))
    if incident.state is IncidentState.SILENCED:
        raise await _decided_since(work, incident)
    _decide(work, incident, IncidentState.SILENCED, asked.reason)
    await leave_trace(work, "incident.silence", reason=asked.reason, details={"incident": incident.id})


async def take_back(work: Work, incident_id: int, *, version: str | None = None) -> None:
    """The warning waits for a decision again; those of its cases it linked to its lead case are linked no longer."""
    demand(work.actor, Permission.INCIDENTS_DECIDE)
    incident = await _as_read(work, incident_id, version)
    if incident.state is IncidentState.OPEN:
        raise Conflict(mark("Nothing has been decided about this warning yet."))
    if await is_asked_anew(work, incident):
        raise Conflict(mark("There is a newer warning about the same: decide about that one, and leave this as it is."))
    if incident.lead_case_id is not None:
        for number in await numbers_linked_by(work, incident):
            case = await get_case(work, number, lock=True)
            if Action.UNLINK in offered(work.actor, case, work.now):
                await perform(work, case, d.Unlink())
    incident.state = IncidentState.OPEN
    incident.lead_case_id = incident.decided_by_id = incident.decided_at = incident.decided_callers = None
    incident.reason = None
    await leave_trace(work, "incident.take_back", details={"incident": incident.id})


def version_of(incident: Incident) -> str:
    """How a warning stands: a form sends it back, and of two who decide at once the first one wins."""
    return " ".join([incident.state.value, *([incident.decided_at.isoformat()] if incident.decided_at else [])])


async def _as_read(work: Work, incident_id: int, version: str | None) -> Incident:
    """The warning, held until the transaction ends. Raises `Changed` when it is not what was read."""
    incident = await get_incident(work, incident_id)
    if version not in {None, version_of(incident)}:
        raise await _decided_since(work, incident)
    return incident


async def _decided_since(work: Work, incident: Incident) -> Changed:
    if incident.state is IncidentState.OPEN:
        return Changed(mark("This warning waits for a decision again. Read it again, then decide."))
    return Changed(
        mark("{who} decided about this warning at {at}. Read it again, then decide."),
        who=await decider_of(work, incident) or mark("the service"),
        at=incident.decided_at,
    )


def _decide(work: Work, incident: Incident, state: IncidentState, reason: str | None) -> None:
    incident.state = state
    incident.decided_by_id = work.actor.account_id
    incident.decided_at = work.now
    incident.decided_callers = incident.callers
    incident.reason = reason
