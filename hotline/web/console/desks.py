"""Desks: the lists people work from, sorted by what is due first."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.cases.queue import After, Desk, Filters, list_cases
from hotline.cases.words import Code
from hotline.clock import SHANGHAI
from hotline.errors import NotFound
from hotline.i18n import _, mark
from hotline.web import show as words
from hotline.web.console.labels import URGENCY_LABELS, department_path
from hotline.web.console.rows import desk_rows
from hotline.web.forms import Moment, read_query
from hotline.web.keys import WORK
from hotline.web.navigation import DESK_LABELS, DESKS
from hotline.web.page import fragment, page
from hotline.work import Work

FILTERS: Final = ("department", "category", "urgency", "due")
DUE_LABELS: Final = {"today": mark("Due today or before"), "next": mark("Due by the next working day")}

EMPTY: Final = {
    Desk.QUEUE: (mark("Nothing is in your hands."), mark("New cases appear here by themselves.")),
    Desk.WAITING: (mark("Nothing waits for acceptance."), mark("New cases appear here by themselves.")),
    Desk.MINE: (mark("You have accepted no case."), mark("Accept one from the department queue.")),
    Desk.HELPING: (mark("Nobody asks your department to help."), ""),
    Desk.REVIEW: (mark("Nothing waits to be routed."), mark("Calls the rules are unsure of appear here.")),
    Desk.CALL_BACKS: (
        mark("Nobody has to be called back."),
        mark("Cases appear here when a department resolves them."),
    ),
    Desk.TAKEN: (mark("You have taken no call yet."), mark("Take one, and it appears here.")),
    Desk.OPEN: (mark("No case is open."), mark("New cases appear here by themselves.")),
    Desk.OVERDUE: (mark("Nothing is overdue."), ""),
}


class DeskQuery(BaseModel):
    """What the address of a list may carry."""

    model_config = ConfigDict(extra="forbid")

    urgency: Annotated[str | None, Field(pattern="^(urgent|critical)$")] = None
    category: Code | None = None
    department: Code | None = None
    due: Literal["today", "next"] | None = None
    after_at: Moment = None
    after_id: Annotated[int | None, Field(ge=1, lt=2**63)] = None


async def show(request: web.Request) -> web.Response:
    """GET /desks/{desk}: one page of a list."""
    return await page(request, "console/desk.html", **await _context(request))


async def rows(request: web.Request) -> web.Response:
    """GET /desks/{desk}/rows: the rows alone, for a list that brings itself up to date."""
    return fragment(request, "console/_desk_rows.html", **await _context(request))


async def _context(request: web.Request) -> dict[str, Any]:
    work, desk = request[WORK], _desk(request)
    asked = read_query(request, DeskQuery)
    after = After(asked.after_at, asked.after_id) if asked.after_id is not None else None
    found = await list_cases(work, desk, filters=_filters(work, asked), after=after)
    shown = desk_rows(work, found.rows)
    here, text, then = f"/desks/{desk.value}", *EMPTY[desk]
    return {
        "title": _(DESK_LABELS[desk]),
        "list_name": desk.value,
        "lead": department_path(work.policy, asked.department) if asked.department else "",
        "rows": shown,
        "can_accept": any(row.can_accept for row in shown),
        "chips": _chips(here, asked, dues=desk is Desk.CALL_BACKS),
        "next_href": _next(here, asked, found.next),
        "first_href": _with(here, asked) if after else "",
        "stood_at": words.clock(work.now),
        "rows_href": "" if after else _with(f"{here}/rows", asked),
        "empty": {"text": _(text), "then": _(then) if then else ""},
    }


def _filters(work: Work, asked: DeskQuery) -> Filters:
    due_before = _due_before(work, asked.due) if asked.due else None
    return Filters(department=asked.department, category=asked.category, urgency=asked.urgency, due_before=due_before)


def _due_before(work: Work, due: str) -> datetime:
    """The end of today, or of the next working day."""
    day = work.now.astimezone(SHANGHAI).date()
    if due == "next":
        day = next(one.on for one in work.policy.calendar.days_after(day) if one.working)
    return datetime.combine(day + timedelta(days=1), time.min, SHANGHAI)


def _desk(request: web.Request) -> Desk:
    name = request.match_info["desk"]
    for desk in DESKS.get(request[WORK].actor.role, ()):
        if desk.value == name:
            return desk
    raise NotFound(mark("There is no such list for your role."))


def _chips(here: str, asked: DeskQuery, *, dues: bool) -> list[dict[str, Any]]:
    chosen = not any(getattr(asked, name) for name in FILTERS)
    chips = [{"label": _("All"), "href": here, "count": None, "current": chosen}]
    for code, label in DUE_LABELS.items() if dues else ():
        chips.append({"label": _(label), "href": f"{here}?due={code}", "count": None, "current": asked.due == code})
    for code in ("urgent", "critical"):
        href = f"{here}?urgency={code}"
        chips.append({"label": _(URGENCY_LABELS[code]), "href": href, "count": None, "current": asked.urgency == code})
    return chips


def _with(here: str, asked: DeskQuery, **more: str) -> str:
    kept = {key: value for key in FILTERS if (value := getattr(asked, key))}
    query = "&".join(f"{key}={value}" for key, value in {**kept, **more}.items())
    return f"{here}?{query}" if query else here


def _next(here: str, asked: DeskQuery, after: After | None) -> str:
    if after is None:
        return ""
    at = {} if after.at is None else {"after_at": _address_form(after.at)}
    return _with(here, asked, **at, after_id=str(after.id))


def _address_form(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
