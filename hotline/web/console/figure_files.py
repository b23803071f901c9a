"""Figures as files: CSV, a workbook with the cases behind them, the report of a month."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from hotline.cases.lifecycle import STATUS_LABELS
from hotline.clock import SHANGHAI
from hotline.errors import NotFound
from hotline.i18n import _, mark
from hotline.reports import behind, files
from hotline.reports.looking import Looked, look, table_of
from hotline.reports.models import By
from hotline.reports.sheets import definition_rows, report_csv, report_rows
from hotline.reports.steps import minutes_of
from hotline.reports.tables import Table
from hotline.reports.views import get_report
from hotline.web.console.figure_entries import REPORT_LABELS
from hotline.web.console.figure_query import FiguresQuery
from hotline.web.console.keys_of_figures import BY_LABELS, key_names
from hotline.web.forms import read_query
from hotline.web.keys import DATABASE, WORK, WORKBOOKS
from hotline.web.monthly import may_have
from hotline.work import Work, leave_trace

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COLUMNS: Final = (
    (mark("Case"), "text", 14),
    (mark("Status"), "text", 12),
    (mark("Category"), "text", 22),
    (mark("Department"), "text", 38),
    (mark("Territory"), "text", 22),
    (mark("Difficulty"), "text", 11),
    (mark("Channel"), "text", 9),
    (mark("Opened"), "moment", 18),
    (mark("Resolved at"), "moment", 18),
    (mark("Resolve by"), "moment", 18),
    (mark("Time to the resolution, working hours"), "hours", 14),
    (mark("Time to the resolution, hours by the clock"), "hours", 14),
)
"""Of the sheet of cases: heading, kind, width in characters."""
_HEADINGS_AT: Final = 3
"""Above the headings stand what it is and when (`report_rows`)."""


async def _looked(work: Work, query: FiguresQuery) -> tuple[Looked, Table]:
    looked = await look(work, query.asked(work.now))
    return looked, table_of(looked, key_names(work.policy, query.by))


def _rows(looked: Looked, table: Table) -> files.Rows:
    asked = looked.asked
    title, first = _(REPORT_LABELS[asked.report]), _(BY_LABELS[asked.by])
    return report_rows(table, title=title, first=first, period=asked.period, as_of=looked.as_of)


async def csv_file(request: web.Request) -> web.Response:
    """GET /figures/report.csv: the report that is shown, with its definitions."""
    query = read_query(request, FiguresQuery, blank_is_absent=True)
    looked, table = await _looked(request[WORK], query)
    text = report_csv(_rows(looked, table), definition_rows(table))
    return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=_named(looked, "csv"))


async def workbook(request: web.Request) -> web.Response:
    """POST /figures/report.xlsx: the report, its definitions, the cases of the period; written down in the trail."""
    query = read_query(request, FiguresQuery, blank_is_absent=True)
    async with request.app[WORKBOOKS].next(), request.app[DATABASE].transaction() as session:
        work = replace(request[WORK], session=session)
        looked, table = await _looked(work, query)
        rows = _rows(looked, table)
        sheets = (
            files.Sheet(_("Figures"), rows, (38, 13), headings=_HEADINGS_AT, total=len(rows) - 1),
            files.Sheet(_("Definitions"), definition_rows(table), (24, 110), look="wrapped"),
        )
        listed = files.CasesSheet(
            _("List of cases"),
            tuple((_(heading), kind) for heading, kind, _width in _COLUMNS),
            tuple(width for _heading, _kind, width in _COLUMNS),
        )
        asked = behind.Asked(
            "stock" if looked.asked.period is None else "cases", By.DEPARTMENT, None, looked.asked.period
        )
        await leave_trace(work, "figures.export", details={"report": query.report.value})
        async with files.workbook(sheets, listed, _cases(work, asked)) as path:
            content = await asyncio.to_thread(path.read_bytes)
    return web.Response(body=content, content_type=_XLSX, headers=_named(looked, "xlsx"))


async def _cases(work: Work, asked: behind.Asked) -> AsyncIterator[files.Rows]:
    """The cases, newest first: nothing that names a worker, no words of theirs."""
    categories, departments = key_names(work.policy, By.CATEGORY), key_names(work.policy, By.DEPARTMENT)
    difficulties, channels = key_names(work.policy, By.DIFFICULTY), key_names(work.policy, By.CHANNEL)
    statuses = {status: _(label) for status, label in STATUS_LABELS.items()}

    def row(case: Any) -> list[Any]:
        return [
            case.number,
            statuses[case.status],
            categories.get(case.category or "", case.category),
            departments.get(case.department or "", case.department),
            departments.get(case.territory, case.territory) if case.territory else "",
            difficulties.get(case.difficulty, case.difficulty),
            channels.get(case.channel, case.channel),
            *(_moment(at) for at in (case.opened_at, case.resolved_at, case.resolve_by)),
            *(
                None if step is None else round(minutes_of(step) / 60, 2)
                for step in (case.resolve_work, case.resolve_clock)
            ),
        ]

    async for rows in behind.every_case_behind(work, asked, most=files.MOST_CASES):
        yield [row(case) for case in rows]


def _moment(at: Any) -> str:
    return "" if at is None else at.astimezone(SHANGHAI).replace(tzinfo=None).isoformat(timespec="minutes")


def _named(looked: Looked, kind: str) -> dict[str, str]:
    period = looked.asked.period
    when = f"-{period.from_on}-{period.until_on}" if period else ""
    return {"Content-Disposition": f"attachment; filename={quote(f'{looked.asked.report.value}{when}.{kind}')}"}


async def monthly(request: web.Request) -> web.Response:
    """GET /figures/monthly/{month}.pdf: the report of a month as it was made, for those who see everything in it."""
    if not may_have(request[WORK].actor):
        raise NotFound(mark("There is no report of this month."))
    try:
        month = date.fromisoformat(f"{request.match_info['month']}-01")
    except ValueError:
        raise NotFound(mark("There is no report of this month.")) from None
    pdf = await get_report(request[WORK].session, month)
    disposition = f"attachment; filename=hotline-{month:%Y-%m}.pdf"
    return web.Response(body=pdf, content_type="application/pdf", headers={"Content-Disposition": disposition})
