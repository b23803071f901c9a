"""Resolution times: the page, the chart, the table file; every number from one look at the cases."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, Final, Literal
from urllib.parse import quote

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from hotline.accounts.permissions import Permission
from hotline.cases.rights import condition
from hotline.errors import Invalid
from hotline.i18n import _, language, mark
from hotline.reports.charts import NARROW, WIDE, Theme, times_by_week
from hotline.reports.figures import DEFINITIONS, Period, Resolution
from hotline.reports.queries import ResolutionPage, resolution_page, resolution_weeks
from hotline.reports.sheets import Names, named, resolution_sheet
from hotline.web import show as words
from hotline.web.console.labels import category_name, department_path
from hotline.web.forms import read_query
from hotline.web.keys import DATABASE, DRAWINGS, WORK
from hotline.web.page import page
from hotline.web.refusals import say
from hotline.work import Work

USUAL_DAYS: Final = 90
_KEPT: Final = {"Cache-Control": "private, max-age=60", "Vary": "Cookie"}
"""A minute in this browser, for who asked: the next person at the same screen has another cookie and asks anew."""
TERMS: Final = {
    "cases": mark("Cases"),
    "resolved": mark("Resolved"),
    "times": mark("Median, p75, p90"),
    "in_time": mark("In time"),
    "open": mark("Still open"),
    "over": mark("of these overdue"),
    "aside": mark("Ended otherwise"),
    "department": mark("Department"),
    "small": mark("Small numbers"),
}


class PeriodQuery(BaseModel):
    """The days looked at, both included."""

    model_config = ConfigDict(extra="forbid")

    since: date | None = None
    until: date | None = None
    lang: Literal["zh", "en"] | None = None
    theme: Theme = "both"
    size: Literal["wide", "narrow"] = "wide"


def _asked(request: web.Request) -> PeriodQuery:
    return read_query(request, PeriodQuery, blank_is_absent=True)


def _period(request: web.Request) -> Period:
    asked = _asked(request)
    usual = Period.last(USUAL_DAYS, until=request[WORK].now)
    return Period(asked.since or usual.from_on, asked.until or usual.until_on)


async def _look(work: Work, period: Period) -> ResolutionPage:
    return await resolution_page(work.session, condition(work.actor, Permission.FIGURES_READ), period, now=work.now)


async def show(request: web.Request) -> web.Response:
    """GET /figures: n, median, p75, p90, share in time, with the open cases beside."""
    work = request[WORK]
    mistakes: dict[str, str] = {}
    values = {key: request.query.get(key, "") for key in ("since", "until")}
    try:
        period = _period(request)
    except Invalid as problem:
        mistakes = {mistake.field: say(mistake) for mistake in problem.mistakes}
        period = Period.last(USUAL_DAYS, until=work.now)
    else:
        values = {"since": period.from_on.isoformat(), "until": period.until_on.isoformat()}
    found = await _look(work, period)
    asked = f"since={period.from_on}&until={period.until_on}"
    return await page(
        request,
        "console/figures.html",
        422 if mistakes else 200,
        values={**values, "group_by": "department"},
        mistakes=mistakes,
        **_tables(work, found),
        chart_src=f"/figures/chart.svg?{asked}&lang={language.get()}" if found.total.n else "",
        chart_alt=_("Median, p75 and p90 of the resolution times by week of the call, open cases beside."),
        csv_href=f"/figures/resolution-times.csv?{asked}",
        definitions=[{"term": _(TERMS[key]), "text": _(text)} for key, text in DEFINITIONS.items() if key in TERMS],
        period_text=f"{words.on(period.from_on, work.now)} – {words.on(period.until_on, work.now)}",
    )


def _names(work: Work) -> tuple[Names, Names]:
    """The names of departments and of categories by code; None stands for "none yet"."""
    departments: dict[str | None, str] = {
        one.code: department_path(work.policy, one.code) for one in work.policy.departments
    }
    categories: dict[str | None, str] = {code: category_name(work.policy, code) for code in work.policy.categories}
    departments[None] = _("Back at the hotline")
    categories[None] = _("Not sorted yet")
    return departments, categories


def _tables(work: Work, found: ResolutionPage) -> dict[str, Any]:
    departments, categories = _names(work)
    return {
        "overall": _line("", found.total),
        "departments": [_line(name, line) for name, line in named(found.departments, departments)],
        "categories": [_line(name, line) for name, line in named(found.categories, categories)],
    }


def _line(label: str, line: Resolution) -> SimpleNamespace:
    share = line.in_time
    return SimpleNamespace(
        label=label,
        href="",
        n=line.n,
        open=line.open,
        open_over=line.over,
        median=_hours(line.median),
        p75=_hours(line.p75),
        p90=_hours(line.p90),
        in_time=words.share(share.n, share.of) if share else "—",
    )


def _hours(hours: float | None) -> str:
    return "—" if hours is None else words.span(timedelta(hours=hours))


async def chart(request: web.Request) -> web.Response:
    """GET /figures/chart.svg: the weeks as lines, open cases beneath; drawn after the database is let go."""
    async with request.app[DATABASE].transaction() as session:
        work, period = request[WORK], _period(request)
        visible = condition(work.actor, Permission.FIGURES_READ)
        weeks = await resolution_weeks(session, visible, period, now=work.now)
    asked = _asked(request)
    spec = times_by_week(weeks, theme=asked.theme, width=NARROW if asked.size == "narrow" else WIDE)
    drawn = await request.app[DRAWINGS].svg(spec)
    return web.Response(body=drawn, content_type="image/svg+xml", headers=_KEPT)


async def sheet(request: web.Request) -> web.Response:
    """GET /figures/resolution-times.csv: the same numbers for a spreadsheet, with their definitions."""
    work, period = request[WORK], _period(request)
    departments, categories = _names(work)
    text = resolution_sheet(await _look(work, period), period, departments=departments, categories=categories)
    name = quote(f"resolution-times-{period.from_on}-{period.until_on}.csv")
    return web.Response(
        text=text,
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )
