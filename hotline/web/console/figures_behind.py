"""The cases behind a figure, newest first: what every number of the figures leads to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field

from hotline.cases.lifecycle import STATUS_LABELS
from hotline.cases.words import Line
from hotline.i18n import _
from hotline.reports.behind import Asked, cases_behind
from hotline.web import show as words
from hotline.web.console.figure_entries import REPORT_LABELS
from hotline.web.console.figure_query import FiguresQuery, query_of
from hotline.web.console.keys_of_figures import BY_LABELS, key_names
from hotline.web.console.labels import category_name, department_path
from hotline.web.forms import read_query
from hotline.web.keys import WORK
from hotline.web.page import page
from hotline.work import Work, leave_trace


class BehindQuery(FiguresQuery):
    """Which figure: by `what` names it is counted, of the line with this key, or of everything together."""

    what: Annotated[str, Field(pattern=r"^[a-z0-9_.]{1,64}$")] = "cases"
    key: Line = ""
    line: Literal["1"] | None = None
    after: Annotated[int | None, Field(ge=1, lt=2**63)] = None

    def behind(self, work: Work) -> Asked:
        """The same for `behind`."""
        return Asked(self.what, self.by, self.key if self.line else None, self.period(work.now))


async def show(request: web.Request) -> web.Response:
    """GET /figures/behind: 50 cases a page, how many there are, and the way back to the figure."""
    work = request[WORK]
    query = read_query(request, BehindQuery, blank_is_absent=True)
    asked = query.behind(work)
    found = await cases_behind(work, asked, after=query.after)
    await leave_trace(work, "figures.cases", details={"what": query.what, "found": found.total})
    here = query_of(query, asked.period, what=query.what, **({"key": query.key, "line": "1"} if query.line else {}))
    names = key_names(work.policy, query.by)
    return await page(
        request,
        "console/figure_cases.html",
        rows=[_row(work, row) for row in found.rows],
        count=words.count(found.total),
        report=_(REPORT_LABELS[query.report]),
        line=f"{_(BY_LABELS[query.by])}: {names.get(query.key, query.key)}" if query.line else _("Together"),
        period_text=" – ".join(words.on(day, work.now) for day in (asked.period.from_on, asked.period.until_on))
        if asked.period
        else _("All time"),
        back_href=f"/figures?{query_of(query, asked.period)}",
        asked=here,
        next_href=f"/figures/behind?{here}&after={found.next}" if found.next else "",
        first_href=f"/figures/behind?{here}" if query.after else "",
    )


def _row(work: Work, row: Any) -> SimpleNamespace:
    return SimpleNamespace(
        number=row.number,
        href=f"/cases/{row.number}",
        summary=row.summary,
        status_label=_(STATUS_LABELS[row.status]),
        category_label=category_name(work.policy, row.category) or _("Not sorted yet"),
        department_label=department_path(work.policy, row.department) if row.department else _("Back at the hotline"),
        opened_at=row.opened_at,
        resolved_at=row.resolved_at,
        confidential=row.confidential,
    )
