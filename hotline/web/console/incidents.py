"""Mass incidents: many people tell of one employer or place; what the supervisor decides about it."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.accounts.permissions import Permission, may
from hotline.clock import SHANGHAI
from hotline.errors import Conflict, Invalid
from hotline.i18n import _
from hotline.incidents.deciding import LeadCase, Silence, lead_with, silence, take_back
from hotline.incidents.models import IncidentState
from hotline.incidents.queries import list_incidents
from hotline.web.console.forms import refused
from hotline.web.console.incident_views import STATE_LABELS, incident_views
from hotline.web.forms import VERSION_FIELD, Moment, form_values, read_query, read_values
from hotline.web.keys import WORK
from hotline.web.navigation import forget_counts
from hotline.web.page import address, page, redirect
from hotline.web.pages import Flash
from hotline.web.refusals import status_of
from hotline.work import leave_trace


class IncidentsQuery(BaseModel):
    """Which warnings, and where the page before ended."""

    model_config = ConfigDict(extra="forbid")

    state: IncidentState | None = None
    before_at: Moment = None
    before_id: Annotated[int | None, Field(ge=1, lt=2**63)] = None


async def show(request: web.Request) -> web.Response:
    """GET /incidents: warnings with their cases, the newest call first; leaves a trace."""
    return await _page(request, read_query(request, IncidentsQuery))


async def lead(request: web.Request) -> web.Response:
    """POST /incidents/{id}/lead: one case stands for all, the others are linked to it."""
    work, values = request[WORK], await form_values(request)
    try:
        linked = await lead_with(work, _id(request), read_values(values, LeadCase), version=values.get(VERSION_FIELD))
        await work.session.flush()
    except (Invalid, Conflict) as problem:
        return await _refused(request, problem, values)
    forget_counts(request)
    return redirect(request, "incidents", flash=Flash(_("{n} cases are linked to the lead case.", n=linked)))


async def quiet(request: web.Request) -> web.Response:
    """POST /incidents/{id}/silence: off the board, with a reason."""
    work, values = request[WORK], await form_values(request)
    try:
        await silence(work, _id(request), read_values(values, Silence), version=values.get(VERSION_FIELD))
    except (Invalid, Conflict) as problem:
        return await _refused(request, problem, values)
    return redirect(request, "incidents", flash=Flash(_("The warning is silenced.")))


async def open_again(request: web.Request) -> web.Response:
    """POST /incidents/{id}/take-back: it waits for a decision again."""
    work, values = request[WORK], await form_values(request)
    try:
        await take_back(work, _id(request), version=values.get(VERSION_FIELD))
        await work.session.flush()
    except Conflict as problem:
        return await _refused(request, problem, values)
    return redirect(request, "incidents", flash=Flash(_("The decision is taken back.")))


def _id(request: web.Request) -> int:
    return int(request.match_info["id"])


async def _refused(request: web.Request, problem: Invalid | Conflict, values: Mapping[str, str]) -> web.Response:
    await request[WORK].session.rollback()
    mistakes = refused(problem)
    return await _page(
        request, IncidentsQuery(), status=status_of(problem), about=str(_id(request)), values=values, mistakes=mistakes
    )


async def _page(
    request: web.Request,
    asked: IncidentsQuery,
    *,
    status: int = 200,
    about: str = "",
    values: Mapping[str, str] | None = None,
    mistakes: Mapping[str, str] | None = None,
) -> web.Response:
    work, here = request[WORK], address(request, "incidents")
    before = (asked.before_at, asked.before_id) if asked.before_at and asked.before_id else None
    found, following = await list_incidents(work, state=asked.state, before=before)
    views = await incident_views(work, found)
    if status == web.HTTPOk.status_code:
        await leave_trace(work, "incident.read", details={"found": len(views)})
    chosen = f"state={asked.state.value}&" if asked.state else ""
    return await page(
        request,
        "console/incidents.html",
        status,
        path=here,
        incidents=views,
        chips=_chips(here, asked.state),
        can_decide=may(work.actor, Permission.INCIDENTS_DECIDE),
        about=about if any(one.id == about for one in views) else "",
        values=values or {},
        mistakes=mistakes or {},
        limits=[SimpleNamespace(days=one.days, callers=one.callers) for one in work.policy.crowds.windows],
        ten=work.policy.crowds.people,
        next_href=_next(here, chosen, following),
        first_href=f"{here}?{chosen}".rstrip("?&") if before else "",
    )


def _next(here: str, chosen: str, following: Any) -> str:
    if following is None:
        return ""
    at, last = following
    return f"{here}?{chosen}before_at={at.astimezone(SHANGHAI).isoformat().replace('+', '%2B')}&before_id={last}"


def _chips(here: str, state: IncidentState | None) -> list[dict[str, Any]]:
    every = [
        (None, _("All"), here),
        *((one, _(STATE_LABELS[one]), f"{here}?state={one.value}") for one in IncidentState),
    ]
    return [{"label": label, "href": href, "count": None, "current": one is state} for one, label, href in every]
