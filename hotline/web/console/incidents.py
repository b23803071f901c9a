"""Mass incidents: many people tell of one employer or place; what the supervisor decides about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.accounts.permissions import Permission, may
from hotline.cases.lifecycle import STATUS_LABELS
from hotline.clock import SHANGHAI
from hotline.errors import Conflict, Invalid
from hotline.i18n import _, mark
from hotline.incidents.deciding import LeadCase, Silence, lead_with, silence, take_back
from hotline.incidents.models import Basis, Incident, IncidentState
from hotline.incidents.queries import cases_of, list_incidents
from hotline.privacy.masking import mask_text
from hotline.web import show as words
from hotline.web.console import labels
from hotline.web.forms import Moment, form_values, read_query, read_values
from hotline.web.keys import WORK
from hotline.web.navigation import forget_counts
from hotline.web.page import address, page, redirect
from hotline.web.pages import Flash
from hotline.web.refusals import say, status_of
from hotline.web.refusals import words as refusal_words
from hotline.work import Work, leave_trace

BASIS_LABELS: Final = {
    Basis.EMPLOYER: mark("Same employer"),
    Basis.PLACE: mark("Same place"),
    Basis.PEOPLE: mark("Many people in one case"),
}
STATE_LABELS: Final = {
    IncidentState.OPEN: mark("To be decided"),
    IncidentState.LED: mark("With a lead case"),
    IncidentState.SILENCED: mark("Silenced"),
}
DAYS_DRAWN: Final = 30
_BARS_HEIGHT: Final = 32
_BAR_WIDTH: Final = 8


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
        linked = await lead_with(work, _id(request), read_values(values, LeadCase))
        await work.session.flush()
    except (Invalid, Conflict) as problem:
        return await _refused(request, problem, values)
    forget_counts(request)
    return redirect(request, "incidents", flash=Flash(_("{n} cases are linked to the lead case.", n=linked)))


async def quiet(request: web.Request) -> web.Response:
    """POST /incidents/{id}/silence: off the board, with a reason."""
    work, values = request[WORK], await form_values(request)
    try:
        await silence(work, _id(request), read_values(values, Silence))
    except (Invalid, Conflict) as problem:
        return await _refused(request, problem, values)
    return redirect(request, "incidents", flash=Flash(_("The warning is silenced.")))


async def open_again(request: web.Request) -> web.Response:
    """POST /incidents/{id}/take-back: it waits for a decision again."""
    work = request[WORK]
    try:
        await take_back(work, _id(request))
        await work.session.flush()
    except Conflict as problem:
        return await _refused(request, problem, {})
    return redirect(request, "incidents", flash=Flash(_("The decision is taken back.")))


def _id(request: web.Request) -> int:
    return int(request.match_info["id"])


async def _refused(request: web.Request, problem: Invalid | Conflict, values: Mapping[str, str]) -> web.Response:
    await request[WORK].session.rollback()
    if isinstance(problem, Invalid):
        mistakes = {mistake.field: say(mistake) for mistake in problem.mistakes}
    else:
        mistakes = {"": refusal_words(problem.message, problem.params)}
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
        about=about,
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


async def incident_views(work: Work, rows: Sequence[Any]) -> list[SimpleNamespace]:
    """Incidents as a page shows them, each with its cases."""
    cases = await cases_of(work, [row.Incident.id for row in rows]) if rows else []
    by_incident: dict[int, list[Any]] = {row.Incident.id: [] for row in rows}
    for one in cases:
        by_incident[one.incident_id].append(one)
    return [_view(work, row, by_incident[row.Incident.id]) for row in rows]


def _view(work: Work, row: Any, cases: Sequence[Any]) -> SimpleNamespace:
    one: Incident = row.Incident
    unlinked = [case for case in cases if case.ended_at is None and case.lead_id is None and case.number != row.lead]
    return SimpleNamespace(
        id=str(one.id),
        basis_label=_(BASIS_LABELS[one.basis]),
        state=one.state.value,
        state_label=_(STATE_LABELS[one.state]),
        label=mask_text(one.label),
        territory=labels.department_name(work.policy, one.territory),
        said=_said(one),
        first_at=one.first_at,
        last_at=one.last_at,
        days=_days(work, cases),
        cases=[_case(work, case, row.lead) for case in cases],
        open_cases=[(case.number, _option(work, case)) for case in reversed(cases) if case.ended_at is None],
        unlinked=len(unlinked),
        leads=one.basis is not Basis.PEOPLE,
        lead=row.lead or "",
        lead_href=f"/cases/{row.lead}" if row.lead else "",
        decided_by=row.decided_by or "",
        decided_at=one.decided_at,
        reason=mask_text(one.reason or ""),
    )


def _said(one: Incident) -> str:
    if one.basis is Basis.PEOPLE:
        return _("{people} people in one case", people=words.count(one.people))
    return _(
        "{callers} different callers within {days} days, speaking for {people} people",
        callers=words.count(one.callers),
        days=one.window_days,
        people=words.count(one.people),
    )


def _case(work: Work, case: Any, lead_number: str | None) -> SimpleNamespace:
    return SimpleNamespace(
        number=case.number,
        href=f"/cases/{case.number}",
        status_label=_(STATUS_LABELS[case.status]),
        category_label=labels.category_name(work.policy, case.category) or _("Not sorted yet"),
        summary=case.summary,
        opened_at=case.opened_at,
        role=_("lead case") if case.number == lead_number else _("linked") if case.lead_id is not None else "",
    )


def _option(work: Work, case: Any) -> str:
    return f"{case.number} · {words.on(case.opened_at, work.now)}"


def _days(work: Work, cases: Sequence[Any]) -> list[SimpleNamespace]:
    """Calls by day of the last 30 days, oldest first, as bars: `x`, `y`, `height` in units of the drawing."""
    counted = Counter(case.opened_at.astimezone(SHANGHAI).date() for case in cases)
    today = work.now.astimezone(SHANGHAI).date()
    days = [today - timedelta(days=back) for back in range(DAYS_DRAWN - 1, -1, -1)]
    highest = max([counted[day] for day in days], default=0) or 1
    return [
        SimpleNamespace(
            x=at * (_BAR_WIDTH + 2),
            y=_BARS_HEIGHT - round(_BARS_HEIGHT * counted[day] / highest),
            height=round(_BARS_HEIGHT * counted[day] / highest),
            label=words.on(day, work.now),
            count=counted[day],
        )
        for at, day in enumerate(days)
        if counted[day]
    ]
