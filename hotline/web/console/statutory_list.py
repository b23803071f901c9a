"""Statutory clocks of all cases one may see: what lapses first, for legal aid and for supervisors."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.cases.lifecycle import STATUS_LABELS
from hotline.cases.statutory_lists import Lapsing, LapsingPage, list_lapsing
from hotline.deadlines.lapsing import AMBER_UP_TO, RED_BELOW
from hotline.deadlines.statutes import STATUTES
from hotline.i18n import _, mark
from hotline.web.console.labels import category_name, department_path
from hotline.web.console.statutory_words import COUNSEL, badge, day_in_full
from hotline.web.forms import read_query
from hotline.web.keys import WORK
from hotline.web.page import address, page
from hotline.work import Work, leave_trace

Within = Literal["30", "90", "all"]
WITHIN: Final[dict[Within, tuple[str, int | None]]] = {
    "30": (mark("Less than 30 days"), RED_BELOW),
    "90": (mark("90 days or less"), AMBER_UP_TO + 1),
    "all": (mark("All"), None),
}


class LapsingQuery(BaseModel):
    """How much time is left, and where the page before ended."""

    model_config = ConfigDict(extra="forbid")

    within: Within = "90"
    after_on: date | None = None
    after_id: Annotated[int | None, Field(ge=1, lt=2**63)] = None


async def show(request: web.Request) -> web.Response:
    """GET /statutory: clocks that are watched on open cases, what lapses first on top; leaves a trace."""
    work, asked = request[WORK], read_query(request, LapsingQuery)
    after = (asked.after_on, asked.after_id) if asked.after_on and asked.after_id else None
    found = await list_lapsing(work, within=WITHIN[asked.within][1], after=after)
    await leave_trace(work, "statutory.list", details={"found": len(found.rows)})
    here = address(request, "statutory")
    return await page(
        request,
        "console/statutory.html",
        rows=[_row(work, one) for one in found.rows],
        chips=_chips(here, asked.within),
        counsel=_(COUNSEL),
        next_href=_next(here, asked.within, found),
        first_href=f"{here}?within={asked.within}" if after else "",
    )


def _row(work: Work, one: Lapsing) -> SimpleNamespace:
    law, case = STATUTES[one.clock.kind], one.case
    return SimpleNamespace(
        number=case.number,
        href=f"/cases/{case.number}",
        kind_label=_(law.label),
        law=_(law.law),
        badge=badge(one.lapse),
        lapses_on=day_in_full(one.lapse.lapses_on) if one.lapse.lapses_on else "",
        suspended=one.lapse.suspended,
        urgent=case.urgency != "normal",
        summary=case.summary,
        category_label=category_name(work.policy, case.category),
        department_label=department_path(work.policy, case.department) if case.department else "",
        status_label=_(STATUS_LABELS[case.status]),
        handler=case.handler or "",
    )


def _chips(here: str, within: Within) -> list[dict[str, Any]]:
    return [
        {"label": _(label), "href": f"{here}?within={code}", "count": None, "current": code == within}
        for code, (label, _days) in WITHIN.items()
    ]


def _next(here: str, within: Within, found: LapsingPage) -> str:
    if found.next is None:
        return ""
    on, last = found.next
    return f"{here}?within={within}&after_on={on.isoformat()}&after_id={last}"
