"""The working calendar: a year as twelve months, notices imported after a look at what they would move."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from hotline.accounts.permissions import Permission, may
from hotline.calendars import queries
from hotline.calendars.importing import import_notice, preview_notice
from hotline.cases.words import Line, MaybeWords
from hotline.clock import SHANGHAI
from hotline.deadlines.calendar import YearTable
from hotline.deadlines.notices import LARGEST, decoded, read_notice
from hotline.errors import Conflict, Invalid, NotFound
from hotline.i18n import _, mark
from hotline.web.console.calendar_views import day_changes, moves_view, notice_rows, year_view
from hotline.web.forms import form_values, read_query, read_values
from hotline.web.keys import WORK
from hotline.web.page import page, redirect
from hotline.web.refusals import say, words

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
SHOWN_MOVES: Final = 200
_CHOOSE: Final = mark("Please choose a file.")


class YearAsked(BaseModel):
    """Which year is shown; this one unless told."""

    model_config = ConfigDict(extra="forbid")

    year: Annotated[int | None, Field(ge=FIRST_YEAR, le=LAST_YEAR)] = None


class NoticeSent(BaseModel):
    """A notice that was looked at and shall come into force: the very text that was looked at."""

    model_config = ConfigDict(extra="forbid")

    content: Annotated[str, Field(min_length=1, max_length=LARGEST)]
    file_name: Annotated[Line, Field(min_length=1)]
    source: Annotated[MaybeWords, Field(max_length=500)] = ""


async def show(request: web.Request) -> web.Response:
    """GET /calendar: a year, and where its days were published."""
    asked = read_query(request, YearAsked, blank_is_absent=True)
    return await _year_page(request, asked.year)


async def _year_page(
    request: web.Request,
    year: int | None = None,
    status: int = 200,
    *,
    mistakes: list[str] | None = None,
    **values: str,
) -> web.Response:
    work = request[WORK]
    this_year = work.now.astimezone(SHANGHAI).year
    year = year or this_year
    known = {*work.policy.calendar.tables, this_year, this_year + 1, year}
    return await page(
        request,
        "console/calendar.html",
        status,
        year=year_view(work, year),
        years=[
            {"label": str(one), "href": f"/calendar?year={one}", "count": None, "current": one == year}
            for one in sorted(known)
        ],
        notices=notice_rows(await queries.history(work.session)),
        may_import=may(work.actor, Permission.CALENDAR_WRITE),
        mistakes=mistakes or [],
        values=values,
    )


async def preview(request: web.Request) -> web.Response:
    """POST /calendar/preview: which days and which dates a notice would change; nothing is changed yet."""
    work, sent = request[WORK], await request.post()
    file, source = sent.get("file"), str(sent.get("source", "")).strip()
    if not isinstance(file, web.FileField) or not file.filename:
        return await _year_page(request, status=422, mistakes=[_(_CHOOSE)], source=source)
    name = file.filename.rpartition("/")[2].rpartition("\\")[2][:200]
    try:
        text = decoded(await asyncio.to_thread(file.file.read), file=name)
        tables = read_notice(text.encode(), file=name, calendar=work.policy.calendar, source=source)
    except Invalid as problem:
        said = [f"{mistake.field}: {say(mistake)}" for mistake in problem.mistakes]
        return await _year_page(request, status=422, mistakes=said, source=source)
    return await _preview_page(request, tables, content=text, file_name=name, source=source)


async def _preview_page(
    request: web.Request, tables: tuple[YearTable, ...], status: int = 200, *, refusal: str = "", **sent: str
) -> web.Response:
    work = request[WORK]
    found = await preview_notice(work.session, work.policy.calendar, tables, actor=work.actor)
    return await page(
        request,
        "console/calendar_preview.html",
        status,
        tables=tables,
        new_years=found.new_years,
        days=day_changes(work, found.days),
        total=len(found.moves),
        cases=found.cases,
        whole=found.whole,
        departments=moves_view(work, [move for move in found.moves if move.seen][:SHOWN_MOVES]),
        refusal=refusal,
        sent=sent,
    )


async def take(request: web.Request) -> web.Response:
    """POST /calendar/import: yes. Open dates are counted again behind the answer."""
    work, values = request[WORK], await form_values(request)
    sent = read_values(values, NoticeSent)
    tables = read_notice(sent.content.encode(), file=sent.file_name, calendar=work.policy.calendar, source=sent.source)
    try:
        notice = await import_notice(work, tables, file_name=sent.file_name)
    except Conflict as problem:
        said = words(problem.message, problem.params)
        return await _preview_page(request, tables, 409, refusal=said, **sent.model_dump())
    return redirect(request, "calendar.notice", id=str(notice.id))


async def show_notice(request: web.Request) -> web.Response:
    """GET /calendar/notices/{id}: what a notice has moved, as far as the reader may see the cases."""
    work = request[WORK]
    notice = await queries.notice_by_id(work.session, int(request.match_info["id"]))
    if notice is None:
        raise NotFound(mark("There is no such notice."))
    rows, total = await queries.moved_by(work, notice.id, size=SHOWN_MOVES)
    context: dict[str, Any] = {
        "notice": notice,
        "counted": notice.passes > 0,
        "departments": moves_view(work, rows),
        "total": total,
        "shown": len(rows),
    }
    return await page(request, "console/calendar_notice.html", **context)
