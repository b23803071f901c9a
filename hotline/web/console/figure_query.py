"""Which figures are asked for: read from the address of a page, and written into addresses again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from hotline.errors import Invalid, Mistake
from hotline.reports.figures import Period
from hotline.reports.looking import Asked
from hotline.reports.models import By
from hotline.reports.tables import Report
from hotline.web.forms import read_query
from hotline.web.keys import WORK

USUAL_DAYS: Final = 90


class FiguresQuery(BaseModel):
    """Which report, of what was opened on which days, both included, told apart by what."""

    model_config = ConfigDict(extra="forbid")

    report: Report = Report.RESOLUTION
    by: By = By.DEPARTMENT
    since: date | None = None
    until: date | None = None

    def asked(self, now: datetime) -> Asked:
        """The same for `looking`. Raises `Invalid` for days that are no period."""
        return Asked(self.report, self.by, self.period(now))

    def period(self, now: datetime) -> Period | None:
        """The days; all time where the age of what is open is asked for without days."""
        if self.report is Report.AGEING and self.since is None and self.until is None:
            return None
        return period_of(self, now)


def period_of(query: FiguresQuery, now: datetime) -> Period:
    """The days, the last 90 unless given. Raises `Invalid`."""
    usual = Period.last(USUAL_DAYS, until=now)
    return Period(query.since or usual.from_on, query.until or usual.until_on)


def read_figures_query(request: web.Request) -> tuple[FiguresQuery, list[Mistake]]:
    """What is asked for, or what can be made of it, with its mistakes."""
    from_form = {"report", "by"}
    try:
        query = read_query(request, FiguresQuery, blank_is_absent=True)
        query.period(request[WORK].now)
    except Invalid as problem:
        wrong = {mistake.field for mistake in problem.mistakes}
        kept = {key: request.query[key] for key in from_form - wrong if request.query.get(key)}
        return FiguresQuery.model_validate(kept), list(problem.mistakes)
    return query, []


def query_of(query: FiguresQuery, period: Period | None, **changed: str) -> str:
    """The question of an address: this choice with what is changed."""
    asked = {"report": query.report.value, "by": query.by.value}
    if period is not None:
        asked |= {"since": period.from_on.isoformat(), "until": period.until_on.isoformat()}
    return urlencode(asked | changed)
