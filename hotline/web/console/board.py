"""The board: what needs a decision now, how the open cases stand, by department and by age."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Final

from aiohttp import web

from hotline.accounts.permissions import Permission, may
from hotline.cases.rights import condition
from hotline.i18n import _, mark
from hotline.incidents.models import IncidentState
from hotline.incidents.queries import list_incidents
from hotline.privacy.masking import mask_text
from hotline.reports.board import AGES, DEFINITIONS, Board, Decision, DecisionKind, Standing, read_board
from hotline.web import show as words
from hotline.web.console.clock_views import badge
from hotline.web.console.incident_views import incident_views
from hotline.web.console.labels import department_path
from hotline.web.keys import WORK
from hotline.web.page import page
from hotline.work import Work

KINDS: Final = {
    DecisionKind.EXTENSION: mark("Extension asked"),
    DecisionKind.RETURNED: mark("Returned"),
    DecisionKind.NOT_ACCEPTED: mark("Not accepted in time"),
    DecisionKind.SUPERVISED: mark("Supervised"),
}
MOST_WARNINGS: Final = 5
"""On the board; the others stand on their own page."""
LATE_BAND: Final = len(AGES) - 1


async def show(request: web.Request) -> web.Response:
    """GET /board: what a supervisor, or a lead for the own department and below, sees first."""
    work = request[WORK]
    warnings, more = await _warnings(work)
    board = await read_board(work.session, condition(work.actor, Permission.FIGURES_READ), now=work.now)
    return await page(
        request,
        "console/board.html",
        warnings=warnings,
        warnings_more=more,
        decisions=[_decision(work, decision) for decision in board.decisions],
        decisions_more=None,
        figures=_figures(board),
        ageing=_ageing(board.total),
        ageing_total=board.total.open,
        departments=_departments(work, board.departments),
        stood_at=words.clock(work.now),
    )


async def _warnings(work: Work) -> tuple[list[SimpleNamespace], int]:
    """What many people tell of, nobody has decided about, and is not over: the newest, and how many more."""
    if not may(work.actor, Permission.INCIDENTS_READ):
        return [], 0
    found, _following = await list_incidents(work, state=IncidentState.OPEN, going_on=True)
    return await incident_views(work, found[:MOST_WARNINGS]), max(0, len(found) - MOST_WARNINGS)


def _decision(work: Work, decision: Decision) -> SimpleNamespace:
    said = " · ".join(
        part
        for part in (
            decision.by or "",
            _("{n} working days more", n=decision.days) if decision.days else "",
            mask_text(decision.said or ""),
        )
        if part
    )
    return SimpleNamespace(
        kind_label=_(KINDS[decision.kind]),
        number=decision.number,
        href=f"/cases/{decision.number}",
        summary=decision.summary,
        department_label=department_path(work.policy, decision.department) if decision.department else "",
        due=badge(work, decision.due_at, decision.department) if decision.due_at else words.due(None, work.now),
        said=said,
    )


def _figures(board: Board) -> list[SimpleNamespace]:
    total = board.total
    four = (
        (
            "opened_today",
            _("Calls today"),
            board.opened_today,
            "",
            _("yesterday until now {n}", n=board.opened_yesterday),
        ),
        ("open", _("Open"), total.open, "/desks/open", _("{n} to be routed", n=total.review)),
        ("over", _("Overdue"), total.over, "/desks/overdue", _("{n} due within a day", n=total.due_soon)),
        ("resolved", _("Resolved, 30 days"), total.resolved, "/figures", _("median {span}", span=_hours(total.median))),
    )
    return [
        SimpleNamespace(label=label, value=words.count(value), href=href, before=before, definition=_(DEFINITIONS[key]))
        for key, label, value, href, before in four
    ]


def _hours(hours: float | None) -> str:
    return "—" if hours is None else words.span(timedelta(hours=hours))


def _ageing(total: Standing) -> list[SimpleNamespace]:
    names = [_("up to {n} days", n=AGES[0])]
    names += [_("{from_day} to {to_day} days", from_day=a + 1, to_day=b) for a, b in pairwise(AGES)]
    names.append(_("more than {n} days", n=AGES[-1]))
    largest = max(*total.ages, 1)
    return [
        SimpleNamespace(
            label=name,
            count=count,
            share=round(100 * count / largest, 1),
            late=band > LATE_BAND,
            href="/desks/open",
        )
        for band, (name, count) in enumerate(zip(names, total.ages, strict=True))
    ]


def _departments(work: Work, standings: Sequence[Standing]) -> list[SimpleNamespace]:
    rows = [
        SimpleNamespace(
            label=department_path(work.policy, one.department) if one.department else _("The hotline's own desk"),
            href=_filtered("open", one),
            waiting=one.waiting,
            in_hand=one.in_hand,
            due_soon=one.due_soon,
            over=one.over,
            resolved=one.resolved,
            median=_hours(one.median),
            over_href=_filtered("overdue", one),
            waiting_href=_filtered("open", one),
        )
        for one in standings
    ]
    return sorted(rows, key=lambda row: str(row.label))


def _filtered(desk: str, one: Standing) -> str:
    return f"/desks/{desk}?department={one.department}" if one.department else "/desks/review"
