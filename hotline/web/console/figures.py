"""Figures a supervisor can answer for: one report at a time, told apart by one thing, every number a link."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from aiohttp import web

from hotline.errors import Invalid
from hotline.i18n import _, language
from hotline.reports.charts import NARROW, WIDE, Href, times_by_week
from hotline.reports.counts import Clock, together
from hotline.reports.figures import NOTHING, Period, Resolution, Week
from hotline.reports.looking import Asked, look, table_of
from hotline.reports.models import By
from hotline.reports.reading import read_weeks
from hotline.reports.sheets import SMALL
from hotline.reports.tables import BEHIND, CLOCKS, ENDED_LABELS, Report, Table
from hotline.reports.times import TimesLine, times_of
from hotline.reports.views import find_reports, find_views
from hotline.web import show as words
from hotline.web.console import figure_entries as entries
from hotline.web.console.figure_query import FiguresQuery, period_of, query_of, read_figures_query
from hotline.web.console.keys_of_figures import BY_LABELS, key_names
from hotline.web.forms import read_query
from hotline.web.keys import DATABASE, DRAWINGS, WORK
from hotline.web.monthly import may_have
from hotline.web.page import page
from hotline.web.refusals import say
from hotline.work import Work

_KEPT: Final = {"Cache-Control": "private, max-age=60", "Vary": "Cookie"}
"""A minute in this browser, for who asked: the next person at the same screen has another cookie and asks anew."""
_HOUR: Final = 60


async def show(request: web.Request) -> web.Response:
    """GET /figures: a report, with what was a period before, its chart, its table and what the words mean."""
    work = request[WORK]
    query, mistakes = read_figures_query(request)
    looked = await look(work, query.asked(work.now))
    table = table_of(looked, key_names(work.policy, query.by))
    period = looked.asked.period
    return await page(
        request,
        "console/figures.html",
        422 if mistakes else 200,
        values=_values(request, query, period, mistakes),
        mistakes={mistake.field: say(mistake) for mistake in mistakes},
        **entries.shown(work, table, query, period),
        four=await _four(work, table, query, period),
        first=_(BY_LABELS[query.by]),
        reports=entries.report_chips(query, period),
        bys=[(by.value, _(label)) for by, label in BY_LABELS.items()],
        views=[entries.shown_view(view) for view in await find_views(work)],
        months=[f"{month:%Y-%m}" for month in (await find_reports(work.session) if may_have(work.actor) else ())],
        asked=query_of(query, period),
        report=query.report.value,
        as_of=looked.as_of,
        **_chart(query, period, table),
        small=_(SMALL),
        period_text=_text(work, period),
    )


def _values(request: web.Request, query: FiguresQuery, period: Period | None, mistakes: list[Any]) -> dict[str, str]:
    """What the form shows: what was asked for, also when it was a mistake."""
    kept = {"report": query.report.value, "by": query.by.value}
    if mistakes:
        return {**kept, **{key: request.query.get(key, "") for key in ("since", "until")}}
    if period is None:
        return kept
    return {**kept, "since": period.from_on.isoformat(), "until": period.until_on.isoformat()}


def _text(work: Work, period: Period | None) -> str:
    if period is None:
        return _("All time")
    return f"{words.on(period.from_on, work.now)} – {words.on(period.until_on, work.now)}"


async def _four(work: Work, table: Table, query: FiguresQuery, period: Period | None) -> list[dict[str, Any]]:
    """The first figures of everything together, each beside the period before."""
    before = None
    if period is not None:
        try:
            earlier = Asked(query.report, By.DIFFICULTY, period.before)  # the fewest lines: only their total is shown
        except Invalid:
            pass
        else:
            before = table_of(await look(work, earlier), {}).total
    return entries.leading(work, table, before, query, period)


def _chart(query: FiguresQuery, period: Period | None, table: Table) -> dict[str, Any]:
    drawn = query.report in CLOCKS and period is not None and any(row.entries for row in table.rows)
    src = f"/figures/chart.svg?{query_of(query, period)}&lang={language.get()}" if drawn else ""
    said = _("Median, p75 and p90 by the clock, by week of the call, open cases counted and shown beside.")
    return {"chart_src": src, "chart_alt": said, "weeks_href": f"/figures?{query_of(query, period, by=By.WEEK.value)}"}


class ChartQuery(FiguresQuery):
    """What a chart is asked for: the figures, and how to draw them."""

    lang: str | None = None
    theme: entries.Theme = "both"
    size: entries.Size = "wide"


async def chart(request: web.Request) -> web.Response:
    """GET /figures/chart.svg: the weeks as lines, open cases beneath; drawn after the database is let go.

    Its marks are links, for `figures.js`: shown as a picture, as it is without scripts, no link of it can be followed.
    """
    query = read_query(request, ChartQuery, blank_is_absent=True)
    async with request.app[DATABASE].transaction() as session:
        work = replace(request[WORK], session=session)
        period = period_of(query, work.now)
        weeks = await weeks_of(work, query.report, period)
    spec = times_by_week(
        weeks,
        ended=_(ENDED_LABELS[clock_of_report(query.report)]),
        href=_to_cases(query, period),
        theme=query.theme,
        width=NARROW if query.size == "narrow" else WIDE,
    )
    drawn = await request.app[DRAWINGS].svg(spec)
    return web.Response(body=drawn, content_type="image/svg+xml", headers=_KEPT)


def clock_of_report(report: Report) -> Clock:
    """What the chart of this report is about."""
    return CLOCKS.get(report, Clock.RESOLUTION)


def _to_cases(query: FiguresQuery, period: Period) -> Href:
    """Where the marks of a week lead: the same cases as the numbers of the table by weeks."""
    done, is_open, *_rest = BEHIND[clock_of_report(query.report)]

    def href(week: str, ended: bool) -> str:  # noqa: FBT001 - as `Href` has it
        line = {"what": done if ended else is_open, "key": week, "line": "1"}
        return f"/figures/behind?{query_of(query, period, by=By.WEEK.value, **line)}"

    return href


async def weeks_of(work: Work, report: Report, period: Period) -> list[Week]:
    """The times of the cases of each week, in hours by the clock."""
    clock = clock_of_report(report)
    found = await read_weeks(work, period, clock)
    keyed = {monday.isoformat(): line for monday, line in found.items()}
    lines = {line.key: line for line in times_of(keyed, together(keyed), clock).lines}
    return [Week(monday, _hours(lines.get(monday.isoformat()))) for monday in period.weeks]


def _hours(line: TimesLine | None) -> Resolution:
    if line is None:
        return NOTHING
    median, p75, p90 = (
        None if minutes is None else minutes / _HOUR for minutes in (line.clock.median, line.clock.p75, line.clock.p90)
    )
    return Resolution(line.key, line.n, line.open, line.over, line.aside, median, p75, p90)
